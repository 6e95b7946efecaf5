"""Team challenges as pages show them, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.actions.challenges import ChallengeReport
from backend.domain.boards import Metric, value_words
from backend.domain.challenges import TEAM_MOST, Challenge, Phase, Team
from backend.domain.instants import date_of, to_datetime, to_text
from backend.domain.profiles import PublicName
from generator.render.environment import format_short_day

PUBLIC_PATH = "/challenges"
OWN_PATH = "/dashboard/challenges"
PHASE_WORDS = {
    Phase.UPCOMING: "forming",
    Phase.RUNNING: "running",
    Phase.SETTLING: "being settled",
    Phase.ENDED: "over",
    Phase.CANCELLED: "cancelled",
}
METRIC_COUNTS = {
    Metric.REFERRALS: "conversions of people the members brought",
    Metric.REVENUE: "revenue from people the members brought, in US dollars",
    Metric.SHARES: "counted shares of the members’ sites",
    Metric.SCORE: "points that the days bring to the members’ sites, before age and tier",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeLine:
    """A challenge in a list."""

    title: str
    link: str
    phase: str
    goal: str
    days: str
    is_public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamView:
    """A team. `people` are the names that may be shown, `others` how many more there are."""

    n: int
    name: str
    place: int | None
    value: str
    amount: int
    is_winner: bool
    is_own: bool
    has_goal: bool
    is_full: bool
    members: int
    people: tuple[PublicName, ...]
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeView:
    """A challenge's page."""

    id: str
    title: str
    text: str
    phase: str
    is_forming: bool
    is_over: bool
    is_cancelled: bool
    goal: str
    goal_amount: int
    counts: str
    days: str
    starts_at: datetime
    ends_at: datetime
    as_of: datetime | None
    owner: PublicName | None
    is_public: bool
    teams: tuple[TeamView, ...]
    link: str


def view_line(challenge: Challenge, phase: Phase, path: str) -> ChallengeLine:
    """Return a challenge as a line that leads to its page below `path`."""
    return ChallengeLine(
        title=challenge.title,
        link=f"{path}/{challenge.id}",
        phase=PHASE_WORDS[phase],
        goal=value_words(challenge.metric, challenge.goal),
        days=days_words(challenge),
        is_public=challenge.is_public,
    )


def view_challenge(report: ChallengeReport, own_team: int | None = None) -> ChallengeView:
    """Return a challenge as its page shows it."""
    challenge, phase = report.challenge, report.phase
    return ChallengeView(
        id=challenge.id,
        title=challenge.title,
        text=challenge.text,
        phase=PHASE_WORDS[phase],
        is_forming=phase is Phase.UPCOMING,
        is_over=phase is Phase.ENDED,
        is_cancelled=phase is Phase.CANCELLED,
        goal=value_words(challenge.metric, challenge.goal),
        goal_amount=challenge.goal,
        counts=METRIC_COUNTS[challenge.metric],
        days=days_words(challenge),
        starts_at=to_datetime(challenge.starts_at),
        ends_at=to_datetime(challenge.ends_at),
        as_of=to_datetime(challenge.as_of) if challenge.as_of else None,
        owner=report.owner,
        is_public=challenge.is_public,
        teams=tuple(_view_team(team, report, own_team) for team in report.teams),
        link=f"{PUBLIC_PATH}/{challenge.id}",
    )


def title_of(report: ChallengeReport) -> str:
    """Return the challenge's answer: who has won, who leads, or when it begins."""
    title, phase, teams = report.challenge.title, report.phase, report.teams
    winners = [team.name for team in teams if team.is_winner]
    first = next((team for team in teams if team.place == 1), None)
    if phase is Phase.CANCELLED:
        return f"{title} was cancelled"
    if phase is Phase.UPCOMING:
        return f"{title} begins on {format_short_day(date_of(report.challenge.first_day))}"
    if phase is Phase.ENDED:
        return f"{_and(winners)} won {title}" if winners else f"{title}: nobody reached the goal"
    return f"{first.name} leads {title}" if first else f"{title}: nobody has anything yet"


def describe(report: ChallengeReport, base_url: str) -> dict[str, object]:
    """Return a challenge for programs."""
    challenge = report.challenge
    return {
        "id": challenge.id,
        "title": challenge.title,
        "text": challenge.text,
        "metric": challenge.metric.value,
        "goal": challenge.goal,
        "phase": report.phase.value,
        "first_day": date_of(challenge.first_day).isoformat(),
        "last_day": date_of(challenge.last_day).isoformat(),
        "as_of": to_text(challenge.as_of) if challenge.as_of else None,
        "address": f"{base_url}{PUBLIC_PATH}/{challenge.id}",
        "teams": [
            {
                "name": team.name,
                "members": team.members,
                "place": team.place,
                "value": team.value,
                "is_winner": team.is_winner,
            }
            for team in report.teams
        ],
    }


def days_words(challenge: Challenge) -> str:
    """Return the days of a challenge in words."""
    first, last = date_of(challenge.first_day), date_of(challenge.last_day)
    if first == last:
        return format_short_day(first)
    return f"{format_short_day(first)} to {format_short_day(last)}"


def _view_team(team: Team, report: ChallengeReport, own_team: int | None) -> TeamView:
    people = report.seen.get(team.n, ())
    return TeamView(
        n=team.n,
        name=team.name,
        place=team.place,
        value=value_words(report.challenge.metric, team.value),
        amount=min(team.value, report.challenge.goal),
        is_winner=team.is_winner,
        is_own=team.n == own_team,
        has_goal=team.value >= report.challenge.goal,
        is_full=team.members >= TEAM_MOST,
        members=team.members,
        people=people,
        others=team.members - len(people),
    )


def _and(names: list[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more teams"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
