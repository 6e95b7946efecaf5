"""Builds as a worker sees them: whose is next, running it, publishing what it made.

Several workers may share the queue. A build belongs to its worker while that gives a sign of life;
what comes from a worker that has lost it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from backend.actions import releases
from backend.actions.build_log import BuildLog
from backend.actions.build_runs import prepare_run, tidy
from backend.actions.builds import tell_build
from backend.actions.context import Context
from backend.actions.notifying import notify
from backend.domain.actors import owner_of
from backend.domain.builds import (
    LEASE,
    REASON_CHARACTERS,
    Build,
    BuildState,
    after_loss,
    choose_next,
    is_lost,
)
from backend.domain.instants import SECOND
from backend.domain.news import of_failed_build
from backend.errors import NotFound, ServiceError, Unavailable
from backend.gateways.builds import Ended, Ending, run_apart
from backend.store import builds, sites
from backend.store.database import Session
from backend.store.referrals import lock_account

_STATES = {
    Ending.FAILED: BuildState.FAILED,
    Ending.TIMED_OUT: BuildState.TIMED_OUT,
    Ending.STOPPED: BuildState.CANCELLED,
}
_LOG = structlog.get_logger("builds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who works: a name that no other worker has, and whether it is to stop."""

    name: str
    is_stopping: Callable[[], bool]


def build_next(context: Context, worker: Worker) -> Build | None:
    """Run whose build is next to its end, and return it; None when nothing can be begun."""
    build = begin_next(context, worker.name)
    if build is None:
        return None
    tell_build(context, build)
    log = BuildLog(context, build)
    try:
        ended = _work(context, build, worker, log)
    except NotFound:  # the site was removed meanwhile
        ended = None
    except Exception as error:
        known = isinstance(error, ServiceError)
        _LOG.warning("build_failed", build=build.id, reason=str(error), exc_info=not known)
        words = error.message if isinstance(error, ServiceError) else "The service failed."
        ended = replace(build, state=BuildState.FAILED, reason=words)
    finally:
        tidy(context, build)
    if ended is not None:
        _end(context, build, ended, log)
    return ended or build


def begin_next(context: Context, worker: str) -> Build | None:
    """Begin the build whose turn it is, in the name of a worker."""
    with context.database.reading() as session:
        chosen = choose_next(builds.list_waiting(session))
    if chosen is None:
        return None
    with suppress(NotFound), context.database.transaction() as session:  # erased meanwhile
        lock_account(session, owner_of(chosen.tenant, chosen.account))
        now = context.clock.now()
        return builds.claim(session, chosen.tenant, chosen.account, worker=worker, now=now)
    return None


def recover_lost(context: Context) -> int:
    """Queue builds again whose worker is gone, once each; return how many were lost."""
    with context.database.reading() as session:
        lost = builds.list_lost(session, context.clock.now())
    recovered = 0
    for build in lost:
        state = after_loss(build)
        reason = "" if state is BuildState.QUEUED else "Its worker was lost."
        with context.database.transaction() as session:
            now = context.clock.now()
            current = builds.find(session, build)
            if current is None or not is_lost(current, now):
                continue
            builds.end(session, current, state, now=now, reason=reason)
            _note(session, context, replace(current, state=state, reason=reason))
        recovered += 1
        _LOG.warning("build_lost", build=build.id, tries=build.tries, next=state.value)
        tell_build(context, build)
    return recovered


def _work(context: Context, build: Build, worker: Worker, log: BuildLog) -> Build | None:
    """Run a build and publish what it made; None when it is no longer this worker's."""
    prepared = prepare_run(context, build)
    lease = _Lease(context, build, worker, log)
    log.add(f"Building {prepared.repository}, attempt {build.tries}.")
    ended = run_apart(prepared.run, prepared.bounds, say=log.add, is_wanted=lease.holds)
    if ended.ending is Ending.DONE and not lease.holds():
        ended = Ended(ending=Ending.STOPPED)
    if lease.is_lost():
        return None
    log.flush()
    if ended.ending is Ending.STOPPED and not lease.is_cancelled():
        with context.database.transaction() as session:
            builds.give_back(session, build)  # this worker stops
        return None
    if ended.ending is not Ending.DONE:
        return _ended_badly(build, ended)
    log.add("Publishing.")
    release = releases.publish_folder(
        context, build.tenant, build.site, prepared.out, origin="build"
    )
    return replace(build, state=BuildState.SUCCEEDED, release=release.id)


def _ended_badly(build: Build, ended: Ended) -> Build:
    cancelled = "You cancelled it." if ended.ending is Ending.STOPPED else ""
    return replace(build, state=_STATES[ended.ending], reason=ended.reason or cancelled)


class _Lease:
    """Says whether a build is still this worker's and wanted, and keeps it so."""

    def __init__(self, context: Context, build: Build, worker: Worker, log: BuildLog) -> None:
        self._context = context
        self._build = build
        self._worker = worker
        self._log = log
        self._seen = context.clock.now()
        self._current: Build | None = build

    def is_lost(self) -> bool:
        """Tell whether the build is another worker's by now, or nobody's."""
        return self._current is None

    def is_cancelled(self) -> bool:
        """Tell whether the owner asked to end it."""
        return self._current is not None and self._current.is_cancelling

    def holds(self) -> bool:
        """Give a sign of life, show what was said so far; tell whether to go on."""
        now = self._context.clock.now()
        try:
            self._log.flush()
            with self._context.database.transaction() as session:
                self._current = builds.see(session, self._build, now)
            self._seen = now
        except Unavailable:
            # Before another worker may take it, this one has to have ended it.
            if now - self._seen > LEASE // 2:
                self._current = None
        return not (self.is_lost() or self.is_cancelled() or self._worker.is_stopping())


def _note(session: Session, context: Context, ended: Build) -> None:
    """Tell the owner of a build that failed."""
    if ended.state in {BuildState.FAILED, BuildState.TIMED_OUT}:
        site = sites.find_site(session, ended.tenant, ended.site)
        title = site.title if site else ""
        notify(session, context, [of_failed_build(ended, title, ended.reason)])


def _end(context: Context, build: Build, ended: Build, log: BuildLog) -> None:
    """Write how a build ended, unless somebody else has it by now."""
    now = context.clock.now()
    log.add(f"{ended.state.value.replace('_', ' ').capitalize()}. {ended.reason}".strip())
    log.flush()
    with context.database.transaction() as session:
        is_done = builds.end(
            session,
            build,
            ended.state,
            now=now,
            reason=ended.reason[:REASON_CHARACTERS],
            release=ended.release,
        )
        if is_done:
            _note(session, context, ended)
    seconds = (now - (build.started_at or now)) / SECOND
    _LOG.info("build_ended", build=build.id, state=ended.state.value, seconds=seconds, own=is_done)
    tell_build(context, build)
