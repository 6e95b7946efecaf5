"""What payment providers send: recorded before anything else, applied once or more, never lost.

An event is recorded in one transaction, translated, and what it says applied in others. Each step
can be repeated, so whatever stops in between is mended by the provider's next delivery, by the
job, or by `4site server replay`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from backend.actions import subscriptions, told
from backend.actions.audit import note
from backend.actions.context import Context
from backend.actions.instruments import hide_instrument
from backend.actions.payments import Outcome, apply_event
from backend.domain.actors import Actor, owner_of
from backend.domain.billing_events import (
    BillingEvent,
    CustomerKnown,
    Paid,
    Provider,
    SubscriptionChanged,
)
from backend.domain.instants import DAY, MINUTE, Instant
from backend.domain.provider_events import BODY_KEPT, DONE, EventState, ProviderEvent, Told
from backend.errors import Conflict, NotFound, ServiceError
from backend.gateways.stripe import connect, verify
from backend.gateways.stripe_events import read_event, translate
from backend.store import accounts, billing
from backend.store import provider_events as events
from backend.store.tables.base import TENANT

REST = 10 * MINUTE
"""How long a delivery is left to itself before the job takes the event up."""
RETRIED = 7 * DAY
"""How long events that cannot be applied are tried again; later only by hand."""
EVENTS_A_RUN = 200
_LOG = structlog.get_logger("billing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How far an event is, why, and whether anything changed by it this time."""

    state: EventState
    reason: str = ""
    is_changed: bool = False


def take_stripe(context: Context, body: bytes, signature: str) -> Result:
    """Record and apply a webhook of Stripe's.

    Raises Forbidden for a signature that is forged or older than 300 seconds, NotFound where no
    webhooks are expected, Conflict when the id came before with other content, and what applying
    it raises; Stripe sends it again then.
    """
    secrets = context.settings.stripe_webhook_secrets
    if not secrets:
        raise NotFound("This service takes no events of Stripe's.")
    now = context.clock.now()
    verify(secrets, body, signature, now)
    return apply(context, record(context, read_event(body, now)))


def record(context: Context, event: ProviderEvent, *, by: Actor | None = None) -> ProviderEvent:
    """Keep an event, and return it as it was kept first; `by` is who recorded it by hand.

    Raises Conflict for other content.
    """
    with context.database.transaction() as session:
        if events.add(session, TENANT, event):
            if by is not None:
                note(session, context, by, f"{event.type}.record", f"invoice:{event.object}")
            return event
        known = events.find(session, TENANT, event.provider, event.id)
    if known is None or known.hash != event.hash:
        _LOG.error("event_differs", provider=event.provider.value, id=event.id)
        raise Conflict(
            f"The event {event.id} came before with other content.",
            hint="Nothing was changed; the first one stands.",
        )
    return known


def apply(context: Context, event: ProviderEvent, *, is_again: bool = False) -> Result:
    """Apply a recorded event unless that is done, or `is_again`; note what became of it.

    Raises whatever stops it, after it has been noted as failed.
    """
    if event.state in DONE and not is_again:
        return Result(state=event.state, reason=event.reason)
    try:
        said = _translated(context, event)
        changes = [_apply_one(context, each) for each in said.events]
    except Exception as error:
        reason = error.message if isinstance(error, ServiceError) else type(error).__name__
        _set(context, event, EventState.FAILED, reason=reason)
        say = _LOG.error if isinstance(error, ServiceError) else _LOG.exception
        say("event_failed", id=event.id, type=event.type, reason=reason)
        raise
    result = _finish(context, event, said)
    if said.waits_for is not None and _find_account(context, event.provider, said.waits_for):
        return apply(context, event)  # it became known just now
    if said.wakes is not None:
        _wake(context, event.provider, said.wakes)
    return replace(result, is_changed=any(changes))


