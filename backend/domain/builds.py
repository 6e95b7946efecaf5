"""Builds of owners' sites: what states there are, what may follow what, and who is next.

The numbers here are quoted in `docs/rebuilding.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from backend.domain.instants import SECOND, Instant
from backend.domain.tiers import Tier
from backend.errors import Conflict, LimitReached

TRIES = 2
"""How often a build is begun: once, and once more when its worker was lost."""
LEASE = 20 * SECOND
"""How long a build may go without a sign of life before its worker counts as lost."""
LOG_LINES = 10_000
LOG_BYTES = 1_000_000
LINE_CHARACTERS = 1_000
REASON_CHARACTERS = 300


class BuildState(StrEnum):
    """Where a build stands; the last four are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class BuildCause(StrEnum):
    """Who asked: GitHub's webhook, the button on the page, a retry of another build, the API."""

    PUSH = "push"
    BUTTON = "button"
    RETRY = "retry"
    API = "api"


FOLLOWS: dict[BuildState, frozenset[BuildState]] = {
    BuildState.QUEUED: frozenset({BuildState.RUNNING, BuildState.CANCELLED}),
    BuildState.RUNNING: frozenset(
        {
            BuildState.QUEUED,  # its worker was lost, or stopped
            BuildState.SUCCEEDED,
            BuildState.FAILED,
            BuildState.CANCELLED,
            BuildState.TIMED_OUT,
        }
    ),
    BuildState.SUCCEEDED: frozenset(),
    BuildState.FAILED: frozenset(),
    BuildState.CANCELLED: frozenset(),
    BuildState.TIMED_OUT: frozenset(),
}
"""What may follow each state."""

OPEN_STATES = frozenset(state for state, next_ones in FOLLOWS.items() if next_ones)

QUEUED_EACH: dict[Tier, int] = {
    Tier.FREE: 2,
    Tier.PRO: 10,
    Tier.BUSINESS: 30,
    Tier.ENTERPRISE: 100,
}
"""How many builds of one owner may wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build of a site. `commit` is the one that was pushed, `release` what it made.

    `tries` counts its beginnings; `is_cancelling` says that its worker shall end it; `reason` says
    why it ended otherwise than well.
    """

    tenant: str
    id: str
    account: str
    site: str
    cause: BuildCause
    state: BuildState
    queued_at: Instant
    commit: str | None = None
    delivery: str | None = None
    tries: int = 0
    started_at: Instant | None = None
    ended_at: Instant | None = None
    seen_at: Instant | None = None
    worker: str | None = None
    is_cancelling: bool = False
    reason: str = ""
    release: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN_STATES

    @property
    def seconds(self) -> float | None:
        """How long it ran, None unless it began and ended."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at) / SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line that a build said."""

    number: int
    at: Instant
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An owner whose builds wait: since when the oldest does, and when one of theirs last began."""

    tenant: str
    account: str
    since: Instant
    last_began: Instant | None
    is_running: bool


def check_follows(before: BuildState, after: BuildState) -> None:
    """Raise Conflict unless `after` may follow `before`."""
    if after not in FOLLOWS[before]:
        raise Conflict(
            f"The build is {words_of(before)}, so it cannot become {words_of(after)}.",
            hint="Look at the build again: something else ended it.",
        )


def check_queue(tier: Tier, waiting: int) -> None:
    """Raise LimitReached when an owner with so many waiting builds may add no further one."""
    allowed = QUEUED_EACH[tier]
    if waiting >= allowed:
        raise LimitReached(
            f"The {tier} tier holds {allowed} waiting builds, and {waiting} of yours wait.",
            hint="Wait for one to end, or cancel one.",
        )


def choose_next(waiting: Iterable[Waiting]) -> Waiting | None:
    """Return whose build is next: of those without a running one, who was served longest ago.

    Who was never served comes first, and among equals who waits longest: round robin, whatever
    anybody queues.
    """
    free = [one for one in waiting if not one.is_running]
    return min(free, key=lambda one: (one.last_began or 0, one.since, one.account), default=None)


def is_lost(build: Build, now: Instant) -> bool:
    """Tell whether the build's worker gave no sign of life for too long."""
    seen = build.seen_at or build.started_at or build.queued_at
    return build.state is BuildState.RUNNING and now - seen > LEASE


def after_loss(build: Build) -> BuildState:
    """Return what a build becomes whose worker was lost: queued once more, then failed."""
    if build.is_cancelling:
        return BuildState.CANCELLED
    return BuildState.QUEUED if build.tries < TRIES else BuildState.FAILED


def words_of(state: BuildState) -> str:
    """Return a state as people say it."""
    return state.value.replace("_", " ")


def check_repository(repository: str | None, forge: str) -> str:
    """Return the repository's address if the service builds from there.

    `forge` is the address of the GitHub that builds may reach. Raises Conflict.
    """
    hint = f"Register the site with the address of its repository at {forge}."
    if repository is None:
        raise Conflict("The site names no repository to build.", hint=hint)
    parts, allowed = urlsplit(repository), urlsplit(forge)
    slug = parts.path.strip("/").split("/")
    is_here = (parts.scheme, parts.netloc) == (allowed.scheme, allowed.netloc)
    if not is_here or len(slug) != 2 or not all(slug):
        raise Conflict(f"This service builds repositories of {allowed.netloc} only.", hint=hint)
    return repository


def same_repository(repository: str | None, forge: str, full_name: str) -> bool:
    """Tell whether `owner/name` at the forge is the repository; GitHub ignores case in both."""
    return (repository or "").casefold() == f"{forge}/{full_name}".casefold()
