"""Leaderboards: facts alone, who was first of equals, and only those who want to be seen."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlmodel import col

from backend.actions.accounts import suspend
from backend.actions.board_checking import compare_boards
from backend.actions.boards import choose, count_boards, read_board, read_choice, read_own
from backend.actions.context import Context
from backend.actions.erasure import erase_account
from backend.actions.holds import hold_commissions, release_commissions
from backend.actions.payments import apply_event
from backend.clock import FixedClock
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.boards import (
    Metric,
    Place,
    Span,
    Tally,
    distance,
    rank,
    read_metric,
    read_span,
    value_words,
    window_of,
)
from backend.domain.instants import DAY, HOUR, Day, Instant, date_of, day_of, start_of
from backend.errors import Invalid
from backend.store import boards
from backend.store.tables.accounts import AccountRow
from backend.store.tables.base import TENANT
from backend.store.tables.community import BoardPlaceRow
from backend.store.tables.events import SiteDayRow
from backend.store.tables.profiles import ProfileRow
from tests.support.money import add_referral, adjusted, paid
from tests.support.rewards import add_customers
from tests.support.service import NOON, add_account, add_site


def actor_of(account: str) -> Actor:
    return owner_of(TENANT, account)


def add_days(context: Context, account: str, days: dict[int, int], **more: int) -> str:
    """Store a site with so many counted shares on days before today."""
    site, _key = add_site(context, account)
    today = day_of(context.clock.now())
    with context.database.transaction() as session:
        for back, shares in days.items():
            session.add(
                SiteDayRow(
                    tenant=TENANT, site=site, day=today - back, counted_shares=shares, **more
                )
            )
    return site


def places(context: Context, metric: Metric, span: Span) -> list[tuple[str, int, int]]:
    """Return everybody's account, place and value, those who are not listed too."""
    window = window_of(span, day_of(context.clock.now()))
    with context.database.reading() as session:
        found = boards.list_places(session, TENANT, (metric, window.key), after=0, limit=100)
    return [(one.account, one.place, one.value) for one in found]


def test_weeks_are_iso_weeks_and_months_those_of_the_calendar_in_utc() -> None:
    days = {}
    for text, day in (("2026-01-01", 20_454), ("2024-03-01", 19_783), ("2027-01-03", 20_821)):
        assert date_of(Day(day)).isoformat() == text
        days[text] = [window_of(span, Day(day)).key for span in Span]
    assert days == {
        "2026-01-01": ["2026-W01", "2025-W52", "2026-01", "2025-12", "all"],
        "2024-03-01": ["2024-W09", "2024-W08", "2024-03", "2024-02", "all"],
        "2027-01-03": ["2026-W53", "2026-W52", "2027-01", "2026-12", "all"],
    }
    leap = window_of(Span.LAST_MONTH, Day(19_783))
    assert leap.first is not None and leap.last is not None
    assert (date_of(leap.first).day, date_of(leap.last).day) == (1, 29)
    week = window_of(Span.WEEK, Day(20_454))
    assert week.first is not None and date_of(week.first).isoformat() == "2025-12-29"


def test_of_equals_who_was_first_is_before_and_passing_takes_one_more() -> None:
    tallies = [
        Tally(account="c", value=5, reached_at=Instant(2)),
        Tally(account="b", value=5, reached_at=Instant(1)),
        Tally(account="a", value=7, reached_at=Instant(9)),
        Tally(account="d", value=5, reached_at=Instant(1)),
        Tally(account="e", value=0, reached_at=Instant(0)),
    ]
    ranked = rank(tallies)
    assert [(one.account, one.place) for one in ranked] == [("a", 1), ("b", 2), ("d", 3), ("c", 4)]
    assert distance(ranked[1], ranked[0]) == 3
    assert distance(ranked[2], ranked[1]) == 1


def test_values_have_their_units() -> None:
    said = [value_words(metric, 123_456) for metric in Metric]
    assert said == ["123,456 referrals", "$1,234.56", "123,456 shares", "1,234.56 points"]
    assert value_words(Metric.SHARES, 1) == "1 share"
    assert value_words(Metric.REFERRALS, 1) == "1 referral"
    assert value_words(Metric.REVENUE, 5) == "$0.05"


@pytest.mark.parametrize("read", [read_metric, read_span])
def test_a_link_with_another_word_is_refused(read: object) -> None:
    with pytest.raises(Invalid):
        read("income")  # type: ignore[operator]  # both are functions of a text


