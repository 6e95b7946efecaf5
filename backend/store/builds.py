"""Builds. Leans on `ix_build_account`, `ix_build_site`, `ix_build_state`, `uq_build_delivery`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.builds import LEASE, Build, BuildCause, BuildState, Waiting
from backend.domain.instants import Instant
from backend.store.ownership import owned
from backend.store.tables.builds import BuildRow

KEPT_BUILDS = 100
"""How many builds of one site are remembered."""
_OWNERS_AT_ONCE = 1_000
_LOST_AT_ONCE = 100
_OPEN = (BuildState.QUEUED.value, BuildState.RUNNING.value)


def insert_build(session: Session, build: Build) -> None:
    """Store a build that was just asked for."""
    session.connection().execute(
        insert(BuildRow),
        {
            "tenant": build.tenant,
            "id": build.id,
            "account": build.account,
            "site": build.site,
            "cause": build.cause.value,
            "state": build.state.value,
            "commit": build.commit,
            "delivery": build.delivery,
            "queued_at": build.queued_at,
        },
    )


def find_delivery(session: Session, tenant: str, site: str, delivery: str) -> Build | None:
    """Return the build that this delivery of a webhook asked for."""
    return _one(
        session,
        select(BuildRow).where(
            col(BuildRow.tenant) == tenant,
            col(BuildRow.site) == site,
            col(BuildRow.delivery) == delivery,
        ),
    )


def find_own(session: Session, actor: Actor, site: str, build: str) -> Build | None:
    """Return the build with this id of the actor's site."""
    statement = owned(select(BuildRow), BuildRow, actor)
    return _one(session, statement.where(col(BuildRow.site) == site, col(BuildRow.id) == build))


def list_own(
    session: Session, actor: Actor, site: str, *, before: str | None, limit: int
) -> list[Build]:
    """Return builds of the actor's site, the newest first, from behind the id `before`."""
    statement = owned(select(BuildRow), BuildRow, actor).where(col(BuildRow.site) == site)
    if before is not None:
        statement = statement.where(col(BuildRow.id) < before)
    found = session.execute(statement.order_by(col(BuildRow.id).desc()).limit(limit))
    return [to_build(row) for row in found.scalars()]


def find(session: Session, build: Build) -> Build | None:
    """Return the build as it is by now."""
    return _one(session, _by_id(build))


def find_waiting(session: Session, tenant: str, site: str) -> Build | None:
    """Return the build of this site that waits; there is one at most."""
    return _one(session, _of_site(tenant, site, BuildState.QUEUED).limit(1))


def count_open(session: Session, tenant: str) -> tuple[int, int]:
    """Return how many builds of everybody wait, and how many are under way."""
    found = session.execute(
        select(col(BuildRow.state), func.count())
        .where(col(BuildRow.tenant) == tenant, col(BuildRow.state).in_(_OPEN))
        .group_by(col(BuildRow.state))
    )
    states = {state: int(number) for state, number in found}
    return states.get(BuildState.QUEUED.value, 0), states.get(BuildState.RUNNING.value, 0)


def count_waiting(session: Session, tenant: str, account: str) -> int:
    """Return how many builds of an account wait."""
    return int(
        session.execute(
            select(func.count())
            .select_from(BuildRow)
            .where(
                col(BuildRow.tenant) == tenant,
                col(BuildRow.account) == account,
                col(BuildRow.state) == BuildState.QUEUED.value,
            )
        ).scalar_one()
    )


def list_waiting(session: Session) -> list[Waiting]:
    """Return the owners who have something waiting, with what says whose turn it is."""
    key = (col(BuildRow.tenant), col(BuildRow.account))
    queued = (
        select(*key, func.min(col(BuildRow.queued_at)).label("since"))
        .where(col(BuildRow.state) == BuildState.QUEUED.value)
        .group_by(*key)
        .limit(_OWNERS_AT_ONCE)
        .subquery()
    )
    running = func.sum(case((col(BuildRow.state) == BuildState.RUNNING.value, 1), else_=0))
    found = session.execute(
        select(
            queued.c.tenant,
            queued.c.account,
            queued.c.since,
            func.max(col(BuildRow.started_at)).label("last_began"),
            running.label("running"),
        )
        .join(
            BuildRow,
            (col(BuildRow.tenant) == queued.c.tenant) & (col(BuildRow.account) == queued.c.account),
        )
        .group_by(queued.c.tenant, queued.c.account, queued.c.since)
    )
    return [
        Waiting(
            tenant=row.tenant,
            account=row.account,
            since=Instant(int(row.since)),
            last_began=_instant(row.last_began),
            is_running=bool(row.running),
        )
        for row in found
    ]


