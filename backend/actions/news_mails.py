"""Mails of events: gathered, so that nobody gets more than one an hour.

What waits is in the notifications' own rows. A mail takes all of it under one key, so that a try
again sends the same, and another job at the same time finds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from backend.actions.context import Context
from backend.actions.letters import write_news
from backend.actions.mailing import send_to_reader
from backend.domain.actors import owner_of
from backend.domain.notifications import Kind, Notification, mail_time
from backend.store import notifications, readers
from backend.store.readers import Reader
from backend.store.tables.base import TENANT

NEWS_TASK = "send_news"
ACCOUNTS_A_RUN = 500
EVENTS_A_MAIL = 20
"""What a mail holds at most; the dashboard has the rest."""


def queue_news(context: Context) -> int:
    """Queue a mail for everybody to whom one is due; return how many that were.

    It runs every minute. Queued twice, the second finds nothing to send.
    """
    with context.database.reading() as session:
        now = context.clock.now()
        due = notifications.list_due(session, TENANT, now, limit=ACCOUNTS_A_RUN)
    for account in due:
        context.tasks.add(NEWS_TASK, {"account": account})
    return len(due)


def send_news(context: Context, values: Mapping[str, str], key: str) -> bool:
    """Send an account what waits for it, if the hour since the last mail is over; tell whether.

    Raises as `mail.send` does; every try with the same key sends the same.
    """
    taken = _take(context, values["account"], key)
    if taken is None:
        return False
    reader, news = taken
    kinds = {each.kind for each in news}
    stops: Kind | None = kinds.pop() if len(kinds) == 1 else None
    send_to_reader(
        context,
        values["account"],
        reader,
        lambda words: write_news(words, context.settings.base_url, news),
        stops=stops,
        key=key,
    )
    return True


def _take(context: Context, account: str, key: str) -> tuple[Reader, list[Notification]] | None:
    actor = owner_of(TENANT, account)
    with context.database.transaction() as session:
        if readers.find_reader(session, TENANT, account) is None:
            notifications.drop_mails(session, actor, tuple(Kind))
            return None
        readers.lock_reader(session, actor)
        reader = readers.find_reader(session, TENANT, account)
        now = context.clock.now()
        if reader is None or (reader.mail != key and mail_time(now, reader.mailed_at) > now):
            return None
        notifications.gather(session, actor, key)
        news = notifications.list_gathered(session, actor, key, limit=EVENTS_A_MAIL)
        if not news:
            return None
        if reader.mail != key:
            readers.begin_mail(session, actor, key, now)
    return reader, news
