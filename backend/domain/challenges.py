"""Team challenges: what one may be, who may join when, and who wins. Source: the rules, "Rewards".

A challenge runs over whole UTC days. Teams form before it begins; what counts from then on are the
same facts that leaderboards count.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from backend.domain.boards import CURRENCY, Metric, Tally, Window, rank
from backend.domain.instants import DAY, HOUR, Day, Instant, start_of
from backend.domain.money import parse_amount
from backend.domain.sites import clean_text
from backend.errors import Conflict, Invalid

LONGEST_DAYS = 90
AHEAD_DAYS = 90
"""How far ahead a challenge may begin."""
TEAM_LEAST, TEAM_MOST = 2, 20
TEAMS_MOST = 50
OPEN_CHALLENGES = 3
"""Challenges of one owner that are not over."""
OPEN_MEMBERSHIPS = 20
FOLLOWS_MOST = 100
MAX_TITLE, MAX_TEXT, MAX_TEAM_NAME = 80, 500, 40
LARGEST_GOAL = 10**12
SETTLED_AFTER = HOUR
"""How long after the end the winners are settled: the last events have arrived by then."""


class Phase(StrEnum):
    UPCOMING = "upcoming"
    RUNNING = "running"
    SETTLING = "settling"
    ENDED = "ended"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeDraft:
    """What an owner asks for; `goal` is in the metric's own units, as `read_goal` gives them."""

    title: str
    text: str
    metric: Metric
    goal: int
    first_day: Day
    days: int
    is_public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A challenge; both its days are in it. `ended_at` is when its winners were settled."""

    id: str
    account: str
    title: str
    text: str
    metric: Metric
    goal: int
    first_day: Day
    last_day: Day
    is_public: bool
    created_at: Instant
    as_of: Instant | None = None
    cancelled_at: Instant | None = None
    ended_at: Instant | None = None

    @property
    def starts_at(self) -> Instant:
        return start_of(self.first_day)

    @property
    def ends_at(self) -> Instant:
        return Instant(start_of(self.last_day) + DAY)

    @property
    def window(self) -> Window:
        return Window(key=self.id, first=self.first_day, last=self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team as it was counted last. `account` founded it."""

    n: int
    account: str
    name: str
    members: int
    value: int = 0
    reached_at: Instant | None = None
    place: int | None = None
    is_winner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in a team, and what they have added."""

    account: str
    team: int
    joined_at: Instant
    value: int = 0


def phase_of(challenge: Challenge, now: Instant) -> Phase:
    """Return where a challenge is."""
    if challenge.cancelled_at is not None:
        return Phase.CANCELLED
    if challenge.ended_at is not None:
        return Phase.ENDED
    if now < challenge.starts_at:
        return Phase.UPCOMING
    return Phase.RUNNING if now < challenge.ends_at else Phase.SETTLING


def is_settled_by(challenge: Challenge, now: Instant) -> bool:
    """Tell whether the winners may be settled."""
    return now >= challenge.ends_at + SETTLED_AFTER


def check_draft(draft: ChallengeDraft, today: Day) -> ChallengeDraft:
    """Return the draft with clean texts. Raises Invalid naming the field that cannot be."""
    title = clean_text(draft.title, "title", MAX_TITLE)
    if len(title) < 3:
        raise Invalid("A title has at least 3 characters.", field="title")
    if not today < draft.first_day <= today + AHEAD_DAYS:
        raise Invalid(
            f"A challenge begins tomorrow or within {AHEAD_DAYS} days, in UTC.",
            field="first_day",
            hint="Teams need some time to form.",
        )
    if not 1 <= draft.days <= LONGEST_DAYS:
        raise Invalid(f"A challenge lasts 1 to {LONGEST_DAYS} days.", field="days")
    if not 1 <= draft.goal <= LARGEST_GOAL:
        raise Invalid("A goal is more than nothing.", field="goal")
    return replace(draft, title=title, text=clean_text(draft.text, "text", MAX_TEXT))


def read_goal(metric: Metric, text: str) -> int:
    """Return a goal as it was typed in the metric's units: `100`, `250.00`. Raises Invalid."""
    cleaned = text.strip().replace(",", "")
    if metric in {Metric.REVENUE, Metric.SCORE}:  # both have two decimals
        return parse_amount(cleaned[:20], CURRENCY, field="goal")
    if not cleaned.isascii() or not cleaned.isdecimal() or len(cleaned) > 12:
        raise Invalid("A goal is a whole number.", field="goal")
    return int(cleaned)


def read_team_name(text: str) -> tuple[str, str]:
    """Return a team's name and what it is compared by. Raises Invalid."""
    name = clean_text(text, "name", MAX_TEAM_NAME)
    if not name:
        raise Invalid("A team has a name.", field="name")
    return name, unicodedata.normalize("NFKC", name).casefold()[: 2 * MAX_TEAM_NAME]


def check_forming(challenge: Challenge, now: Instant) -> None:
    """Raise Conflict unless teams may still change."""
    phase = phase_of(challenge, now)
    if phase is Phase.CANCELLED:
        raise Conflict("This challenge was cancelled.")
    if phase is not Phase.UPCOMING:
        raise Conflict(
            "This challenge has begun: its teams stay as they are.",
            hint="Follow it, or look for one that begins later.",
        )


def stand(
    challenge: Challenge,
    teams: Sequence[Team],
    members: Sequence[Member],
    tallies: Mapping[str, Tally],
    *,
    is_over: bool,
) -> tuple[list[Team], list[Member]]:
    """Return teams and members with what they have. A team of one takes no part.

    Of equals, who was first is before, then the team that was founded first. Once it is over,
    every team that reached the goal has won.
    """
    counted = [
        replace(one, value=tallies[one.account].value if one.account in tallies else 0)
        for one in members
    ]
    sums = [_sum_of(team, counted, tallies) for team in teams]
    taking_part = {team.n for team in teams if team.members >= TEAM_LEAST}
    placed = {
        int(place.account): place.place
        for place in rank(sum_ for sum_ in sums if int(sum_.account) in taking_part)
    }
    return [
        replace(
            team,
            value=total.value,
            reached_at=total.reached_at if total.value else None,
            place=placed.get(team.n),
            is_winner=is_over and team.n in placed and total.value >= challenge.goal,
        )
        for team, total in zip(teams, sums, strict=True)
    ], counted


def _sum_of(team: Team, members: Sequence[Member], tallies: Mapping[str, Tally]) -> Tally:
    own = [one for one in members if one.team == team.n]
    times = [tallies[one.account].reached_at for one in own if one.account in tallies]
    return Tally(
        account=f"{team.n:04}",
        value=sum(one.value for one in own),
        reached_at=max(times, default=Instant(0)),
    )
