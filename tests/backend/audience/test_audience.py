"""An owner's audience by hand-computed examples: views, visitors, funnel, k-factor, revenue."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest

from backend.actions.accounts import sign_up
from backend.actions.audience import (
    read_audience,
    read_cohorts,
    read_funnel,
    read_revenue,
    read_score_history,
    read_virality,
)
from backend.actions.context import Context
from backend.actions.payments import apply_event
from backend.actions.referrals import activate, churn, convert, touch
from backend.actions.retention import close_days
from backend.actions.sources import count_open_days
from backend.actions.standings import age_scores
from backend.actions.statistics import get_standing, sum_days
from backend.domain.actors import Actor, owner_of
from backend.domain.audience import Funnel, PlatformShares, SourceRevenue, Virality
from backend.domain.billing_events import AdjustmentKind
from backend.domain.events import EventKind
from backend.domain.instants import DAY, HOUR, Day, Instant, day_of
from backend.domain.periods import Period, previous, read_period
from backend.domain.referrals import Basis
from backend.domain.shares import Platform
from backend.domain.sources import SourceKind
from backend.errors import NotFound
from backend.store.tables.base import TENANT
from tests.support.facts import an_event, clock_of, record_now, shares_of
from tests.support.money import adjusted, paid
from tests.support.service import NOON, add_account, add_site

TODAY = day_of(NOON)


def period(first: int, last: int) -> Period:
    """Return the days so many after the first one of a test."""
    return Period(key="", first=Day(TODAY + first), last=Day(TODAY + last))


def actor_of(account: str) -> Actor:
    return owner_of(TENANT, account)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Ann with two sites, who brought Ben by one's link and Cem by her code; Ben brought Dan."""

    context: Context
    ann: Actor
    one: str
    two: str
    people: dict[str, str]


def join(context: Context, name: str, *, code: str | None = None, link: str | None = None) -> str:
    """Sign somebody up an hour from now, after they typed a code or followed a link."""
    touched = touch(context, link) if link else None
    clock_of(context).move(HOUR)
    return sign_up(
        context,
        email=f"{name}@people.example",
        name=name,
        code=code,
        is_typed=code is not None,
        touch=touched,
    ).id


@pytest.fixture
def world(any_context: Context) -> World:
    context = any_context
    account = sign_up(
        context, email="ann@people.example", name="Ann", code=None, is_typed=False, touch=None
    )
    one, key = add_site(context, account.id, title="One", url="https://one.example/")
    two, _ = add_site(context, account.id, title="Two", url="https://two.example/")
    people = {"ben": join(context, "ben", link=key), "cem": join(context, "cem", code=account.code)}
    touch(context, account.code)  # somebody who did not sign up
    return World(context=context, ann=actor_of(account.id), one=one, two=two, people=people)


def change(context: Context, step: object, account: str) -> None:
    with context.database.transaction() as session:
        step(session, account, context.clock.now())  # type: ignore[operator]  # one of the actions


def test_a_day_adds_up_over_sites_and_the_open_one_has_its_visitors_so_far(world: World) -> None:
    context = world.context
    record_now(context, [an_event(context, world.one, visitor=name) for name in "aab"])
    record_now(context, [an_event(context, world.two, visitor="a")])
    clock_of(context).move(DAY)
    close_days(context)
    record_now(context, [an_event(context, world.one, visitor=name) for name in "cd"])
    before_counting = read_audience(context, world.ann, None, period(1, 1))
    assert [day.visitors for day in before_counting.days] == [None]
    assert before_counting.as_of is None
    count_open_days(context)
    found = read_audience(context, world.ann, None, period(1, 1))
    assert [(day.tally.views, day.visitors) for day in found.days] == [(2, 2)]
    # Somebody on two sites is two.
    assert [(day.tally.views, day.visitors) for day in found.days_before] == [(4, 3)]
    assert found.as_of == context.clock.now()
    alone = read_audience(context, world.ann, world.two, period(-1, 1))
    assert [(day.tally.views, day.visitors) for day in alone.days] == [(0, 0), (1, 1), (0, 0)]
    assert list(found.days) == sum_days(context, world.ann, None, period(1, 1))


def test_names_stand_beside_those_of_the_period_before(world: World) -> None:
    context = world.context
    record_now(context, [an_event(context, world.one, page="https://one.example/a")])
    clock_of(context).move(DAY)
    pages = ("a", "b", "b", "c")
    record_now(
        context,
        [an_event(context, world.one, page=f"https://one.example/{page}") for page in pages],
    )
    close_days(context)
    count_open_days(context)
    found = read_audience(context, world.ann, None, period(1, 1), names=2)
    shown = [(each.name, each.count, each.before) for each in found.names[SourceKind.PAGE]]
    assert shown == [
        ("https://one.example/b", 2, 0),
        ("https://one.example/a", 1, 1),
        ("*", 1, 0),
    ]


