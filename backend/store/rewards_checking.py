"""Reads grants beside their entries in the ledger. Leans on `uq_ledger_txn_key` and the primary
keys; strays are found by reading all entries of rewards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import and_, bindparam, exists, func, select
from sqlmodel import Session, col

from backend.domain.ledger import EntryKind
from backend.domain.rewards import Grant, entry_key
from backend.domain.rewards_checking import GrantRecord
from backend.store import commissions
from backend.store.bulk import is_among
from backend.store.tables.ledger import PostingRow, TransactionRow
from backend.store.tables.rewards import GrantRow

_EXPENSE = "rewards"
_OWNER_LENGTH = 32


def read_records(session: Session, tenant: str, grants: Sequence[Grant]) -> list[GrantRecord]:
    """Return grants with what their entries add up to."""
    # One revision more than is known: an entry that nobody noted would be there.
    owners = {
        entry_key(grant, number + 1): (grant.account, grant.key)
        for grant in grants
        for number in range(grant.revision + 1)
    }
    entries: defaultdict[tuple[str, str], int] = defaultdict(int)
    posted: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in session.execute(_POSTED, {"tenant": tenant, "keys": list(owners)}):
        account, key = owners[row.key]
        if row.account == _EXPENSE:
            entries[account, key] += 1
            posted[account, key] += row.amount
    paid_out = [grant.payment for grant in grants if grant.is_paid_out]
    standing = {
        one.payment: one.booked for one in commissions.list_of_payments(session, tenant, paid_out)
    }
    return [
        GrantRecord(
            grant=grant,
            entries=entries[grant.account, grant.key],
            posted=posted[grant.account, grant.key],
            standing=standing.get(grant.payment),
        )
        for grant in grants
    ]


def find_strays(session: Session, tenant: str, *, limit: int) -> list[str]:
    """Return the keys of rewards in the ledger that nobody was granted."""
    account = func.substr(PostingRow.account, func.length(PostingRow.account) - (_OWNER_LENGTH - 1))
    granted = exists().where(
        col(GrantRow.tenant) == col(TransactionRow.tenant),
        col(GrantRow.account) == account,
        col(GrantRow.key) == col(TransactionRow.ref),
    )
    found = session.execute(
        select(col(TransactionRow.key))
        .join(PostingRow, _OF_ENTRY)
        .where(
            col(TransactionRow.tenant) == tenant,
            col(TransactionRow.kind) == EntryKind.REWARD.value,
            col(PostingRow.account) != _EXPENSE,
            ~granted,
        )
        .distinct()
        .order_by(col(TransactionRow.key))
        .limit(limit)
    )
    return list(found.scalars())


_OF_ENTRY = and_(
    col(PostingRow.tenant) == col(TransactionRow.tenant),
    col(PostingRow.seq) == col(TransactionRow.seq),
)
_POSTED = (
    select(col(TransactionRow.key), col(PostingRow.account), col(PostingRow.amount))
    .join(PostingRow, _OF_ENTRY)
    .where(col(TransactionRow.tenant) == bindparam("tenant"), is_among(TransactionRow.key, "keys"))
)
