"""Answers to requests that carried a key. Leans on the primary key (tenant, account, key)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.idempotency import Kept
from backend.domain.instants import Instant
from backend.store.tables.accounts import IdempotencyRow


def claim(session: Session, actor: Actor, kept: Kept, now: Instant) -> bool:
    """Note that a request with this key begins; tell False when the key is there already."""
    table: Any = IdempotencyRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    values = {
        "tenant": actor.tenant,
        "account": actor.account,
        "key": kept.key,
        "route": kept.route,
        "input_digest": kept.digest,
        "status": None,
        "body": "",
        "created_at": now,
    }
    claiming = dialect.insert(table).on_conflict_do_nothing().returning(table.c.key)
    # Not by the number of rows: SQLAlchemy tells none of an insert on PostgreSQL.
    return session.connection().execute(claiming, values).first() is not None


def find(session: Session, actor: Actor, key: str) -> Kept | None:
    """Return what is kept of the caller's key."""
    row = session.execute(select(IdempotencyRow).where(*_at(actor, key))).scalar_one_or_none()
    if row is None:
        return None
    return Kept(
        key=row.key,
        route=row.route,
        digest=row.input_digest,
        status=row.status,
        body=row.body,
        began_at=Instant(row.created_at),
    )


def finish(session: Session, actor: Actor, key: str, *, status: int, body: str) -> None:
    """Keep the answer."""
    session.connection().execute(
        update(IdempotencyRow).where(*_at(actor, key)).values(status=status, body=body)
    )


def drop(session: Session, actor: Actor, key: str) -> None:
    """Forget a key whose request failed."""
    session.connection().execute(delete(IdempotencyRow).where(*_at(actor, key)))


def _at(actor: Actor, key: str) -> tuple[Any, ...]:
    return (
        col(IdempotencyRow.tenant) == actor.tenant,
        col(IdempotencyRow.account) == actor.account,
        col(IdempotencyRow.key) == key,
    )
