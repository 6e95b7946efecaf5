"""What people were told. Leans on the primary key (tenant, id), `ix_notification_account`,
`ix_notification_unread`, `ix_notification_mail_at` and `ix_notification_at`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Instant
from backend.domain.notifications import Kind, News, Notification, Way
from backend.store.ownership import owned
from backend.store.tables.notifications import NotificationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotification:
    """Something to keep: how it is heard of, when a mail with it is due, or which mail it is."""

    news: News
    way: Way
    at: Instant
    mail_at: Instant | None = None
    mail: str | None = None


def add(session: Session, tenant: str, made: Sequence[NewNotification]) -> list[str]:
    """Store what accounts are told, some hundred at once; return the ids that were new."""
    if not made:
        return []
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    table: Any = NotificationRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    values = [
        {
            "tenant": tenant,
            "id": each.news.id,
            "account": each.news.account,
            "kind": each.news.kind.value,
            "way": each.way.value,
            "at": each.at,
            "facts": json.dumps(dict(each.news.facts), ensure_ascii=False, sort_keys=True),
            "mail_at": each.mail_at,
            "mail": each.mail,
        }
        for each in made
    ]
    storing = dialect.insert(table).values(values).on_conflict_do_nothing()
    return list(session.connection().execute(storing.returning(table.c.id)).scalars())


def find_mail_of(session: Session, tenant: str, notification: str) -> str | None:
    """Return the mail that a notification went into."""
    return session.execute(
        select(col(NotificationRow.mail)).where(
            col(NotificationRow.tenant) == tenant, col(NotificationRow.id) == notification
        )
    ).scalar_one_or_none()


def list_own(
    session: Session, actor: Actor, *, before: tuple[Instant, str] | None, limit: int
) -> list[Notification]:
    """Return what the actor was told, the newest first."""
    statement = owned(select(NotificationRow), NotificationRow, actor)
    if before is not None:
        place = tuple_(col(NotificationRow.at), col(NotificationRow.id))
        statement = statement.where(place < tuple_(*before))
    ordered = statement.order_by(col(NotificationRow.at).desc(), col(NotificationRow.id).desc())
    return [_to_notification(row) for row in session.execute(ordered.limit(limit)).scalars()]


def list_since(
    session: Session, actor: Actor, *, since: Instant, ways: Sequence[Way], limit: int
) -> list[Notification]:
    """Return what the actor was told since an instant in one of the ways, the newest first."""
    statement = owned(select(NotificationRow), NotificationRow, actor).where(
        col(NotificationRow.at) >= since,
        col(NotificationRow.way).in_([way.value for way in ways]),
        col(NotificationRow.kind) != Kind.WEEKLY_DIGEST.value,
    )
    ordered = statement.order_by(col(NotificationRow.at).desc(), col(NotificationRow.id).desc())
    return [_to_notification(row) for row in session.execute(ordered.limit(limit)).scalars()]


def count_unread(session: Session, actor: Actor, *, limit: int) -> int:
    """Return how many the actor has not read, at most `limit`."""
    some = owned(select(col(NotificationRow.id)), NotificationRow, actor).where(
        col(NotificationRow.read_at).is_(None)
    )
    found = session.execute(select(func.count()).select_from(some.limit(limit).subquery()))
    return int(found.scalar_one())


def mark_read(session: Session, actor: Actor, now: Instant, *, only: str | None = None) -> int:
    """Note that the actor has read one, or all of them; return how many that were."""
    statement = owned(update(NotificationRow), NotificationRow, actor).where(
        col(NotificationRow.read_at).is_(None)
    )
    if only is not None:
        statement = statement.where(col(NotificationRow.id) == only)
    return session.connection().execute(statement.values(read_at=now)).rowcount


def list_due(session: Session, tenant: str, now: Instant, *, limit: int) -> list[str]:
    """Return accounts to which a mail of news is due."""
    found = session.execute(
        select(col(NotificationRow.account))
        .where(col(NotificationRow.tenant) == tenant, col(NotificationRow.mail_at) <= now)
        .distinct()
        .order_by(col(NotificationRow.account))
        .limit(limit)
    )
    return list(found.scalars())


def gather(session: Session, actor: Actor, mail: str) -> None:
    """Put everything that waits for a mail into this one."""
    session.connection().execute(
        owned(update(NotificationRow), NotificationRow, actor)
        .where(col(NotificationRow.mail_at).is_not(None))
        .values(mail_at=None, mail=mail)
    )


def list_gathered(session: Session, actor: Actor, mail: str, *, limit: int) -> list[Notification]:
    """Return what went into a mail, the newest first."""
    statement = owned(select(NotificationRow), NotificationRow, actor).where(
        col(NotificationRow.mail) == mail
    )
    ordered = statement.order_by(col(NotificationRow.at).desc(), col(NotificationRow.id).desc())
    return [_to_notification(row) for row in session.execute(ordered.limit(limit)).scalars()]


def drop_mails(session: Session, actor: Actor, kinds: Sequence[Kind]) -> None:
    """Let nothing of some kinds wait for a mail any more."""
    session.connection().execute(
        owned(update(NotificationRow), NotificationRow, actor)
        .where(
            col(NotificationRow.mail_at).is_not(None),
            col(NotificationRow.kind).in_([kind.value for kind in kinds]),
        )
        .values(mail_at=None)
    )


def pass_over(session: Session, tenant: str, before: Instant) -> None:
    """Let nothing wait for a mail, and note everything told before an instant as read then."""
    connection, is_ours = session.connection(), col(NotificationRow.tenant) == tenant
    connection.execute(update(NotificationRow).where(is_ours).values(mail_at=None))
    connection.execute(
        update(NotificationRow)
        .where(is_ours, col(NotificationRow.at) < before)
        .values(read_at=col(NotificationRow.at))
    )


def purge(session: Session, tenant: str, before: Instant, *, limit: int) -> int:
    """Delete at most `limit` notifications made before an instant; return how many."""
    some = (
        select(col(NotificationRow.id))
        .where(col(NotificationRow.tenant) == tenant, col(NotificationRow.at) < before)
        .limit(limit)
    )
    done = session.connection().execute(
        delete(NotificationRow).where(
            col(NotificationRow.tenant) == tenant, col(NotificationRow.id).in_(some)
        )
    )
    return done.rowcount


def _to_notification(row: NotificationRow) -> Notification:
    return Notification(
        id=row.id,
        account=row.account,
        kind=Kind(row.kind),
        at=Instant(row.at),
        facts=json.loads(row.facts),
        read_at=None if row.read_at is None else Instant(row.read_at),
    )