def retry_events(context: Context) -> int:
    """Apply what was interrupted, failed or waits, for a week; return how many are done now."""
    now = context.clock.now()
    states = (EventState.RECEIVED, EventState.FAILED, EventState.PARKED)
    with context.database.reading() as session:
        found = events.list_unfinished(
            session,
            TENANT,
            states,
            since=Instant(now - RETRIED),
            before=Instant(now - REST),
            limit=EVENTS_A_RUN,
        )
    return sum(_try(context, event) for event in found)


def forget_bodies(context: Context) -> int:
    """Drop the bodies of events that were finished 90 days ago; return how many."""
    before = Instant(context.clock.now() - BODY_KEPT)
    total = 0
    while True:
        with context.database.transaction() as session:
            dropped = events.drop_bodies(session, TENANT, before, limit=EVENTS_A_RUN)
        total += dropped
        if dropped < EVENTS_A_RUN:
            return total


def _translated(context: Context, event: ProviderEvent) -> Told:
    """Return what an event says: as it was understood before, else by asking its provider."""
    if event.told is not None:
        known = told.decode(event.told)
        customers = [each.customer for each in known if isinstance(each, CustomerKnown)]
        return Told(events=known, wakes=customers[0] if customers else None)
    if event.body is None:
        return Told(reason=event.reason or "Its body is not kept any more.")

    def account_of(customer: str) -> str | None:
        return _find_account(context, event.provider, customer)

    def hide(name: str) -> str:
        return hide_instrument(context, f"{event.provider}:{name}")

    return translate(connect(context.settings), event.body.encode(), account_of, hide)


def _find_account(context: Context, provider: Provider, customer: str) -> str | None:
    with context.database.reading() as session:
        return billing.find_account(session, TENANT, provider, customer)


def _apply_one(context: Context, event: BillingEvent) -> bool:
    """Apply what was told; tell whether it changed anything."""
    if isinstance(event, CustomerKnown):
        return _bind(context, event)
    if isinstance(event, SubscriptionChanged):
        return subscriptions.apply_change(context, event)
    outcome = apply_event(context, event).outcome
    if isinstance(event, Paid):  # it may have come after the end of its subscription
        subscriptions.settle_account(context, event.account)
    return outcome is Outcome.BOOKED


def _bind(context: Context, event: CustomerKnown) -> bool:
    actor = owner_of(TENANT, event.account)
    with context.database.transaction() as session:
        if accounts.find_account(session, TENANT, event.account) is None:
            raise NotFound(f"There is no account {event.account}.")
        now = context.clock.now()
        return billing.add_customer(session, actor, event.provider, event.customer, now)


def _finish(context: Context, event: ProviderEvent, said: Told) -> Result:
    if said.events:
        _set(context, event, EventState.APPLIED, said=said)
        return Result(state=EventState.APPLIED)
    if said.waits_for is not None:
        _set(context, event, EventState.PARKED, reason=said.reason, said=said)
        return Result(state=EventState.PARKED, reason=said.reason)
    _set(context, event, EventState.IGNORED, reason=said.reason)
    return Result(state=EventState.IGNORED, reason=said.reason)


def _set(
    context: Context,
    event: ProviderEvent,
    state: EventState,
    *,
    reason: str = "",
    said: Told | None = None,
) -> None:
    with context.database.transaction() as session:
        events.set_state(
            session,
            TENANT,
            event,
            state,
            reason=reason,
            waits_for=said.waits_for if said else None,
            told=told.encode(said.events) if said and said.events else None,
        )


def _wake(context: Context, provider: Provider, known: str) -> None:
    """Apply what waited for an object of the provider. What fails stays noted as failed."""
    with context.database.reading() as session:
        found = events.list_waiting(session, TENANT, provider, known, limit=EVENTS_A_RUN)
    for event in found:
        _try(context, event)


def _try(context: Context, event: ProviderEvent) -> bool:
    """Apply an event, and tell whether it is done; what stops it is noted and logged."""
    try:
        return apply(context, event).state in DONE
    except Exception:
        return False
