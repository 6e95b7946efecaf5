"""How people want to hear of things, in which language, and who was sent what last.

Leans on the primary keys of `notification_way`, `reader` and `person`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Instant
from backend.domain.notifications import Kind, Way
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow, PersonRow
from backend.store.tables.notifications import (
    NotificationRow,
    NotificationWayRow,
    ReaderRow,
)

ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a mail of an account goes to. `mail` is the last one of news, sent at `mailed_at`."""

    email: str
    language: str
    mail: str | None
    mailed_at: Instant | None


def list_ways(session: Session, actor: Actor) -> dict[Kind, Way]:
    """Return what the actor chose."""
    found = session.execute(owned(select(NotificationWayRow), NotificationWayRow, actor))
    return {Kind(row.kind): Way(row.way) for row in found.scalars()}


def save_ways(session: Session, actor: Actor, ways: Mapping[Kind, Way]) -> None:
    """Keep what the actor chose for some kinds."""
    kinds = [kind.value for kind in ways]
    session.connection().execute(
        owned(delete(NotificationWayRow), NotificationWayRow, actor).where(
            col(NotificationWayRow.kind).in_(kinds)
        )
    )
    key = {"tenant": actor.tenant, "account": actor.account}
    rows = [{**key, "kind": kind.value, "way": way.value} for kind, way in ways.items()]
    session.connection().execute(insert(NotificationWayRow), rows)


def find_ways(
    session: Session, tenant: str, accounts: Collection[str]
) -> dict[tuple[str, Kind], Way]:
    """Return what some hundred accounts chose."""
    found = session.execute(
        select(NotificationWayRow).where(
            col(NotificationWayRow.tenant) == tenant,
            col(NotificationWayRow.account).in_(accounts),
        )
    )
    return {(row.account, Kind(row.kind)): Way(row.way) for row in found.scalars()}


def find_mailed(
    session: Session, tenant: str, accounts: Collection[str]
) -> dict[str, Instant | None]:
    """Return when each of some hundred accounts was last sent news; erased ones are missing."""
    found = session.execute(
        select(col(PersonRow.account), col(ReaderRow.mailed_at))
        .outerjoin(
            ReaderRow,
            (col(ReaderRow.tenant) == col(PersonRow.tenant))
            & (col(ReaderRow.account) == col(PersonRow.account)),
        )
        .where(col(PersonRow.tenant) == tenant, col(PersonRow.account).in_(accounts))
    )
    return {row.account: None if row.mailed_at is None else Instant(row.mailed_at) for row in found}


def find_reader(session: Session, tenant: str, account: str) -> Reader | None:
    """Return whom mails of an account go to; None when it is closed."""
    row = session.execute(
        select(col(PersonRow.email), ReaderRow)
        .join(
            AccountRow,
            (col(AccountRow.tenant) == col(PersonRow.tenant))
            & (col(AccountRow.id) == col(PersonRow.account)),
        )
        .outerjoin(
            ReaderRow,
            (col(ReaderRow.tenant) == col(PersonRow.tenant))
            & (col(ReaderRow.account) == col(PersonRow.account)),
        )
        .where(
            col(PersonRow.tenant) == tenant,
            col(PersonRow.account) == account,
            col(AccountRow.suspended_at).is_(None),
            col(AccountRow.erased_at).is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    reader = row.ReaderRow
    if reader is None:
        return Reader(email=row.email, language=ENGLISH, mail=None, mailed_at=None)
    at = None if reader.mailed_at is None else Instant(reader.mailed_at)
    return Reader(email=row.email, language=reader.language, mail=reader.mail, mailed_at=at)


def find_languages(session: Session, tenant: str, emails: Collection[str]) -> dict[str, str]:
    """Return the languages of those among some addresses whose owners have chosen one."""
    found = session.execute(
        select(col(PersonRow.email), col(ReaderRow.language))
        .join(
            ReaderRow,
            (col(ReaderRow.tenant) == col(PersonRow.tenant))
            & (col(ReaderRow.account) == col(PersonRow.account)),
        )
        .where(col(PersonRow.tenant) == tenant, col(PersonRow.email).in_(emails))
    )
    return {row.email: row.language for row in found}


def find_language(session: Session, actor: Actor) -> str | None:
    """Return the language that the actor chose."""
    statement = owned(select(col(ReaderRow.language)), ReaderRow, actor)
    return session.execute(statement).scalar_one_or_none()


def save_language(session: Session, tenant: str, account: str, language: str) -> None:
    """Keep the language that somebody reads."""
    _ensure(session, tenant, account, language)
    session.connection().execute(
        update(ReaderRow)
        .where(col(ReaderRow.tenant) == tenant, col(ReaderRow.account) == account)
        .values(language=language)
    )


def begin_mail(session: Session, actor: Actor, mail: str, now: Instant) -> None:
    """Note that a mail of news goes out now. The caller has locked the reader."""
    session.connection().execute(
        owned(update(ReaderRow), ReaderRow, actor).values(mail=mail, mailed_at=now)
    )


def lock_reader(session: Session, actor: Actor) -> None:
    """Hold an account's mails of news until the transaction ends."""
    _ensure(session, actor.tenant, actor.account, ENGLISH)
    session.execute(owned(select(col(ReaderRow.account)), ReaderRow, actor).with_for_update()).one()


def forget(session: Session, actor: Actor) -> None:
    """Delete what the actor was told, and how they wanted to be told."""
    for table in (NotificationRow, NotificationWayRow, ReaderRow):
        session.connection().execute(owned(delete(table), table, actor))


def _ensure(session: Session, tenant: str, account: str, language: str) -> None:
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    table: Any = ReaderRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    values = {"tenant": tenant, "account": account, "language": language}
    session.connection().execute(dialect.insert(table).on_conflict_do_nothing(), values)
