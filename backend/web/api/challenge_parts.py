"""`/api/v1/challenges/{challenge}/…`: what the caller has to do with a challenge."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from backend.actions import challenges
from backend.domain.actors import Scope
from backend.domain.challenges import MAX_TEAM_NAME
from backend.web.api.fields import SEEN
from backend.web.api.operation import Call, Input, Operation, Output
from backend.web.limits import CHALLENGES_RATE

_RATE = ("challenges", CHALLENGES_RATE)


class NewTeam(Input, frozen=True):
    """What the team is called."""

    name: Annotated[str, Meta(max_length=MAX_TEAM_NAME, pattern=SEEN)]


class Joining(Input, frozen=True):
    """The number of the team, as the challenge lists it."""

    team: Annotated[int, Meta(ge=1, le=9_999)]


class PartAnswer(Output, frozen=True):
    """What you have to do with a challenge: the number of your team, and what you added to it."""

    is_owner: bool
    is_follower: bool
    team: int | None
    value: int


def read_part(call: Call) -> PartAnswer:
    report = challenges.read_challenge(call.context, call.path["challenge"])
    part = challenges.read_part(call.context, call.owner, report.challenge)
    return PartAnswer(
        is_owner=part.is_owner, is_follower=part.is_follower, team=part.team, value=part.value
    )


def found_team(call: Call) -> PartAnswer:
    challenges.found_team(call.context, call.owner, call.path["challenge"], call.body.name)
    return read_part(call)


def join(call: Call) -> PartAnswer:
    challenges.join_team(call.context, call.owner, call.path["challenge"], call.body.team)
    return read_part(call)


def leave(call: Call) -> None:
    challenges.leave_team(call.context, call.owner, call.path["challenge"])


def follow(call: Call) -> PartAnswer:
    challenges.follow_challenge(call.context, call.owner, call.path["challenge"], is_wanted=True)
    return read_part(call)


def unfollow(call: Call) -> None:
    challenges.follow_challenge(call.context, call.owner, call.path["challenge"], is_wanted=False)


OPERATIONS = (
    Operation(
        method="GET",
        path="/challenges/{challenge}/part",
        name="read_part",
        summary="What you have to do with a challenge",
        tag="challenges",
        run=read_part,
        scope=Scope.ACCOUNT_READ,
        result=PartAnswer,
    ),
    Operation(
        method="POST",
        path="/challenges/{challenge}/teams",
        name="found_team",
        summary="Found a team and be its first member",
        tag="challenges",
        run=found_team,
        scope=Scope.ACCOUNT_WRITE,
        body=NewTeam,
        result=PartAnswer,
        status=201,
        rate=_RATE,
    ),
    Operation(
        method="POST",
        path="/challenges/{challenge}/membership",
        name="join_team",
        summary="Join a team until the challenge begins",
        tag="challenges",
        run=join,
        scope=Scope.ACCOUNT_WRITE,
        body=Joining,
        result=PartAnswer,
        rate=_RATE,
    ),
    Operation(
        method="DELETE",
        path="/challenges/{challenge}/membership",
        name="leave_team",
        summary="Leave your team until the challenge begins",
        tag="challenges",
        run=leave,
        scope=Scope.ACCOUNT_WRITE,
        status=204,
        rate=_RATE,
    ),
    Operation(
        method="PUT",
        path="/challenges/{challenge}/follow",
        name="follow_challenge",
        summary="Keep a challenge on your list",
        tag="challenges",
        run=follow,
        scope=Scope.ACCOUNT_WRITE,
        result=PartAnswer,
        rate=_RATE,
    ),
    Operation(
        method="DELETE",
        path="/challenges/{challenge}/follow",
        name="unfollow_challenge",
        summary="Follow a challenge no more",
        tag="challenges",
        run=unfollow,
        scope=Scope.ACCOUNT_WRITE,
        status=204,
        rate=_RATE,
    ),
)
