"""Checks of everything that is kept, with what they found: by the clock, a command, a person."""

from __future__ import annotations

from backend.actions.audit import note
from backend.actions.checking import check
from backend.actions.context import Context
from backend.domain.actors import Actor, Role
from backend.domain.checking import Difference
from backend.domain.checks import CheckRun
from backend.ids import new_id
from backend.store import checks
from backend.store.tables.base import TENANT

CHECK_TASK = "check_now"
CLOCK = "clock"
SHOWN = 100


def run_check(context: Context, *, by: str, is_late: bool = True) -> list[Difference]:
    """Check everything, keep what was found, and return all of it."""
    started = context.clock.now()
    found = check(context, is_late=is_late)
    ended = context.clock.now()
    run = CheckRun(
        id=new_id(context.ids, ended),
        by=by,
        started_at=started,
        ended_at=ended,
        differences=len(found),
        found=tuple(found[:SHOWN]),
    )
    with context.database.transaction() as session:
        checks.add(session, TENANT, run)
    return found


def ask_for_check(context: Context, actor: Actor) -> None:
    """Queue a check. Raises Forbidden, and Unavailable when nothing can be queued."""
    actor.needs_role(Role.FINANCE)
    context.tasks.add(CHECK_TASK, {"by": actor.account})
    with context.database.transaction() as session:
        note(session, context, actor, "check.ask", "check:facts")


def list_checks(context: Context, actor: Actor) -> list[CheckRun]:
    """Return the last checks, the newest first. Raises Forbidden."""
    actor.needs_role(Role.FINANCE)
    with context.database.reading() as session:
        return checks.list_runs(session, TENANT)
