"""The check finds nothing in a service that works, and names every value that was spoilt."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import text

from backend.actions.accounts import sign_up
from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.retention import close_days, purge
from backend.actions.standings import age_scores, end_featuring, refresh
from backend.domain.events import Event, EventKind
from backend.domain.instants import DAY, HOUR, MINUTE
from backend.domain.referrals import Touch
from backend.domain.shares import Platform
from backend.store.tables.base import TENANT
from tests.support.facts import an_event, clock_of, record_now, shares_of
from tests.support.service import add_account, add_site


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A small service with something of everything, two days old."""

    context: Context
    pro_site: str
    free_site: str


@pytest.fixture
def world(context: Context) -> World:
    return make_world(context)


@pytest.fixture
def any_world(any_context: Context) -> World:
    return make_world(any_context)


def make_world(context: Context) -> World:
    people = [
        sign_up(
            context, email="ada@people.example", name="Ada", code=None, is_typed=False, touch=None
        )
    ]
    for name in ("Ben", "Cem"):
        clock_of(context).move(MINUTE)
        touch = Touch(code=people[-1].code, at=context.clock.now())
        email = f"{name}@people.example"
        people.append(
            sign_up(context, email=email, name=name, code=None, is_typed=False, touch=touch)
        )
    pro, _ = add_site(context, add_account(context, tier="pro"), wish="in", title="Pro")
    free, _ = add_site(context, people[0].id, title="Free", url="https://free.example/")
    with context.database.transaction() as session:
        refresh(session, [(TENANT, pro)], context.clock.now())
    shares = shares_of(context, pro, 11)
    record_now(context, [*shares, *shares_of(context, free, 5)])
    for site in (pro, free):
        record_now(context, everything_of(context, site))
    record_now(context, [an_event(context, pro, via=shares[0].id, visitor="friend")])
    clock_of(context).move(2 * DAY)
    record_now(context, everything_of(context, pro))
    assert close_days(context) == 2
    return World(context=context, pro_site=pro, free_site=free)


def everything_of(context: Context, site: str) -> list[Event]:
    kinds = [kind for kind in EventKind if kind is not EventKind.SHARE]
    platforms = (Platform.X, Platform.X, Platform.REDDIT, Platform.EMAIL)
    return [
        *(an_event(context, site, kind, visitor="v", seconds=9) for kind in kinds),
        *(
            an_event(context, site, EventKind.SHARE, platform=platform, visitor="v")
            for platform in platforms
        ),
    ]


def spoil(context: Context, statement: str, **values: object) -> None:
    with context.database.transaction() as session:
        done = session.connection().execute(text(statement), values)
        assert done.rowcount == 1, "it should spoil one row"


def found(context: Context, *, is_late: bool = False) -> list[str]:
    return [difference.what for difference in check(context, is_late=is_late)]


def test_a_service_that_works_has_no_differences(any_world: World) -> None:
    assert check(any_world.context, is_late=True) == []


def test_nothing_differs_after_ageing_ending_and_forgetting(any_world: World) -> None:
    for days in (5, 3, 23, 60, 100, 200):
        clock_of(any_world.context).move(days * DAY)
        assert check(any_world.context) == []
        age_scores(any_world.context)
        end_featuring(any_world.context)
        close_days(any_world.context)
        purge(any_world.context)
        assert check(any_world.context, is_late=True) == []


COLUMNS_OF_A_DAY = (
    "views", "engagements", "engaged_seconds", "shares", "referral_clicks", "conversions", "copies",
    "powered_clicks", "likes", "comments", "counted_shares", "share_points",
)  # fmt: skip


@pytest.mark.parametrize("column", [*COLUMNS_OF_A_DAY, "visitors"])
def test_a_spoilt_day_is_named(world: World, column: str) -> None:
    spoil(
        world.context,
        f"UPDATE site_day SET {column} = {column} + 1 WHERE site = :site",  # noqa: S608
        site=world.free_site,
    )
    assert f"site_day.{column}" in found(world.context)


def test_a_lost_day_is_named(any_world: World) -> None:
    spoil(any_world.context, "DELETE FROM site_day WHERE site = :site", site=any_world.free_site)
    assert "site_day" in found(any_world.context)


@pytest.mark.parametrize(
    "column", ["views", "likes", "comments", "share_points", "engagement_points", "score"]
)
def test_a_spoilt_standing_is_named(world: World, column: str) -> None:
    # A million thousandths are seen in every score; a hundredth more is seen in the score itself.
    spoil(
        world.context,
        f"UPDATE score SET {column} = {column} + 1000000 WHERE site = :site",  # noqa: S608
        site=world.pro_site,
    )
    assert f"score.{column}" in found(world.context)


