"""What somebody was told, and how they want to be told: their own list and their own choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.cursors import make_cursor, read_cursor
from backend.domain.instants import Instant
from backend.domain.notifications import KEPT, Kind, Notification, Way, complete
from backend.errors import Invalid
from backend.gateways.languages import ENGLISH, LANGUAGES
from backend.store import notifications, readers
from backend.store.tables.base import TENANT

A_PAGE = 50
COUNTED = 100
"""From here on the number of unread notifications is not counted further."""
FORGOTTEN_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationPage:
    """Some notifications, the newest first; `after` is the cursor of the next page."""

    notifications: tuple[Notification, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """In which language somebody reads mails, and how they hear of each kind."""

    language: str
    ways: Mapping[Kind, Way]


def list_notifications(context: Context, actor: Actor, after: str = "") -> NotificationPage:
    """Return a page of what the actor was told. Raises Invalid for a cursor that is none."""
    before = read_cursor(after) if after else None
    with context.database.reading() as session:
        found = notifications.list_own(session, actor, before=before, limit=A_PAGE + 1)
    shown = tuple(found[:A_PAGE])
    is_more = len(found) > A_PAGE
    return NotificationPage(
        notifications=shown, after=make_cursor(shown[-1].at, shown[-1].id) if is_more else None
    )


def count_unread(context: Context, actor: Actor) -> int:
    """Return how many notifications the actor has not read, at most `COUNTED`."""
    with context.database.reading() as session:
        return notifications.count_unread(session, actor, limit=COUNTED)


def mark_read(context: Context, actor: Actor, only: str | None = None) -> int:
    """Note that the actor has read one, or all; return how many were unread. Others' stay."""
    with context.database.transaction() as session:
        return notifications.mark_read(session, actor, context.clock.now(), only=only)


def get_choices(context: Context, actor: Actor) -> Choices:
    """Return what the actor chose, else the defaults."""
    with context.database.reading() as session:
        return Choices(
            language=readers.find_language(session, actor) or ENGLISH,
            ways=complete(readers.list_ways(session, actor)),
        )


def choose(context: Context, actor: Actor, choices: Choices) -> None:
    """Keep what the actor chose. Raises Invalid for a language that mails are not written in.

    What waits for a mail of a kind that is no more sent by mail waits no longer.
    """
    if choices.language not in LANGUAGES:
        raise Invalid(
            f"Mails are not written in {choices.language[:8]!r}.",
            field="language",
            hint=f"Choose one of {', '.join(LANGUAGES)}.",
        )
    with context.database.transaction() as session:
        readers.save_language(session, actor.tenant, actor.account, choices.language)
        readers.save_ways(session, actor, choices.ways)
        unmailed = [kind for kind, way in choices.ways.items() if way is not Way.MAIL]
        notifications.drop_mails(session, actor, unmailed)


def pass_over(context: Context, before: Instant) -> None:
    """Send no mail of anything told so far, and take what was told before an instant for read."""
    with context.database.transaction() as session:
        notifications.pass_over(session, TENANT, before)


def forget_old(context: Context) -> int:
    """Delete notifications after 180 days, some a transaction; return how many."""
    before, forgotten = Instant(context.clock.now() - KEPT), 0
    while True:
        with context.database.transaction() as session:
            done = notifications.purge(session, TENANT, before, limit=FORGOTTEN_AT_ONCE)
        forgotten += done
        if done < FORGOTTEN_AT_ONCE:
            return forgotten
