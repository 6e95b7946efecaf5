"""The public figures of one site, by its key. Leans on `uq_site_key`."""

from __future__ import annotations

from sqlmodel import Session, col

from backend.domain.badges import SiteFigures
from backend.domain.instants import Instant
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.store.scores import select_of_sites
from backend.store.tables.accounts import AccountRow
from backend.store.tables.sites import ScoreRow, SiteRow


def find_figures(session: Session, key: str) -> SiteFigures | None:
    """Return the figures of the site with this key, unless it is hidden.

    Hidden is a site that is not active, one whose owner asked to be left out of the showcase, and
    one of a closed account.
    """
    row = session.execute(
        select_of_sites(
            col(ScoreRow.score),
            col(ScoreRow.shares),
            col(ScoreRow.views),
            col(ScoreRow.featured_until),
        ).where(
            col(SiteRow.key) == key,
            col(SiteRow.status) == SiteStatus.ACTIVE.value,
            col(SiteRow.wish) != ShowcaseWish.OUT.value,
            col(AccountRow.suspended_at).is_(None),
            col(AccountRow.erased_at).is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    until = row.featured_until
    return SiteFigures(
        score=row.score,
        shares=row.shares,
        views=row.views,
        featured_until=None if until is None else Instant(until),
    )
