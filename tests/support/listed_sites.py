"""Sites with a place in the showcase, as facts would have put them there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col

from backend.actions.context import Context
from backend.actions.standings import refresh
from backend.store.tables.base import TENANT
from backend.store.tables.sites import ScoreRow, SiteRow
from tests.support.service import add_account, add_site


def add_listed_site(
    context: Context,
    title: str = "Lantern",
    *,
    views: int = 100,
    url: str | None = None,
    description: str = "",
    kind: str = "tool",
    language: str | None = None,
    topics: Sequence[str] = (),
    featured_until: int | None = None,
) -> tuple[str, str]:
    """Store a paying owner's site that is in the showcase; return its id and key."""
    account = add_account(context, tier="pro")
    site, key = add_site(
        context, account, url=url or f"https://{account[-8:]}.example/", title=title, wish="in"
    )
    with context.database.transaction() as session:
        session.execute(
            update(SiteRow)
            .where(col(SiteRow.id) == site)
            .values(description=description, kind=kind, language=language, topics=" ".join(topics))
        )
    set_views(context, site, views, featured_until=featured_until)
    return site, key


def set_views(
    context: Context, site: str, views: int, *, featured_until: int | None = None
) -> None:
    """Give a site so many page views, and the score and place that follow from them."""
    with context.database.transaction() as session:
        session.execute(
            update(ScoreRow)
            .where(col(ScoreRow.site) == site)
            .values(views=views, featured_until=featured_until)
        )
        refresh(session, [(TENANT, site)], context.clock.now())


KINDS = ("tool", "library", "application", "documents", "profile", "project")
LANGUAGES = ("Python", "Rust", "Go", None)
TITLES = (
    "Lantern",
    "Tidepool",
    "A name of exactly the length that somebody will one day choose for a project of theirs",
    "日本語のプロジェクト",
    "مشروع عربي",
)
DESCRIPTIONS = (
    "Shows what changed in a folder since you last looked",
    "",
    "Recursively searches directories for a pattern, and goes on describing how it does so for "
    "longer than any card has room for",
)


def add_world(context: Context, count: int = 40) -> None:
    """Fill the showcase with sites of every kind, some of them featured."""
    for number in range(count):
        add_listed_site(
            context,
            f"{TITLES[number % len(TITLES)]} {number}",
            views=10 * number,
            description=DESCRIPTIONS[number % len(DESCRIPTIONS)],
            kind=KINDS[number % len(KINDS)],
            language=LANGUAGES[number % len(LANGUAGES)],
            topics=("cli", f"topic-{number % 5}"),
            featured_until=context.clock.now() + 1_000_000 * 86_400 if number % 3 else None,
        )
