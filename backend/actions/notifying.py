"""Tells people of facts, within the transaction that makes them: one small call for each fact."""

from __future__ import annotations

from collections.abc import Iterable

from backend.actions.context import Context
from backend.domain.instants import Instant
from backend.domain.notifications import DEFAULTS, News, Way, mail_time
from backend.store import notifications, readers
from backend.store.after_commit import after_commit
from backend.store.database import Session
from backend.store.tables.base import TENANT


def notify(session: Session, context: Context, news: Iterable[News]) -> None:
    """Keep what people are told, each fact once, and tell their open pages after the commit."""
    for each in note(session, news, context.clock.now()):
        _publish(session, context, each)


def note(session: Session, news: Iterable[News], now: Instant) -> list[News]:
    """Keep what people are told, and return what was new.

    Nobody is told of what they turned off; nobody is behind an account that was erased.
    """
    return [each for each in news if _note(session, each, now)]


def _note(session: Session, news: News, now: Instant) -> bool:
    way = readers.find_way(session, TENANT, news.account, news.kind, DEFAULTS[news.kind])
    if way is None or way is Way.OFF:
        return False
    mail_at = None
    if way is Way.MAIL:
        reader = readers.find_reader(session, TENANT, news.account)
        mail_at = mail_time(now, reader.mailed_at) if reader else None
    return notifications.add(session, TENANT, news, way=way, at=now, mail_at=mail_at)


def _publish(session: Session, context: Context, news: News) -> None:
    def tell() -> None:
        context.live.publish(f"account:{news.account}", {"notification": news.kind.value})

    after_commit(session, tell)
