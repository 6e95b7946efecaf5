"""Billing events as texts: what is kept of a provider's event for good, and applied again from."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from backend.domain.billing_events import (
    Adjusted,
    BillingEvent,
    CustomerKnown,
    Paid,
    SubscriptionChanged,
)

_KINDS: dict[str, type[BillingEvent]] = {
    "paid": Paid,
    "adjusted": Adjusted,
    "subscription": SubscriptionChanged,
    "customer": CustomerKnown,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def encode(events: Sequence[BillingEvent]) -> str:
    """Return events as JSON: a list of pairs, the kind and the event."""
    return msgspec.json.encode([(_NAMES[type(each)], _plain(each)) for each in events]).decode()


def _plain(event: BillingEvent) -> dict[str, object]:
    """Return an event's values; a payment without instruments is written as it always was."""
    values: dict[str, object] = msgspec.to_builtins(event)
    return {name: value for name, value in values.items() if name != "instruments" or value}


def decode(text: str) -> tuple[BillingEvent, ...]:
    """Return the events that `encode` wrote."""
    pairs: list[tuple[str, msgspec.Raw]] = msgspec.json.decode(
        text, type=list[tuple[str, msgspec.Raw]]
    )
    return tuple(msgspec.json.decode(raw, type=_KINDS[name]) for name, raw in pairs)
