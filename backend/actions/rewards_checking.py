"""Compares what was granted with the rules and the ledger: a part of `4site server check`."""

from __future__ import annotations

from collections.abc import Iterator

from backend.actions.context import Context
from backend.domain.checking import Difference
from backend.domain.rewards_checking import compare_grant
from backend.store import rewards, rewards_checking
from backend.store.tables.base import TENANT

GRANTS_AT_ONCE = 200
STRAYS = 1_000


def compare_rewards(context: Context) -> Iterator[Difference]:
    """Give each grant without its evidence or its entries, and each entry without its grant."""
    after = ("", "")
    while True:
        with context.database.reading() as session:
            page = rewards.read_page(session, TENANT, after=after, limit=GRANTS_AT_ONCE)
            records = rewards_checking.read_records(session, TENANT, page)
        for record in records:
            yield from compare_grant(record)
        if len(page) < GRANTS_AT_ONCE:
            break
        after = (page[-1].account, page[-1].key)
    with context.database.reading() as session:
        strays = rewards_checking.find_strays(session, TENANT, limit=STRAYS)
    for key in strays:
        yield Difference(what="reward_grant", where=f"entry {key}", stored="none", computed="one")
