"""Team challenges: who may join when, how many, and who wins by the facts of its days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from backend.actions.accounts import suspend
from backend.actions.boards import choose
from backend.actions.challenge_standings import count_challenges
from backend.actions.challenges import (
    cancel_challenge,
    create_challenge,
    follow_challenge,
    found_team,
    join_team,
    leave_team,
    list_own,
    list_public,
    read_challenge,
    read_part,
)
from backend.actions.context import Context
from backend.actions.erasure import erase_account
from backend.clock import FixedClock
from backend.domain.actors import Actor, owner_of
from backend.domain.boards import Metric
from backend.domain.challenges import ChallengeDraft, Phase, read_goal
from backend.domain.instants import DAY, HOUR, Day, Instant, day_of, start_of
from backend.errors import Conflict, Invalid, LimitReached, NotFound
from backend.store.tables.base import TENANT
from backend.store.tables.events import SiteDayRow
from backend.store.tables.profiles import ProfileRow
from tests.support.service import NOON, add_account, add_site

TODAY = day_of(NOON)
DRAFT = ChallengeDraft(
    title="Autumn of sharing",
    text="Whoever shares most.",
    metric=Metric.SHARES,
    goal=10,
    first_day=Day(TODAY + 2),
    days=7,
    is_public=True,
)


def an_owner(context: Context) -> Actor:
    return owner_of(TENANT, add_account(context))


def begin(context: Context, *, sizes: tuple[int, ...]) -> tuple[str, list[list[Actor]]]:
    """Return a challenge with teams of these sizes; the first team's first member is its owner."""
    owner = an_owner(context)
    challenge = create_challenge(context, owner, DRAFT).id
    rosters: list[list[Actor]] = []
    for number, size in enumerate(sizes, 1):
        some = [owner if number == 1 and not n else an_owner(context) for n in range(size)]
        found_team(context, some[0], challenge, f"Team {number}")
        for actor in some[1:]:
            join_team(context, actor, challenge, number)
        rosters.append(some)
    return challenge, rosters


def go_to(context: Context, day: int, hours: int = 0) -> None:
    """Let it be so many days after today."""
    assert isinstance(context.clock, FixedClock)
    context.clock.set(Instant(start_of(Day(TODAY + day)) + hours * HOUR))


def add_shares(context: Context, actor: Actor, days: dict[int, int]) -> str:
    """Store a site with counted shares on days after today."""
    site, _key = add_site(context, actor.account)
    with context.database.transaction() as session:
        for day, shares in days.items():
            session.add(
                SiteDayRow(tenant=TENANT, site=site, day=TODAY + day, counted_shares=shares)
            )
    return site


def standing(context: Context, challenge: str) -> list[tuple[str, int | None, int, bool]]:
    teams = read_challenge(context, challenge).teams
    return [(team.name, team.place, team.value, team.is_winner) for team in teams]


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("title", {"title": "  a "}),
        ("title", {"title": "t" * 81}),
        ("text", {"text": "t" * 501}),
        ("first_day", {"first_day": TODAY}),
        ("first_day", {"first_day": TODAY + 91}),
        ("days", {"days": 0}),
        ("days", {"days": 91}),
        ("goal", {"goal": 0}),
        ("goal", {"goal": 10**12 + 1}),
    ],
)
def test_a_challenge_that_cannot_be_is_refused_by_its_field(
    context: Context, field: str, changed: dict[str, object]
) -> None:
    draft = replace(DRAFT, **changed)  # type: ignore[arg-type]  # as named above
    with pytest.raises(Invalid) as caught:
        create_challenge(context, an_owner(context), draft)
    assert caught.value.field == field


def test_a_challenge_of_90_days_may_begin_in_90_days(context: Context) -> None:
    made = create_challenge(
        context, an_owner(context), replace(DRAFT, first_day=Day(TODAY + 90), days=90)
    )
    assert made.last_day == TODAY + 179


def test_goals_are_typed_in_the_units_of_their_metric() -> None:
    assert read_goal(Metric.SHARES, "1,000") == 1_000
    assert read_goal(Metric.REVENUE, "250.50") == 25_050
    assert read_goal(Metric.SCORE, "196.56") == 19_656
    for metric, text in ((Metric.SHARES, "1.5"), (Metric.REFERRALS, "-1"), (Metric.REVENUE, "x")):
        with pytest.raises(Invalid):
            read_goal(metric, text)


def test_an_owner_has_at_most_3_challenges_that_are_not_over(any_context: Context) -> None:
    owner = an_owner(any_context)
    made = [create_challenge(any_context, owner, DRAFT) for _ in range(3)]
    with pytest.raises(LimitReached):
        create_challenge(any_context, owner, DRAFT)
    cancel_challenge(any_context, owner, made[0].id)
    create_challenge(any_context, owner, DRAFT)
    with pytest.raises(LimitReached):
        create_challenge(any_context, owner, DRAFT)
    go_to(any_context, 9)
    create_challenge(any_context, owner, replace(DRAFT, first_day=Day(TODAY + 10)))


