"""Tells listeners what a batch of events changed."""

from __future__ import annotations

from collections.abc import Sequence

from backend.actions.context import Context
from backend.actions.recording import SiteChange

SHOWCASE = "showcase"


def account_channel(account: str) -> str:
    """Return the channel on which an account hears of its own sites."""
    return f"account:{account}"


def tell(context: Context, changes: Sequence[SiteChange]) -> None:
    """Publish each changed site to its owner, and to the showcase when it has a place there.

    A score is in hundredths, `featured_until` in microseconds.
    """
    now = context.clock.now()
    for change in changes:
        standing = change.standing
        values: dict[str, object] = {
            "site": standing.site,
            "score": standing.score,
            "shares": standing.shares,
            "featured_until": standing.featured_until,
        }
        own = values | {"views": standing.views, "likes": standing.likes}
        context.live.publish(account_channel(standing.account), own)
        if standing.listing(now) is not None:
            context.live.publish(SHOWCASE, values)
