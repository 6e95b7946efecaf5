"""The measured viral coefficient of an owner's people. Source: the rules, "Owner's boost level".

Leans on `ix_referral_referrer`, `uq_site_account_url`, `ix_touch_account` and the primary key of
`site_day`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.audience import Virality
from backend.domain.instants import start_of
from backend.domain.periods import Period, end_of
from backend.domain.plans import LEVELS
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow
from backend.store.tables.events import SiteDayRow
from backend.store.tables.referrals import ReferralRow, TouchRow
from backend.store.tables.sites import SiteRow


def read_virality(session: Session, actor: Actor, period: Period) -> Virality:
    """Return sign-ups and active users of the actor's people in a window.

    The set of users is the actor and everybody below them in the network, seven levels deep, who
    had signed up by the end of the window. Sign-ups are those attributed to a code or link of
    anybody in the set. A user is active in the window when one of their sites saw an event, one of
    their links was followed, or somebody signed up through them.
    """
    people = _people(actor, period)
    signed_up = select(func.count()).select_from(ReferralRow).where(
        col(ReferralRow.tenant) == actor.tenant,
        col(ReferralRow.referrer).in_(select(people.c.person)),
        *_within(ReferralRow.signed_up_at, period),
    )  # fmt: skip
    active = select(func.count()).select_from(people).where(
        or_(*_signs_of_life(people.c.person, actor.tenant, period))
    )  # fmt: skip
    return Virality(
        sign_ups=int(session.execute(signed_up).scalar_one()),
        active=int(session.execute(active).scalar_one()),
    )


def _people(actor: Actor, period: Period) -> Any:
    """Return the subquery of the set: a column `person`."""
    end = end_of(period)
    root = owned(
        select(col(AccountRow.id).label("person"), literal_column("0").label("level")),
        AccountRow,
        actor,
    ).cte("network", recursive=True)
    below = aliased(ReferralRow)
    network = root.union_all(
        select(col(below.referred), root.c.level + literal_column("1"))
        .join(root, col(below.referrer) == root.c.person)
        .where(
            col(below.tenant) == actor.tenant,
            col(below.signed_up_at) < end,
            root.c.level < LEVELS,
        )
    )
    return select(network.c.person).distinct().subquery()


def _signs_of_life(person: Any, tenant: str, period: Period) -> list[Any]:
    has_event = exists().where(
        col(SiteRow.tenant) == tenant,
        col(SiteRow.account) == person,
        col(SiteDayRow.tenant) == tenant,
        col(SiteDayRow.site) == col(SiteRow.id),
        col(SiteDayRow.day) >= period.first,
        col(SiteDayRow.day) <= period.last,
    )
    was_followed = exists().where(
        col(TouchRow.tenant) == tenant,
        col(TouchRow.account) == person,
        *_within(TouchRow.at, period),
    )
    has_brought = exists().where(
        col(ReferralRow.tenant) == tenant,
        col(ReferralRow.referrer) == person,
        *_within(ReferralRow.signed_up_at, period),
    )
    return [has_event, was_followed, has_brought]


def _within(at: Any, period: Period) -> tuple[Any, ...]:
    return (col(at) >= start_of(period.first), col(at) < end_of(period))
