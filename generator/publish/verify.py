"""The check after publishing: a sample of files is fetched and compared with what was sent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from generator.errors import NotAsPublished, TargetUnreachable
from generator.model.output import digest_of
from generator.model.serving import HOST_FILES, cache_control, content_type
from generator.publish.bundle import Bundle, SiteFile
from generator.publish.target import Plan, Published, Report, Served, Target

SAMPLE = 12
PATIENCE_SECONDS = 60.0
"""How long a host may take until all of its machines serve what was published."""
_UNSEEN = HOST_FILES | {"404.html"}
"""Some hosts serve these to nobody, or the last one as an error only."""
_PAUSE_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How many files were compared, and what their headers should say but do not."""

    checked: int
    notes: tuple[str, ...] = ()


def verify(  # noqa: PLR0913  what was to be done, what was done, and how to look
    bundle: Bundle,
    plan: Plan,
    target: Target,
    published: Published,
    *,
    report: Report,
    patience: float = PATIENCE_SECONDS,
) -> Verified:
    """Compare a sample with what the target serves; headers that differ are notes.

    Raises NotAsPublished when a file is missing or has other bytes after `patience` seconds.
    """
    notes: dict[str, None] = {}
    sample = choose_sample(bundle, plan)
    deadline = time.monotonic() + patience
    checked = 0
    for number, file in enumerate(sample, 1):
        report(f"Checking {number} of {len(sample)}: {file.path}")
        served = _await_served(file, target, published, deadline, is_shown=checked > 0)
        if served is None:
            break
        checked += 1
        notes |= dict.fromkeys(_compare_headers(file.path, served.headers))
    return Verified(checked=checked, notes=tuple(notes))


def choose_sample(bundle: Bundle, plan: Plan) -> list[SiteFile]:
    """Return the home page, then files that were sent, then others, evenly over the site."""
    visible = [file for path, file in sorted(bundle.files.items()) if path not in _UNSEEN]
    sent = {file.path for file in plan.upload}
    fresh = [file for file in visible if file.path in sent]
    old = [file for file in visible if file.path not in sent]
    chosen = {"index.html": bundle.files["index.html"]}
    for some, number in ((fresh, SAMPLE - 4), (old, 3)):
        taken = min(number, len(some))
        evenly = (some[index * len(some) // taken] for index in range(taken))
        chosen |= {file.path: file for file in evenly}
    return list(chosen.values())


def _await_served(
    file: SiteFile, target: Target, published: Published, deadline: float, *, is_shown: bool
) -> Served | None:
    """Return what is served once it is what was sent; None when the target shows nothing at all.

    `is_shown` says that it has shown a file before. A new host may take its time to answer, too.
    """
    if published.is_guarded:
        return None
    pauses = iter(_PAUSE_SECONDS)
    while True:
        silence: TargetUnreachable | None = None
        served: Served | None = None
        try:
            served = target.fetch(published, file.path)
        except TargetUnreachable as error:
            silence = error
        if served is not None and digest_of(served.content) == file.digest:
            return served
        if served is None and silence is None and published.url is None and not is_shown:
            return None
        pause = next(pauses, _PAUSE_SECONDS[-1])
        if time.monotonic() + pause > deadline:
            break
        time.sleep(pause)
    if silence is not None:
        raise silence
    what = "is not there" if served is None else "has other content than was sent"
    raise NotAsPublished(
        f"{file.path} {what} at {published.url or 'the target'}.",
        hint="A cache may still hold the old file. Look at the site, then publish again.",
    )


def _compare_headers(path: str, headers: Mapping[str, str] | None) -> list[str]:
    if headers is None:
        return []
    notes = []
    served_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted_type = content_type(path).partition(";")[0]
    if served_type != wanted_type and "javascript" not in served_type:
        notes.append(f"{path} is served as {served_type or 'nothing'}, not as {wanted_type}.")
    wanted = cache_control(path)
    if "immutable" in wanted and "max-age" not in headers.get("cache-control", ""):
        notes.append("Files in assets/ are served without a long Cache-Control.")
    return notes
