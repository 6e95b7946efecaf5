"""`/api/v1/sites/{site}/builds`: building one's own sites anew, and how that went."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from backend.actions import builds
from backend.domain.actors import Scope
from backend.domain.builds import Build, BuildCause
from backend.domain.instants import to_text
from backend.web.api.fields import Limit, Page, Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output

START_RATE = "60/hour"
"""How often one account may ask for a build, by the page and the API together."""

State = Literal["queued", "running", "succeeded", "failed", "cancelled", "timed_out"]
Cause = Literal["push", "button", "retry", "api"]


class BuildsQuery(Input, frozen=True):
    """Where a page of builds begins, and how long it is."""

    after: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")] | None = None
    limit: Limit = 20


class LogQuery(Input, frozen=True):
    """Behind which line the answer begins."""

    after: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class BuildAnswer(Output, frozen=True):
    """A build. `attempts` counts its beginnings, `seconds` is how long it took."""

    id: str
    site: str
    state: State
    cause: Cause
    commit: str | None
    attempts: int
    reason: str
    release: str | None
    is_cancelling: bool
    queued_at: Time
    started_at: Time | None
    ended_at: Time | None
    seconds: float | None


class LineAnswer(Output, frozen=True):
    """A line that a build said; `number` counts from 1."""

    number: int
    at: Time
    text: str


class LogAnswer(Output, frozen=True):
    """Up to a thousand lines of a log; ask again behind the last one while `is_open`."""

    state: State
    is_open: bool
    lines: list[LineAnswer]


def list_own(call: Call) -> Page[BuildAnswer]:
    page = builds.list_builds(
        call.context,
        call.owner,
        call.path["site"],
        after=call.query.after,
        limit=call.query.limit,
    )
    return Page(items=[_answer(build) for build in page.builds], next=page.after)


def start(call: Call) -> BuildAnswer:
    build = builds.start_build(call.context, call.owner, call.path["site"], cause=BuildCause.API)
    return _answer(build)


def read(call: Call) -> BuildAnswer:
    return _answer(
        builds.get_build(call.context, call.owner, call.path["site"], call.path["build"])
    )


def cancel(call: Call) -> BuildAnswer:
    return _answer(
        builds.cancel_build(call.context, call.owner, call.path["site"], call.path["build"])
    )


def retry(call: Call) -> BuildAnswer:
    return _answer(
        builds.retry_build(call.context, call.owner, call.path["site"], call.path["build"])
    )


def read_log(call: Call) -> LogAnswer:
    log = builds.read_log(
        call.context,
        call.owner,
        call.path["site"],
        call.path["build"],
        after=call.query.after,
    )
    lines = [
        LineAnswer(number=line.number, at=to_text(line.at), text=line.text) for line in log.lines
    ]
    return LogAnswer(state=log.build.state.value, is_open=log.build.is_open, lines=lines)


def _answer(build: Build) -> BuildAnswer:
    return BuildAnswer(
        id=build.id,
        site=build.site,
        state=build.state.value,
        cause=build.cause.value,
        commit=build.commit,
        attempts=build.tries,
        reason=build.reason,
        release=build.release,
        is_cancelling=build.is_cancelling,
        queued_at=to_text(build.queued_at),
        started_at=time_of(build.started_at),
        ended_at=time_of(build.ended_at),
        seconds=build.seconds,
    )


_BUILDS = "/sites/{site}/builds"
_BUILD = f"{_BUILDS}/{{build}}"

OPERATIONS = (
    Operation(
        method="GET",
        path=_BUILDS,
        name="list_builds",
        summary="Builds of one of your sites, the newest first",
        tag="builds",
        run=list_own,
        scope=Scope.SITES_READ,
        query=BuildsQuery,
        result=Page[BuildAnswer],
    ),
    Operation(
        method="POST",
        path=_BUILDS,
        name="start_build",
        summary="Build a site from its repository and publish it; one that waits is returned",
        tag="builds",
        run=start,
        scope=Scope.SITES_WRITE,
        result=BuildAnswer,
        status=202,
        rate=("builds", START_RATE),
    ),
    Operation(
        method="GET",
        path=_BUILD,
        name="read_build",
        summary="One build",
        tag="builds",
        run=read,
        scope=Scope.SITES_READ,
        result=BuildAnswer,
    ),
    Operation(
        method="POST",
        path=f"{_BUILD}/cancel",
        name="cancel_build",
        summary="Take a build out of the queue, or end it within seconds",
        tag="builds",
        run=cancel,
        scope=Scope.SITES_WRITE,
        result=BuildAnswer,
        status=202,
    ),
    Operation(
        method="POST",
        path=f"{_BUILD}/retry",
        name="retry_build",
        summary="Build again after a build has ended",
        tag="builds",
        run=retry,
        scope=Scope.SITES_WRITE,
        result=BuildAnswer,
        status=202,
        rate=("builds", START_RATE),
    ),
    Operation(
        method="GET",
        path=f"{_BUILD}/lines",
        name="read_build_log",
        summary="What a build said",
        tag="builds",
        run=read_log,
        scope=Scope.SITES_READ,
        query=LogQuery,
        result=LogAnswer,
    ),
)