def test_shares_and_points_come_from_the_days_of_active_sites(any_context: Context) -> None:
    # Accounts of the same moment have ids in any order.
    ann, bob, sue = sorted(add_account(any_context) for _ in range(3))
    # 2026-09-04 is a Friday: Monday was four days ago, the 1st three.
    add_days(any_context, ann, {0: 1, 3: 2, 4: 4, 12: 8, 40: 16}, views=10, likes=1)
    add_days(any_context, bob, {0: 3, 90: 1})
    site, _key = add_site(any_context, sue, status="draft")
    with any_context.database.transaction() as session:
        session.add(SiteDayRow(tenant=TENANT, site=site, day=20_700, counted_shares=99))
    count_boards(any_context)
    assert places(any_context, Metric.SHARES, Span.WEEK) == [(ann, 1, 7), (bob, 2, 3)]
    assert places(any_context, Metric.SHARES, Span.MONTH) == [(ann, 1, 3), (bob, 2, 3)]
    assert places(any_context, Metric.SHARES, Span.LAST_MONTH) == [(ann, 1, 12)]
    assert places(any_context, Metric.SHARES, Span.LAST_WEEK) == []
    assert places(any_context, Metric.SHARES, Span.ALL) == [(ann, 1, 31), (bob, 2, 4)]
    # 10 views are 1 point, a like is 2: three days of 3 points.
    assert places(any_context, Metric.SCORE, Span.WEEK) == [(ann, 1, 900)]


def test_referrals_and_revenue_come_from_payments_that_stand(any_context: Context) -> None:
    ann, bob = sorted(add_account(any_context) for _ in range(2))
    first, second = add_customers(any_context, ann, 2)
    add_customers(any_context, bob, 1)
    count_boards(any_context)
    assert places(any_context, Metric.REFERRALS, Span.WEEK) == [(ann, 1, 2), (bob, 2, 1)]
    assert places(any_context, Metric.REVENUE, Span.ALL) == [(ann, 1, 5_800), (bob, 2, 2_900)]
    apply_event(any_context, adjusted(2_900, ref="re_1", charge=f"ch_{first}"))
    apply_event(any_context, adjusted(1_000, ref="re_2", charge=f"ch_{second}"))
    count_boards(any_context)
    # Of equals the one whose last conversion was first; here both at noon, and Ann joined first.
    assert places(any_context, Metric.REFERRALS, Span.MONTH) == [(ann, 1, 1), (bob, 2, 1)]
    assert places(any_context, Metric.REVENUE, Span.MONTH) == [(bob, 1, 2_900), (ann, 2, 1_900)]


def test_euros_count_as_dollars_of_their_day_and_without_a_rate_not_yet(context: Context) -> None:
    from backend.actions.exchange import import_rates  # noqa: PLC0415  with its file beside it
    from backend.demo.rates import PROVIDER, write_rates  # noqa: PLC0415  as above

    ann, customer = add_account(context), add_account(context)
    add_referral(context, ann, customer)
    apply_event(context, paid(customer, 1_000, currency="EUR"))
    count_boards(context)
    assert places(context, Metric.REVENUE, Span.ALL) == []
    today = day_of(context.clock.now())
    import_rates(context, write_rates(range(today - 1, today + 1)), provider=PROVIDER)
    count_boards(context)
    [(who, place, cents)] = places(context, Metric.REVENUE, Span.ALL)
    assert (who, place) == (ann, 1)
    assert 1_000 < cents < 1_300


def test_who_is_under_review_has_no_referrals_until_it_is_cleared(any_context: Context) -> None:
    ann, admin = add_account(any_context), add_account(any_context)
    with any_context.database.transaction() as session:
        session.execute(
            update(AccountRow).where(col(AccountRow.id) == admin).values(role=Role.ADMIN.value)
        )
    reviewer = owner_of(TENANT, admin, Role.ADMIN)
    add_customers(any_context, ann, 1)
    hold_commissions(any_context, reviewer, ann, "one network")
    count_boards(any_context)
    assert places(any_context, Metric.REFERRALS, Span.ALL) == []
    assert places(any_context, Metric.REVENUE, Span.ALL) == []
    release_commissions(any_context, reviewer, ann, "it is explained")
    count_boards(any_context)
    assert places(any_context, Metric.REFERRALS, Span.ALL) == [(ann, 1, 1)]


def test_nobody_is_listed_who_does_not_want_to_be(any_context: Context) -> None:
    ann, bob, sue = (add_account(any_context) for _ in range(3))
    for number, account in enumerate((ann, bob, sue)):
        add_days(any_context, account, {0: 9 - number})
    with any_context.database.transaction() as session:
        session.add(
            ProfileRow(
                tenant=TENANT, account=bob, handle="bob", name="Bob", is_public=True, changed_at=1
            )
        )
    count_boards(any_context)
    assert not read_board(any_context, Metric.SHARES, Span.WEEK).places
    for account in (bob, sue):
        choose(any_context, actor_of(account), is_listed=True, shows_cards=False)

    def listed() -> list[tuple[int, str | None]]:
        page = read_board(any_context, Metric.SHARES, Span.WEEK)
        assert page.board is not None and page.board.people == 3
        names = {account: name.name for account, name in page.names.items()}
        return [(one.place, names.get(one.account)) for one in page.places]

    assert listed() == [(2, "Bob"), (3, None)]
    count_boards(any_context)  # what is counted anew keeps the choice
    assert listed() == [(2, "Bob"), (3, None)]
    choose(any_context, actor_of(bob), is_listed=False, shows_cards=True)
    assert listed() == [(3, None)]
    own = read_choice(any_context, actor_of(bob))
    assert (own.is_listed, own.shows_cards, own.name and own.name.handle) == (False, True, "bob")
    suspend(any_context, sue)
    assert listed() == []


