"""Reads payouts with everything that they are compared with.

Leans on the primary keys, `ix_ledger_txn_ref`, `ix_payout_batch` and `ix_payout_line_commission`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import case, func, select, tuple_
from sqlmodel import Session, col

from backend.domain.ledger import EntryKind
from backend.domain.payout_checking import ClaimRecord, PayoutRecord
from backend.domain.payouts import GIVEN_BACK, Payout
from backend.store import payouts
from backend.store.tables.commissions import CommissionRow
from backend.store.tables.ledger import PostingRow, TransactionRow
from backend.store.tables.payouts import PayoutLineRow, PayoutRow

_KEY = (col(CommissionRow.payment), col(CommissionRow.level), col(CommissionRow.line))
FIRST = ("", 0, "")


def read_records(session: Session, tenant: str, some: Sequence[Payout]) -> list[PayoutRecord]:
    """Return payouts with what they claim and what is booked of them."""
    ids = [one.id for one in some]
    lines = payouts.list_lines(session, tenant, ids)
    found = session.execute(
        select(
            col(TransactionRow.ref),
            col(TransactionRow.kind),
            col(PostingRow.account),
            func.sum(col(PostingRow.amount)).label("amount"),
        )
        .join(
            PostingRow,
            (col(PostingRow.tenant) == col(TransactionRow.tenant))
            & (col(PostingRow.seq) == col(TransactionRow.seq)),
        )
        .where(col(TransactionRow.tenant) == tenant, col(TransactionRow.ref).in_(ids))
        .group_by(col(TransactionRow.ref), col(TransactionRow.kind), col(PostingRow.account))
    )
    posted: dict[str, defaultdict[EntryKind, dict[str, int]]] = {
        one: defaultdict(dict) for one in ids
    }
    for row in found:
        posted[row.ref][EntryKind(row.kind)][row.account] = int(row.amount)
    return [
        PayoutRecord(payout=one, lines=lines[one.id], posted=dict(posted[one.id])) for one in some
    ]


def read_claims(
    session: Session, tenant: str, *, after: tuple[str, int, str], limit: int
) -> tuple[list[ClaimRecord], tuple[str, int, str] | None]:
    """Return the next commissions with the claims on them that stand, and where the rest begins."""
    stands = col(PayoutRow.state).not_in([state.value for state in GIVEN_BACK])
    claimed = func.coalesce(func.sum(case((stands, col(PayoutLineRow.amount)), else_=0)), 0)
    found = session.execute(
        select(*_KEY, col(CommissionRow.settled), claimed.label("claimed"))
        .join(
            PayoutLineRow,
            (col(PayoutLineRow.tenant) == col(CommissionRow.tenant))
            & (col(PayoutLineRow.payment) == col(CommissionRow.payment))
            & (col(PayoutLineRow.level) == col(CommissionRow.level))
            & (col(PayoutLineRow.line) == col(CommissionRow.line)),
            isouter=True,
        )
        .join(
            PayoutRow,
            (col(PayoutRow.tenant) == col(PayoutLineRow.tenant))
            & (col(PayoutRow.id) == col(PayoutLineRow.payout)),
            isouter=True,
        )
        .where(col(CommissionRow.tenant) == tenant, tuple_(*_KEY) > after)
        .group_by(*_KEY, col(CommissionRow.settled))
        .order_by(*_KEY)
        .limit(limit)
    )
    rows = list(found)
    records = [
        ClaimRecord(
            where=f"commission {row.payment} {row.level} {row.line}",
            settled=row.settled,
            claimed=int(row.claimed),
        )
        for row in rows
    ]
    last = rows[-1] if len(rows) == limit else None
    return records, (last.payment, last.level, last.line) if last else None
