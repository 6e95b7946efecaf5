"""Cases, the referrals they hold, and versions of the rules' numbers.

Leans on `ix_fraud_case_site`, `ix_fraud_case_state`, `ix_fraud_case_account`, `ix_share_case` and
the primary keys. Whoever writes the case of a site holds the site's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.fraud_cases import Case, CaseKind, CaseState, read_signals, write_signals
from backend.domain.fraud_rules import DEFAULT, RuleBook, read_changes
from backend.domain.instants import Instant
from backend.errors import NotFound
from backend.store.bulk import insert_many, is_among, listed
from backend.store.ownership import owned
from backend.store.tables.fraud import FraudCaseRow, FraudReferralRow, FraudRulesRow


def read_book(session: Session, tenant: str) -> RuleBook:
    """Return the numbers that hold now."""
    row = session.connection().execute(_BOOK, {"tenant": tenant}).first()
    return DEFAULT if row is None else _to_book(row.body, row.version)


def find_newest(session: Session, tenant: str, sites: Iterable[str]) -> dict[str, Case]:
    """Return the newest case about the shares of each of some sites that have one."""
    wanted = sorted(set(sites))
    if not wanted:
        return {}
    found = session.execute(_NEWEST, {"tenant": tenant, "sites": wanted})
    return {row.site: to_case(row) for row in found.scalars() if row is not None}


def find_last_of_account(session: Session, tenant: str, account: str) -> Case | None:
    """Return the newest case about an account's referrals."""
    row = session.execute(
        select(FraudCaseRow)
        .where(
            col(FraudCaseRow.tenant) == tenant,
            col(FraudCaseRow.account) == account,
            col(FraudCaseRow.kind) == CaseKind.REFERRALS.value,
        )
        .order_by(col(FraudCaseRow.opened_at).desc(), col(FraudCaseRow.id).desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if row is None else to_case(row)


def get_case(session: Session, tenant: str, case: str, *, is_locked: bool = False) -> Case:
    """Return a case, on demand locked until the transaction ends. Raises NotFound."""
    statement = (
        select(FraudCaseRow)
        .where(col(FraudCaseRow.tenant) == tenant, col(FraudCaseRow.id) == case)
        .execution_options(populate_existing=True)
    )
    row = session.execute(
        statement.with_for_update() if is_locked else statement
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such case.")
    return to_case(row)


def save(session: Session, cases: Iterable[Case]) -> None:
    """Store cases as they are now."""
    rows = [tuple(_values(case).values()) for case in cases]
    _SAVE.run(session.connection(), rows)


def has_open(session: Session, tenant: str, account: str) -> bool:
    """Tell whether a case of high severity is open about an account."""
    found = session.execute(
        select(col(FraudCaseRow.id))
        .where(
            col(FraudCaseRow.tenant) == tenant,
            col(FraudCaseRow.account) == account,
            col(FraudCaseRow.state) == CaseState.OPEN.value,
        )
        .limit(1)
    )
    return found.first() is not None


def list_of_account(session: Session, tenant: str, account: str, *, limit: int = 50) -> list[Case]:
    """Return an account's cases as they are now, the newest first."""
    found = session.execute(
        select(FraudCaseRow)
        .where(col(FraudCaseRow.tenant) == tenant, col(FraudCaseRow.account) == account)
        .order_by(col(FraudCaseRow.opened_at).desc(), col(FraudCaseRow.id))
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [to_case(row) for row in found.scalars()]


def list_cases(
    session: Session, tenant: str, states: Sequence[CaseState], *, limit: int
) -> list[Case]:
    """Return cases of some states, the newest first."""
    found = session.execute(
        select(FraudCaseRow)
        .where(
            col(FraudCaseRow.tenant) == tenant,
            col(FraudCaseRow.state).in_([state.value for state in states]),
        )
        .order_by(col(FraudCaseRow.opened_at).desc(), col(FraudCaseRow.id))
        .limit(limit)
    )
    return [to_case(row) for row in found.scalars()]


def list_after(session: Session, after: tuple[str, str], *, limit: int) -> list[Case]:
    """Return the next cases in the order of their keys."""
    key = (col(FraudCaseRow.tenant), col(FraudCaseRow.id))
    found = session.execute(
        select(FraudCaseRow).where(tuple_(*key) > after).order_by(*key).limit(limit)
    )
    return [to_case(row) for row in found.scalars()]


def count_open(session: Session, tenant: str) -> int:
    """Return how many cases wait for a decision."""
    return int(
        session.execute(
            select(func.count())
            .select_from(FraudCaseRow)
            .where(
                col(FraudCaseRow.tenant) == tenant,
                col(FraudCaseRow.state) == CaseState.OPEN.value,
            )
        ).scalar_one()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesVersion:
    """A version of the numbers, who chose it and why; `body` is what differs from the defaults."""

    version: int
    body: str
    reason: str
    by: str | None
    at: Instant


def list_versions(session: Session, tenant: str, *, limit: int = 50) -> list[RulesVersion]:
    """Return the versions of the numbers, the newest first."""
    found = session.execute(
        select(FraudRulesRow)
        .where(col(FraudRulesRow.tenant) == tenant)
        .order_by(col(FraudRulesRow.version).desc())
        .limit(limit)
    )
    return [
        RulesVersion(
            version=row.version, body=row.body, reason=row.reason, by=row.by, at=Instant(row.at)
        )
        for row in found.scalars()
    ]


def add_version(session: Session, tenant: str, version: RulesVersion) -> bool:
    """Store a version; tell whether nobody else had stored one of that number."""
    if session.get(FraudRulesRow, (tenant, version.version)) is not None:
        return False
    session.add(FraudRulesRow(tenant=tenant, **asdict(version)))
    try:
        session.flush()
    except IntegrityError:
        return False
    return True


def count_own_waiting(session: Session, actor: Actor) -> dict[CaseKind, int]:
    """Return how much of the actor's own waits with open cases, by kind."""
    statement = select(col(FraudCaseRow.kind), func.sum(col(FraudCaseRow.held)).label("held"))
    found = session.execute(
        owned(statement, FraudCaseRow, actor)
        .where(col(FraudCaseRow.state) == CaseState.OPEN.value)
        .group_by(col(FraudCaseRow.kind))
    )
    return {CaseKind(row.kind): int(row.held) for row in found}


def add_referrals(session: Session, case: Case, referred: Iterable[str]) -> int:
    """Let the referrals of some accounts wait with a case; return how many wait with it now."""
    known = set(list_referrals(session, case.tenant, case.id))
    for account in sorted(set(referred) - known):
        session.add(FraudReferralRow(tenant=case.tenant, fraud_case=case.id, referred=account))
        known.add(account)
    session.flush()
    return len(known)


def list_referrals(session: Session, tenant: str, case: str) -> list[str]:
    """Return the referred accounts that wait or waited with a case."""
    found = session.execute(
        select(col(FraudReferralRow.referred))
        .where(col(FraudReferralRow.tenant) == tenant, col(FraudReferralRow.fraud_case) == case)
        .order_by(col(FraudReferralRow.referred))
    )
    return list(found.scalars())


def find_states(session: Session, tenant: str, cases: Iterable[str]) -> dict[str, CaseState]:
    """Return the states of some cases by their ids."""
    found = session.execute(_STATES, {"tenant": tenant, "cases": sorted(set(cases))})
    return {row.id: CaseState(row.state) for row in found}


def is_waiting(tenant: Any, case: Any) -> ColumnElement[bool]:
    """Return the condition that a column names a case that is open."""
    return exists().where(
        col(FraudCaseRow.tenant) == tenant,
        col(FraudCaseRow.id) == case,
        col(FraudCaseRow.state) == CaseState.OPEN.value,
    )


def to_case(row: FraudCaseRow) -> Case:
    """Return a row as what the domain knows."""
    return Case(
        tenant=row.tenant,
        id=row.id,
        account=row.account,
        site=row.site,
        kind=CaseKind(row.kind),
        state=CaseState(row.state),
        score=row.score,
        signals=read_signals(row.signals),
        held=row.held,
        opened_at=Instant(row.opened_at),
        updated_at=Instant(row.updated_at),
        hold=row.hold,
        decided_by=row.decided_by,
        decided_at=None if row.decided_at is None else Instant(row.decided_at),
        reason=row.reason,
    )


def _values(case: Case) -> dict[str, Any]:
    """Return what a row holds, by its columns."""
    return {name: getattr(case, name) for name in _COLUMNS} | {
        "kind": case.kind.value,
        "state": case.state.value,
        "signals": write_signals(case.signals),
    }


@lru_cache(maxsize=8)
def _to_book(body: str, version: int) -> RuleBook:
    return read_changes(body, version)


_BOOK = (
    select(col(FraudRulesRow.version), col(FraudRulesRow.body))
    .where(col(FraudRulesRow.tenant) == bindparam("tenant"))
    .order_by(col(FraudRulesRow.version).desc())
    .limit(1)
)
_TABLE: Any = FraudCaseRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
_COLUMNS = tuple(column.name for column in _TABLE.columns)
_KEY = ("tenant", "id")
_SAVE = insert_many(
    _TABLE,
    _COLUMNS,
    on_conflict=f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in _KEY),
)
_WANTED = listed("sites").table_valued("value", name="wanted")
_OfSite = aliased(FraudCaseRow)
_NEWEST = (
    select(FraudCaseRow)
    .select_from(_WANTED)
    # An outer join, for SQLite might begin with all cases otherwise.
    .outerjoin(
        FraudCaseRow,
        and_(
            col(FraudCaseRow.tenant) == bindparam("tenant"),
            col(FraudCaseRow.id)
            == select(col(_OfSite.id))
            .where(col(_OfSite.tenant) == bindparam("tenant"), col(_OfSite.site) == _WANTED.c.value)
            .order_by(col(_OfSite.opened_at).desc(), col(_OfSite.id).desc())
            .limit(1)
            .scalar_subquery(),
        ),
    )
    .execution_options(populate_existing=True)
)
_STATES = select(col(FraudCaseRow.id), col(FraudCaseRow.state)).where(
    col(FraudCaseRow.tenant) == bindparam("tenant"), is_among(col(FraudCaseRow.id), "cases")
)