def test_an_owner_sees_their_own_place_and_how_far_the_next_is(any_context: Context) -> None:
    ann, bob = add_account(any_context), add_account(any_context)
    add_days(any_context, ann, {0: 9})
    add_days(any_context, bob, {0: 4})
    count_boards(any_context)
    first = read_own(any_context, actor_of(ann), Metric.SHARES, Span.WEEK)
    second = read_own(any_context, actor_of(bob), Metric.SHARES, Span.WEEK)
    nobody = read_own(any_context, actor_of(bob), Metric.REVENUE, Span.WEEK)
    assert (first.place and first.place.place, first.missing) == (1, None)
    assert (second.place and second.place.place, second.missing) == (2, 6)
    assert (nobody.place, nobody.missing) == (None, None)


def test_pages_follow_each_other_without_gaps(context: Context) -> None:
    accounts = [add_account(context) for _ in range(7)]
    for number, account in enumerate(accounts):
        add_days(context, account, {0: number + 1})
        choose(context, actor_of(account), is_listed=True, shows_cards=False)
    count_boards(context)
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = read_board(context, Metric.SHARES, Span.ALL, after=after, limit=3)
        seen += [one.place for one in page.places]
        after = page.after
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_an_earlier_count_that_ends_later_changes_nothing(any_context: Context) -> None:
    ann = add_account(any_context)
    add_days(any_context, ann, {0: 2})
    count_boards(any_context)
    window = window_of(Span.ALL, day_of(NOON))
    with any_context.database.transaction() as session:
        board = boards.find_board(session, TENANT, (Metric.SHARES, window.key))
        assert board is not None
        old = Place(account=ann, place=1, value=1, reached_at=Instant(1))
        earlier = type(board)(
            metric=board.metric, period=board.period, people=1, as_of=Instant(board.as_of - 1)
        )
        assert not boards.replace_board(session, TENANT, earlier, [old])
    assert places(any_context, Metric.SHARES, Span.ALL) == [(ann, 1, 2)]


def test_boards_of_periods_that_are_gone_are_forgotten(context: Context) -> None:
    ann = add_account(context)
    add_days(context, ann, {0: 2})
    count_boards(context)
    assert isinstance(context.clock, FixedClock)
    context.clock.set(Instant(start_of(day_of(NOON)) + 70 * DAY))
    count_boards(context)
    with context.database.reading() as session:
        known = {board.period for board in boards.list_boards(session, TENANT)}
        gone = boards.list_places(session, TENANT, (Metric.SHARES, "2026-09"), after=0, limit=9)
    assert known == {"2026-W46", "2026-W45", "2026-11", "2026-10", "all"}
    assert gone == []


def test_erasing_an_account_takes_it_off_the_boards(any_context: Context) -> None:
    ann = add_account(any_context)
    add_days(any_context, ann, {0: 2})
    choose(any_context, actor_of(ann), is_listed=True, shows_cards=True)
    count_boards(any_context)
    erase_account(any_context, actor_of(ann))
    assert places(any_context, Metric.SHARES, Span.ALL) == []
    with any_context.database.reading() as session:
        assert not boards.shows_cards(session, TENANT, ann)
    count_boards(any_context)
    assert places(any_context, Metric.SHARES, Span.ALL) == []


def spoil(context: Context, account: str, **values: int) -> None:
    """Write other places than those that were counted."""
    with context.database.transaction() as session:
        changing = update(BoardPlaceRow).where(
            col(BoardPlaceRow.account) == account, col(BoardPlaceRow.metric) == Metric.SHARES.value
        )
        session.execute(changing.values(**values))


def found_by_check(context: Context, *, is_late: bool = False) -> set[str]:
    return {one.what for one in compare_boards(context, is_late=is_late)}


def test_the_check_finds_places_and_values_that_are_not_as_the_facts_say(
    any_context: Context,
) -> None:
    ann, bob = add_account(any_context), add_account(any_context)
    add_days(any_context, ann, {0: 4, 12: 9, 10: 1})
    add_days(any_context, bob, {0: 2, 12: 5})
    count_boards(any_context)
    assert found_by_check(any_context, is_late=True) == set()
    spoil(any_context, bob, place=7)
    assert found_by_check(any_context) == {"board_place.place"}
    spoil(any_context, bob, place=2, value=1)
    assert found_by_check(any_context) == {"board_place.value"}
    count_boards(any_context)
    assert found_by_check(any_context) == set()
    assert isinstance(any_context.clock, FixedClock)
    any_context.clock.move(2 * HOUR)
    assert found_by_check(any_context) == set()
    assert found_by_check(any_context, is_late=True) == {"board.as_of"}


def test_a_board_that_was_counted_before_its_days_were_over_may_have_less(
    context: Context,
) -> None:
    ann = add_account(context)
    count_boards(context)  # on a Friday
    add_days(context, ann, {0: 2})
    assert isinstance(context.clock, FixedClock)
    context.clock.set(start_of(Day(day_of(NOON) + 3)))
    assert found_by_check(context) == set()
