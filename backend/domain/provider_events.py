"""What a payment provider sent, and how far we are with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.billing_events import BillingEvent, Provider
from backend.domain.instants import DAY, Instant

BODY_KEPT = 90 * DAY
"""How long the body of an event is kept; its hash and what it told stay."""
REASON_LENGTH = 300


class EventState(StrEnum):
    RECEIVED = "received"
    APPLIED = "applied"
    IGNORED = "ignored"
    """It says nothing that matters here; `reason` says why."""
    PARKED = "parked"
    """Something that it is about is not known yet; it is applied when it is."""
    FAILED = "failed"
    """Applying it failed; it is tried again, by the provider and by ourselves."""


DONE = frozenset({EventState.APPLIED, EventState.IGNORED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    """An event as it is recorded.

    `hash` is that of its content, `told` the same in words of ours as JSON, once translated, and
    `waits_for` what a parked one waits for: a customer or a payment of the provider.
    """

    provider: Provider
    id: str
    type: str
    object: str
    hash: str
    body: str | None
    told: str | None
    created_at: Instant
    received_at: Instant
    state: EventState
    reason: str = ""
    waits_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an event says in words of ours, or `reason`: why it says nothing, or nothing yet.

    `wakes` is the provider's object that is known from now on, whatever waited for it.
    """

    events: tuple[BillingEvent, ...] = ()
    reason: str = ""
    waits_for: str | None = None
    wakes: str | None = None