def test_a_team_has_at_most_20_members_however_many_join_at_once(any_context: Context) -> None:
    challenge, _rosters = begin(any_context, sizes=(17,))
    late = [an_owner(any_context) for _ in range(8)]

    def join(actor: Actor) -> bool:
        try:
            join_team(any_context, actor, challenge, 1)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        joined = list(pool.map(join, late))
    assert sum(joined) == 3
    [team] = read_challenge(any_context, challenge).teams
    assert team.members == 20


def test_nobody_is_in_two_teams_however_often_they_ask_at_once(any_context: Context) -> None:
    challenge, _rosters = begin(any_context, sizes=(2, 2))
    somebody = an_owner(any_context)

    def join(team: int) -> bool:
        try:
            join_team(any_context, somebody, challenge, team)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        joined = list(pool.map(join, (1, 2, 1, 2)))
    assert sum(joined) == 1
    teams = read_challenge(any_context, challenge).teams
    assert sorted(team.members for team in teams) == [2, 3]


def test_two_teams_of_one_name_and_a_team_that_is_not_there_are_refused(context: Context) -> None:
    challenge, _rosters = begin(context, sizes=(1,))
    with pytest.raises(Invalid):
        found_team(context, an_owner(context), challenge, "ＴＥＡＭ  1")
    with pytest.raises(Invalid):
        found_team(context, an_owner(context), challenge, " ")
    with pytest.raises(NotFound):
        join_team(context, an_owner(context), challenge, 2)
    for odd in ("", "x", "0" * 16, "<script>", "0" * 17):
        with pytest.raises(NotFound):
            join_team(context, an_owner(context), odd, 1)


def test_teams_change_until_the_challenge_begins_and_never_after(any_context: Context) -> None:
    challenge, [[owner, other]] = begin(any_context, sizes=(2,))
    leave_team(any_context, other, challenge)
    leave_team(any_context, other, challenge)  # again changes nothing
    assert read_challenge(any_context, challenge).teams[0].members == 1
    join_team(any_context, other, challenge, 1)
    go_to(any_context, 2)
    with pytest.raises(Conflict):
        leave_team(any_context, other, challenge)
    with pytest.raises(Conflict):
        join_team(any_context, an_owner(any_context), challenge, 1)
    with pytest.raises(Conflict):
        found_team(any_context, an_owner(any_context), challenge, "Late")
    assert read_part(any_context, owner, read_challenge(any_context, challenge).challenge).team == 1


def test_an_empty_team_goes(context: Context) -> None:
    challenge, [[owner]] = begin(context, sizes=(1,))
    leave_team(context, owner, challenge)
    assert read_challenge(context, challenge).teams == ()


def test_teams_stand_by_the_facts_of_its_days_alone(any_context: Context) -> None:
    challenge, [first, second, _alone] = begin(any_context, sizes=(2, 3, 1))
    add_shares(any_context, first[0], {1: 50, 2: 3, 8: 1, 9: 50})
    add_shares(any_context, second[1], {3: 4})
    add_shares(any_context, second[2], {4: 8})
    go_to(any_context, 1)
    assert count_challenges(any_context) == 0
    go_to(any_context, 5)
    assert count_challenges(any_context) == 1
    assert standing(any_context, challenge) == [
        ("Team 2", 1, 12, False),
        ("Team 1", 2, 4, False),
        ("Team 3", None, 0, False),
    ]
    part = read_part(any_context, second[2], read_challenge(any_context, challenge).challenge)
    assert (part.team, part.value, part.is_owner) == (2, 8, False)


def test_the_teams_that_reached_the_goal_have_won_and_stay_so(any_context: Context) -> None:
    challenge, [first, second] = begin(any_context, sizes=(2, 2))
    site = add_shares(any_context, first[0], {2: 10})
    add_shares(any_context, second[0], {2: 9})
    go_to(any_context, 9)
    count_challenges(any_context)
    assert read_challenge(any_context, challenge).phase is Phase.SETTLING
    go_to(any_context, 9, hours=1)
    count_challenges(any_context)
    won = [("Team 1", 1, 10, True), ("Team 2", 2, 9, False)]
    assert standing(any_context, challenge) == won
    assert read_challenge(any_context, challenge).phase is Phase.ENDED
    with any_context.database.transaction() as session:
        row = session.get(SiteDayRow, (TENANT, site, TODAY + 2))
        assert row is not None
        row.counted_shares = 1
    assert count_challenges(any_context) == 0
    assert standing(any_context, challenge) == won
    with pytest.raises(Conflict):
        cancel_challenge(any_context, first[0], challenge)


