"""`/api/v1/challenges`: team challenges, to look at, to begin and to cancel."""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import Meta

from backend.actions import challenges
from backend.actions.challenges import CHALLENGES_A_PAGE, ChallengeReport
from backend.domain.actors import Scope
from backend.domain.boards import Metric
from backend.domain.challenges import (
    LARGEST_GOAL,
    LONGEST_DAYS,
    MAX_TEXT,
    MAX_TITLE,
    Challenge,
    ChallengeDraft,
    Phase,
    Team,
    phase_of,
)
from backend.domain.instants import date_of, day_of, from_datetime
from backend.domain.profiles import PublicName
from backend.errors import Conflict, Invalid
from backend.web.api.fields import SEEN, Page, Time, time_of
from backend.web.api.leaderboards import MetricName
from backend.web.api.operation import Call, Input, Operation, Output
from backend.web.limits import CHALLENGES_RATE

EndCursor = Annotated[str, Meta(pattern="^[0-9]{1,6}\\.[0-9A-Za-z]{16}$")]
_RATE = ("challenges", CHALLENGES_RATE)
_MIDNIGHT = datetime.time(tzinfo=datetime.UTC)


class ChallengesQuery(Input, frozen=True):
    """A page of the public challenges."""

    after: EndCursor | None = None
    limit: Annotated[int, Meta(ge=1, le=CHALLENGES_A_PAGE)] = 20


class NewChallenge(Input, frozen=True):
    """`goal` is in the metric's unit: whole referrals and shares, cents, hundredths of a point."""

    title: Annotated[str, Meta(max_length=MAX_TITLE, pattern=rf"({SEEN}[\s\S]*){{3}}")]
    metric: MetricName
    goal: Annotated[int, Meta(ge=1, le=LARGEST_GOAL)]
    first_day: datetime.date
    days: Annotated[int, Meta(ge=1, le=LONGEST_DAYS)]
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    is_public: bool = False


class ChallengeAnswer(Output, frozen=True):
    """A challenge; both its days are in it, in UTC."""

    id: str
    title: str
    text: str
    metric: MetricName
    goal: int
    phase: str
    first_day: datetime.date
    last_day: datetime.date
    is_public: bool
    as_of: Time | None
    address: str


class PersonAnswer(Output, frozen=True):
    """Somebody with a public profile."""

    name: str
    profile: str


class TeamAnswer(Output, frozen=True):
    """A team; `people` are those of its `members` who want to be seen. `place` begins with two."""

    n: int
    name: str
    members: int
    place: int | None
    value: int
    is_winner: bool
    people: list[PersonAnswer]


class ChallengeDetails(Output, frozen=True):
    """A challenge with its teams, the first ones first; `owner` is null without a profile."""

    challenge: ChallengeAnswer
    owner: PersonAnswer | None
    teams: list[TeamAnswer]


class OwnChallengesAnswer(Output, frozen=True):
    """What you began, joined or follow; what ends last comes first."""

    challenges: list[ChallengeAnswer]


def list_public(call: Call) -> Page[ChallengeAnswer]:
    page = challenges.list_public(
        call.context, after=call.query.after or "", limit=call.query.limit
    )
    return Page(
        items=[_answer(call, one, phase) for one, phase in page.challenges], next=page.after
    )


def list_own(call: Call) -> OwnChallengesAnswer:
    found = challenges.list_own(call.context, call.owner)
    return OwnChallengesAnswer(challenges=[_answer(call, one, phase) for one, phase in found])


def create(call: Call) -> ChallengeAnswer:
    body = call.body
    draft = ChallengeDraft(
        title=body.title,
        text=body.text,
        metric=Metric(body.metric),
        goal=body.goal,
        first_day=day_of(from_datetime(datetime.datetime.combine(body.first_day, _MIDNIGHT))),
        days=body.days,
        is_public=body.is_public,
    )
    try:
        made = challenges.create_challenge(call.context, call.owner, draft)
    except Invalid as error:
        if error.field != "first_day":
            raise
        # No day is wrong in itself: which may be the first depends on what day it is.
        raise Conflict(error.message, hint=error.hint) from error
    return _answer(call, made, phase_of(made, call.context.clock.now()))


def read(call: Call) -> ChallengeDetails:
    report = challenges.read_challenge(call.context, call.path["challenge"])
    base = call.context.settings.base_url
    return ChallengeDetails(
        challenge=_answer(call, report.challenge, report.phase),
        owner=_person(report.owner, base) if report.owner else None,
        teams=[_team(team, report, base) for team in report.teams],
    )


def cancel(call: Call) -> ChallengeAnswer:
    challenges.cancel_challenge(call.context, call.owner, call.path["challenge"])
    report = challenges.read_challenge(call.context, call.path["challenge"])
    return _answer(call, report.challenge, report.phase)


def _answer(call: Call, one: Challenge, phase: Phase) -> ChallengeAnswer:
    return ChallengeAnswer(
        id=one.id,
        title=one.title,
        text=one.text,
        metric=one.metric.value,
        goal=one.goal,
        phase=phase.value,
        first_day=date_of(one.first_day),
        last_day=date_of(one.last_day),
        is_public=one.is_public,
        as_of=time_of(one.as_of),
        address=f"{call.context.settings.base_url}/challenges/{one.id}",
    )


def _team(team: Team, report: ChallengeReport, base_url: str) -> TeamAnswer:
    return TeamAnswer(
        n=team.n,
        name=team.name,
        members=team.members,
        place=team.place,
        value=team.value,
        is_winner=team.is_winner,
        people=[_person(name, base_url) for name in report.seen.get(team.n, ())],
    )


def _person(name: PublicName, base_url: str) -> PersonAnswer:
    return PersonAnswer(name=name.name, profile=f"{base_url}{name.path}")


OPERATIONS = (
    Operation(
        method="GET",
        path="/challenges",
        name="list_challenges",
        summary="Public challenges, those that end last first",
        tag="challenges",
        run=list_public,
        scope=None,
        query=ChallengesQuery,
        result=Page[ChallengeAnswer],
    ),
    Operation(
        method="POST",
        path="/challenges",
        name="create_challenge",
        summary="Begin a challenge",
        tag="challenges",
        run=create,
        scope=Scope.ACCOUNT_WRITE,
        body=NewChallenge,
        result=ChallengeAnswer,
        status=201,
        rate=_RATE,
    ),
    Operation(
        method="GET",
        path="/challenges/own",
        name="list_own_challenges",
        summary="The challenges that you began, joined or follow",
        tag="challenges",
        run=list_own,
        scope=Scope.ACCOUNT_READ,
        result=OwnChallengesAnswer,
    ),
    Operation(
        method="GET",
        path="/challenges/{challenge}",
        name="read_challenge",
        summary="A challenge with its teams, for whoever has its link",
        tag="challenges",
        run=read,
        scope=None,
        result=ChallengeDetails,
    ),
    Operation(
        method="POST",
        path="/challenges/{challenge}/cancellation",
        name="cancel_challenge",
        summary="Cancel a challenge of yours that is not over",
        tag="challenges",
        run=cancel,
        scope=Scope.ACCOUNT_WRITE,
        result=ChallengeAnswer,
        rate=_RATE,
    ),
)
