"""The letters that people are sent: those that are necessary, news, and the week in numbers.

Each takes plain values and returns what is written; `mailing.py` knows whom it goes to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.actions.event_words import tell_event
from backend.domain.instants import DAY, MINUTE, date_of
from backend.domain.letters import (
    Letter,
    Part,
    Row,
    button,
    command,
    heading,
    link_to,
    note,
    rows,
    text,
)
from backend.domain.notifications import Notification
from backend.domain.payees import CONFIRM_LIFETIME, COOL_DOWN
from backend.domain.periods import Period
from backend.domain.sign_in import LINK_LIFETIME
from backend.gateways.languages import Words

SERVICE_NAME = "4site"
_METHODS = {"sepa": "SEPA", "ach": "ACH", "paypal": "PayPal", "wise": "Wise", "stripe": "Stripe"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where somebody is paid, without what would let others use it."""

    method: str
    currency: str
    masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekNumber:
    """A number of the week: what it counts, and its value now and in the week before."""

    label: str
    now: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What a digest says. `next_step` is a sentence with what it leads to."""

    period: Period
    numbers: tuple[WeekNumber, ...]
    earned: tuple[tuple[int, str], ...]
    happened: tuple[Notification, ...]
    next_step: str
    next_action: str
    next_link: str


def write_sign_in(words: Words, link: str) -> Letter:
    """Return the mail that signs somebody in."""
    title = words.phrase("Sign in to %(service)s", service=SERVICE_NAME)
    return Letter(
        subject=title,
        title=title,
        parts=(
            text(words.phrase("Open this link and press the button on the page.")),
            button(title, link),
            note(
                words.counted(
                    "It works once, within %(number)s minute. "
                    "If you have no account yet, it makes you one.",
                    "It works once, within %(number)s minutes. "
                    "If you have no account yet, it makes you one.",
                    LINK_LIFETIME // MINUTE,
                )
            ),
            note(
                words.phrase(
                    "You did not ask for it? Then do nothing: without the link nobody gets in."
                )
            ),
        ),
    )


def write_payee_confirm(words: Words, link: str, destination: Destination) -> Letter:
    """Return the mail that confirms where somebody is paid."""
    title = words.phrase("Confirm where you are paid")
    return Letter(
        subject=title,
        title=title,
        parts=(
            text(words.phrase("Your payouts are to go here from now on:")),
            rows(*_rows_of(words, destination)),
            button(words.phrase("Confirm the payout method"), link),
            note(
                words.counted(
                    "Sign in, open the link and press the button. It works once, within "
                    "%(number)s day. Until then nothing is paid there.",
                    "Sign in, open the link and press the button. It works once, within "
                    "%(number)s days. Until then nothing is paid there.",
                    CONFIRM_LIFETIME // DAY,
                )
            ),
            note(
                words.phrase(
                    "It was not you? Then somebody else uses your account. Do not open the link: "
                    "sign out all browsers in your settings and set your own payout method again."
                )
            ),
        ),
    )


def write_payee_changed(words: Words, before: str, destination: Destination) -> Letter:
    """Return the mail that warns of another destination."""
    title = words.phrase("Your payout method was changed")
    return Letter(
        subject=title,
        title=title,
        parts=(
            rows(
                Row(label=words.phrase("Before"), value=before),
                Row(label=words.phrase("Now"), value=destination.masked),
                *_rows_of(words, destination)[1:],
            ),
            text(
                words.counted(
                    "Nothing is paid for %(number)s day, so that there is time to notice. "
                    "It was you? Then there is nothing to do.",
                    "Nothing is paid for %(number)s days, so that there is time to notice. "
                    "It was you? Then there is nothing to do.",
                    COOL_DOWN // DAY,
                )
            ),
            text(
                words.phrase(
                    "It was not you? Sign in, sign out all other browsers, set your own payout "
                    "method again, and tell the operators of the service."
                )
            ),
        ),
    )


def write_payouts_due(words: Words, drafted: int, batches: int) -> Letter:
    """Return the mail to whoever is in charge of payouts."""
    title = words.phrase("Payouts of the month")
    if not batches:
        said = [
            text(words.phrase("It is time to draft the payouts of this month.")),
            command("4site server payouts draft"),
        ]
    else:
        said = [
            text(words.phrase("Payouts were drafted. They wait for an approval.")),
            rows(
                Row(label=words.phrase("Payouts"), value=words.number(drafted)),
                Row(label=words.phrase("Batches"), value=words.number(batches)),
            ),
        ]
    listed = (note(words.phrase("This lists them:")), command("4site server payouts list"))
    return Letter(subject=title, title=title, parts=(*said, *listed))


def write_news(words: Words, base_url: str, news: Sequence[Notification]) -> Letter:
    """Return the mail of one event, or of several that were gathered."""
    told = [tell_event(words, each) for each in news]
    choose = f"{base_url}/dashboard/settings/notifications"
    if len(told) == 1:
        (one,) = told
        parts: tuple[Part, ...] = (text(one.text), button(one.action, base_url + one.link))
        return Letter(
            subject=one.title, title=one.title, preview=one.text, parts=parts, choose=choose
        )
    title = words.phrase("What is new for you")
    several = tuple(
        part
        for one in told
        for part in (heading(one.title), text(one.text), link_to(one.action, base_url + one.link))
    )
    preview = " · ".join(one.title for one in told)
    return Letter(subject=title, title=title, preview=preview, parts=several, choose=choose)


def write_week(words: Words, base_url: str, week: Week) -> Letter:
    """Return the digest of a week: its numbers, what happened, and what to do next."""
    first, last = (words.short_day(date_of(day)) for day in (week.period.first, week.period.last))
    counted = [
        Row(
            label=each.label,
            value=words.number(each.now),
            note=words.phrase("%(number)s the week before", number=words.number(each.before)),
        )
        for each in week.numbers
    ]
    counted += [
        Row(label=words.phrase("You earned"), value=words.money(amount, currency))
        for amount, currency in week.earned
    ]
    parts = [text(words.phrase("%(first)s to %(last)s, in UTC", first=first, last=last))]
    parts += [rows(*counted)]
    if week.happened:
        told = [tell_event(words, each) for each in week.happened]
        parts += [heading(words.phrase("What happened"))]
        parts += [link_to(each.title, base_url + each.link) for each in told]
    parts += [
        heading(words.phrase("What to do next")),
        text(week.next_step),
        button(week.next_action, base_url + week.next_link),
    ]
    title = words.phrase("Your week in numbers")
    preview = ", ".join(f"{row.label}: {row.value}" for row in counted[:3])
    choose = f"{base_url}/dashboard/settings/notifications"
    return Letter(subject=title, title=title, preview=preview, parts=tuple(parts), choose=choose)


def _rows_of(words: Words, destination: Destination) -> tuple[Row, ...]:
    return (
        Row(label=words.phrase("Destination"), value=destination.masked),
        Row(
            label=words.phrase("Method"), value=_METHODS.get(destination.method, destination.method)
        ),
        Row(label=words.phrase("Currency"), value=destination.currency),
    )
