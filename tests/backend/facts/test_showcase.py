"""The showcase: who is listed, in which order, page by page."""

from __future__ import annotations

import pytest
from sqlmodel import select

from backend.actions.context import Context
from backend.actions.standings import (
    end_featuring,
    find_card,
    list_showcase,
    rebuild_showcase,
    refresh,
    review_showcase,
)
from backend.domain.instants import DAY, HOUR
from backend.errors import Invalid
from backend.store.tables.accounts import AccountRow
from backend.store.tables.base import TENANT
from backend.store.tables.sites import ShowcaseRow, SiteRow
from tests.support.facts import an_event, clock_of, record_now, shares_of
from tests.support.service import add_account, add_site


def titles(context: Context) -> list[str]:
    return [card.title for card in list_showcase(context).cards]


def refresh_now(context: Context, *sites: str) -> None:
    with context.database.transaction() as session:
        refresh(session, [(TENANT, site) for site in sites], context.clock.now())


def places(context: Context) -> list[tuple[str, int]]:
    """Return title and time of each entry that is stored, listed still or not."""
    with context.database.reading() as session:
        rows = session.exec(select(ShowcaseRow)).all()
        return [(row.title, row.listed_at) for row in rows]


def test_a_pro_site_that_wishes_so_is_listed_and_a_free_one_is_not(any_context: Context) -> None:
    wishing, _ = add_site(any_context, add_account(any_context, tier="pro"), wish="in", title="Pro")
    free, _ = add_site(any_context, add_account(any_context), wish="in", title="Free")
    unsaid, _ = add_site(any_context, add_account(any_context, tier="pro"), title="Unsaid")
    refresh_now(any_context, wishing, free, unsaid)
    assert titles(any_context) == ["Pro"]


def test_order_is_score_then_shares_then_oldest(any_context: Context) -> None:
    owner = add_account(any_context, tier="pro")
    made = {}
    for title in ("oldest", "older", "shared", "best"):
        url = f"https://{title}.example/"
        made[title], _ = add_site(any_context, owner, wish="in", title=title, url=url)
        clock_of(any_context).move(HOUR)
    refresh_now(any_context, *made.values())
    record_now(any_context, [an_event(any_context, made["best"]) for _ in range(500)])
    assert titles(any_context) == ["best", "oldest", "older", "shared"]
    # One share on X is worth 75 views: the same score, with a share more.
    record_now(any_context, [an_event(any_context, made["older"]) for _ in range(75)])
    record_now(any_context, shares_of(any_context, made["shared"], 1))
    assert titles(any_context) == ["best", "shared", "older", "oldest"]


def test_pages_follow_one_another_without_gap_or_repeat(any_context: Context) -> None:
    owner = add_account(any_context, tier="enterprise")
    sites = []
    for n in range(10):
        url = f"https://{n}.example/"
        sites.append(add_site(any_context, owner, wish="in", title=f"{n}", url=url)[0])
        clock_of(any_context).move(HOUR)
    refresh_now(any_context, *sites)
    record_now(any_context, [an_event(any_context, site) for site in sites[4:]])
    found, after = [], None
    while True:
        page = list_showcase(any_context, after=after, limit=3)
        found += [card.title for card in page.cards]
        if page.after is None:
            break
        after = page.after
    assert found == [*"456789", *"0123"]


def test_filters_by_kind_language_and_topic(any_context: Context) -> None:
    owner = add_account(any_context, tier="business")
    sites = [
        add_site(any_context, owner, wish="in", title=f"{n}", url=f"https://{n}.example/")[0]
        for n in range(3)
    ]
    with any_context.database.transaction() as session:
        rows = [session.get_one(SiteRow, (TENANT, site)) for site in sites]
        rows[0].kind, rows[1].language, rows[2].topics = "library", "Rust", "maps 100%_tiles"
        session.flush()
        refresh(session, [(TENANT, site) for site in sites], any_context.clock.now())
    assert [card.title for card in list_showcase(any_context, kind="library").cards] == ["0"]
    assert [card.title for card in list_showcase(any_context, language="Rust").cards] == ["1"]
    assert [card.title for card in list_showcase(any_context, topic="maps").cards] == ["2"]
    assert list_showcase(any_context, topic="100%_tiles").cards[0].topics == ("maps", "100%_tiles")
    assert list_showcase(any_context, topic="map").cards == ()
    assert list_showcase(any_context, topic="%").cards == ()


