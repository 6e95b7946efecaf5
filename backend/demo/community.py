"""Who of the demo world is seen on leaderboards, and three challenges: over, running, forming."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.actions.boards import choose, count_boards
from backend.actions.challenge_standings import count_challenges
from backend.actions.challenges import create_challenge, follow_challenge, found_team, join_team
from backend.actions.context import Context
from backend.actions.profiles import save_profile
from backend.demo.cast import HEROINE
from backend.domain.actors import Actor
from backend.domain.boards import Metric
from backend.domain.challenges import ChallengeDraft
from backend.domain.instants import Day, day_of
from backend.domain.profiles import ProfileDraft

SEEN_SINCE = 7
"""The day on which people make profiles and let themselves be listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contest:
    """A challenge: who begins it and when, and its teams, each begun by its first member."""

    owner: str
    day: int
    title: str
    text: str
    metric: Metric
    goal: int
    first: int
    days: int
    teams: Mapping[str, tuple[str, ...]]


_PROFILES = {
    HEROINE: ("ada", "Ada Lindqvist", "Lanterns, tide tables and other small tools."),
    "priya--raman": ("priya", "Priya Raman", "Type, light and colour on the web."),
    "helix--works": ("helix", "Helix Works", "We keep services talking to each other."),
    "nordlys--labs": ("nordlys", "Nordlys Labs", "Observability from the north."),
    "mei--tanaka": ("mei", "Mei Tanaka", "Paper, ink and pixels."),
    "jonas--weck": ("jonas", "Jonas Weck", ""),
}
_LISTED = (*_PROFILES, "sam--okafor", "lena--brandt")
_CONTESTS = (
    _Contest(
        owner=HEROINE,
        day=10,
        title="Three weeks of sharing",
        text="Whose sites are passed on most? Ask your readers, and mind that every share counts"
        " once.",
        metric=Metric.SHARES,
        goal=25,
        first=12,
        days=21,
        teams={
            "The lamplighters": (HEROINE, "priya--raman", "sam--okafor"),
            "North and east": ("nordlys--labs", "mei--tanaka", "pavel--horak"),
            "Weavers": ("jonas--weck", "lena--brandt"),
        },
    ),
    _Contest(
        owner="nordlys--labs",
        day=46,
        title="Autumn of readers",
        text="Views, shares and everything else that makes a score, for three weeks.",
        metric=Metric.SCORE,
        goal=150_000,
        first=50,
        days=21,
        teams={
            "Small tools": (HEROINE, "sam--okafor", "amara--diallo", "kiri--walker"),
            "Meshes and glass": ("helix--works", "nordlys--labs", "pavel--horak"),
            "Paper trail": ("mei--tanaka", "priya--raman"),
            "Looking for company": ("lena--brandt",),
        },
    ),
    _Contest(
        owner="priya--raman",
        day=57,
        title="Bring a friend",
        text="Who brings most people that stay?",
        metric=Metric.REFERRALS,
        goal=5,
        first=63,
        days=30,
        teams={"Colour and light": ("priya--raman", "nordlys--labs")},
    ),
)


class Community:
    """What people show and do together. `people` are actors by login, filled meanwhile."""

    def __init__(self, context: Context, people: Mapping[str, Actor]) -> None:
        self._context = context
        self._people = people

    def live_through(self, day: int) -> None:
        """Let profiles, teams and challenges begin on their days."""
        if day == SEEN_SINCE:
            self._show()
        for contest in _CONTESTS:
            if contest.day == day:
                self._begin(contest, day)
        count_challenges(self._context)

    def end(self) -> None:
        """Count what jobs would have counted by then."""
        count_challenges(self._context)
        count_boards(self._context)

    def _show(self) -> None:
        for login, (handle, name, text) in _PROFILES.items():
            draft = ProfileDraft(
                handle=handle, name=name, text=text, is_public=True, shows_achievements=True
            )
            save_profile(self._context, self._people[login], draft)
        for login in _LISTED:
            shows = login in _PROFILES
            choose(self._context, self._people[login], is_listed=True, shows_cards=shows)

    def _begin(self, contest: _Contest, day: int) -> None:
        today = day_of(self._context.clock.now())
        draft = ChallengeDraft(
            title=contest.title,
            text=contest.text,
            metric=contest.metric,
            goal=contest.goal,
            first_day=Day(today + contest.first - day),
            days=contest.days,
            is_public=True,
        )
        made = create_challenge(self._context, self._people[contest.owner], draft)
        for number, (name, logins) in enumerate(contest.teams.items(), 1):
            members = [self._people[login] for login in logins]
            found_team(self._context, members[0], made.id, name)
            for member in members[1:]:
                join_team(self._context, member, made.id, number)
        if contest.owner != HEROINE:
            follow_challenge(self._context, self._people[HEROINE], made.id, is_wanted=True)
