"""Reads the ledger side by side with what it follows from, a page at a time.

Leans on the primary keys and on `ix_ledger_posting_account`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import case, exists, func, select, tuple_
from sqlmodel import Session, col

from backend.domain.earnings import Line, position
from backend.domain.ledger import Balance, EntryKind, owner_of_account
from backend.domain.ledger_checking import BalanceRecord, EntryRecord
from backend.store import commissions, ledger
from backend.store.tables.accounts import AccountRow
from backend.store.tables.commissions import CommissionRow, PaymentRow
from backend.store.tables.ledger import BalanceRow, LedgerHeadRow, PostingRow, TransactionRow

_OF_PAYMENTS = (
    EntryKind.SALE,
    EntryKind.REFUND,
    EntryKind.CREDIT_NOTE,
    EntryKind.CHARGEBACK,
    EntryKind.RESTORED,
    EntryKind.RETARGET,
    EntryKind.MATURITY,
)
_BY_POSITION = ("partner.pending:", "partner.available:", "partner.held:", "partner.receivable:")


def read_entries(session: Session, tenant: str, *, since: int, limit: int) -> list[EntryRecord]:
    """Return the entries from the place `since` on, with the salts of their owners."""
    page = ledger.read_entries(session, tenant, since=since, limit=limit)
    owners = {owner_of_account(posting.account) for one in page for posting in one.entry.postings}
    # If somebody who is erased has a salt at all, it is another one than before.
    erased = _find_erased(session, tenant, owners)
    salts = ledger.find_salts(session, tenant, sorted(owners - {""} - erased))
    return [
        EntryRecord(
            seq=one.seq,
            entry=one.entry,
            input_hash=one.input_hash,
            leaf=one.leaf,
            leaf_hash=one.leaf_hash,
            salts=salts,
            erased=erased,
        )
        for one in page
    ]


def read_size(session: Session, tenant: str) -> int:
    """Return how many entries the ledger says it has."""
    found = session.execute(
        select(col(LedgerHeadRow.size)).where(col(LedgerHeadRow.tenant) == tenant)
    ).scalar_one_or_none()
    return found or 0


def read_balances(
    session: Session, tenant: str, *, after: tuple[str, str], limit: int
) -> tuple[list[BalanceRecord], tuple[str, str] | None]:
    """Return the next balances by account and currency, with the accounts in between that should
    have one and do not, and after what to go on, None at the end.
    """
    key = tuple_(col(BalanceRow.account), col(BalanceRow.currency))
    page = list(
        session.execute(
            select(BalanceRow)
            .where(col(BalanceRow.tenant) == tenant, key > after)
            .order_by(col(BalanceRow.account), col(BalanceRow.currency))
            .limit(limit)
        ).scalars()
    )
    until = (page[-1].account, page[-1].currency) if len(page) == limit else None
    folded = _fold(session, tenant, after, until)
    rows = {(row.account, row.currency): row for row in page}
    owners = {owner_of_account(account) for account, _currency in rows.keys() | folded.keys()}
    positions = _read_positions(session, tenant, owners - {""})
    records = [
        _to_record(key, rows.get(key), folded.get(key, (0, 0)), positions)
        for key in sorted(rows.keys() | folded.keys())
    ]
    return records, until


def read_totals(session: Session, tenant: str) -> dict[str, int]:
    """Return what all postings add up to, by currency."""
    found = session.execute(
        select(col(PostingRow.currency), func.sum(PostingRow.amount))
        .where(col(PostingRow.tenant) == tenant)
        .group_by(col(PostingRow.currency))
    )
    return {currency: int(amount) for currency, amount in found}


def find_entries_without_payment(
    session: Session, tenant: str, *, limit: int
) -> list[tuple[int, str]]:
    """Return entries about a payment that is not there: place, payment."""
    found = session.execute(
        select(col(TransactionRow.seq), col(TransactionRow.ref))
        .outerjoin(
            PaymentRow,
            (col(PaymentRow.tenant) == col(TransactionRow.tenant))
            & (col(PaymentRow.id) == col(TransactionRow.ref)),
        )
        .where(
            col(TransactionRow.tenant) == tenant,
            col(TransactionRow.kind).in_([kind.value for kind in _OF_PAYMENTS]),
            col(PaymentRow.id).is_(None),
            ~_is_reward,
        )
        .order_by(col(TransactionRow.seq))
        .limit(limit)
    )
    return [(row.seq, row.ref) for row in found]


_is_reward = exists().where(
    col(CommissionRow.tenant) == col(TransactionRow.tenant),
    col(CommissionRow.payment) == col(TransactionRow.ref),
    col(CommissionRow.line) == Line.REWARD.value,
)


def _find_erased(session: Session, tenant: str, owners: Iterable[str]) -> frozenset[str]:
    erased = session.execute(
        select(col(AccountRow.id)).where(
            col(AccountRow.tenant) == tenant,
            col(AccountRow.id).in_(sorted(owners)),
            col(AccountRow.erased_at).is_not(None),
        )
    )
    return frozenset(erased.scalars())


def _fold(
    session: Session, tenant: str, after: tuple[str, str], until: tuple[str, str] | None
) -> dict[tuple[str, str], tuple[int, int]]:
    """Return debits and credits by account and currency, summed up from the postings."""
    amount = col(PostingRow.amount)
    key = tuple_(col(PostingRow.account), col(PostingRow.currency))
    statement = (
        select(
            col(PostingRow.account),
            col(PostingRow.currency),
            func.sum(case((amount > 0, amount), else_=0)).label("debits"),
            func.sum(case((amount < 0, -amount), else_=0)).label("credits"),
        )
        .where(col(PostingRow.tenant) == tenant, key > after)
        .group_by(col(PostingRow.account), col(PostingRow.currency))
    )
    if until is not None:
        statement = statement.where(key <= until)
    return {
        (row.account, row.currency): (int(row.debits), int(row.credits))
        for row in session.execute(statement)
    }


def _read_positions(
    session: Session, tenant: str, owners: Iterable[str]
) -> Counter[tuple[str, str]]:
    """Return what commissions say that stands on owners' accounts."""
    found: Counter[tuple[str, str]] = Counter()
    for one in commissions.walk_of_beneficiaries(session, tenant, sorted(owners)):
        for account, amount in position(one).items():
            found[account, one.currency] += amount
    return found


def _to_record(
    key: tuple[str, str],
    row: BalanceRow | None,
    folded: tuple[int, int],
    positions: Counter[tuple[str, str]],
) -> BalanceRecord:
    account, currency = key
    return BalanceRecord(
        account=account,
        currency=currency,
        stored=None if row is None else _to_balance(row),
        sign=None if row is None else row.sign,
        debits=folded[0],
        credits=folded[1],
        positions=positions[key] if account.startswith(_BY_POSITION) else None,
    )


def _to_balance(row: BalanceRow) -> Balance:
    return Balance(
        account=row.account, currency=row.currency, debits=row.debits, credits=row.credits
    )
