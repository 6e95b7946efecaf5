"""An owner's referrals as their page shows them: by state, by day, and what they earned.

Leans on `ix_referral_referrer`, `ix_touch_account` and `ix_payment_account`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, case, func, not_, or_, select, tuple_
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import DAY, Day, Instant, start_of
from backend.domain.periods import Period
from backend.domain.referrals import PENDING_LIFETIME, Referral, ReferralState
from backend.store.ownership import is_owned, owned
from backend.store.referrals import to_referral
from backend.store.tables.commissions import CommissionRow, PaymentRow
from backend.store.tables.referrals import ReferralRow, TouchRow

_SIGNED_UP = col(ReferralRow.signed_up_at)
_CONVERTED = col(ReferralRow.converted_at)


def count_states(session: Session, actor: Actor, now: Instant) -> dict[ReferralState, int]:
    """Return how many of the actor's referrals are in each state at `now`, those of 0 too."""
    state = _state_at(now)
    found = session.execute(
        owned(select(state.label("state"), func.count().label("number")), ReferralRow, actor)
        # By the column's place: the same condition bound twice is two conditions for PostgreSQL.
        .group_by("state")
    )
    numbers = {ReferralState(row.state): int(row.number) for row in found}
    return {one: numbers.get(one, 0) for one in ReferralState}


def count_touches(session: Session, actor: Actor, period: Period) -> int:
    """Return how often the actor's links were followed in a period."""
    statement = owned(select(func.count()).select_from(TouchRow), TouchRow, actor)
    return int(session.execute(statement.where(*_within(col(TouchRow.at), period))).scalar_one())


def count_sign_ups(session: Session, actor: Actor, period: Period) -> dict[Day, int]:
    """Return how many signed up on each day of a period that has any."""
    return _count_days(session, actor, _SIGNED_UP, period)


def count_conversions(session: Session, actor: Actor, period: Period) -> dict[Day, int]:
    """Return how many paid for the first time, on each day of a period that has any."""
    return _count_days(session, actor, _CONVERTED, period)


def list_numbered(  # noqa: PLR0913  a page, and what it is to hold
    session: Session,
    actor: Actor,
    *,
    state: ReferralState | None,
    now: Instant,
    after: tuple[Instant, str] | None,
    limit: int,
) -> list[tuple[int, Referral]]:
    """Return the actor's referrals in a state, or in any, the newest first.

    Each has its number in the order of sign-up, which no filter and no page changes. `after` is
    the place of the last one seen.
    """
    numbers = owned(
        select(
            col(ReferralRow.referred),
            func.row_number().over(order_by=(_SIGNED_UP, col(ReferralRow.referred))).label("n"),
        ),
        ReferralRow,
        actor,
    ).subquery()
    place = (_SIGNED_UP, col(ReferralRow.referred))
    statement = owned(select(numbers.c.n, ReferralRow), ReferralRow, actor).join(
        numbers, numbers.c.referred == col(ReferralRow.referred)
    )
    if state is not None:
        statement = statement.where(_state_at(now) == state.value)
    if after is not None:
        statement = statement.where(tuple_(*place) < after)
    found = session.execute(statement.order_by(*(one.desc() for one in place)).limit(limit))
    return [(int(row.n), to_referral(row.ReferralRow)) for row in found]


def sum_earned(session: Session, actor: Actor, period: Period | None) -> dict[str, int]:
    """Return what payments of the actor's own referrals earned the actor, by currency: those of a
    period, or all of them.
    """
    conditions = [] if period is None else _within(col(PaymentRow.paid_at), period)
    found = session.execute(
        _of_referrals(actor, col(CommissionRow.currency))
        .where(*conditions)
        .group_by(col(CommissionRow.currency))
    )
    return {row.currency: int(row.earned) for row in found}


def earned_by(
    session: Session, actor: Actor, referred: Sequence[str]
) -> Mapping[str, Mapping[str, int]]:
    """Return what each of some own referrals earned the actor, by currency."""
    found = session.execute(
        _of_referrals(actor, col(ReferralRow.referred), col(CommissionRow.currency))
        .where(col(ReferralRow.referred).in_(referred))
        .group_by(col(ReferralRow.referred), col(CommissionRow.currency))
    )
    earned: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for row in found:
        earned[row.referred][row.currency] = int(row.earned)
    return earned


def _count_days(session: Session, actor: Actor, column: Any, period: Period) -> dict[Day, int]:
    day = (column // DAY).label("day")
    statement = owned(select(day, func.count().label("number")), ReferralRow, actor)
    found = session.execute(statement.where(*_within(column, period)).group_by("day"))
    return {Day(int(row.day)): int(row.number) for row in found}


def _within(column: Any, period: Period) -> tuple[Any, Any]:
    return column >= start_of(period.first), column < start_of(Day(period.last + 1))


def _of_referrals(actor: Actor, *columns: Any) -> Select[Any]:
    """Return the select of what the actor earned of the payments of own referrals."""
    return (
        select(*columns, func.sum(CommissionRow.booked).label("earned"))
        .select_from(ReferralRow)
        .join(
            PaymentRow,
            and_(
                col(PaymentRow.tenant) == col(ReferralRow.tenant),
                col(PaymentRow.account) == col(ReferralRow.referred),
            ),
        )
        .join(
            CommissionRow,
            and_(
                col(CommissionRow.tenant) == col(PaymentRow.tenant),
                col(CommissionRow.payment) == col(PaymentRow.id),
            ),
        )
        .where(is_owned(ReferralRow, actor), is_owned(CommissionRow, actor))
    )


def _state_at(now: Instant) -> Any:
    """Return the state of a row as `domain/referrals.py: state_of` knows it."""

    def is_done(column: Any) -> Any:
        return and_(column.is_not(None), column <= now)

    def is_in_time(column: Any) -> Any:
        return and_(is_done(column), column < _SIGNED_UP + PENDING_LIFETIME)

    has_begun = or_(is_in_time(col(ReferralRow.activated_at)), is_in_time(_CONVERTED))
    return case(
        (
            and_(not_(has_begun), now < _SIGNED_UP + PENDING_LIFETIME),
            ReferralState.PENDING.value,
        ),
        (not_(has_begun), ReferralState.EXPIRED.value),
        (not_(is_done(_CONVERTED)), ReferralState.ACTIVATED.value),
        (not_(is_done(col(ReferralRow.churned_at))), ReferralState.CONVERTED.value),
        else_=ReferralState.CHURNED.value,
    )
