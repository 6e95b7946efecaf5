"""Owners who earned something and want to be paid, and people in charge of finance."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from backend.actions.context import Context
from backend.actions.maturing import mature_commissions
from backend.actions.payees import set_destination
from backend.actions.payments import apply_event
from backend.actions.payouts import approve, draft, get_batch
from backend.clock import FixedClock
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.claims import ClaimedLine
from backend.domain.destinations import Method
from backend.domain.exchange import make_rate
from backend.domain.instants import DAY, Day, day_of
from backend.domain.payees import PayeeState
from backend.domain.payouts import Batch, BatchState, Payout, PayoutState
from backend.ids import new_id
from backend.store import payees as payee_store
from backend.store import payout_batches as batch_store
from backend.store import payouts as payout_store
from backend.store import rates
from backend.store.tables.base import TENANT
from tests.support.money import add_referral, paid
from tests.support.service import add_account, make_context

PAYING: Mapping[str, str] = {
    "FOURSITE_SEPA_SENDER": "Lantern GmbH; DE89 3704 0044 0532 0130 00; COBADEFFXXX",
    "FOURSITE_ACH_SENDER": "021000021; First Bank; Lantern Inc; 1234567890; PPD",
    "FOURSITE_PAYOUT_METHODS": "sepa ach paypal wise stripe crypto",
}
_NUMBERS = itertools.count(1)


def make_paying(folder: Path, url: str | None = None, **more: str) -> Context:
    """Return a service that can pay by every method."""
    return make_context(folder, url, environment={**PAYING, **more})


def add_finance(context: Context, role: Role = Role.FINANCE) -> Actor:
    return owner_of(TENANT, add_account(context), role)


def pass_days(context: Context, days: int) -> None:
    assert isinstance(context.clock, FixedClock)
    context.clock.move(days * DAY)


def add_rates(context: Context, **per_euro: str) -> None:
    """Store how many units of currencies are one euro, for the next four months."""
    today = day_of(context.clock.now())
    found = [
        make_rate(currency=code, day=Day(today + day), per_euro=text, provider="test")
        for day in range(0, 130, 5)
        for code, text in per_euro.items()
    ]
    with context.database.transaction() as session:
        rates.add_rates(session, TENANT, found, context.clock.now())


def add_earner(
    context: Context,
    gross: int = 30_000,
    *,
    method: Method = Method.PAYPAL,
    currency: str = "USD",
    paid_in: str = "USD",
    fields: Mapping[str, str] | None = None,
    owner: Actor | None = None,
) -> Actor:
    """Store somebody who earned a fifth of a payment, matured by now, with where it is to go."""
    owner = owner or owner_of(TENANT, add_account(context))
    if fields is None:
        fields = {"email": f"p{next(_NUMBERS)}@pay.example"}
    set_destination(context, owner, method=method, currency=currency, fields=fields)
    confirm(context, owner)
    earn(context, owner, gross, currency=paid_in)
    return owner


def earn(context: Context, owner: Actor, gross: int, *, currency: str = "USD") -> str:
    """Let somebody whom the owner brought pay, and 31 days go by; return the invoice."""
    friend, ref = add_account(context), f"in_{next(_NUMBERS)}"
    add_referral(context, owner.account, friend)
    at = context.clock.now()
    apply_event(context, paid(friend, gross, ref=ref, at=at, currency=currency))
    pass_days(context, 31)
    mature_commissions(context)
    return ref


def confirm(context: Context, owner: Actor) -> None:
    """Confirm a destination without the mail; the tests of payees take the mail's way."""
    with context.database.transaction() as session:
        payee = payee_store.find(session, TENANT, owner.account)
        assert payee is not None
        now = context.clock.now()
        state = PayeeState.CONFIRMED
        payee_store.save(session, TENANT, replace(payee, state=state, confirmed_at=now))


def drafted(
    context: Context, by: Actor, method: Method = Method.PAYPAL, currency: str = "USD"
) -> Batch:
    """Draft, and return the one batch that came of it."""
    (batch,) = draft(context, by, method, currency).batches
    return get_batch(context, by, batch).batch


def approved(context: Context, *by: Actor, method: Method = Method.PAYPAL) -> Batch:
    """Draft and approve by each of them."""
    batch = drafted(context, by[0], method, "EUR" if method is Method.SEPA else "USD")
    for actor in by:
        batch = approve(context, actor, batch.id, total=batch.total)
    return batch


def payouts_of(context: Context, by: Actor, batch: str) -> list[Payout]:
    return list(get_batch(context, by, batch, limit=1_000).payouts)


def add_bare_payout(context: Context, owner: Actor) -> tuple[str, str]:
    """Store a payout without money behind it, in a batch of its own; return both ids."""
    now = context.clock.now()
    batch = Batch(
        id=new_id(context.ids, now),
        method=Method.PAYPAL,
        currency="USD",
        state=BatchState.DRAFT,
        is_open=False,
        approvals_needed=1,
        items=1,
        total=6_000,
        created_by=None,
        created_at=now,
    )
    with context.database.transaction() as session:
        payee = payee_store.find(session, TENANT, owner.account)
        assert payee is not None
        payout = Payout(
            id=new_id(context.ids, now),
            batch=batch.id,
            account=owner.account,
            currency="USD",
            amount=6_000,
            withheld=0,
            state=PayoutState.QUEUED,
            masked=payee.masked,
            digest=payee.digest,
            sealed=payee.sealed,
            parts=(),
            claimed_at=now,
        )
        batch_store.open_batch(session, TENANT, replace(batch, is_open=True))
        batch_store.save(session, TENANT, batch)
        line = ClaimedLine(payment="0" * 32, level=1, line="base", currency="USD", amount=6_000)
        payout_store.insert_payout(session, TENANT, payout, [line])
    return batch.id, payout.id
