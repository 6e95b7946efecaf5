"""The number of visitors at the head of a page, as far as they are counted."""

from __future__ import annotations

from collections.abc import Sequence

from backend.domain.comparison import compare
from backend.domain.statistics import SiteDay, sum_visitors
from backend.web.dashboard.figures import Figure, spark


def are_counted(days: Sequence[SiteDay]) -> bool:
    """Tell whether days have visitors as far as they have views.

    Within a site's first minutes there are views, and nobody has counted yet who had them.
    """
    return sum_visitors(days) > 0 or not any(each.tally.views for each in days)


def visitors_figure(days: Sequence[SiteDay], before: Sequence[SiteDay], link: str = "") -> Figure:
    """Return the visitors of each day, added up, beside those of the days before."""
    is_known = are_counted(days)
    visitors = sum_visitors(days)
    return Figure(
        label="Visitors",
        value=f"{visitors:,}" if is_known else "–",
        change=compare(visitors, sum_visitors(before)) if is_known else None,
        spark=spark([each.visitors for each in days]),
        note="each day's, added up" if is_known else "counted every ten minutes",
        link=link,
    )