def test_of_equal_teams_the_one_that_was_first_is_before(context: Context) -> None:
    challenge, [first, second, third] = begin(context, sizes=(2, 2, 2))
    add_shares(context, first[0], {4: 5})
    add_shares(context, second[0], {3: 5})
    add_shares(context, third[0], {3: 5})
    go_to(context, 5)
    count_challenges(context)
    assert [row[:2] for row in standing(context, challenge)] == [
        ("Team 2", 1),
        ("Team 3", 2),
        ("Team 1", 3),
    ]


def test_only_its_owner_cancels_a_challenge(any_context: Context) -> None:
    challenge, [[owner, other]] = begin(any_context, sizes=(2,))
    with pytest.raises(NotFound):
        cancel_challenge(any_context, other, challenge)
    cancel_challenge(any_context, owner, challenge)
    assert read_challenge(any_context, challenge).phase is Phase.CANCELLED
    with pytest.raises(Conflict):
        join_team(any_context, an_owner(any_context), challenge, 1)
    go_to(any_context, 5)
    assert count_challenges(any_context) == 0


def test_the_list_holds_public_ones_page_by_page_and_own_ones_hold_what_is_followed(
    any_context: Context,
) -> None:
    made = [
        create_challenge(any_context, an_owner(any_context), replace(DRAFT, days=1 + number % 3))
        for number in range(7)
    ]
    owner = an_owner(any_context)
    hidden = create_challenge(any_context, owner, replace(DRAFT, is_public=False))
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = list_public(any_context, after=after, limit=3)
        seen += [challenge.id for challenge, _phase in page.challenges]
        after = page.after
    assert sorted(seen) == sorted(one.id for one in made)
    follow_challenge(any_context, owner, made[0].id, is_wanted=True)
    follow_challenge(any_context, owner, made[0].id, is_wanted=True)
    assert {one.id for one, _phase in list_own(any_context, owner)} == {made[0].id, hidden.id}
    follow_challenge(any_context, owner, made[0].id, is_wanted=False)
    assert {one.id for one, _phase in list_own(any_context, owner)} == {hidden.id}
    with pytest.raises(Invalid):
        list_public(any_context, after="1.2")


def test_members_are_named_only_if_they_want_to_be_seen(context: Context) -> None:
    challenge, [[owner, other]] = begin(context, sizes=(2,))
    with context.database.transaction() as session:
        for number, actor in enumerate((owner, other)):
            session.add(
                ProfileRow(
                    tenant=TENANT,
                    account=actor.account,
                    handle=f"person-{number}",
                    is_public=True,
                    changed_at=1,
                )
            )
    choose(context, other, is_listed=True, shows_cards=False)
    report = read_challenge(context, challenge)
    assert [name.handle for name in report.seen[1]] == ["person-1"]
    assert report.owner is not None and report.owner.handle == "person-0"


def test_erasing_a_member_leaves_the_standing_without_a_name(any_context: Context) -> None:
    challenge, [first, second] = begin(any_context, sizes=(2, 2))
    add_shares(any_context, second[0], {2: 12})
    go_to(any_context, 9, hours=1)
    count_challenges(any_context)
    erase_account(any_context, second[0])
    erase_account(any_context, first[0])  # who made it all
    report = read_challenge(any_context, challenge)
    assert report.phase is Phase.ENDED
    assert (report.challenge.title, report.challenge.text) == ("A challenge", "")
    assert standing(any_context, challenge) == [
        ("Team 2", 1, 12, True),
        ("Team 1", None, 0, False),
    ]
    assert not report.seen


def test_erasing_an_owner_cancels_what_is_not_over_and_frees_their_places(
    any_context: Context,
) -> None:
    challenge, [[owner, other]] = begin(any_context, sizes=(2,))
    elsewhere, _rosters = begin(any_context, sizes=(2,))
    join_team(any_context, owner, elsewhere, 1)
    erase_account(any_context, owner)
    assert read_challenge(any_context, challenge).phase is Phase.CANCELLED
    assert read_challenge(any_context, elsewhere).teams[0].members == 2
    assert read_part(any_context, other, read_challenge(any_context, challenge).challenge).team == 1


def test_what_a_suspended_owner_wrote_is_hidden(context: Context) -> None:
    challenge, [[owner]] = begin(context, sizes=(1,))
    suspend(context, owner.account)
    assert list_public(context).challenges == ()
    with pytest.raises(NotFound):
        read_challenge(context, challenge)


def test_somebody_is_in_at_most_20_challenges_that_are_not_over(context: Context) -> None:
    somebody = an_owner(context)
    for _ in range(20):
        join_team(context, somebody, begin(context, sizes=(1,))[0], 1)
    with pytest.raises(LimitReached):
        join_team(context, somebody, begin(context, sizes=(1,))[0], 1)
    assert isinstance(context.clock, FixedClock)
    context.clock.move(10 * DAY)
    made = create_challenge(context, an_owner(context), replace(DRAFT, first_day=Day(TODAY + 12)))
    found_team(context, somebody, made.id, "Again")
