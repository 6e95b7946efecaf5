"""Recording a batch finds all that it needs by keys, however much there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from backend.actions.context import Context
from backend.domain.events import Event, EventKind
from backend.domain.instants import SECOND
from backend.domain.shares import Platform
from tests.support.facts import an_event, record_now
from tests.support.service import add_account, add_site
from tests.support.sharing import PAGE, a_share

# One account, the values that were asked for, and rules, of which the newest is read: none grows.
_SCANNED = {"account", "json_each", "wanted", "fraud_rules"}
GLANCES = "event.visitor"
"""Only what sharers did before is looked for by who they are."""


@contextmanager
def plans_of(context: Context) -> Iterator[list[tuple[str, list[str]]]]:
    """Collect each query with the steps of its plan."""
    plans: list[tuple[str, list[str]]] = []
    prefix = "EXPLAIN QUERY PLAN " if context.database.is_sqlite else "EXPLAIN "

    def explain(
        connection: Any, _cursor: object, query: str, values: Any, _context: object, many: bool
    ) -> None:
        if query.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")) and not many:
            driver = connection.connection.driver_connection
            if not context.database.is_sqlite:  # small tables are read whole unless told
                driver.execute("SET LOCAL enable_seqscan = off")
            rows = driver.execute(prefix + query, values).fetchall()
            plans.append((query, [str(row[-1]).strip() for row in rows]))

    event.listen(context.database.engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(context.database.engine, "before_cursor_execute", explain)


def a_batch(context: Context, sites: list[str]) -> list[Event]:
    shares = [an_event(context, site, EventKind.SHARE, platform=Platform.X) for site in sites]
    visits = [an_event(context, share.site, via=share.id) for share in shares]
    copies = [an_event(context, site, EventKind.COPY) for site in sites]
    return [*shares, *visits, *copies]


@pytest.fixture
def sites(any_context: Context) -> list[str]:
    account = add_account(any_context, tier="pro")
    urls = [f"https://s{number}.example/" for number in range(30)]
    made = [add_site(any_context, account, url=url, wish="in")[0] for url in urls]
    record_now(any_context, a_batch(any_context, made))
    return made


def test_recording_a_batch_reads_no_table_from_end_to_end(
    any_context: Context, sites: list[str]
) -> None:
    repeated = a_batch(any_context, sites[:10])
    with plans_of(any_context) as plans:
        record_now(any_context, repeated)
        record_now(any_context, [*repeated, an_event(any_context, sites[0])])
    every_step = [(step, query) for query, steps in plans for step in steps]
    assert any("share" in step for step, _query in every_step)
    for step, query in every_step:
        if any_context.database.is_sqlite:
            # All rows of the one tenant are the whole table, too.
            is_whole = step.startswith("SCAN") or step.endswith("(tenant=?)")
            is_scan = is_whole and step.split()[1] not in _SCANNED
        else:
            is_scan = "Seq Scan" in step
        assert not is_scan, f"{step}\n{query}"


def queries_of(context: Context, shares: list[Event]) -> list[str]:
    """Record shares and return the queries that it took, in their order."""
    with plans_of(context) as plans:
        record_now(context, shares)
    return [query for query, _steps in plans]


def a_round(context: Context, sites: list[str], number: int, network: str) -> list[Event]:
    """Return one share of each site by somebody new, some seconds after the clock's time."""
    at = context.clock.now() + number**2 * SECOND  # not like the ticks of a clock
    return [
        a_share(site, f"{site[-8:]}{number}", at, network=network, page=f"{PAGE}{number % 3 or ''}")
        for site in sites
    ]


def test_many_suspect_shares_are_asked_about_together(
    any_context: Context, sites: list[str]
) -> None:
    for number in range(12):
        record_now(any_context, a_round(any_context, sites, number, "one"))
    alone = queries_of(any_context, a_round(any_context, sites[:1], 12, "one"))
    together = queries_of(any_context, a_round(any_context, sites[1:], 12, "one"))
    assert any(GLANCES in query for query in together)
    assert any("fraud_case" in query for query in together)
    assert together == alone


def test_what_sharers_did_is_asked_only_for_a_reason(any_context: Context) -> None:
    """Of a site with as many shares, but from everywhere."""
    site, _key = add_site(any_context, add_account(any_context, tier="pro"))
    for number in range(12):
        record_now(any_context, a_round(any_context, [site], number, f"net{number}"))
    asked = queries_of(any_context, a_round(any_context, [site], 12, "net12"))
    assert any("share.visitor_yesterday" in query for query in asked), "its shares are looked at"
    assert not any(GLANCES in query for query in asked)
