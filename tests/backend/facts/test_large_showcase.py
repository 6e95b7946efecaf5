"""The showcase of many sites: one walk along its index, and made anew as a whole.

How long that takes is the benchmark's to say.
"""

from __future__ import annotations

from sqlalchemy import insert, text

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.standings import list_showcase, rebuild_showcase
from backend.domain.showcase import Rank, ShowcaseFilter
from backend.store.showcase import select_cards
from backend.store.tables.base import TENANT
from backend.store.tables.sites import ScoreRow, SiteRow
from tests.support.service import add_account

SITES = 2_000


def fill(context: Context) -> None:
    """Store sites without views, so that each has the score that it should have."""
    owner, now = add_account(context, tier="enterprise"), context.clock.now()
    sites = [
        {
            "tenant": TENANT, "id": f"{n:032x}", "account": owner, "key": f"key{n:08d}",
            "url": f"https://{n}.example/", "origins": f"https://{n}.example", "title": f"Site {n}",
            "description": "", "kind": "library" if n % 2 else "application", "topics": "maps",
            "status": "active", "wish": "in", "has_powered_by": True, "created_at": now,
            "published_at": now - n,
        }
        for n in range(SITES)
    ]  # fmt: skip
    scores = [
        {"tenant": TENANT, "site": site["id"], "window_day": 0, "as_of": now} for site in sites
    ]
    with context.database.transaction() as session:
        session.connection().execute(insert(SiteRow), sites)
        session.connection().execute(insert(ScoreRow), scores)


def plan_of(context: Context, *, after: Rank | None) -> str:
    statement = select_cards(
        TENANT, context.clock.now(), wanted=ShowcaseFilter(kind="library"), after=after
    ).limit(25)
    engine = context.database.engine
    query = statement.compile(engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        rows = connection.execute(text(f"{explain} {query}")).all()
    return "\n".join(str(row[-1]) for row in rows)


def test_a_page_is_one_walk_along_the_index_without_a_sort(any_context: Context) -> None:
    fill(any_context)
    rebuild_showcase(any_context)
    last = list_showcase(any_context, limit=50).cards[-1].rank
    for after in (None, last):
        plan = plan_of(any_context, after=after)
        assert "ix_showcase_order" in plan
        for slow in ("Sort", "Seq Scan", "TEMP B-TREE", "SCAN"):
            assert slow not in plan, plan


def test_two_thousand_sites_are_listed_anew_as_they_should_be(any_context: Context) -> None:
    fill(any_context)
    assert rebuild_showcase(any_context) == SITES
    assert check(any_context) == []
