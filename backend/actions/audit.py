"""Notes what operators do, in the transaction that does it: neither is there without the other."""

from __future__ import annotations

from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.audit import (
    AuditEntry,
    check_action,
    command_actor,
    split_subject,
    write_facts,
)
from backend.ids import new_id
from backend.store import audit
from backend.store.database import Session
from backend.store.tables.base import TENANT


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
