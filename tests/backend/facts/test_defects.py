"""What went wrong in an earlier implementation and must not happen here, one test a defect.

Those of the showcase stand in `test_showcase.py`, of lost shares in `test_retention.py`, of lost
updates in `test_concurrency.py`.
"""

from __future__ import annotations

import pytest
from sqlmodel import col, func, select

from backend.actions.context import Context
from backend.actions.standings import age_scores, end_featuring, list_showcase, refresh
from backend.domain.events import EventKind
from backend.domain.instants import DAY, HOUR
from backend.domain.scores import BoostLevel, boost_level
from backend.domain.shares import Platform
from backend.store.tables.base import TENANT
from backend.store.tables.sites import FeaturingRow, ScoreRow, SiteRow
from tests.support.facts import an_event, clock_of, record_now, shares_of
from tests.support.service import add_account, add_site


def score_of(context: Context, site: str) -> int:
    with context.database.reading() as session:
        return session.exec(select(ScoreRow.score).where(col(ScoreRow.site) == site)).one()


def test_golden_site_goes_from_196_56_to_255_06_with_five_shares(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context, tier="pro"))
    kinds = [EventKind.VIEW] * 1_000 + [EventKind.LIKE] * 10 + [EventKind.COMMENT] * 2
    record_now(any_context, [an_event(any_context, site, kind) for kind in kinds])
    assert score_of(any_context, site) == 19_656
    for number, share in enumerate(shares_of(any_context, site, 5), start=1):
        record_now(any_context, [share])
        assert score_of(any_context, site) == 19_656 + 1_170 * number
    assert score_of(any_context, site) == 25_506


def test_recording_a_share_does_not_fail_on_the_real_schema(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    for platform in Platform:
        share = an_event(any_context, site, EventKind.SHARE, platform=platform, visitor=platform)
        (change,) = record_now(any_context, [share])
        assert change.added.counted_shares == 1


def test_a_site_is_not_featured_at_the_sixth_share_instead_of_the_fifth(
    any_context: Context,
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    featured = [
        record_now(any_context, [share])[0].is_newly_featured
        for share in shares_of(any_context, site, 11)
    ]
    assert [number for number, is_new in enumerate(featured, start=1) if is_new] == [5, 10]


def test_the_tier_of_a_score_is_not_a_text_of_the_site(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context, tier="pro"))
    with any_context.database.transaction() as session:
        row = session.get_one(SiteRow, (TENANT, site))
        row.kind, row.topics = "tech", "enterprise free"
    record_now(any_context, [an_event(any_context, site) for _ in range(10)])
    assert score_of(any_context, site) == 156


def test_views_do_not_count_a_second_time_as_engagement(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [an_event(any_context, site) for _ in range(10)])
    assert score_of(any_context, site) == 120


@pytest.mark.parametrize(
    ("tier", "hours"), [("free", 168), ("pro", 336), ("business", 504), ("enterprise", 720)]
)
def test_a_featuring_does_not_end_after_168_hours_whatever_the_tier(
    any_context: Context, tier: str, hours: int
) -> None:
    site, _ = add_site(any_context, add_account(any_context, tier=tier))
    record_now(any_context, shares_of(any_context, site, 5))
    with any_context.database.reading() as session:
        until = session.exec(select(ScoreRow.featured_until)).one()
        assert until == session.exec(select(FeaturingRow.ends_at)).one()
    assert until == any_context.clock.now() + hours * HOUR
    clock_of(any_context).move(hours * HOUR - 1)
    assert len(list_showcase(any_context).cards) == 1
    clock_of(any_context).move(1)
    assert len(list_showcase(any_context).cards) == 0


def test_clearing_ended_places_does_not_delete_featurings_or_their_ends(
    any_context: Context,
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, shares_of(any_context, site, 5))
    clock_of(any_context).move(168 * HOUR)
    assert end_featuring(any_context) == 1
    with any_context.database.reading() as session:
        assert session.exec(select(func.count()).select_from(FeaturingRow)).one() == 1


def test_ageing_does_not_skip_a_site_that_was_busy_the_day_before(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    clock_of(any_context).move(8 * DAY - HOUR)
    record_now(any_context, [an_event(any_context, site) for _ in range(10)])
    clock_of(any_context).move(HOUR)
    assert age_scores(any_context) == 1
    assert score_of(any_context, site) == 100


def test_ageing_does_not_change_the_boost_level_of_an_owner(any_context: Context) -> None:
    owner = add_account(any_context)
    sites = [add_site(any_context, owner, url=f"https://{n}.example/")[0] for n in range(2)]
    for number, site in enumerate(sites):
        record_now(any_context, shares_of(any_context, site, 3, first=10 * number))
    clock_of(any_context).move(100 * DAY)
    age_scores(any_context)
    with any_context.database.reading() as session:
        shares = session.exec(select(func.sum(ScoreRow.shares))).one()
    # All anonymous shares of both sites are their owner's: six make silver.
    assert boost_level(int(shares)) == (BoostLevel.SILVER, 15)


def test_pressing_a_share_button_again_and_again_does_not_feature_a_site(
    any_context: Context,
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    pressed = [
        an_event(any_context, site, EventKind.SHARE, platform=platform, visitor="one")
        for platform in (Platform.COPY_LINK, Platform.COPY_LINK, Platform.X, Platform.X)
    ]
    for _ in range(3):
        record_now(any_context, pressed)
    more = [
        an_event(any_context, site, EventKind.SHARE, platform=platform, visitor="one")
        for platform in Platform
    ]
    (change,) = record_now(any_context, more)
    assert change.standing.shares == 2


def test_a_visit_repeated_after_its_share_arrived_does_not_become_a_click(
    any_context: Context,
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    (share,) = shares_of(any_context, site, 1)
    visit = an_event(any_context, site, via=share.id)
    record_now(any_context, [visit])
    record_now(any_context, [share])
    record_now(any_context, [visit])
    with any_context.database.reading() as session:
        assert session.exec(select(ScoreRow.engagement_points)).one() == 0


def test_the_same_share_id_at_two_sites_is_not_one_share(any_context: Context) -> None:
    owner = add_account(any_context)
    one, _ = add_site(any_context, owner)
    other, _ = add_site(any_context, owner, url="https://other.example/")
    first = an_event(any_context, one, EventKind.SHARE, platform=Platform.X, id="shared")
    spent = [
        an_event(any_context, other, EventKind.SHARE, platform=platform)
        for platform in (Platform.EMAIL, Platform.REDDIT)
    ]
    third = an_event(any_context, other, EventKind.SHARE, platform=Platform.X, id="shared")
    changes = record_now(any_context, [*spent, first, third])
    assert {change.standing.site: change.standing.shares for change in changes} == {
        one: 1,
        other: 2,
    }


def test_a_score_that_did_not_change_is_not_moved_in_time_by_a_refresh(
    any_context: Context,
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, [an_event(any_context, site)])
    then = any_context.clock.now()
    clock_of(any_context).move(HOUR)
    with any_context.database.transaction() as session:
        (standing,) = refresh(session, [(TENANT, site), (TENANT, "gone")], any_context.clock.now())
    assert standing.as_of == then
