"""The next payout and the ones before it, as the earnings page shows them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from backend.actions import payees, payouts
from backend.actions.context import Context
from backend.actions.payees import PayeeReport
from backend.domain.actors import Actor
from backend.domain.instants import Instant, to_datetime
from backend.domain.own_earnings import CurrencyEarnings
from backend.domain.payees import MINIMUM, Reason
from backend.domain.payouts import GIVEN_BACK, Payout
from backend.web.dashboard.amounts import write_amount
from backend.web.pages.payee import NAMES, STATES

SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutLine:
    """A payout of the history; `words` is its state, `about` what it was made of."""

    at: datetime.datetime
    amount: str
    destination: str
    method: str
    words: str
    reason: str
    is_bad: bool
    about: str
    dispute: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutsView:
    """What comes next and what has been. `on` is None where nobody drafts by the calendar;
    `obstacle` says why nothing is paid, `missing` what lacks to the minimum.
    """

    on: datetime.datetime | None
    amount: str
    method: str
    destination: str
    has_method: bool
    cools_until: datetime.datetime | None
    obstacle: str
    missing: str
    minimum: str
    lines: tuple[PayoutLine, ...]
    older: str


def view_payouts(
    context: Context, actor: Actor, now: Sequence[CurrencyEarnings], before: str
) -> PayoutsView:
    """Return the next payout of the actor, and a page of those before the one named."""
    report = payees.get_report(context, actor)
    found = payouts.list_own(context, actor, before=before, limit=SHOWN + 1)
    payee, claim = report.payee, report.claim
    is_dated = context.settings.payout_drafts != "off"
    waiting = [write_amount(one.available, one.currency) for one in now if one.available]
    return PayoutsView(
        on=_next_month(context.clock.now()) if is_dated else None,
        amount=write_amount(claim.amount, claim.currency) if claim else " and ".join(waiting),
        method=NAMES[payee.method] if payee else "",
        destination=payee.masked if payee else "",
        has_method=payee is not None,
        cools_until=_cooling(context, report),
        obstacle="" if report.reason in {None, Reason.BELOW_MINIMUM} else report.words,
        missing=_missing(report),
        minimum=write_amount(MINIMUM.minor, MINIMUM.currency),
        lines=tuple(_line(payout, NAMES[method]) for payout, method in found[:SHOWN]),
        older=found[SHOWN - 1][0].id if len(found) > SHOWN else "",
    )


def _next_month(now: Instant) -> datetime.datetime:
    today = to_datetime(now)
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + datetime.timedelta(days=32)).replace(day=1)


def _cooling(context: Context, report: PayeeReport) -> datetime.datetime | None:
    payee = report.payee
    if payee is None or payee.cools_until is None or not payee.is_cooling(context.clock.now()):
        return None
    return to_datetime(payee.cools_until)


def _missing(report: PayeeReport) -> str:
    if report.dollars is None or report.dollars >= MINIMUM.minor:
        return ""
    return write_amount(MINIMUM.minor - max(0, report.dollars), MINIMUM.currency)


def _line(payout: Payout, method: str) -> PayoutLine:
    is_bad = payout.state in GIVEN_BACK
    parts = [
        f"{write_amount(part.amount, part.currency)} at {part.rate}"
        for part in payout.parts
        if part.currency != payout.currency
    ]
    if payout.withheld:
        parts.append(f"{write_amount(payout.withheld, payout.currency)} withheld for tax")
    return PayoutLine(
        at=to_datetime(payout.ended_at or payout.sent_at or payout.claimed_at),
        amount=write_amount(payout.net, payout.currency),
        destination=payout.masked,
        method=method,
        words=STATES[payout.state],
        reason=payout.reason,
        is_bad=is_bad,
        about=", ".join(parts),
        dispute=payout.id,
    )
