"""How owners are paid. Leans on the primary key, `ix_payee_method` and `ix_payee_digest`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.destinations import Method
from backend.domain.instants import Instant
from backend.domain.payees import Payee, PayeeState, Standing
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow
from backend.store.tables.commissions import CommissionRow
from backend.store.tables.payouts import PayeeRow

_TABLE: Any = PayeeRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
LOOKED_UP_AT_ONCE = 500


def find_own(session: Session, actor: Actor) -> Payee | None:
    """Return how the actor is paid."""
    row = session.execute(owned(select(PayeeRow), PayeeRow, actor)).scalar_one_or_none()
    return None if row is None else _to_payee(row)


def find(session: Session, tenant: str, account: str) -> Payee | None:
    """Return how an account is paid."""
    row = session.execute(
        select(PayeeRow).where(col(PayeeRow.tenant) == tenant, col(PayeeRow.account) == account)
    ).scalar_one_or_none()
    return None if row is None else _to_payee(row)


def find_all(session: Session, tenant: str, accounts: Sequence[str]) -> dict[str, Payee]:
    """Return how some accounts are paid, by account."""
    found = session.execute(
        select(PayeeRow).where(col(PayeeRow.tenant) == tenant, col(PayeeRow.account).in_(accounts))
    )
    return {row.account: _to_payee(row) for row in found.scalars()}


def save(session: Session, tenant: str, payee: Payee) -> None:
    """Store a payee, new or changed; the link that confirms it stays."""
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    values = {
        "method": payee.method.value,
        "currency": payee.currency,
        "masked": payee.masked,
        "digest": payee.digest,
        "sealed": payee.sealed,
        "state": payee.state.value,
        "changed_at": payee.changed_at,
        "confirmed_at": payee.confirmed_at,
        "cools_until": payee.cools_until,
        "is_held": payee.is_held,
        "withheld_bp": payee.withheld_bp,
        "note": payee.note,
    }
    saving = dialect.insert(_TABLE).values(tenant=tenant, account=payee.account, **values)
    session.connection().execute(
        saving.on_conflict_do_update(index_elements=["tenant", "account"], set_=values)
    )


def lock(session: Session, actor: Actor) -> None:
    """Hold the actor's account until the transaction ends, so that changes come one by one."""
    session.execute(
        owned(select(col(AccountRow.id)), AccountRow, actor).with_for_update()
    ).scalar_one_or_none()


def set_link(session: Session, actor: Actor, digest: str | None, until: Instant | None) -> None:
    """Set which link confirms the actor's destination; None makes every one stale."""
    statement = owned(update(PayeeRow), PayeeRow, actor)
    session.connection().execute(statement.values(link=digest, link_until=until))


def has_link(session: Session, actor: Actor, digest: str, now: Instant) -> bool:
    """Tell whether this link confirms the actor's destination now."""
    found = session.execute(
        owned(select(col(PayeeRow.account)), PayeeRow, actor).where(
            col(PayeeRow.link) == digest, col(PayeeRow.link_until) > now
        )
    )
    return found.first() is not None


def list_waiting(session: Session, tenant: str, method: Method, currency: str) -> list[str]:
    """Return the accounts to be paid this way for which anything matured is unclaimed."""
    waits = exists().where(
        col(CommissionRow.tenant) == col(PayeeRow.tenant),
        col(CommissionRow.beneficiary) == col(PayeeRow.account),
        col(CommissionRow.matured_at).is_not(None),
        col(CommissionRow.booked) != col(CommissionRow.settled),
    )
    found = session.execute(
        select(col(PayeeRow.account))
        .where(
            col(PayeeRow.tenant) == tenant,
            col(PayeeRow.method) == method.value,
            col(PayeeRow.currency) == currency,
            waits,
        )
        .order_by(col(PayeeRow.account))
    )
    return list(found.scalars())


def list_ways(session: Session, tenant: str) -> list[tuple[Method, str]]:
    """Return each method and currency that somebody is to be paid by."""
    found = session.execute(
        select(col(PayeeRow.method), col(PayeeRow.currency))
        .where(col(PayeeRow.tenant) == tenant)
        .distinct()
        .order_by(col(PayeeRow.method), col(PayeeRow.currency))
    )
    return [(Method(row.method), row.currency) for row in found]


def read_standings(session: Session, tenant: str, accounts: Sequence[str]) -> dict[str, Standing]:
    """Return whether accounts may be paid at all, by account."""
    found = session.execute(
        select(col(AccountRow.id), col(AccountRow.suspended_at), col(AccountRow.erased_at)).where(
            col(AccountRow.tenant) == tenant, col(AccountRow.id).in_(accounts)
        )
    )
    return {
        row.id: Standing(
            is_suspended=row.suspended_at is not None, is_erased=row.erased_at is not None
        )
        for row in found
    }


def list_sharing(session: Session, tenant: str, digest: str, *, limit: int = 20) -> list[str]:
    """Return the accounts that are paid to one destination."""
    found = session.execute(
        select(col(PayeeRow.account))
        .where(col(PayeeRow.tenant) == tenant, col(PayeeRow.digest) == digest)
        .order_by(col(PayeeRow.account))
        .limit(limit)
    )
    return list(found.scalars())


def remove_own(session: Session, actor: Actor) -> None:
    """Forget how the actor is paid."""
    session.connection().execute(owned(delete(PayeeRow), PayeeRow, actor))


def read_page(session: Session, tenant: str, *, after: str, limit: int) -> list[Payee]:
    """Return the next payees by account."""
    found = session.execute(
        select(PayeeRow)
        .where(col(PayeeRow.tenant) == tenant, col(PayeeRow.account) > after)
        .order_by(col(PayeeRow.account))
        .limit(limit)
    )
    return [_to_payee(row) for row in found.scalars()]


def _to_payee(row: PayeeRow) -> Payee:
    return Payee(
        account=row.account,
        method=Method(row.method),
        currency=row.currency,
        masked=row.masked,
        digest=row.digest,
        sealed=row.sealed,
        state=PayeeState(row.state),
        changed_at=Instant(row.changed_at),
        confirmed_at=None if row.confirmed_at is None else Instant(row.confirmed_at),
        cools_until=None if row.cools_until is None else Instant(row.cools_until),
        is_held=row.is_held,
        withheld_bp=row.withheld_bp,
        note=row.note,
    )
