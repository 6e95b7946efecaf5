"""Standings over time: what events do not tell a site changes with the clock, its tier, its owner.

Everything here can be repeated or interrupted: it computes what should be from what is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from backend.actions.context import Context
from backend.domain.instants import Instant
from backend.domain.showcase import REVIEW_AFTER, Rank, ShowcaseCard, ShowcaseFilter, ShowcasePage
from backend.domain.standing import Standing, has_changed, has_moved, renew
from backend.errors import Invalid
from backend.store import scores, showcase
from backend.store.database import Session
from backend.store.scores import SiteRef
from backend.store.tables.base import TENANT

SITES_A_BATCH = 500
"""How many sites one transaction of a job may lock."""
CARDS_A_PAGE = 100
"""The longest page of the showcase."""
# What a database may be asked about; anything else is no key of ours.
_KEY = re.compile(r"[0-9A-Za-z]{8,32}")


def hold(session: Session, refs: Iterable[SiteRef]) -> None:
    """Take the sites' locks before changing an address or a key of them, or removing them.

    The recorder takes a site's lock first and refers to its row later; whoever does it the other
    way around waits for the recorder for ever. Other changes need only `refresh` at their end.
    """
    scores.lock_sites(session, refs)


def refresh(session: Session, refs: Iterable[SiteRef], now: Instant) -> list[Standing]:
    """Compute the standings, places and cards of sites anew, in the caller's transaction.

    Called after a change of tier, status, wish, publishing date or of what a card shows. Sites
    without a score row are passed over. Returns the standings as they are now.
    """
    stored = list(scores.lock_standings(session, refs).values())
    changes = [
        (old, new, has_changed(old, new))
        for old, new in zip(stored, _renew(session, stored, now), strict=True)
    ]
    scores.save_standings(session, [new for _old, new, is_changed in changes if is_changed])
    standings = [new if is_changed else old for old, new, is_changed in changes]
    showcase.place(session, standings, now)
    return standings


def age_scores(context: Context) -> int:
    """Bring every score up to the clock; return how many rows changed.

    A score changes without events when the site passes 7, 30 or 90 days, when an engaged day
    leaves the window, and when a tier changed. Only such rows are locked and written.
    """
    changed = 0
    after = scores.FIRST
    while True:
        now = context.clock.now()
        with context.database.reading() as session:
            page = scores.read_standings(session, after=after, limit=SITES_A_BATCH)
            renewed = _renew(session, page, now)
        stale = [
            (new.tenant, new.site)
            for old, new in zip(page, renewed, strict=True)
            if has_changed(old, new)
        ]
        if stale:
            with context.database.transaction() as session:
                refresh(session, stale, now)
            changed += len(stale)
        if len(page) < SITES_A_BATCH:
            return changed
        after = (page[-1].tenant, page[-1].site)


def end_featuring(context: Context) -> int:
    """Clear away the places whose featuring is over; return how many there were.

    *Featured* itself follows from the clock, so there is nothing to reset, and the listing leaves
    such places out before they are cleared.
    """
    ended = 0
    while True:
        now = context.clock.now()
        with context.database.transaction() as session:
            refs = showcase.find_ended(session, now, limit=SITES_A_BATCH)
            refresh(session, refs, now)
        ended += len(refs)
        if len(refs) < SITES_A_BATCH:
            return ended


def review_showcase(context: Context) -> int:
    """Decide entries older than 30 days anew; return how many were looked at.

    An entry that keeps its place keeps its date too.
    """
    reviewed = 0
    after = scores.FIRST
    while True:
        now = context.clock.now()
        before = Instant(now - REVIEW_AFTER)
        with context.database.transaction() as session:
            refs = showcase.find_listed(session, before=before, after=after, limit=SITES_A_BATCH)
            refresh(session, refs, now)
        reviewed += len(refs)
        if len(refs) < SITES_A_BATCH:
            return reviewed
        after = refs[-1]


def rebuild_showcase(context: Context) -> int:
    """Make the whole showcase anew from the standings, in one transaction; return its entries.

    The result is what upkeep event by event has made, unless something else changed it.
    """
    now = context.clock.now()
    listed = 0
    with context.database.transaction() as session:
        scores.lock_every_site(session)
        showcase.drop_strays(session)
        after = scores.FIRST
        while page := scores.read_standings(session, after=after, limit=SITES_A_BATCH):
            showcase.place(session, page, now)
            listed += sum(standing.listing(now) is not None for standing in page)
            after = (page[-1].tenant, page[-1].site)
    return listed


def list_showcase(  # noqa: PLR0913  three filters and a page
    context: Context,
    *,
    kind: str | None = None,
    language: str | None = None,
    topic: str | None = None,
    after: str | None = None,
    limit: int = 24,
) -> ShowcasePage:
    """Return a page of the showcase: by score, then shares, then oldest first.

    `after` is the cursor of an earlier page. Raises Invalid when it is not a cursor.
    """
    rank = Rank.from_text(after) if after is not None else None
    if after is not None and rank is None:
        raise Invalid(
            "The cursor is not one of the showcase.",
            field="after",
            hint="Use the cursor of the page before, or none.",
        )
    size = max(1, min(limit, CARDS_A_PAGE))
    with context.database.reading() as session:
        cards = showcase.list_cards(
            session,
            TENANT,
            context.clock.now(),
            wanted=ShowcaseFilter(kind=kind, language=language, topic=topic),
            after=rank,
            limit=size + 1,
        )
    shown = tuple(cards[:size])
    return ShowcasePage(cards=shown, after=shown[-1].rank.to_text() if len(cards) > size else None)


def find_card(context: Context, key: str) -> ShowcaseCard | None:
    """Return the card of the site with this key, None when the showcase does not list it."""
    if not _KEY.fullmatch(key):
        return None
    with context.database.reading() as session:
        return showcase.find_card(session, key, context.clock.now())


def _renew(session: Session, standings: list[Standing], now: Instant) -> list[Standing]:
    """Return the standings as the clock and their tiers want them at `now`."""
    # A window that was empty stays empty: engagement is added by the recorder alone.
    moved = [
        (standing.tenant, standing.site)
        for standing in standings
        if standing.engagement_points and has_moved(standing, now)
    ]
    points = scores.window_points(session, moved, now)
    return [
        renew(standing, points.get((standing.tenant, standing.site), 0), now)
        for standing in standings
    ]