def claim(
    session: Session, tenant: str, account: str, *, worker: str, now: Instant
) -> Build | None:
    """Begin the account's oldest waiting build, unless one of theirs runs.

    The caller holds the account (`lock_account`), so two workers do not both begin one.
    """
    of_account = (col(BuildRow.tenant) == tenant, col(BuildRow.account) == account)
    running = select(col(BuildRow.id)).where(
        *of_account, col(BuildRow.state) == BuildState.RUNNING.value
    )
    if session.execute(running.limit(1)).first() is not None:
        return None
    oldest = select(BuildRow).where(*of_account, col(BuildRow.state) == BuildState.QUEUED.value)
    row = session.execute(oldest.order_by(col(BuildRow.queued_at), col(BuildRow.id)).limit(1))
    found = row.scalar_one_or_none()
    if found is None:
        return None
    build = to_build(found)
    values = {
        "state": BuildState.RUNNING.value,
        "tries": build.tries + 1,
        "started_at": now,
        "seen_at": now,
        "worker": worker,
    }
    if not _change(session, build, values):
        return None
    return _one(session, _by_id(build))


def see(session: Session, build: Build, now: Instant) -> Build | None:
    """Note that the build's worker lives; return the build, None when it is no longer its own."""
    done = session.connection().execute(update(BuildRow).where(*_held(build)).values(seen_at=now))
    return _one(session, _by_id(build)) if done.rowcount == 1 else None


def end(  # noqa: PLR0913  an end and its facts, each named
    session: Session,
    build: Build,
    state: BuildState,
    *,
    now: Instant,
    reason: str = "",
    release: str | None = None,
) -> bool:
    """End a build, or queue it again; tell whether it was still as `build` says."""
    is_end = state is not BuildState.QUEUED
    return _change(
        session,
        build,
        {
            "state": state.value,
            "ended_at": now if is_end else None,
            "is_cancelling": False,
            "reason": reason,
            "release": release,
        },
    )


def give_back(session: Session, build: Build) -> bool:
    """Queue a build again whose worker was told to stop: that was no try."""
    values = {"state": BuildState.QUEUED.value, "worker": None, "tries": build.tries - 1}
    return _change(session, build, values)


def ask_to_cancel(session: Session, build: Build) -> bool:
    """Tell the worker of a running build to end it."""
    return _change(session, build, {"is_cancelling": True})


def list_lost(session: Session, now: Instant) -> list[Build]:
    """Return running builds whose worker gave no sign of life for longer than the lease."""
    found = session.execute(
        select(BuildRow)
        .where(col(BuildRow.state) == BuildState.RUNNING.value, col(BuildRow.seen_at) < now - LEASE)
        .limit(_LOST_AT_ONCE)
    )
    return [to_build(row) for row in found.scalars()]


def forget_old(session: Session, tenant: str, site: str) -> None:
    """Delete the builds of a site but its newest hundred."""
    kept = (
        select(col(BuildRow.id))
        .where(col(BuildRow.tenant) == tenant, col(BuildRow.site) == site)
        .order_by(col(BuildRow.id).desc())
        .limit(1)
        .offset(KEPT_BUILDS - 1)
    )
    oldest = session.execute(kept).scalar_one_or_none()
    if oldest is not None:
        session.connection().execute(
            delete(BuildRow).where(
                col(BuildRow.tenant) == tenant,
                col(BuildRow.site) == site,
                col(BuildRow.id) < oldest,
                col(BuildRow.state).not_in(_OPEN),
            )
        )


def _change(session: Session, build: Build, values: Mapping[str, object]) -> bool:
    """Write values unless the build moved on meanwhile."""
    done = session.connection().execute(update(BuildRow).where(*_held(build)).values(**values))
    return done.rowcount == 1


def _held(build: Build) -> tuple[Any, ...]:
    """Return the conditions under which a row is still the build: its state, try and worker."""
    return (
        col(BuildRow.tenant) == build.tenant,
        col(BuildRow.id) == build.id,
        col(BuildRow.state) == build.state.value,
        col(BuildRow.tries) == build.tries,
    )


def _by_id(build: Build) -> Any:
    return (
        select(BuildRow)
        .where(col(BuildRow.tenant) == build.tenant, col(BuildRow.id) == build.id)
        .execution_options(populate_existing=True)
    )


def _of_site(tenant: str, site: str, state: BuildState) -> Any:
    return select(BuildRow).where(
        col(BuildRow.tenant) == tenant,
        col(BuildRow.site) == site,
        col(BuildRow.state) == state.value,
    )


def _one(session: Session, statement: Any) -> Build | None:
    row = session.execute(statement).scalar_one_or_none()
    return None if row is None else to_build(row)


def to_build(row: BuildRow) -> Build:
    """Return the build in a row."""
    return Build(
        tenant=row.tenant,
        id=row.id,
        account=row.account,
        site=row.site,
        cause=BuildCause(row.cause),
        state=BuildState(row.state),
        commit=row.commit,
        delivery=row.delivery,
        tries=row.tries,
        queued_at=Instant(row.queued_at),
        started_at=_instant(row.started_at),
        ended_at=_instant(row.ended_at),
        seen_at=_instant(row.seen_at),
        worker=row.worker,
        is_cancelling=row.is_cancelling,
        reason=row.reason,
        release=row.release,
    )


def _instant(value: int | None) -> Instant | None:
    return None if value is None else Instant(int(value))
