"""A large service made up fast: owners, sites and shares in bulk, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import Any

from sqlalchemy import text

from backend.actions.context import Context
from backend.domain.events import Event, EventKind
from backend.domain.instants import DAY, day_of
from backend.domain.shares import Platform
from backend.ids import KEY_ALPHABET, SeededIds, new_text
from backend.store.bulk import insert_many
from backend.store.tables.accounts import AccountRow
from backend.store.tables.base import TENANT
from backend.store.tables.events import ShareRow
from backend.store.tables.sites import ScoreRow, SiteRow

_ROWS_AT_ONCE = 5_000
_chance = random.Random(4)  # noqa: S311  the same each time is the point
_ids = SeededIds(4)
_event_numbers = count()
_ACCOUNT = insert_many(
    AccountRow.__table__,  # type: ignore[attr-defined]
    ("tenant", "id", "tier", "role", "code", "created_at"),
)
_SITE = insert_many(
    SiteRow.__table__,  # type: ignore[attr-defined]
    ("tenant", "id", "account", "key", "url", "origins", "title", "description", "kind", "topics",
     "status", "wish", "has_powered_by", "created_at", "published_at"),
)  # fmt: skip
_SCORE = insert_many(ScoreRow.__table__, ("tenant", "site", "window_day", "as_of"))  # type: ignore[attr-defined]
_SHARE = insert_many(
    ShareRow.__table__,  # type: ignore[attr-defined]
    ("tenant", "site", "id", "platform", "page", "at", "visitor", "visitor_yesterday", "network",
     "is_due", "is_counted", "points", "clicks"),
)  # fmt: skip


def add_owners(context: Context, number: int) -> list[str]:
    """Store accounts that nobody signs in to; return their ids."""
    now = context.clock.now()
    made = [_ids.random_bytes(16).hex() for _ in range(number)]
    rows = ((TENANT, account, "pro", "owner", account[:12], now) for account in made)
    _insert(context, _ACCOUNT, rows)
    return made


def add_sites(context: Context, accounts: Sequence[str], numbers: range) -> list[tuple[str, str]]:
    """Store sites that are listed in the showcase, each account's in turn; return their ids and
    keys.
    """
    now = context.clock.now()
    today = day_of(now)
    made = [(_ids.random_bytes(16).hex(), new_text(_ids, KEY_ALPHABET, 12)) for _ in numbers]

    def row(number: int, site: str, key: str) -> tuple[Any, ...]:
        url = f"https://s{number}.example"
        return (
            TENANT, site, accounts[number % len(accounts)], key, f"{url}/", url, f"Site {number}",
            "A site of the bench.", "project", "bench", "active", "in", True,
            now - DAY, now - number % 100 * DAY,
        )  # fmt: skip

    rows = (row(number, *pair) for number, pair in zip(numbers, made, strict=True))
    _insert(context, _SITE, rows)
    _insert(context, _SCORE, ((TENANT, site, today, now) for site, _key in made))
    return made


def add_shares(context: Context, sites: Sequence[str], number: int) -> None:
    """Store shares of the last half year, spread over the sites."""
    now = context.clock.now()
    platforms = [platform.value for platform in Platform]

    def row() -> tuple[Any, ...]:
        return (
            TENANT, _chance.choice(sites), new_text(_ids, KEY_ALPHABET, 11),
            _chance.choice(platforms), "https://s0.example/docs/",
            now - _chance.randrange(180 * DAY), a_visitor(), a_visitor(), "", True, True, 7_500, 0,
        )  # fmt: skip

    _insert(context, _SHARE, (row() for _ in range(number)))


def a_visitor() -> str:
    """Return a hash like a visitor's."""
    return f"{_chance.getrandbits(64):016x}"


def an_event(
    context: Context, site: str, kind: EventKind, platform: Platform | None = None
) -> Event:
    """Return an event of now by a visitor who was never seen."""
    return Event(
        tenant=TENANT,
        site=site,
        id=f"b{next(_event_numbers):010d}",
        kind=kind,
        at=context.clock.now(),
        visitor=a_visitor(),
        visitor_yesterday=a_visitor() if platform else "",
        page="https://s0.example/docs/",
        platform=platform,
    )


def analyze(context: Context) -> None:
    """Let the database look at what it holds, as it does by itself after a while."""
    with context.database.transaction() as session:
        session.connection().execute(text("ANALYZE"))


def _insert(context: Context, bulk: Any, rows: Iterator[tuple[Any, ...]]) -> None:
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        with context.database.transaction() as session:
            bulk.run(session.connection(), some)
