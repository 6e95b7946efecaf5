"""Notes what operators do, in the transaction that does it: neither is there without the other."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.audit import (
    AuditEntry,
    AuditQuery,
    check_action,
    command_actor,
    split_subject,
    write_facts,
)
from backend.domain.cursors import make_cursor, read_cursor
from backend.ids import new_id
from backend.store import audit
from backend.store.database import Session
from backend.store.tables.base import TENANT

ENTRIES_A_PAGE = 50
MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Some entries, the newest first; `after` is the cursor of what came before, None at the end.

    `actions` are all that were ever noted.
    """

    entries: tuple[AuditEntry, ...]
    after: str | None
    actions: tuple[str, ...]


def list_entries(
    context: Context,
    actor: Actor,
    query: AuditQuery,
    *,
    after: str | None = None,
    limit: int = ENTRIES_A_PAGE,
) -> AuditPage:
    """Return what operators did. Raises Forbidden unless an administrator asks, Invalid."""
    actor.needs_role()
    size = max(1, min(limit, MOST_ENTRIES))
    place = None if after is None else read_cursor(after)
    with context.database.reading() as session:
        found = audit.list_entries(session, actor.tenant, query, after=place, limit=size + 1)
        actions = audit.list_actions(session, actor.tenant)
    shown = tuple(found[:size])
    return AuditPage(
        entries=shown,
        after=make_cursor(shown[-1].at, shown[-1].id) if len(found) > size else None,
        actions=tuple(actions),
    )


def note(
    session: Session, context: Context, actor: Actor, what: str, subject: str, **facts: object
) -> None:
    """Note that `actor` did `what` (`AREA.VERB`, like `account.suspend`) to `subject` (`KIND:ID`,
    like `account:0190…`).

    `facts` are texts, whole numbers, booleans, None, and lists or objects of them; never anything
    personal, and no secret. Called inside the caller's transaction, after the change was checked.
    """
    kind, name = split_subject(subject)
    now = context.clock.now()
    entry = AuditEntry(
        id=new_id(context.ids, now),
        at=now,
        actor=actor.account,
        role=actor.role,
        action=check_action(what),
        kind=kind,
        subject=name,
        facts=write_facts(facts),
    )
    audit.add(session, actor.tenant, entry)


def at_the_machine() -> Actor:
    """Return who does what a command of `4site server` was told to do."""
    return command_actor(TENANT)


def note_alone(context: Context, actor: Actor, what: str, subject: str, **facts: object) -> None:
    """Do the same in a transaction of its own: for what is only read, and before work of many."""
    with context.database.transaction() as session:
        note(session, context, actor, what, subject, **facts)