SPOILT = {
    "score.shares": "UPDATE score SET shares = shares + 1 WHERE site = :pro",
    "score.featured_until": "UPDATE score SET featured_until = 1 WHERE site = :pro",
    "share.is_counted": "UPDATE share SET is_counted = (points < 0) WHERE id = :share",
    "share.points": "UPDATE share SET points = points + 1 WHERE id = :share",
    "share.clicks": "UPDATE share SET clicks = clicks + 1 WHERE id = :share",
    "share.proved_at": "UPDATE share SET proved_at = 1 WHERE id = :share",
    "featuring.threshold": "UPDATE featuring SET threshold = 4 WHERE site = :free",
    "featuring.ends_at": "UPDATE featuring SET ends_at = ends_at + 1 WHERE site = :free",
    "showcase": "DELETE FROM showcase WHERE site = :pro",
    "showcase.rank_score": "UPDATE showcase SET rank_score = 0 WHERE site = :pro",
    "showcase.rank_shares": "UPDATE showcase SET rank_shares = 0 WHERE site = :pro",
    "showcase.until": "UPDATE showcase SET until = 1 WHERE site = :pro",
    "showcase.featured_until": "UPDATE showcase SET featured_until = 1 WHERE site = :pro",
    "showcase.tier": "UPDATE showcase SET tier = 'free' WHERE site = :pro",
    "showcase.published_at": "UPDATE showcase SET published_at = 1 WHERE site = :pro",
    "showcase.title": "UPDATE showcase SET title = 'Spoilt' WHERE site = :pro",
    "showcase.key": "UPDATE showcase SET key = 'spoilt00' WHERE site = :pro",
    "referral.referrer": "UPDATE referral SET referrer = referred WHERE referred = :ben",
    "referral.signed_up_at": "UPDATE referral SET signed_up_at = 1 WHERE referred = :ben",
    "referral.touched_at": "UPDATE referral SET touched_at = 1 WHERE referred = :ben",
    "referral.activated_at": "UPDATE referral SET activated_at = 1 WHERE referred = :ben",
    "referral.converted_at": "UPDATE referral SET converted_at = 1 WHERE referred = :ben",
    "referral.churned_at": "UPDATE referral SET churned_at = 1 WHERE referred = :ben",
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_value_is_named(world: World, what: str) -> None:
    with world.context.database.reading() as session:
        ben = session.connection().scalar(text("SELECT min(referred) FROM referral"))
        share = session.connection().scalar(
            text("SELECT id FROM share WHERE visitor = 'sharer1' AND site = :pro"),
            {"pro": world.pro_site},
        )
    values = {"pro": world.pro_site, "free": world.free_site, "ben": ben, "share": share}
    statement = SPOILT[what]
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    spoil(world.context, statement, **used)
    assert what in found(world.context)


def test_a_tier_changed_behind_the_service_is_seen_in_score_and_showcase(any_world: World) -> None:
    spoil(
        any_world.context,
        "UPDATE account SET tier = 'business' WHERE id = (SELECT account FROM site WHERE id = :id)",
        id=any_world.pro_site,
    )
    assert {"score.score", "showcase.tier"} <= set(found(any_world.context))


def test_referrers_in_a_circle_are_named_though_all_signed_up_at_once(any_world: World) -> None:
    with any_world.context.database.transaction() as session:
        connection = session.connection()
        connection.execute(text("UPDATE account SET created_at = 1"))
        connection.execute(text("UPDATE referral SET signed_up_at = 1, touched_at = 1"))
        first, second = connection.execute(text("SELECT referred FROM referral")).scalars()
        for one, other in ((first, second), (second, first)):
            connection.execute(
                text("UPDATE referral SET referrer = :other WHERE referred = :one"),
                {"one": one, "other": other},
            )
    assert found(any_world.context).count("referral.referrer") == 2


def test_a_place_may_wait_a_day_to_be_cleared_and_no_longer(world: World) -> None:
    clock_of(world.context).move(168 * HOUR - 2 * DAY)
    assert found(world.context) == []
    assert "showcase" not in found(world.context, is_late=True)
    clock_of(world.context).move(26 * HOUR)
    assert "showcase" in found(world.context, is_late=True)


def test_a_score_that_was_not_aged_is_named_when_asked_and_only_then(world: World) -> None:
    clock_of(world.context).move(30 * DAY)
    assert found(world.context) == []
    assert found(world.context, is_late=True).count("score.as_of") == 2
    age_scores(world.context)
    end_featuring(world.context)
    assert found(world.context, is_late=True) == []


def test_a_site_without_a_score_is_named(world: World) -> None:
    spoil(world.context, "DELETE FROM score WHERE site = :site", site=world.free_site)
    assert found(world.context) == ["score"]


def test_a_difference_says_what_where_stored_and_computed(world: World) -> None:
    spoil(world.context, "UPDATE score SET views = 7 WHERE site = :site", site=world.free_site)
    difference = next(one for one in check(world.context) if one.what == "score.views")
    assert str(difference) == f"score.views of site {world.free_site} is 7, computed 1."


def test_no_more_differences_are_reported_than_asked_for(world: World) -> None:
    spoil(world.context, "UPDATE score SET views = 7 WHERE site = :site", site=world.free_site)
    assert len(check(world.context, limit=1)) == 1
