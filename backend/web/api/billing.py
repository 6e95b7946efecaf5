"""`/api/v1/billing`: the caller's plan; `/api/v1/finance`: payments that administrators record."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from msgspec import Meta

from backend.actions import billing, manual_payments
from backend.actions.manual_payments import ManualPayment, ManualRefund
from backend.actions.provider_events import Result
from backend.domain.actors import Role, Scope
from backend.domain.instants import Instant, from_datetime
from backend.domain.money import check_currency, parse_amount
from backend.domain.tiers import Tier
from backend.web.api.fields import Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output

CHECKOUT_RATE = "30/hour"
PaidTier = Literal["pro", "business", "enterprise"]
AccountId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Reference = Annotated[str, Meta(pattern="^[!-~]{1,60}$")]
Amount = Annotated[str, Meta(pattern=r"^[0-9]{1,15}(\.[0-9]{1,3})?$")]
"""In words like 29.00, with at most as many decimals as the currency has."""
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Moment = Annotated[datetime.datetime, Meta(tz=True)]


class PlanAnswer(Output, frozen=True):
    """The caller's plan. `until` is when the tier ends unless it is renewed, and `is_ending`
    that it will not be; `is_unpaid` that a payment failed, `is_manual` that an administrator
    records what is paid.
    """

    tier: str
    status: str | None
    period_end: Time | None
    until: Time | None
    is_ending: bool
    is_unpaid: bool
    is_manual: bool


class WantedPlan(Input, frozen=True):
    """The tier to subscribe to."""

    tier: PaidTier


class PlaceAnswer(Output, frozen=True):
    """A page of the payment provider, for a person's browser; it works for a short while."""

    url: str


class NewPayment(Input, frozen=True):
    """An invoice that was paid elsewhere. `amount` holds the `tax`; `ref` is the invoice's number.

    It is for `months` of the tier, from `period_start` on, or from when it was paid.
    """

    account: AccountId
    tier: PaidTier
    amount: Amount
    currency: Currency
    ref: Reference
    tax: Amount = "0"
    paid_at: Moment | None = None
    period_start: Moment | None = None
    months: Annotated[int, Meta(ge=1, le=manual_payments.MOST_MONTHS)] = 1


class NewRefund(Input, frozen=True):
    """Money of a recorded payment, the invoice `payment`, that was paid back elsewhere."""

    payment: Reference
    ref: Reference
    amount: Amount
    at: Moment | None = None


class RecordedAnswer(Output, frozen=True):
    """What became of it; `is_changed` is false when it was recorded before."""

    state: str
    is_changed: bool


def read_plan(call: Call) -> PlanAnswer:
    found = billing.read_billing(call.context, call.owner)
    subscription = found.subscription
    return PlanAnswer(
        tier=found.tier.value,
        status=subscription.status.value if subscription else None,
        period_end=time_of(subscription.period_end if subscription else None),
        until=time_of(subscription.until if subscription else None),
        is_ending=subscription is not None and subscription.ends_at is not None,
        is_unpaid=found.is_unpaid,
        is_manual=found.is_manual,
    )


def choose(call: Call) -> PlaceAnswer:
    return PlaceAnswer(url=billing.choose_plan(call.context, call.owner, Tier(call.body.tier)))


def manage(call: Call) -> PlaceAnswer:
    return PlaceAnswer(url=billing.open_portal(call.context, call.owner))


def record(call: Call) -> RecordedAnswer:
    call.owner.needs_role(Role.FINANCE)
    sent: NewPayment = call.body
    currency = check_currency(sent.currency)
    paid_at = _time(call, sent.paid_at)
    payment = ManualPayment(
        account=sent.account,
        tier=Tier(sent.tier),
        currency=currency,
        gross=parse_amount(sent.amount, currency),
        tax=parse_amount(sent.tax, currency, field="tax"),
        ref=sent.ref,
        paid_at=paid_at,
        period_start=paid_at if sent.period_start is None else from_datetime(sent.period_start),
        months=sent.months,
    )
    return _recorded(manual_payments.record_payment(call.context, payment, by=call.owner))


def refund(call: Call) -> RecordedAnswer:
    call.owner.needs_role(Role.FINANCE)
    sent: NewRefund = call.body
    paid = manual_payments.get_payment(call.context, sent.payment)
    wanted = ManualRefund(
        payment=sent.payment,
        ref=sent.ref,
        amount=parse_amount(sent.amount, paid.currency),
        at=_time(call, sent.at),
    )
    return _recorded(manual_payments.record_refund(call.context, wanted, by=call.owner))


def _recorded(result: Result) -> RecordedAnswer:
    return RecordedAnswer(state=result.state.value, is_changed=result.is_changed)


def _time(call: Call, moment: datetime.datetime | None) -> Instant:
    return call.context.clock.now() if moment is None else from_datetime(moment)


OPERATIONS = (
    Operation(
        method="GET",
        path="/billing",
        name="read_plan",
        summary="Your plan, and until when",
        tag="billing",
        run=read_plan,
        scope=Scope.ACCOUNT_READ,
        result=PlanAnswer,
    ),
    Operation(
        method="POST",
        path="/billing/checkout",
        name="choose_plan",
        summary="The page where you subscribe to a tier, or change the one you have",
        tag="billing",
        run=choose,
        scope=Scope.ACCOUNT_WRITE,
        body=WantedPlan,
        result=PlaceAnswer,
        rate=("checkout", CHECKOUT_RATE),
        needs_key=True,
    ),
    Operation(
        method="POST",
        path="/billing/portal",
        name="open_billing_portal",
        summary="The page where you change cards, see invoices and cancel",
        tag="billing",
        run=manage,
        scope=Scope.ACCOUNT_WRITE,
        result=PlaceAnswer,
        rate=("checkout", CHECKOUT_RATE),
    ),
    Operation(
        method="POST",
        path="/finance/payments",
        name="record_payment",
        summary="Record an invoice that was paid outside of a payment provider",
        tag="finance",
        run=record,
        scope=Scope.ACCOUNT_WRITE,
        body=NewPayment,
        result=RecordedAnswer,
        status=201,
        needs_key=True,
    ),
    Operation(
        method="POST",
        path="/finance/refunds",
        name="record_refund",
        summary="Record that such an invoice, or a part of it, was paid back",
        tag="finance",
        run=refund,
        scope=Scope.ACCOUNT_WRITE,
        body=NewRefund,
        result=RecordedAnswer,
        status=201,
        needs_key=True,
    ),
)
