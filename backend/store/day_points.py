"""What a day brings a site's score, as SQL over the days. Source: the rules, section 3."""

from __future__ import annotations

from typing import Any

from backend.domain.events import ENGAGEMENT_POINTS
from backend.domain.scores import COMMENT_POINTS, LIKE_POINTS, VIEW_POINTS
from backend.domain.standing import TALLIED
from backend.store.tables.events import SiteDayRow

_DAYS: Any = SiteDayRow


def lasting_points() -> Any:
    """Return what stays, in thousandths before age and tier."""
    base = VIEW_POINTS * _DAYS.views + LIKE_POINTS * _DAYS.likes + COMMENT_POINTS * _DAYS.comments
    return base + _DAYS.share_points


def engagement_points() -> Any:
    """Return what counts within the engagement window, in thousandths before age and tier."""
    first, *others = (
        points * getattr(_DAYS, TALLIED[kind]) for kind, points in ENGAGEMENT_POINTS.items()
    )
    return sum(others, first)
