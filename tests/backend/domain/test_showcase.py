"""Who is listed, until when, and cursors that come back from anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.instants import Instant
from backend.domain.showcase import Listing, Rank, ShowcaseWish, SiteStatus, listing_of
from backend.domain.tiers import Tier

NOW = Instant(1_780_000_000_000_000)
LATER = Instant(NOW + 1)


def listed(
    *,
    status: SiteStatus = SiteStatus.ACTIVE,
    wish: ShowcaseWish = ShowcaseWish.UNSAID,
    tier: Tier = Tier.FREE,
    featured_until: Instant | None = None,
) -> Listing | None:
    return listing_of(status=status, wish=wish, tier=tier, featured_until=featured_until, now=NOW)


@pytest.mark.parametrize("tier", [Tier.PRO, Tier.BUSINESS, Tier.ENTERPRISE])
def test_a_paying_owner_who_opted_in_is_listed_without_an_end(tier: Tier) -> None:
    assert listed(wish=ShowcaseWish.IN, tier=tier) == Listing(until=None)
    assert listed(wish=ShowcaseWish.UNSAID, tier=tier) is None


def test_a_free_owner_who_opted_in_is_listed_only_while_featured() -> None:
    assert listed(wish=ShowcaseWish.IN) is None
    assert listed(wish=ShowcaseWish.IN, featured_until=LATER) == Listing(until=LATER)


def test_a_featured_site_is_listed_until_the_featuring_ends() -> None:
    assert listed(featured_until=LATER) == Listing(until=LATER)
    assert listed(featured_until=NOW) is None


@pytest.mark.parametrize("tier", Tier)
def test_whoever_opted_out_is_never_listed(tier: Tier) -> None:
    assert listed(wish=ShowcaseWish.OUT, tier=tier, featured_until=LATER) is None


@pytest.mark.parametrize("status", set(SiteStatus) - {SiteStatus.ACTIVE})
def test_only_active_sites_are_listed(status: SiteStatus) -> None:
    found = listed(status=status, wish=ShowcaseWish.IN, tier=Tier.ENTERPRISE, featured_until=LATER)
    assert found is None


@given(
    score=st.integers(0, 10**17), shares=st.integers(0, 10**9), published_at=st.integers(0, 10**17)
)
def test_a_rank_comes_back_from_its_cursor(score: int, shares: int, published_at: int) -> None:
    rank = Rank(
        score=score, shares=shares, published_at=Instant(published_at), site="0123456789abcdef"
    )
    assert Rank.from_text(rank.to_text()) == rank


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    rank = Rank.from_text(text)
    assert rank is None or Rank.from_text(rank.to_text()) == rank


@pytest.mark.parametrize("text", ["１.1.1.a", "1.1.1.", "1.1.1.a\n", "9999999999999999999.1.1.a"])
def test_digits_of_other_scripts_and_numbers_no_database_holds_are_no_cursor(text: str) -> None:
    assert Rank.from_text(text) is None
