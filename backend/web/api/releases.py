"""`/api/v1/sites/{site}/releases`: plan, send, finish, list and roll back what a site serves."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import IO, Annotated

from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from backend.actions import releases
from backend.actions.manifests import blobs_of
from backend.domain.actors import Scope
from backend.domain.instants import to_text
from backend.domain.releases import (
    MAX_FILE_LIST_BYTES,
    MAX_FILES,
    MAX_PATH,
    MAX_PREVIEW,
    Release,
    ReleaseFile,
)
from backend.errors import Invalid, NotFound
from backend.gateways.blobs import Blobs
from backend.web.api.fields import Time
from backend.web.api.operation import Call, Input, Operation, Output

_BUFFER_BYTES = 1024 * 1024

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Path = Annotated[str, Meta(min_length=1, max_length=MAX_PATH)]
Preview = Annotated[str, Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=MAX_PREVIEW)]


class NewFile(Input, frozen=True):
    """A file of a release: the SHA-256 of its content, and its size in bytes."""

    digest: Digest
    size: Annotated[int, Meta(ge=0, le=10_000_000_000)]


class NewRelease(Input, frozen=True):
    """All files of a release by path; with `preview` it is shown beside the site.

    With `is_trial` the answer tells what would be missing, and nothing is begun.
    """

    files: Annotated[dict[Path, NewFile], Meta(min_length=1, max_length=MAX_FILES)]
    preview: Preview | None = None
    is_trial: bool = False


class PlannedAnswer(Output, frozen=True):
    """A release that was begun: `missing` are the digests of files to send before it ends.

    Of a trial there is no id, and no address before the site has a name.
    """

    id: str | None
    url: str | None
    missing: list[str]


class ReleaseAnswer(Output, frozen=True):
    """A release; `origin` is `upload` or `build`."""

    id: str
    digest: str
    made_at: Time
    is_live: bool
    origin: str
    preview: str | None
    files: int
    bytes: int


class ReleasesAnswer(Output, frozen=True):
    """A site's releases, the newest first; `url` is where the live one is."""

    url: str | None
    items: list[ReleaseAnswer]


def list_own(call: Call) -> ReleasesAnswer:
    found = releases.list_releases(call.context, call.owner, call.path["site"])
    return ReleasesAnswer(url=found.url, items=[_answer(one) for one in found.releases])


def plan(call: Call) -> PlannedAnswer:
    files = {
        path: ReleaseFile(digest=file.digest, size=file.size)
        for path, file in call.body.files.items()
    }
    planned = releases.plan_release(
        call.context,
        call.owner,
        call.path["site"],
        files,
        preview=call.body.preview,
        is_trial=call.body.is_trial,
    )
    begun = planned.release.id if planned.release else None
    return PlannedAnswer(id=begun, url=planned.url, missing=list(planned.missing))


def finish(call: Call) -> ReleaseAnswer:
    return _answer(
        releases.finish_release(call.context, call.owner, call.path["site"], call.path["release"])
    )


def make_live(call: Call) -> ReleaseAnswer:
    return _answer(
        releases.roll_back(call.context, call.owner, call.path["site"], call.path["release"])
    )


async def receive(call: Call, request: Request) -> None:
    """Write a file to the disk as it comes in. Raises Invalid when it is not the announced one."""
    size = await run_in_threadpool(_size_of, call)
    blobs = blobs_of(call.context, call.owner.tenant, call.path["site"])
    async with AsyncExitStack() as stack:
        file = stack.enter_context(blobs.incoming())
        await _write(file, request, size)
        await run_in_threadpool(_install, blobs, file, call.path["digest"], size)


async def _write(file: IO[bytes], request: Request, size: int) -> None:
    taken, waiting = 0, bytearray()
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > size:
            raise Invalid("The body is longer than the file that was announced.", field="digest")
        waiting += chunk
        if len(waiting) > _BUFFER_BYTES:
            await run_in_threadpool(file.write, bytes(waiting))
            waiting.clear()
    await run_in_threadpool(file.write, bytes(waiting))


def _install(blobs: Blobs, file: IO[bytes], digest: str, size: int) -> None:
    blobs.install(file, digest, size)


def _size_of(call: Call) -> int:
    awaited = releases.get_awaited(
        call.context, call.owner, call.path["site"], call.path["release"]
    )
    size = awaited.get(call.path["digest"])
    if size is None:
        raise NotFound("The release has no file with this digest.")
    return size


def _answer(release: Release) -> ReleaseAnswer:
    return ReleaseAnswer(
        id=release.id,
        digest=release.digest,
        made_at=to_text(release.made_at),
        is_live=release.is_live,
        origin=release.origin.value,
        preview=release.preview,
        files=release.files,
        bytes=release.bytes,
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/sites/{site}/releases",
        name="list_releases",
        summary="The releases of a site, the newest first",
        tag="hosting",
        run=list_own,
        scope=Scope.SITES_READ,
        result=ReleasesAnswer,
    ),
    Operation(
        method="POST",
        path="/sites/{site}/releases",
        name="plan_release",
        summary="Begin a release; the answer names the files that are not here yet",
        tag="hosting",
        run=plan,
        scope=Scope.SITES_WRITE,
        body=NewRelease,
        body_bytes=MAX_FILE_LIST_BYTES,
        result=PlannedAnswer,
        status=201,
        rate=("releases", "120/hour"),
    ),
    Operation(
        method="PUT",
        path="/sites/{site}/releases/{release}/files/{digest}",
        name="send_file",
        summary="Send a file of a release that was begun",
        tag="hosting",
        receive=receive,
        scope=Scope.SITES_WRITE,
        status=204,
    ),
    Operation(
        method="POST",
        path="/sites/{site}/releases/{release}/finish",
        name="finish_release",
        summary="Make a release live, or show it as a preview, once all files are here",
        tag="hosting",
        run=finish,
        scope=Scope.SITES_WRITE,
        result=ReleaseAnswer,
    ),
    Operation(
        method="POST",
        path="/sites/{site}/releases/{release}/live",
        name="make_release_live",
        summary="Go back, or forward, to a release that was finished",
        tag="hosting",
        run=make_live,
        scope=Scope.SITES_WRITE,
        result=ReleaseAnswer,
    ),
)
