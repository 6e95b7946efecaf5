"""Tiers limit what is new, and never what visitors see."""

from __future__ import annotations

import pytest

from backend.actions.context import Context
from backend.actions.recording import record
from backend.actions.sites import register_site
from backend.actions.usage import get_usage
from backend.domain.actors import Actor, owner_of
from backend.domain.events import Event, EventKind
from backend.domain.instants import Day, date_of
from backend.domain.sites import SiteDraft
from backend.domain.standing import DayTally
from backend.domain.tiers import Tier
from backend.domain.usage import Usage, check_views, month_start
from backend.errors import LimitReached
from backend.store.events import add_days
from backend.store.tables.base import TENANT
from tests.support.service import SITE_URL, add_account, add_site


def see(context: Context, site: str, day: Day, views: int) -> None:
    with context.database.transaction() as session:
        add_days(session, {(TENANT, site, day): DayTally(views=views)})


def draft() -> SiteDraft:
    return SiteDraft(url="https://another.example/", title="Another")


def test_views_of_the_calendar_month_are_added_up_over_own_sites(any_context: Context) -> None:
    ann = owner_of(TENANT, add_account(any_context))
    ben = owner_of(TENANT, add_account(any_context))
    first, _ = add_site(any_context, ann.account)
    second, _ = add_site(any_context, ann.account, url="https://tidepool.example/")
    foreign, _ = add_site(any_context, ben.account)
    start = month_start(any_context.clock.now())
    assert date_of(start).day == 1
    see(any_context, first, start, 5)
    see(any_context, first, Day(start - 1), 100)
    see(any_context, second, Day(start + 2), 7)
    see(any_context, foreign, start, 1_000)
    assert get_usage(any_context, ann) == Usage(tier=Tier.FREE, sites=2, views=12)


def test_free_account_over_10000_views_registers_no_new_site(any_context: Context) -> None:
    ann = owner_of(TENANT, add_account(any_context))
    site, _ = add_site(any_context, ann.account)
    see(any_context, site, month_start(any_context.clock.now()), 10_000)
    known = register_site(any_context, ann, draft())
    see(any_context, site, month_start(any_context.clock.now()), 1)
    with pytest.raises(LimitReached, match="10,001 page views this month"):
        register_site(any_context, ann, SiteDraft(url="https://third.example/", title="Third"))
    # What is there stays: registering it again, and counting its visits.
    assert register_site(any_context, ann, draft()).id == known.id
    assert view(any_context, ann, site) == 1


def view(context: Context, owner: Actor, site: str) -> int:
    """Record one more view and return how many were added."""
    before = get_usage(context, owner).views
    now = context.clock.now()
    event = Event(
        tenant=TENANT, site=site, id="one", kind=EventKind.VIEW, at=now, visitor="v", page=SITE_URL
    )
    with context.database.transaction() as session:
        record(session, [event], now)
    return get_usage(context, owner).views - before


@pytest.mark.parametrize(
    ("tier", "views"), [(Tier.FREE, 10_000), (Tier.PRO, 100_000), (Tier.BUSINESS, 1_000_000)]
)
def test_each_tier_holds_its_views(tier: Tier, views: int) -> None:
    check_views(Usage(tier=tier, sites=1, views=views))
    with pytest.raises(LimitReached):
        check_views(Usage(tier=tier, sites=1, views=views + 1))


def test_enterprise_has_no_limit() -> None:
    check_views(Usage(tier=Tier.ENTERPRISE, sites=9_999, views=10**9))
