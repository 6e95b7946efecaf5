"""A commission in words: its payment, its rule, its arithmetic and what happened to it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from backend.domain.earning_stories import ClaimOf, Story, StoryEntry
from backend.domain.earnings import Commission, CommissionState
from backend.domain.instants import DAY, date_of, to_datetime
from backend.domain.ledger import EntryKind
from backend.domain.money import BASIS_POINTS
from backend.domain.payments import Payment
from backend.web.dashboard.amounts import write_amount, write_rate
from backend.web.dashboard.dispute_views import DisputeLine, Typed, line_of
from backend.web.dashboard.earnings import link_of
from backend.web.dashboard.earnings_words import LINES, STATES
from backend.web.pages.payee import STATES as PAYOUT_STATES

_ENTRIES: dict[EntryKind, str] = {
    EntryKind.SALE: "The payment came",
    EntryKind.REFUND: "A refund took its part back",
    EntryKind.CREDIT_NOTE: "A credit note took its part back",
    EntryKind.CHARGEBACK: "A chargeback took it back",
    EntryKind.RESTORED: "A refund or chargeback was undone",
    EntryKind.RETARGET: "An earlier payment became known",
    EntryKind.HOLD: "Held while it is looked at",
    EntryKind.RELEASE: "Goes on after it was looked at",
    EntryKind.MATURITY: "Available: the wait is over",
    EntryKind.EXCHANGE: "Exchanged",
    EntryKind.CLAIM: "Taken into a payout",
    EntryKind.SETTLEMENT: "The payout arrived",
    EntryKind.PAYOUT_FAILURE: "The payout came back",
    EntryKind.REWARD: "A milestone was reached",
    EntryKind.CORRECTION: "Corrected",
}
_ACCOUNTS = {
    "partner.pending": "pending",
    "partner.available": "available",
    "partner.held": "under review",
    "partner.receivable": "owed back",
    "payout": "on its way",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """What a line adds to the amount, and how."""

    words: str
    how: str
    amount: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A row of the arithmetic: a level of the chain."""

    level: int
    rate: str
    exact: str
    rounded: str
    extra: str
    amount: str
    is_own: bool
    is_filled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """An entry: `moves` are what it did on the owner's accounts; `is_logged` that it is proven."""

    seq: int
    at: datetime.datetime
    words: str
    moves: tuple[str, ...]
    is_logged: bool
    is_shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    at: datetime.datetime
    amount: str
    words: str
    rate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """The payment without its payer."""

    at: datetime.datetime
    gross: str
    tax: str
    returned: str
    net: str
    is_disputed: bool
    months: int
    plan: str
    rule: str
    levels: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionView:
    """The page. `typed` is the form of a dispute."""

    csrf_token: str
    id: str
    level: int
    payment: PaymentView | None
    lines: tuple[LineView, ...]
    shares: tuple[ShareView, ...]
    missing: int
    unit: str
    entries: tuple[EntryView, ...]
    claims: tuple[ClaimView, ...]
    available_on: datetime.datetime | None
    disputes: tuple[DisputeLine, ...]
    can_dispute: bool
    typed: Typed


def title_of(story: Story) -> str:
    """Return the answer to the page's question."""
    amount = write_amount(story.amount, story.commissions[0].currency)
    if story.payment is None:
        return f"{amount} for a milestone"
    net = write_amount(story.payment.net, story.payment.currency)
    if not story.amount:
        return f"Why this is {amount}: nothing of the payment is left for it"
    return f"Why this is {amount}: {_rates(story)} of {net}"


def _rates(story: Story) -> str:
    own = next((one for one in story.shares if one.is_own), None)
    return write_rate(own.rate_bp) if own else "a part"


def view_story(story: Story, typed: Typed, csrf_token: str) -> CommissionView:
    """Return the page about a commission."""
    first = story.commissions[0]
    waits = first.state is CommissionState.PENDING
    has_open = any(one.holds for one in story.disputes)
    return CommissionView(
        csrf_token=csrf_token,
        id=link_of(first.payment, first.level).rpartition("/")[2],
        level=first.level,
        payment=_payment(story) if story.payment else None,
        lines=tuple(_line(story, one) for one in story.commissions),
        shares=_shares(story),
        missing=sum(one.extra for one in story.shares),
        unit=write_amount(1, first.currency),
        entries=tuple(_entry(story, one) for one in story.entries),
        claims=tuple(_claim(one, first.currency) for one in story.claims),
        available_on=to_datetime(first.hold_until) if waits else None,
        disputes=tuple(line_of(one, "") for one in reversed(story.disputes)),
        can_dispute=story.payment is not None and not has_open,
        typed=typed,
    )