def test_shares_by_platform_with_their_clicks_and_proofs(world: World) -> None:
    context = world.context
    shares = [
        an_event(context, world.one, EventKind.SHARE, platform=platform, visitor=visitor)
        for platform, visitor in (
            (Platform.X, "a"), (Platform.X, "a"), (Platform.X, "b"), (Platform.REDDIT, "c"),
        )
    ]  # fmt: skip
    record_now(context, shares)
    clock_of(context).move(DAY)
    arrivals = [an_event(context, world.one, via=shares[0].id, visitor=name) for name in "def"]
    record_now(context, [*arrivals, an_event(context, world.one, via=shares[3].id, visitor="g")])
    close_days(context)
    count_open_days(context)
    both = read_audience(context, world.ann, world.one, period(0, 1))
    assert both.platforms == (
        PlatformShares(platform="x", shares=3, counted=2, clicks=3, proved=1),
        PlatformShares(platform="reddit", shares=1, counted=1, clicks=1, proved=1),
    )
    assert both.platforms[0].clicks_per_share == 1
    second = read_audience(context, world.ann, world.one, period(1, 1))
    assert second.platforms == (
        PlatformShares(platform="x", clicks=3, proved=1),
        PlatformShares(platform="reddit", clicks=1, proved=1),
    )
    assert second.platforms[0].clicks_per_share is None
    assert [one.shares for one in second.platforms_before] == [3, 1]


def test_the_funnel_counts_each_stage_when_it_was_reached(world: World) -> None:
    context, ben, cem = world.context, world.people["ben"], world.people["cem"]
    (share, *_rest) = shares = shares_of(context, world.one, 2)
    record_now(context, shares)
    record_now(context, [an_event(context, world.one, via=share.id, visitor="friend")])
    record_now(context, [an_event(context, world.two)])
    change(context, activate, ben)
    clock_of(context).move(DAY)
    change(context, convert, ben)
    change(context, activate, cem)
    # Two links were followed, and one share.
    first = Funnel(views=2, shares=2, clicks=3, sign_ups=2, activated=1, converted=0)
    assert read_funnel(context, world.ann, None, period(0, 0)) == first
    then = Funnel(activated=1, converted=1)
    assert read_funnel(context, world.ann, None, period(1, 1)) == then
    found = read_audience(context, world.ann, None, period(1, 1))
    assert (found.funnel, found.funnel_before) == (then, first)
    of_site = Funnel(views=1, shares=2, clicks=2, sign_ups=1, activated=1, converted=1)
    assert read_funnel(context, world.ann, world.one, period(0, 1)) == of_site
    assert read_funnel(context, world.ann, world.two, period(0, 1)) == Funnel(views=1)


def test_k_factor_is_sign_ups_by_active_people_of_the_network(world: World) -> None:
    context, ben = world.context, world.people["ben"]
    # Ann brought two on the first day and nobody else was active: 2 ÷ 1.
    first = read_virality(context, world.ann, period(0, 0))
    assert (first, first.k_factor) == (Virality(sign_ups=2, active=1), Fraction(2))
    clock_of(context).move(2 * DAY)
    site, key = add_site(context, ben, url="https://ben.example/")
    record_now(context, [an_event(context, site)])
    dan = join(context, "dan", link=key)
    add_site(context, world.people["cem"], url="https://cem.example/")
    # Ben's site was seen and his link followed; Dan, Cem and Ann did nothing: 1 ÷ 1.
    third = read_virality(context, world.ann, period(2, 2))
    assert (third, third.k_factor) == (Virality(sign_ups=1, active=1), Fraction(1))
    record_now(context, [an_event(context, world.two)])
    touch(context, key)
    more, _ = add_site(context, dan, url="https://dan.example/")
    record_now(context, [an_event(context, more)])
    # Ann, Ben and Dan.
    assert read_virality(context, world.ann, period(2, 2)).k_factor == Fraction(1, 3)
    # The whole window: three signed up, three were active.
    assert read_virality(context, world.ann, period(0, 2)) == Virality(sign_ups=3, active=3)
    # Below Ben there is Dan alone.
    assert read_virality(context, actor_of(ben), period(0, 2)) == Virality(sign_ups=1, active=2)
    quiet = read_virality(context, world.ann, period(3, 3))
    assert quiet == Virality(sign_ups=0, active=0)
    assert quiet.k_factor is None


def test_revenue_stands_by_how_people_came_in_each_currency(world: World) -> None:
    context, ben, cem = world.context, world.people["ben"], world.people["cem"]
    now = context.clock.now()
    for payment in (
        paid(ben, 2_900, ref="in_1", at=now),
        paid(ben, 2_900, ref="in_2", at=now + HOUR, tax=400),
        paid(cem, 4_400, ref="in_3", at=now, currency="JPY"),
        paid(ben, 9_900, ref="in_4", at=now + DAY),
    ):
        apply_event(context, payment)
    # Half of the second one is given back: (2 900 - 400) × 1 450 ÷ 2 900 stay.
    apply_event(context, adjusted(1_450, kind=AdjustmentKind.REFUND, ref="re_1", charge="ch_2"))
    linked = SourceRevenue(
        basis=Basis.CLICK, site="One", currency="USD", payments=2, minor=2_900 + 1_250
    )
    typed = SourceRevenue(basis=Basis.TYPED, site=None, currency="JPY", payments=1, minor=4_400)
    assert read_revenue(context, world.ann, None, period(0, 0)) == [typed, linked]
    assert read_revenue(context, world.ann, world.one, period(0, 0)) == [linked]
    assert read_revenue(context, world.ann, world.two, period(0, 0)) == []
    assert [one.minor for one in read_revenue(context, world.ann, None, period(1, 1))] == [9_900]


