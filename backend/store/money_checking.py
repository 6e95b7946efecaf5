"""Reads payments with all that they follow from and that follows from them, a page at a time.

Leans on the primary keys, `ix_payment_account`, `ix_adjustment_charge`, `ix_ledger_txn_ref`.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import func, select, tuple_
from sqlmodel import Session, col

from backend.domain.chains import Link
from backend.domain.disputes import Dispute
from backend.domain.earnings import Commission
from backend.domain.instants import Instant
from backend.domain.ledger import owner_of_account
from backend.domain.money_checking import PaymentRecord
from backend.domain.payments import Adjustment, Payment
from backend.domain.plans import Plan
from backend.errors import NotFound
from backend.store import chains, commissions, disputes, holds, payments, plans
from backend.store.tables.commissions import PaymentRow
from backend.store.tables.ledger import PostingRow, TransactionRow

_Posted = tuple[Counter[tuple[str, str]], Counter[tuple[int, str]]]


def read_payments(session: Session, tenant: str, *, after: str, limit: int) -> list[PaymentRecord]:
    """Return the next payments by id, each with everything around it."""
    page = payments.read_page(session, tenant, after=after, limit=limit)
    ids = [payment.id for payment in page]
    adjustments = _read_adjustments(session, tenant, page)
    earned: defaultdict[str, list[Commission]] = defaultdict(list)
    for commission in commissions.list_of_payments(session, tenant, ids):
        earned[commission.payment].append(commission)
    posted = _read_posted(session, tenant, ids)
    firsts = _read_firsts(session, tenant, page)
    links = {account: chains.read_chain(session, tenant, account) for account in _payers(page)}
    find_plan = _plan_finder(session, tenant)
    records = [
        _to_record(payment, find_plan, adjustments, earned, links, firsts, posted[payment.id])
        for payment in page
    ]
    return _with_holds(session, tenant, records)


def _with_holds(
    session: Session, tenant: str, records: Sequence[PaymentRecord]
) -> list[PaymentRecord]:
    """Add reviews and disputes to records."""
    people = {one.beneficiary for record in records for one in record.commissions}
    held = holds.find_held(session, tenant, people)
    confirmed = holds.find_confirmed(session, tenant, people)
    by_payment: defaultdict[str | None, list[Dispute]] = defaultdict(list)
    ids = [record.payment.id for record in records]
    for dispute in disputes.list_of_payments(session, tenant, ids):
        by_payment[dispute.payment].append(dispute)
    return [
        replace(record, disputes=by_payment[record.payment.id], held=held, confirmed=confirmed)
        for record in records
    ]


def _to_record(  # noqa: PLR0913, PLR0917  what was read of the page, each once
    payment: Payment,
    find_plan: Callable[[Payment], Plan | None],
    adjustments: dict[tuple[str, str], list[Adjustment]],
    earned: dict[str, list[Commission]],
    links: dict[str, list[Link]],
    firsts: dict[tuple[str, str | None], Instant],
    posted: _Posted,
) -> PaymentRecord:
    return PaymentRecord(
        payment=payment,
        plan=find_plan(payment),
        adjustments=adjustments[payment.provider, payment.charge],
        commissions=earned[payment.id],
        links=links[payment.account],
        first_paid_at=firsts[payment.account, _referrer_of(payment.chain)],
        posted=posted[0],
        earned=posted[1],
    )


def _payers(page: Sequence[Payment]) -> list[str]:
    return sorted({payment.account for payment in page})


def _referrer_of(chain: Sequence[str | None]) -> str | None:
    return chain[0] if chain else None


def _read_adjustments(
    session: Session, tenant: str, page: Sequence[Payment]
) -> dict[tuple[str, str], list[Adjustment]]:
    found: defaultdict[tuple[str, str], list[Adjustment]] = defaultdict(list)
    keys = [(payment.provider.value, payment.charge) for payment in page]
    for one in payments.list_adjustments_of(session, tenant, keys):
        found[one.provider, one.charge].append(one)
    return found


def _read_firsts(
    session: Session, tenant: str, page: Sequence[Payment]
) -> dict[tuple[str, str | None], Instant]:
    """Return when each pair of payer and direct referrer first paid."""
    rows = session.execute(
        select(
            col(PaymentRow.account),
            col(PaymentRow.chain),
            func.min(PaymentRow.paid_at).label("first"),
        )
        .where(col(PaymentRow.tenant) == tenant, col(PaymentRow.account).in_(_payers(page)))
        .group_by(col(PaymentRow.account), col(PaymentRow.chain))
    )
    firsts: dict[tuple[str, str | None], Instant] = {}
    for row in rows:
        key = row.account, _referrer_of(json.loads(row.chain))
        firsts[key] = min(Instant(row.first), firsts.get(key, Instant(row.first)))
    return firsts


def _read_posted(session: Session, tenant: str, ids: Sequence[str]) -> dict[str, _Posted]:
    """Return what the entries about payments add up to: own accounts, and owners' by level."""
    found: defaultdict[str, _Posted] = defaultdict(lambda: (Counter(), Counter()))
    key = (
        col(TransactionRow.ref),
        col(PostingRow.account),
        col(PostingRow.currency),
        col(PostingRow.level),
        col(PostingRow.line),
    )
    rows = session.execute(
        select(*key, func.sum(PostingRow.amount).label("amount"))
        .join(
            TransactionRow,
            tuple_(col(TransactionRow.tenant), col(TransactionRow.seq))
            == tuple_(col(PostingRow.tenant), col(PostingRow.seq)),
        )
        .where(col(TransactionRow.tenant) == tenant, col(TransactionRow.ref).in_(ids))
        .group_by(*key)
    )
    for row in rows:
        own, earned = found[row.ref]
        if owner_of_account(row.account):
            earned[row.level, row.line] += int(row.amount)
        else:
            kind = "cash" if row.account.startswith("cash.") else row.account
            own[row.currency, kind] += int(row.amount)
    return found


def _plan_finder(session: Session, tenant: str) -> Callable[[Payment], Plan | None]:
    known: dict[tuple[str, int], Plan | None] = {}

    def find(payment: Payment) -> Plan | None:
        key = payment.plan, payment.plan_version
        if key not in known:
            try:
                known[key] = plans.get_plan(session, tenant, *key)
            except NotFound:
                known[key] = None
        return known[key]

    return find
