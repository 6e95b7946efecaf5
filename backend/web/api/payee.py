"""`/api/v1/payee` and `/api/v1/payouts`: how the caller is paid, and what was paid to them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from backend.actions import payees, payouts
from backend.actions.payees import PayeeReport
from backend.domain.actors import Scope
from backend.domain.claims import ClaimedLine
from backend.domain.destinations import Method
from backend.domain.instants import date_of, to_text
from backend.domain.payout_currencies import CURRENCIES_OF
from backend.domain.payouts import Payout
from backend.web.api.fields import Limit, Page, Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output

PAYEE_RATE = "20/hour"
MethodName = Literal["sepa", "ach", "paypal", "wise", "stripe", "crypto"]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
RowId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class Offer(Output, frozen=True):
    """A way to be paid that this service offers."""

    method: str
    currencies: list[str]


class PayeeAnswer(Output, frozen=True):
    """How you are paid. Of the destination only its end is shown.

    `amount` is what would be claimed now, in minor units of `currency`; `reason` says why it is
    not paid yet, `detail` the same in words.
    """

    method: str | None
    currency: str | None
    destination: str | None
    state: str | None
    changed_at: Time | None
    cools_until: Time | None
    withheld_bp: int
    amount: int | None
    reason: str | None
    detail: str
    offered: list[Offer]


class NewPayee(Input, frozen=True):
    """Where to be paid. `destination` has the fields of its method: `iban`, `name` and perhaps
    `bic` for sepa; `routing`, `account`, `kind`, `name` for ach; `email` for paypal; `email`,
    `name` and perhaps `is_business` for wise; `id` for stripe; `network`, `address` for crypto.
    """

    method: MethodName
    currency: Currency
    destination: Annotated[
        dict[Annotated[str, Meta(max_length=20)], Annotated[str, Meta(max_length=300)]],
        Meta(max_length=8),
    ]


class PartAnswer(Output, frozen=True):
    """What was claimed in one currency, in its minor units, and what became of it at which rate."""

    currency: str
    amount: int
    converted: int
    rate: str
    rate_day: str


class PayoutAnswer(Output, frozen=True):
    """A payment to you, in minor units. `amount` was claimed, `net` is what is sent."""

    id: str
    method: str
    currency: str
    amount: int
    withheld: int
    net: int
    state: str
    destination: str
    reason: str
    claimed_at: Time
    sent_at: Time | None
    ended_at: Time | None
    parts: list[PartAnswer]


class ClaimedAnswer(Output, frozen=True):
    """What a payout claims of one commission, in minor units; below zero, what it repays."""

    payment: str
    level: int
    line: str
    currency: str
    amount: int


class PayoutDetails(Output, frozen=True):
    """A payment to you with all that it is made of."""

    payout: PayoutAnswer
    lines: list[ClaimedAnswer]


class PayoutQuery(Input, frozen=True):
    """Where a page begins, and how long it is."""

    after: RowId | None = None
    limit: Limit = 20


def read(call: Call) -> PayeeAnswer:
    report = payees.get_report(call.context, call.owner)
    return _answer(report, call.context.settings.payout_methods)


def change(call: Call) -> PayeeAnswer:
    body: NewPayee = call.body
    payees.set_destination(
        call.context,
        call.owner,
        method=Method(body.method),
        currency=body.currency,
        fields=body.destination,
    )
    return read(call)


def list_payouts(call: Call) -> Page[PayoutAnswer]:
    limit = call.query.limit
    found = payouts.list_own(
        call.context, call.owner, before=call.query.after or "", limit=limit + 1
    )
    page = found[:limit]
    return Page(
        items=[payout_answer(payout, method) for payout, method in page],
        next=page[-1][0].id if len(found) > limit else None,
    )


def read_payout(call: Call) -> PayoutDetails:
    payout, method, lines = payouts.get_own(call.context, call.owner, call.path["payout"])
    return PayoutDetails(
        payout=payout_answer(payout, method), lines=[_line_answer(line) for line in lines]
    )


def payout_answer(payout: Payout, method: Method) -> PayoutAnswer:
    """Return a payout as its owner sees it."""
    return PayoutAnswer(
        id=payout.id,
        method=method.value,
        currency=payout.currency,
        amount=payout.amount,
        withheld=payout.withheld,
        net=payout.net,
        state=payout.state.value,
        destination=payout.masked,
        reason=payout.reason,
        claimed_at=to_text(payout.claimed_at),
        sent_at=time_of(payout.sent_at),
        ended_at=time_of(payout.ended_at),
        parts=[
            PartAnswer(
                currency=part.currency,
                amount=part.amount,
                converted=part.converted,
                rate=part.rate,
                rate_day=date_of(part.day).isoformat(),
            )
            for part in payout.parts
        ],
    )


def _line_answer(line: ClaimedLine) -> ClaimedAnswer:
    return ClaimedAnswer(
        payment=line.payment,
        level=line.level,
        line=line.line,
        currency=line.currency,
        amount=line.amount,
    )


def _answer(report: PayeeReport, offered: frozenset[Method]) -> PayeeAnswer:
    payee = report.payee
    return PayeeAnswer(
        method=payee.method.value if payee else None,
        currency=payee.currency if payee else None,
        destination=payee.masked if payee else None,
        state=payee.state.value if payee else None,
        changed_at=time_of(payee.changed_at) if payee else None,
        cools_until=time_of(payee.cools_until) if payee else None,
        withheld_bp=payee.withheld_bp if payee else 0,
        amount=report.claim.amount if report.claim else None,
        reason=report.reason.value if report.reason else None,
        detail=report.words,
        offered=[
            Offer(method=method.value, currencies=sorted(CURRENCIES_OF[method]))
            for method in sorted(offered)
        ],
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/payee",
        name="read_payee",
        summary="How you are paid, and why you are not yet",
        tag="payouts",
        run=read,
        scope=Scope.ACCOUNT_READ,
        result=PayeeAnswer,
    ),
    Operation(
        method="PUT",
        path="/payee",
        name="set_payee",
        summary="Set where you are paid; a mail confirms it. For people who are signed in",
        tag="payouts",
        run=change,
        scope=Scope.ACCOUNT_WRITE,
        body=NewPayee,
        result=PayeeAnswer,
        rate=("payee", PAYEE_RATE),
    ),
    Operation(
        method="GET",
        path="/payouts",
        name="list_payouts",
        summary="Your payouts, the newest first",
        tag="payouts",
        run=list_payouts,
        scope=Scope.ACCOUNT_READ,
        query=PayoutQuery,
        result=Page[PayoutAnswer],
    ),
    Operation(
        method="GET",
        path="/payouts/{payout}",
        name="read_payout",
        summary="One of your payouts with the commissions in it",
        tag="payouts",
        run=read_payout,
        scope=Scope.ACCOUNT_READ,
        result=PayoutDetails,
    ),
)