@pytest.mark.parametrize("cursor", ["", "1.2.3", "1.2.3.x'--", "9" * 19 + ".0.0.a", "-1.0.0.a"])
def test_a_cursor_that_is_none_is_refused(context: Context, cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        list_showcase(context, after=cursor)
    assert refused.value.field == "after"


def test_a_card_is_found_by_the_key_of_its_site_while_it_is_listed(any_context: Context) -> None:
    site, key = add_site(any_context, add_account(any_context))
    assert find_card(any_context, key) is None
    record_now(any_context, shares_of(any_context, site, 5))
    card = find_card(any_context, key)
    assert card
    assert (card.rank.score, card.rank.shares) == (4_500, 5)
    assert card.is_featured(any_context.clock.now())
    clock_of(any_context).move(168 * HOUR)
    assert find_card(any_context, key) is None
    assert list_showcase(any_context).cards == ()


def test_featuring_that_ended_leaves_the_showcase_without_a_job_and_its_row_with_one(
    any_context: Context,
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    record_now(any_context, shares_of(any_context, site, 5))
    clock_of(any_context).move(168 * HOUR - 1)
    assert titles(any_context) == ["Lantern"]
    assert end_featuring(any_context) == 0
    clock_of(any_context).move(1)
    assert titles(any_context) == []
    assert end_featuring(any_context) == 1
    assert places(any_context) == []
    # Featured is derived, so that nothing keeps a site from being featured again.
    record_now(any_context, shares_of(any_context, site, 5, first=5))
    assert titles(any_context) == ["Lantern"]


def test_a_site_listed_by_tier_stays_when_its_featuring_ends(any_context: Context) -> None:
    site, key = add_site(any_context, add_account(any_context, tier="pro"), wish="in")
    record_now(any_context, shares_of(any_context, site, 5))
    clock_of(any_context).move(336 * HOUR)
    assert end_featuring(any_context) == 0
    card = find_card(any_context, key)
    assert card
    assert not card.is_featured(any_context.clock.now())


def test_an_owner_who_was_downgraded_does_not_stay_for_the_rest_of_the_month(
    any_context: Context,
) -> None:
    owner = add_account(any_context, tier="pro")
    site, _ = add_site(any_context, owner, wish="in")
    refresh_now(any_context, site)
    with any_context.database.transaction() as session:
        session.get_one(AccountRow, (TENANT, owner)).tier = "free"
        session.flush()
        refresh(session, [(TENANT, site)], any_context.clock.now())
    assert titles(any_context) == []


def test_a_featured_site_is_not_removed_from_the_showcase_by_being_featured(
    any_context: Context,
) -> None:
    site, _ = add_site(any_context, add_account(any_context, tier="pro"), wish="in")
    refresh_now(any_context, site)
    record_now(any_context, shares_of(any_context, site, 5))
    assert titles(any_context) == ["Lantern"]


def test_review_after_thirty_days_decides_anew_and_never_gives_a_fresh_date(
    any_context: Context,
) -> None:
    owner = add_account(any_context, tier="pro")
    stays, _ = add_site(any_context, owner, wish="in", title="stays")
    goes, _ = add_site(any_context, owner, wish="in", title="goes", url="https://goes.example/")
    refresh_now(any_context, stays, goes)
    listed_at = any_context.clock.now()
    with any_context.database.transaction() as session:
        session.get_one(SiteRow, (TENANT, goes)).status = "suspended"
    clock_of(any_context).move(30 * DAY)
    assert review_showcase(any_context) == 0
    clock_of(any_context).move(1)
    assert review_showcase(any_context) == 2
    assert places(any_context) == [("stays", listed_at)]


def test_changed_text_of_a_site_is_on_its_card_after_a_refresh(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context, tier="pro"), wish="in")
    refresh_now(any_context, site)
    with any_context.database.transaction() as session:
        session.get_one(SiteRow, (TENANT, site)).title = "Beacon"
        session.flush()
        refresh(session, [(TENANT, site)], any_context.clock.now())
    assert titles(any_context) == ["Beacon"]


def test_rebuilding_twice_lists_each_site_once(any_context: Context) -> None:
    owner = add_account(any_context, tier="pro")
    add_site(any_context, owner, wish="in")
    listed_at = any_context.clock.now()
    assert rebuild_showcase(any_context) == 1
    clock_of(any_context).move(DAY)
    assert rebuild_showcase(any_context) == 1
    assert places(any_context) == [("Lantern", listed_at)]