def _payment(story: Story) -> PaymentView:
    paid, plan, step = story.payment, story.plan, story.step
    if paid is None or plan is None or step is None:
        raise AssertionError("a payment has its plan")
    until = "on" if step.until_month is None else f"to {step.until_month}"
    filled = sum(who is not None for who in paid.chain)
    levels = 1 + len(plan.deeper_bp)
    return PaymentView(
        at=to_datetime(paid.paid_at),
        gross=write_amount(paid.gross, paid.currency),
        tax=write_amount(paid.tax, paid.currency),
        returned=write_amount(paid.returned, paid.currency) if paid.returned else "",
        net=write_amount(paid.net, paid.currency),
        is_disputed=paid.is_disputed,
        months=paid.months,
        plan=f"{plan.name}, version {plan.version}",
        rule=f"Level 1 earns {write_rate(step.rate_bp)} ({step.rate_bp:,} basis points) from month"
        f" {step.from_month} {until}, which the plan calls “{step.name}”. {_deeper(story)}"
        f"It waits {plan.hold // DAY} days for refunds.",
        levels=f"{filled} of the plan’s {levels} levels {'is' if filled == 1 else 'are'} filled",
    )


def _deeper(story: Story) -> str:
    plan = story.plan
    if plan is None or not plan.deeper_bp:
        return "The plan has this one level. "
    rates = ", ".join(write_rate(rate) for rate in plan.deeper_bp)
    return f"The levels above earn {rates}, whatever the month. "


def _line(story: Story, one: Commission) -> LineView:
    return LineView(
        words=LINES[one.line].format(level=one.level),
        how=_how(story, one),
        amount=write_amount(one.booked, one.currency),
        state=STATES[one.state],
    )


def _how(story: Story, one: Commission) -> str:
    """Return how a line came about, in words."""
    paid, plan = story.payment, story.plan
    if one.is_void:
        return "made void by a review"
    if paid is None or plan is None:
        return "the milestone’s money, which comes of no payment"
    match one.line:
        case "base":
            return f"{one.rate_bp:,} basis points of {write_amount(paid.net, paid.currency)}"
        case "bonus":
            return f"the achievement’s bonus, × {_times(_bonus(paid, one.level))}"
        case "region":
            times = plan.regions.get(paid.country or "", BASIS_POINTS)
            return f"the plan’s factor for payments from {paid.country}, × {_times(times)}"
        case _:
            return "what a decided dispute gave beside the plan"


def _bonus(paid: Payment, level: int) -> int:
    return paid.bonuses[level - 1] if level <= len(paid.bonuses) else BASIS_POINTS


def _times(basis_points: int) -> str:
    return f"{basis_points / BASIS_POINTS:g}"


def _shares(story: Story) -> tuple[ShareView, ...]:
    currency = story.commissions[0].currency
    return tuple(
        ShareView(
            level=one.level,
            rate=write_rate(one.rate_bp),
            exact=f"{one.rounded_down:,}.{one.rest:04d}" if one.is_filled else "",
            rounded=f"{one.rounded_down:,}" if one.is_filled else "",
            extra=f"+{one.extra}" if one.extra else "",
            amount=write_amount(one.amount, currency) if one.is_filled else "",
            is_own=one.is_own,
            is_filled=one.is_filled,
        )
        for one in story.shares
    )


def _entry(story: Story, one: StoryEntry) -> EntryView:
    return EntryView(
        seq=one.seq,
        at=to_datetime(one.at),
        words=_ENTRIES.get(one.kind, one.kind.value.replace("_", " ").capitalize()),
        moves=tuple(
            f"{write_amount(-moved.amount, moved.currency)} {_ACCOUNTS[moved.account]}"
            if moved.account != "partner.receivable"
            else f"{write_amount(moved.amount, moved.currency)} owed back"
            for moved in one.postings
        ),
        is_logged=one.seq < story.log_size,
        is_shared=one.ref != story.commissions[0].payment,
    )


def _claim(one: ClaimOf, currency: str) -> ClaimView:
    payout, part = one.payout, one.part
    rate = ""
    if part is not None:
        rate = (
            f"{part.rate} {payout.currency} for 1 {currency}, the stored rate of"
            f" {date_of(part.day).isoformat()}"
        )
    return ClaimView(
        at=to_datetime(payout.ended_at or payout.sent_at or payout.claimed_at),
        amount=write_amount(one.amount, currency),
        words=f"{PAYOUT_STATES[payout.state]}, {payout.masked}",
        rate=rate,
    )
