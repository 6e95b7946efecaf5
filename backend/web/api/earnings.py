"""`/api/v1/earnings`: what the caller has earned so far, by currency and by commission."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from backend.actions import earnings
from backend.domain.actors import Scope
from backend.domain.instants import to_text
from backend.domain.own_earnings import OwnCommission
from backend.web.api.fields import Limit, Page, Time
from backend.web.api.operation import Call, Input, Operation, Output


class EarningsAnswer(Output, frozen=True):
    """One currency, in minor units. `pending`, `held`, `available` and `on_its_way` are owed to you
    now, and `owed_back` by you; the others are since the beginning. What refunds took back is
    below zero in `reversed`.
    """

    currency: str
    earned: int
    reversed: int
    exchanged: int
    paid: int
    pending: int
    held: int
    available: int
    on_its_way: int
    owed_back: int


class EarningsList(Output, frozen=True):
    """Your earnings, a currency each."""

    currencies: list[EarningsAnswer]


class CommissionAnswer(Output, frozen=True):
    """What you earn of one payment by a level and line, in minor units. Nothing says who paid.

    `rate_bp` is in basis points; `claimed` is the part that payouts have taken so far.
    """

    payment: str
    level: int
    line: str
    rate_bp: int
    currency: str
    amount: int
    claimed: int
    state: str
    paid_at: Time
    hold_until: Time


class CommissionQuery(Input, frozen=True):
    """Where a page begins, and how long it is."""

    after: Annotated[str, Meta(pattern="^[0-9a-f]{32}\\.[0-9]{1,2}\\.[a-z]{1,8}$")] | None = None
    limit: Limit = 20


def read_earnings(call: Call) -> EarningsList:
    found = earnings.earnings_of(call.context, call.owner)
    return EarningsList(
        currencies=[
            EarningsAnswer(
                currency=one.currency,
                earned=one.earned,
                reversed=one.reversed,
                exchanged=one.exchanged,
                paid=one.paid,
                pending=one.pending,
                held=one.held,
                available=one.available,
                on_its_way=one.on_its_way,
                owed_back=one.owed_back,
            )
            for one in found
        ]
    )


def list_commissions(call: Call) -> Page[CommissionAnswer]:
    page = earnings.list_commissions(
        call.context, call.owner, after=call.query.after, limit=call.query.limit
    )
    return Page(items=[_answer(one) for one in page.commissions], next=page.after)


def _answer(one: OwnCommission) -> CommissionAnswer:
    return CommissionAnswer(
        payment=one.payment,
        level=one.level,
        line=one.line.value,
        rate_bp=one.rate_bp,
        currency=one.currency,
        amount=one.amount,
        claimed=one.settled,
        state=one.state.value,
        paid_at=to_text(one.paid_at),
        hold_until=to_text(one.hold_until),
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/earnings",
        name="read_earnings",
        summary="What you earned so far, by currency",
        tag="earnings",
        run=read_earnings,
        scope=Scope.REFERRALS_READ,
        result=EarningsList,
    ),
    Operation(
        method="GET",
        path="/earnings/commissions",
        name="list_commissions",
        summary="Your commissions, the newest payment first",
        tag="earnings",
        run=list_commissions,
        scope=Scope.REFERRALS_READ,
        query=CommissionQuery,
        result=Page[CommissionAnswer],
    ),
)
