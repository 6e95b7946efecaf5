"""Places in the showcase, kept in the order they are shown.

Leans on `ix_showcase_order` (tenant, rank_score, rank_shares, published_at, site).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from backend.domain.instants import Instant
from backend.domain.standing import Standing
from backend.store.tables.sites import ShowcaseRow, SiteRow


def place(session: Session, standing: Standing, now: Instant) -> None:
    """Give the site the place that its standing has at `now`, or take the place away."""
    listing = standing.listing(now)
    here = (
        col(ShowcaseRow.tenant) == standing.tenant,
        col(ShowcaseRow.site) == standing.site,
    )
    if listing is None:
        session.connection().execute(delete(ShowcaseRow).where(*here))
        return
    ranks = _ranks(standing) | {"until": listing.until}
    moved = session.connection().execute(update(ShowcaseRow).where(*here).values(ranks))
    if moved.rowcount == 0:
        values = _card(session, standing) | ranks | {"listed_at": now}
        session.connection().execute(insert(ShowcaseRow), values)


def _ranks(standing: Standing) -> dict[str, Any]:
    return {
        "rank_score": -standing.score,
        "rank_shares": -standing.shares,
        "featured_until": standing.featured_until,
        "tier": standing.tier.value,
    }


def _card(session: Session, standing: Standing) -> dict[str, Any]:
    """Return what a card shows of the site itself."""
    site = session.execute(
        select(SiteRow).where(
            col(SiteRow.tenant) == standing.tenant, col(SiteRow.id) == standing.site
        )
    ).scalar_one()
    copied = (
        "tenant", "key", "title", "description", "url", "repository", "kind", "language", "topics",
        "thumbnail",
    )  # fmt: skip
    return {name: getattr(site, name) for name in copied} | {
        "site": site.id,
        "published_at": site.published_at or site.created_at,
    }
