"""What an owner's page tells about the people who signed up through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.cursors import make_cursor, read_cursor
from backend.domain.instants import Day, Instant
from backend.domain.periods import Period
from backend.domain.referrals import PENDING_LIFETIME, Referral, ReferralState, state_of
from backend.store import referred

PEOPLE_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSums:
    """What happened in a period. Days without anything are left out; `earned` is by currency."""

    touches: int
    sign_ups: Mapping[Day, int]
    conversions: Mapping[Day, int]
    earned: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReferral:
    """Somebody who signed up through the actor, by a number: the first one is 1.

    `expires_at` is set while the referral is pending; `earned` is by currency.
    """

    number: int
    referral: Referral
    state: ReferralState
    expires_at: Instant | None
    earned: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReferralPage:
    """Some referrals, the newest first; `after` is the cursor of the next page, None at the end."""

    referrals: tuple[OwnReferral, ...]
    after: str | None


def count_states(context: Context, actor: Actor) -> Mapping[ReferralState, int]:
    """Return how many of the actor's referrals are in each state now. Raises Forbidden."""
    actor.needs(Scope.REFERRALS_READ)
    with context.database.reading() as session:
        return referred.count_states(session, actor, context.clock.now())


def sum_period(context: Context, actor: Actor, period: Period) -> PeriodSums:
    """Return what the actor's links brought in a period. Raises Forbidden."""
    actor.needs(Scope.REFERRALS_READ)
    with context.database.reading() as session:
        return PeriodSums(
            touches=referred.count_touches(session, actor, period),
            sign_ups=referred.count_sign_ups(session, actor, period),
            conversions=referred.count_conversions(session, actor, period),
            earned=referred.sum_earned(session, actor, period),
        )


def list_people(
    context: Context,
    actor: Actor,
    *,
    state: ReferralState | None = None,
    after: str | None = None,
    limit: int = 50,
) -> OwnReferralPage:
    """Return a page of the actor's referrals in a state, or in any, and what each one earned.

    `after` is the cursor of an earlier page. Raises Invalid when it is none, and Forbidden.
    """
    actor.needs(Scope.REFERRALS_READ)
    size = max(1, min(limit, PEOPLE_A_PAGE))
    now = context.clock.now()
    place = None if after is None else read_cursor(after)
    with context.database.reading() as session:
        found = referred.list_numbered(
            session, actor, state=state, now=now, after=place, limit=size + 1
        )
        shown = found[:size]
        earned = referred.earned_by(session, actor, [one.referred for _number, one in shown])
    last = shown[-1][1] if len(found) > size else None
    return OwnReferralPage(
        referrals=tuple(
            _describe(number, one, now, earned.get(one.referred, {})) for number, one in shown
        ),
        after=make_cursor(last.signed_up_at, last.referred) if last else None,
    )


def _describe(
    number: int, referral: Referral, now: Instant, earned: Mapping[str, int]
) -> OwnReferral:
    state = state_of(referral, now)
    is_pending = state is ReferralState.PENDING
    return OwnReferral(
        number=number,
        referral=referral,
        state=state,
        expires_at=Instant(referral.signed_up_at + PENDING_LIFETIME) if is_pending else None,
        earned=earned,
    )
