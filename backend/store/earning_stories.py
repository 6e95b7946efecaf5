"""Where a commission comes from and went to: its rows, its entries, the payouts that claimed it.

Leans on the primary keys, `ix_ledger_txn_ref`, `ix_ledger_posting_account` and
`ix_payout_line_commission`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.earning_stories import StoryEntry
from backend.domain.earnings import Commission
from backend.domain.instants import Instant
from backend.domain.ledger import EntryKind, Posting
from backend.store.commissions import to_commission
from backend.store.ownership import is_owned, owned
from backend.store.statements import accounts_of
from backend.store.tables.commissions import CommissionRow
from backend.store.tables.ledger import PostingRow, TransactionRow
from backend.store.tables.payouts import PayoutLineRow, PayoutRow

ENTRIES = 200
"""As many lines of entries as are read; a commission has some dozens at the most."""


def list_own(session: Session, actor: Actor, payment: str) -> list[Commission]:
    """Return what the actor earned of a payment, by level and line."""
    statement = owned(select(CommissionRow), CommissionRow, actor).where(
        col(CommissionRow.payment) == payment
    )
    order = col(CommissionRow.level), col(CommissionRow.line)
    return [to_commission(row) for row in session.execute(statement.order_by(*order)).scalars()]


def list_claims(session: Session, actor: Actor, payment: str, level: int) -> list[tuple[str, int]]:
    """Return which payouts of the actor claimed how much of a commission, the earliest first."""
    rows = session.execute(
        select(col(PayoutLineRow.payout), col(PayoutLineRow.amount))
        .join(
            PayoutRow,
            (col(PayoutRow.tenant) == col(PayoutLineRow.tenant))
            & (col(PayoutRow.id) == col(PayoutLineRow.payout)),
        )
        .where(
            is_owned(PayoutRow, actor),
            col(PayoutLineRow.tenant) == actor.tenant,
            col(PayoutLineRow.payment) == payment,
            col(PayoutLineRow.level) == level,
        )
        .order_by(col(PayoutLineRow.payout), col(PayoutLineRow.line))
    )
    return [(row.payout, row.amount) for row in rows]


def list_entries(session: Session, actor: Actor, refs: Sequence[str]) -> list[StoryEntry]:
    """Return the entries about any of `refs` that moved the actor's accounts, the earliest first.

    Of each only what it did to those is in it.
    """
    rows = session.execute(
        select(TransactionRow, PostingRow)
        .join(
            PostingRow,
            (col(PostingRow.tenant) == col(TransactionRow.tenant))
            & (col(PostingRow.seq) == col(TransactionRow.seq)),
        )
        .where(
            accounts_of(actor),
            col(TransactionRow.tenant) == actor.tenant,
            col(TransactionRow.ref).in_(refs),
        )
        .order_by(col(TransactionRow.seq), col(PostingRow.n))
        .limit(ENTRIES)
    )
    found: dict[int, tuple[TransactionRow, list[Posting]]] = {}
    for entry, row in rows:
        posting = Posting(
            account=row.account.partition(":")[0],
            currency=row.currency,
            amount=row.amount,
            level=row.level,
            line=row.line,
        )
        found.setdefault(entry.seq, (entry, []))[1].append(posting)
    return [
        StoryEntry(
            seq=seq,
            kind=EntryKind(entry.kind),
            at=Instant(entry.at),
            ref=entry.ref,
            postings=tuple(postings),
        )
        for seq, (entry, postings) in found.items()
    ]
