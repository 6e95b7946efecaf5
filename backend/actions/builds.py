"""Builds as their owner sees them: asking for one, looking at them, cancelling, trying again."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from backend.actions.context import Context
from backend.actions.hosting import check_is_on
from backend.actions.sites import get_own
from backend.domain.actors import Actor
from backend.domain.builds import (
    Build,
    BuildCause,
    BuildState,
    LogLine,
    check_follows,
    check_queue,
    check_repository,
)
from backend.domain.showcase import SiteStatus
from backend.domain.sites import Site
from backend.errors import Conflict, Forbidden, NotFound
from backend.ids import new_id
from backend.store import accounts, build_lines, builds
from backend.store.database import Session
from backend.store.referrals import lock_account

BUILDS_A_PAGE = 100
LINES_A_PAGE = build_lines.LINES_AT_ONCE
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPage:
    """Some builds of a site, the newest first; `after` is the cursor of the next page."""

    builds: tuple[Build, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A build, and what it said behind a line."""

    build: Build
    lines: tuple[LogLine, ...]


def start_build(context: Context, actor: Actor, site: str, *, cause: BuildCause) -> Build:
    """Queue a build of the actor's site; one that waits already is returned as it is.

    Raises NotFound, Conflict for a repository that is not built here, HostingOff while the service
    hosts no sites, Forbidden for a suspended site, LimitReached when too many builds wait.
    """
    with context.database.transaction() as session:
        lock_account(session, actor)
        found = get_own(session, actor, site)
        check_buildable(context, found)
        waiting = builds.find_waiting(session, found.tenant, found.id)
        if waiting is not None:
            return waiting
        return add_build(context, session, actor, found, cause=cause)


def retry_build(context: Context, actor: Actor, site: str, build: str) -> Build:
    """Queue a build like one that ended. Raises Conflict while it has not ended, and as above."""
    earlier = get_build(context, actor, site, build)
    if earlier.is_open:
        raise Conflict("The build has not ended yet.", hint="Cancel it first, or wait.")
    return start_build(context, actor, site, cause=BuildCause.RETRY)


def cancel_build(context: Context, actor: Actor, site: str, build: str) -> Build:
    """Take a build out of the queue, or have its worker end it within seconds.

    Raises NotFound, Conflict when it has ended.
    """
    with context.database.transaction() as session:
        lock_account(session, actor)
        found = _get_own(session, actor, site, build)
        check_follows(found.state, BuildState.CANCELLED)
        if found.state is BuildState.RUNNING:
            builds.ask_to_cancel(session, found)
            return replace(found, is_cancelling=True)
        now, reason = context.clock.now(), "You cancelled it."
        builds.end(session, found, BuildState.CANCELLED, now=now, reason=reason)
    tell_build(context, found)
    return replace(found, state=BuildState.CANCELLED, ended_at=now, reason=reason)


def get_build(context: Context, actor: Actor, site: str, build: str) -> Build:
    """Return a build of the actor's site. Raises NotFound."""
    with context.database.reading() as session:
        return _get_own(session, actor, site, build)


def list_builds(
    context: Context, actor: Actor, site: str, *, after: str | None = None, limit: int = 20
) -> BuildPage:
    """Return builds of the actor's site, the newest first. Raises NotFound."""
    size = max(1, min(limit, BUILDS_A_PAGE))
    with context.database.reading() as session:
        get_own(session, actor, site)
        found = builds.list_own(session, actor, site, before=after, limit=size + 1)
    shown = tuple(found[:size])
    return BuildPage(builds=shown, after=shown[-1].id if len(found) > size else None)


def read_log(context: Context, actor: Actor, site: str, build: str, *, after: int = 0) -> Log:
    """Return a build with the next lines of its log behind line `after`. Raises NotFound."""
    with context.database.reading() as session:
        found = _get_own(session, actor, site, build)
        lines = build_lines.list_lines(session, actor, site, build, after=after)
    return Log(build=found, lines=tuple(lines))


def check_buildable(context: Context, site: Site) -> str:
    """Return the repository that the site is built from.

    Raises HostingOff, Forbidden or Conflict when it cannot be built here.
    """
    check_is_on(context)
    if site.status is SiteStatus.SUSPENDED:
        raise Forbidden("The site is suspended.", hint="Ask an administrator of this service.")
    return check_repository(site.repository, context.settings.github_url)


def add_build(  # noqa: PLR0913  what a build is made of, each named
    context: Context,
    session: Session,
    actor: Actor,
    site: Site,
    *,
    cause: BuildCause,
    commit: str | None = None,
    delivery: str | None = None,
) -> Build:
    """Queue a build of a site under the lock of its owner. Raises LimitReached."""
    tier = accounts.get_own(session, actor).tier
    check_queue(tier, builds.count_waiting(session, site.tenant, site.account))
    now = context.clock.now()
    build = Build(
        tenant=site.tenant,
        id=new_id(context.ids, now),
        account=site.account,
        site=site.id,
        cause=cause,
        state=BuildState.QUEUED,
        queued_at=now,
        commit=commit,
        delivery=delivery,
    )
    builds.insert_build(session, build)
    builds.forget_old(session, site.tenant, site.id)
    build_lines.forget_old(session, site.tenant, site.id)
    return build


def build_channel(build: str) -> str:
    """Return the channel on which a build's page hears that there is more to read."""
    return f"build:{build}"


def tell_build(context: Context, build: Build) -> None:
    """Tell who looks at the build that there is more to read."""
    context.live.publish(build_channel(build.id), {})


def _get_own(session: Session, actor: Actor, site: str, build: str) -> Build:
    """Return a build of the actor's site, within a transaction. Raises NotFound."""
    is_id = _ID.fullmatch(site) and _ID.fullmatch(build)
    found = builds.find_own(session, actor, site, build) if is_id else None
    if found is None:
        raise NotFound("There is no such build.")
    return found
