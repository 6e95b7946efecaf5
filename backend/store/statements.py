"""What the ledger says about one owner, and about everybody who was paid.

Owners' accounts carry their id, so that their rows are found by account: `accounts_of` is what
`owned` is for other tables. Leans on `ix_ledger_posting_account` and the primary keys.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import DAY, Day, Instant
from backend.domain.ledger import EntryKind, own, owner_of_account
from backend.domain.own_earnings import DayMoved, Moved
from backend.domain.statements import COUNTED, Movement
from backend.domain.tax import Disbursement
from backend.store.tables.ledger import PostingRow, TransactionRow

SEQS_AT_ONCE = 500
_OF_ENTRY = (col(TransactionRow.tenant) == col(PostingRow.tenant)) & (
    col(TransactionRow.seq) == col(PostingRow.seq)
)
_OWED = -func.sum(col(PostingRow.amount))


def read_openings(session: Session, actor: Actor, before: Instant) -> dict[str, int]:
    """Return what the actor was owed just before an instant, by currency."""
    rows = session.execute(
        select(col(PostingRow.currency), _OWED.label("owed"))
        .join(TransactionRow, _OF_ENTRY)
        .where(accounts_of(actor), col(TransactionRow.at) < before)
        .group_by(col(PostingRow.currency))
    )
    return {row.currency: int(row.owed) for row in rows}


def read_movements(
    session: Session, actor: Actor, since: Instant, until: Instant
) -> list[Movement]:
    """Return what changed what the actor is owed, by the place in the ledger."""
    entry = (
        col(TransactionRow.seq), col(TransactionRow.at), col(TransactionRow.kind),
        col(TransactionRow.ref), col(TransactionRow.facts), col(PostingRow.currency),
    )  # fmt: skip
    rows = session.execute(
        select(*entry, _OWED.label("owed"))
        .join(TransactionRow, _OF_ENTRY)
        .where(
            accounts_of(actor),
            col(TransactionRow.at) >= since,
            col(TransactionRow.at) < until,
        )
        .group_by(*entry)
        .having(func.sum(col(PostingRow.amount)) != 0)
        .order_by(col(TransactionRow.seq), col(PostingRow.currency))
    )
    found = [
        Movement(
            seq=row.seq,
            at=Instant(row.at),
            kind=EntryKind(row.kind),
            ref=row.ref,
            currency=row.currency,
            amount=int(row.owed),
            facts=json.loads(row.facts),
        )
        for row in rows
    ]
    return _with_costs(session, actor.tenant, found)


def read_totals(session: Session, actor: Actor) -> list[Moved]:
    """Return what entries of each kind moved on each kind of account of the actor, by currency."""
    rows = session.execute(
        select(
            col(PostingRow.account),
            col(PostingRow.currency),
            col(TransactionRow.kind),
            _OWED.label("owed"),
        )
        .join(TransactionRow, _OF_ENTRY)
        .where(accounts_of(actor))
        .group_by(col(PostingRow.account), col(PostingRow.currency), col(TransactionRow.kind))
    )
    return [
        Moved(
            account=row.account.partition(":")[0],
            currency=row.currency,
            kind=EntryKind(row.kind),
            owed=int(row.owed),
        )
        for row in rows
    ]


def read_history(session: Session, actor: Actor) -> list[DayMoved]:
    """Return what entries of each kind moved on each kind of account of the actor, by day and
    currency: one walk over the actor's postings, however much of it is asked for then.
    """
    day = (col(TransactionRow.at) // DAY).label("day")
    keys = (col(PostingRow.account), col(PostingRow.currency), col(TransactionRow.kind))
    rows = session.execute(
        select(day, *keys, _OWED.label("owed"))
        .join(TransactionRow, _OF_ENTRY)
        .where(accounts_of(actor))
        .group_by(day, *keys)
    )
    return [
        DayMoved(
            day=Day(int(row.day)),
            account=row.account.partition(":")[0],
            currency=row.currency,
            kind=EntryKind(row.kind),
            owed=int(row.owed),
        )
        for row in rows
    ]


def first_at(session: Session, actor: Actor) -> Instant | None:
    """Return when the actor's accounts were first moved."""
    found = session.execute(
        select(func.min(col(TransactionRow.at)))
        .select_from(PostingRow)
        .join(TransactionRow, _OF_ENTRY)
        .where(accounts_of(actor))
    ).scalar_one_or_none()
    return None if found is None else Instant(found)


def read_disbursements(
    session: Session, tenant: str, since: Instant, until: Instant
) -> list[Disbursement]:
    """Return every payout that arrived between two instants, whoever got it."""
    rows = session.execute(
        select(
            col(PostingRow.seq),
            col(PostingRow.account),
            col(PostingRow.currency),
            col(PostingRow.amount),
            col(TransactionRow.at),
        )
        .join(TransactionRow, _OF_ENTRY)
        .where(
            col(TransactionRow.tenant) == tenant,
            col(TransactionRow.kind) == EntryKind.SETTLEMENT.value,
            col(TransactionRow.at) >= since,
            col(TransactionRow.at) < until,
            col(PostingRow.account).startswith("payout:", autoescape=True),
        )
        .order_by(col(PostingRow.seq))
    ).all()
    costs = _costs(session, tenant, [row.seq for row in rows])
    return [
        Disbursement(
            account=owner_of_account(row.account),
            at=Instant(row.at),
            currency=row.currency,
            amount=row.amount,
            withheld=-costs.get((row.seq, "withheld"), 0),
        )
        for row in rows
    ]


def accounts_of(actor: Actor) -> Any:
    """Return the condition that a posting is on an account of the actor's own."""
    accounts = [own(kind, actor.account) for kind in COUNTED]
    return (col(PostingRow.tenant) == actor.tenant) & col(PostingRow.account).in_(accounts)


def _with_costs(session: Session, tenant: str, found: Sequence[Movement]) -> list[Movement]:
    """Return movements, the settlements with what was withheld of them and what they cost."""
    paid = [one.seq for one in found if one.kind is EntryKind.SETTLEMENT]
    costs = _costs(session, tenant, paid)
    return [
        replace(
            one,
            withheld=-costs.get((one.seq, "withheld"), 0),
            fee=costs.get((one.seq, "fees"), 0),
        )
        for one in found
    ]


def _costs(session: Session, tenant: str, seqs: Sequence[int]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for first in range(0, len(seqs), SEQS_AT_ONCE):
        rows = session.execute(
            select(col(PostingRow.seq), col(PostingRow.account), col(PostingRow.amount)).where(
                col(PostingRow.tenant) == tenant,
                col(PostingRow.seq).in_(seqs[first : first + SEQS_AT_ONCE]),
                col(PostingRow.account).in_(("withheld", "fees")),
            )
        )
        for row in rows:
            key = (row.seq, row.account)
            found[key] = found.get(key, 0) + row.amount
    return found
