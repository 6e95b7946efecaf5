"""People who refer each other and pay, for tests about money."""

from __future__ import annotations

import itertools

from backend.actions.context import Context
from backend.domain.billing_events import (
    Adjusted,
    AdjustmentKind,
    AdjustmentStatus,
    Paid,
    Provider,
)
from backend.domain.instants import Instant
from backend.store import ledger
from backend.store.tables.base import TENANT
from backend.store.tables.referrals import ReferralRow
from tests.support.service import NOON, add_account


def add_chain(context: Context, length: int) -> list[str]:
    """Store accounts of which each was brought by the one before it; the last one pays."""
    accounts = [add_account(context) for _ in range(length)]
    for referrer, referred in itertools.pairwise(accounts):
        add_referral(context, referrer, referred)
    return accounts


def add_referral(
    context: Context, referrer: str, referred: str, *, has_published: bool = True
) -> None:
    now = context.clock.now()
    with context.database.transaction() as session:
        session.add(
            ReferralRow(
                tenant=TENANT,
                referred=referred,
                referrer=referrer,
                code="ABCDEFGH",
                basis="typed",
                signed_up_at=now,
                activated_at=now if has_published else None,
            )
        )


def paid(
    account: str, gross: int = 2_900, *, ref: str = "in_1", at: int = NOON, **values: object
) -> Paid:
    """Return that an account paid; the charge is the invoice's with another prefix."""
    told: dict[str, object] = {
        "provider": Provider.STRIPE,
        "ref": ref,
        "charge": ref.replace("in_", "ch_"),
        "account": account,
        "currency": "USD",
        "gross": gross,
        "tax": 0,
        "fee": 0,
        "paid_at": Instant(at),
        "period_start": Instant(at),
    }
    return Paid(**told | values)  # type: ignore[arg-type]  # checked by whoever calls


def adjusted(
    amount: int,
    *,
    ref: str = "re_1",
    charge: str = "ch_1",
    kind: AdjustmentKind = AdjustmentKind.REFUND,
    status: AdjustmentStatus = AdjustmentStatus.SUCCEEDED,
    at: int = NOON,
    **values: object,
) -> Adjusted:
    """Return that something was given back of the charge."""
    told: dict[str, object] = {
        "provider": Provider.STRIPE,
        "ref": ref,
        "charge": charge,
        "kind": kind,
        "currency": "USD",
        "amount": amount,
        "fee": 0,
        "status": status,
        "at": Instant(at),
    }
    return Adjusted(**told | values)  # type: ignore[arg-type]  # as above


def balances(context: Context, owner: str | None = None) -> dict[str, int]:
    """Return what accounts hold, `ACCOUNT CURRENCY` → debits less credits, without those at 0."""
    with context.database.reading() as session:
        found = ledger.read_balances(session, TENANT, owner=owner)
    return {f"{name} {code}": one.amount for (name, code), one in found.items() if one.amount}
