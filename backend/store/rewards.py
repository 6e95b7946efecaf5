"""Grants. Leans on the primary key (tenant, account, key) and on `ix_reward_grant_granted`.

Whoever writes here holds the ledger's lock.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Instant
from backend.domain.money import BASIS_POINTS
from backend.domain.rewards import MONEY_MAKER, REWARDS, Grant, RewardKind
from backend.store.bulk import is_among
from backend.store.ownership import owned
from backend.store.tables.rewards import GrantRow


def add_grant(session: Session, tenant: str, grant: Grant) -> bool:
    """Store a grant unless the account has it; tell whether it was new."""
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    table: Any = GrantRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    storing = dialect.insert(table).on_conflict_do_nothing().returning(table.c.key)
    values = {
        "tenant": tenant,
        "account": grant.account,
        "key": grant.key,
        "kind": grant.kind.value,
        "at": grant.at,
        "granted_at": grant.granted_at,
        "evidence": json.dumps(dict(grant.evidence), sort_keys=True),
        "until": grant.until,
        "cents": grant.cents,
        "booked": grant.booked,
        "revision": grant.revision,
        "usable_at": grant.usable_at,
    }
    return session.connection().execute(storing, values).first() is not None


def save_booked(session: Session, actor: Actor, grant: Grant) -> None:
    """Write what of a grant stands in the ledger."""
    session.connection().execute(
        owned(update(GrantRow), GrantRow, actor)
        .where(col(GrantRow.key) == grant.key)
        .values(booked=grant.booked, revision=grant.revision)
    )


def list_own(session: Session, actor: Actor) -> list[Grant]:
    """Return what the actor was granted, in the order of their keys."""
    found = session.execute(
        owned(select(GrantRow), GrantRow, actor).order_by(col(GrantRow.granted_at), GrantRow.key)
    )
    return [_to_grant(row) for row in found.scalars()]


def list_of_accounts(
    session: Session, tenant: str, accounts: Sequence[str]
) -> dict[str, list[Grant]]:
    """Return what some accounts were granted, by account."""
    found = session.execute(_OF_ACCOUNTS, {"tenant": tenant, "accounts": list(accounts)})
    grants: dict[str, list[Grant]] = {}
    for row in found.scalars():
        grants.setdefault(row.account, []).append(_to_grant(row))
    return grants


def read_page(session: Session, tenant: str, *, after: tuple[str, str], limit: int) -> list[Grant]:
    """Return the next grants by account and key."""
    account, key = after
    found = session.execute(
        select(GrantRow)
        .where(
            col(GrantRow.tenant) == tenant,
            (col(GrantRow.account) > account)
            | ((col(GrantRow.account) == account) & (col(GrantRow.key) > key)),
        )
        .order_by(col(GrantRow.account), col(GrantRow.key))
        .limit(limit)
    )
    return [_to_grant(row) for row in found.scalars()]


def sum_granted(session: Session, tenant: str, kind: RewardKind, since: Instant) -> int:
    """Return the cents that stand of what was granted since then."""
    found = session.execute(
        select(func.coalesce(func.sum(GrantRow.booked), 0)).where(
            col(GrantRow.tenant) == tenant,
            col(GrantRow.kind) == kind.value,
            col(GrantRow.granted_at) >= since,
        )
    )
    return int(found.scalar_one())


def bonuses_of(
    session: Session, tenant: str, chain: Sequence[str | None], paid_at: Instant
) -> tuple[int, ...]:
    """Return what multiplies each level's commission of a payment, in basis points.

    Empty when nothing does. A bonus counts for what was paid since it was granted.
    """
    accounts = [account for account in chain if account is not None]
    if not accounts:
        return ()
    found = session.execute(
        _WITH_BONUS,
        {"tenant": tenant, "accounts": accounts, "key": MONEY_MAKER, "paid_at": paid_at},
    )
    raised = set(found.scalars())
    if not raised:
        return ()
    bonus = REWARDS[MONEY_MAKER].bonus_bp
    return tuple(bonus if account in raised else BASIS_POINTS for account in chain)


_OF_ACCOUNTS = (
    select(GrantRow)
    .where(col(GrantRow.tenant) == bindparam("tenant"), is_among(GrantRow.account, "accounts"))
    .order_by(col(GrantRow.account), col(GrantRow.key))
)
_WITH_BONUS = select(col(GrantRow.account)).where(
    col(GrantRow.tenant) == bindparam("tenant"),
    is_among(GrantRow.account, "accounts"),
    col(GrantRow.key) == bindparam("key"),
    col(GrantRow.granted_at) <= bindparam("paid_at"),
)


def _to_grant(row: GrantRow) -> Grant:
    return Grant(
        account=row.account,
        key=row.key,
        kind=RewardKind(row.kind),
        at=Instant(row.at),
        granted_at=Instant(row.granted_at),
        evidence=json.loads(row.evidence),
        until=None if row.until is None else Instant(row.until),
        cents=row.cents,
        booked=row.booked,
        revision=row.revision,
        usable_at=None if row.usable_at is None else Instant(row.usable_at),
    )
