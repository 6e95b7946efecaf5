"""Tells people of facts, within the transaction that makes them: one small call for each fact."""

from __future__ import annotations

from collections.abc import Iterable

from backend.actions.context import Context
from backend.domain.featuring import Featuring
from backend.domain.instants import Instant
from backend.domain.news import of_featuring
from backend.domain.notifications import DEFAULTS, News, Way, mail_time
from backend.domain.standing import Standing
from backend.store import notifications, readers, sites
from backend.store.after_commit import after_commit
from backend.store.database import Session
from backend.store.notifications import NewNotification
from backend.store.tables.base import TENANT

AT_ONCE = 500


def notify(session: Session, context: Context, news: Iterable[News]) -> None:
    """Keep what people are told, each fact once, and tell their open pages after the commit."""
    for each in note(session, news, context.clock.now()):
        _publish(session, context, each)


def note(session: Session, news: Iterable[News], now: Instant) -> list[News]:
    """Keep what people are told, and return what was new.

    Nobody is told of what they turned off; nobody is behind an account that was erased.
    """
    every = {each.id: each for each in news}
    fresh: list[News] = []
    for start in range(0, len(every), AT_ONCE):
        some = list(every.values())[start : start + AT_ONCE]
        made = _to_keep(session, some, now)
        fresh += [every[one] for one in notifications.add(session, TENANT, made)]
    return fresh


def note_featuring(
    session: Session, standing: Standing, featuring: Featuring, now: Instant
) -> None:
    """Tell the owner of a site that it is featured; their open pages hear of the site anyway."""
    site = sites.find_site(session, standing.tenant, standing.site)
    if site is not None:
        note(session, [of_featuring(standing.account, site, featuring)], now)


def _to_keep(session: Session, some: list[News], now: Instant) -> list[NewNotification]:
    people = {each.account for each in some}
    chosen = readers.find_ways(session, TENANT, people)
    mailed = readers.find_mailed(session, TENANT, people)
    made = []
    for each in some:
        way = chosen.get((each.account, each.kind), DEFAULTS[each.kind])
        if way is not Way.OFF and each.account in mailed:
            mail_at = mail_time(now, mailed[each.account]) if way is Way.MAIL else None
            made.append(NewNotification(news=each, way=way, at=now, mail_at=mail_at))
    return made


def _publish(session: Session, context: Context, news: News) -> None:
    def tell() -> None:
        context.live.publish(f"account:{news.account}", {"notification": news.kind.value})

    after_commit(session, tell)