def test_cohorts_say_who_still_pays(world: World) -> None:
    context, ben, cem = world.context, world.people["ben"], world.people["cem"]
    change(context, activate, ben)
    change(context, convert, ben)
    clock_of(context).move(10 * DAY)
    change(context, convert, cem)
    clock_of(context).move(45 * DAY)  # 29 October: Cem leaves within the second month
    change(context, churn, cem)
    clock_of(context).move(60 * DAY)  # 28 December
    (september,) = read_cohorts(context, world.ann, None, period(0, 115))
    assert f"{september.month:%Y-%m}" == "2026-09"
    assert (september.signed_up, september.activated, september.converted) == (2, 1, 2)
    # After 1, 3, 6 and 12 months: Ben and Cem, then Ben alone, then nobody could yet.
    assert september.paying == ((2, 2), (1, 2), (0, 0), (0, 0))
    assert read_cohorts(context, world.ann, None, period(400, 410)) == ()


def test_the_score_at_each_days_end_is_the_formula_over_daily_facts(any_context: Context) -> None:
    context = any_context
    owner = add_account(context, tier="pro")
    site, _ = add_site(context, owner)
    ann = actor_of(owner)
    likes = [an_event(context, site, EventKind.LIKE, visitor=f"v{number}") for number in range(10)]
    comments = [
        an_event(context, site, EventKind.COMMENT, visitor=f"v{number}") for number in range(2)
    ]
    record_now(context, [an_event(context, site) for _ in range(1_000)])
    record_now(context, [*likes, *comments])
    clock_of(context).move(DAY)
    record_now(context, shares_of(context, site, 5))
    record_now(context, [an_event(context, site, EventKind.ENGAGEMENT, seconds=9)])
    # The golden numbers of the rules, then 0.5 × 1.2 × 1.3 of one engagement.
    found = read_score_history(context, ann, site, period(-1, 1))
    assert found.scores == (0, 19_656, 25_506 + 78)
    for days in (6, 20, 4):
        clock_of(context).move(days * DAY)
        age_scores(context)
        age = (clock_of(context).now() - NOON) // DAY
        now = read_score_history(context, ann, site, period(age, age))
        assert now.scores == (get_standing(context, ann, site).score,)
    whole = read_score_history(context, ann, site, period(0, 31)).scores
    # Eight days old: a factor of 1.0 in place of 1.2. On the 31st the engagement is out of the
    # window, and the factor is 0.8.
    assert (whole[7], whole[8], whole[29]) == (25_584, 21_320, 21_320)
    assert (whole[30], whole[31]) == (round(164 * 1.3 * 100), round(163.5 * 0.8 * 1.3 * 100))


def test_the_engagement_window_leaves_the_history_after_thirty_days(any_context: Context) -> None:
    context = any_context
    owner = add_account(context)
    site, _ = add_site(context, owner)
    record_now(context, [an_event(context, site, EventKind.CONVERSION)])
    clock_of(context).move(60 * DAY)
    history = read_score_history(context, actor_of(owner), None, period(0, 45))
    # 2.0 × 1.2, then × 1.0 from the eighth day, and nothing from the thirtieth on.
    assert history.scores == (240,) * 8 + (200,) * 22 + (0,) * 16
    assert len(history.before) == 46


def test_another_owners_site_is_not_found_and_their_facts_are_not_seen(world: World) -> None:
    context = world.context
    other = actor_of(add_account(context))
    record_now(context, [an_event(context, world.one)])
    count_open_days(context)
    for read in (read_audience, read_funnel, read_score_history, read_revenue, read_cohorts):
        with pytest.raises(NotFound):
            read(context, other, world.one, period(0, 0))
    assert read_funnel(context, other, None, period(0, 0)) == Funnel()
    nothing = read_audience(context, other, None, period(0, 0))
    assert not any(nothing.names.values())
    assert read_score_history(context, other, None, period(0, 0)).scores == ()


def test_the_period_before_a_month_is_the_month_before(any_context: Context) -> None:
    context = any_context
    owner = add_account(context)
    add_site(context, owner)
    september = read_period("2026-09", TODAY)
    found = read_audience(context, actor_of(owner), None, september)
    assert (len(found.days), len(found.days_before)) == (4, 31)
    assert Instant(previous(september).last) == september.first - 1
