"""What people hear of, and how each of them wants to hear it.

A notification is a fact of its account, told once: its id follows from what it is about, so that a
repeated fact is the same notification.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import DAY, HOUR, Instant
from backend.errors import Invalid

KEPT = 180 * DAY
"""How long a notification is kept."""
MAIL_EVERY = HOUR
"""At most one mail of news is sent to a person in this time; what comes meanwhile is gathered."""
FACTS_CHARACTERS = 1_000
TEXT_CHARACTERS = 200
"""How much of a title or a reason a notification holds."""


class Kind(StrEnum):
    REFERRAL_CONVERTED = "referral_converted"
    COMMISSION_AVAILABLE = "commission_available"
    PAYOUT_SENT = "payout_sent"
    PAYOUT_FAILED = "payout_failed"
    REWARD_GRANTED = "reward_granted"
    SITE_FEATURED = "site_featured"
    BUILD_FAILED = "build_failed"
    LIMIT_REACHED = "limit_reached"
    PAYMENT_FAILED = "payment_failed"
    DISPUTE_ANSWERED = "dispute_answered"
    DISPUTE_DECIDED = "dispute_decided"
    WEEKLY_DIGEST = "weekly_digest"


class Way(StrEnum):
    """How somebody hears of a kind: not at all, or on the dashboard and, from there, by mail."""

    OFF = "off"
    APP = "app"
    DIGEST = "digest"
    MAIL = "mail"


EVENTS = tuple(kind for kind in Kind if kind is not Kind.WEEKLY_DIGEST)
"""Every kind that a single fact makes."""
DEFAULTS: Mapping[Kind, Way] = {
    Kind.REFERRAL_CONVERTED: Way.MAIL,
    Kind.COMMISSION_AVAILABLE: Way.DIGEST,
    Kind.PAYOUT_SENT: Way.MAIL,
    Kind.PAYOUT_FAILED: Way.MAIL,
    Kind.REWARD_GRANTED: Way.MAIL,
    Kind.SITE_FEATURED: Way.MAIL,
    Kind.BUILD_FAILED: Way.DIGEST,
    Kind.LIMIT_REACHED: Way.MAIL,
    Kind.PAYMENT_FAILED: Way.MAIL,
    Kind.DISPUTE_ANSWERED: Way.MAIL,
    Kind.DISPUTE_DECIDED: Way.MAIL,
    Kind.WEEKLY_DIGEST: Way.MAIL,
}

Facts = Mapping[str, str | int]
Ways = Mapping[Kind, Way]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something to tell an account. `key` says which fact of its kind it is: the same key is the
    same fact. `facts` hold nothing about other people.
    """

    account: str
    kind: Kind
    key: str
    facts: Facts

    @property
    def id(self) -> str:
        """32 hexadecimal digits that are the same for the same fact."""
        text = "\0".join((self.account, self.kind.value, self.key))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What an account was told. `read_at` is when its owner saw it."""

    id: str
    account: str
    kind: Kind
    at: Instant
    facts: Facts
    read_at: Instant | None = None


def ways_of(kind: Kind) -> tuple[Way, ...]:
    """Return the ways in which a kind can be heard of: a digest is not part of a digest."""
    if kind is Kind.WEEKLY_DIGEST:
        return (Way.OFF, Way.MAIL)
    return tuple(Way)


def read_way(kind: Kind, text: str) -> Way:
    """Return the way that a form names. Raises Invalid for one that the kind does not have."""
    for way in ways_of(kind):
        if way.value == text:
            return way
    raise Invalid(
        f"{text[:20]!r} is no way to hear of this.",
        field=kind.value,
        hint=f"Choose one of {', '.join(ways_of(kind))}.",
    )


def complete(chosen: Ways) -> dict[Kind, Way]:
    """Return the way of every kind: as it was chosen, else the default."""
    return {kind: chosen.get(kind, way) for kind, way in DEFAULTS.items()}


def without_mail(kind: Kind, way: Way) -> Way:
    """Return how somebody hears of a kind once its mails have stopped."""
    if kind is Kind.WEEKLY_DIGEST:
        return Way.OFF
    return Way.APP if way in {Way.MAIL, Way.DIGEST} else way


def mail_time(now: Instant, mailed_at: Instant | None) -> Instant:
    """Return when a mail of news may go out: an hour after the one before."""
    return now if mailed_at is None else Instant(max(now, mailed_at + MAIL_EVERY))
