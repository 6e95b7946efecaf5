"""`/leaderboards`: who brings, shares and scores most, of those who want to be seen there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.boards import BoardPage, read_board
from backend.actions.context import Context
from backend.domain.boards import UNITS, Metric, Span, read_metric, read_span
from backend.domain.instants import date_of, to_datetime, to_text
from backend.errors import Invalid
from backend.web.pages.board_views import (
    WHEN_WORDS,
    PlaceView,
    Tab,
    board_link,
    metric_tabs,
    span_tabs,
    view_places,
    what_counts,
    window_words,
)
from backend.web.pages.rendering import answer_json, render_page, wants_json

PATH = "/leaderboards"
SHARED_SECONDS = 60
_LEADS = {
    Metric.REFERRALS: "has brought most",
    Metric.REVENUE: "has brought most revenue",
    Metric.SHARES: "is shared most",
    Metric.SCORE: "scores highest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardsView:
    """A page of a board. `as_of` is None while nothing was counted."""

    metrics: tuple[Tab, ...]
    spans: tuple[Tab, ...]
    places: tuple[PlaceView, ...]
    what_counts: str
    days: str
    people: int
    as_of: datetime | None
    address: str
    first_address: str
    next_address: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route(PATH, _show, methods=["GET"])]


def _show(request: Request) -> Response:
    context: Context = request.app.state.context
    query = request.query_params
    metric, span = (
        read_metric(query.get("metric", "")[:20]),
        read_span(query.get("period", "")[:20]),
    )
    after = read_place(query.get("after", "")[:10])
    page = read_board(context, metric, span, after=after)
    if wants_json(request):
        value = _describe(page, metric, span, context.settings.base_url)
        return answer_json(request, value, shared_seconds=SHARED_SECONDS)
    places = view_places(page, metric)
    view = LeaderboardsView(
        metrics=metric_tabs(PATH, metric, span),
        spans=span_tabs(PATH, metric, span),
        places=places,
        what_counts=what_counts(metric, span),
        days=window_words(page.window),
        people=page.board.people if page.board else 0,
        as_of=to_datetime(page.board.as_of) if page.board else None,
        address=board_link(PATH, metric, span, after=str(after or "")),
        first_address=board_link(PATH, metric, span) if after else "",
        next_address=_next(page, metric, span),
    )
    return render_page(
        request,
        "leaderboards.html",
        view,
        title=_title(places, metric, span, is_first=not after),
        description="Who brings, shares and scores most among the owners who want to be seen.",
        shared_seconds=SHARED_SECONDS,
    )


def read_place(text: str) -> int:
    """Return the place that a page begins behind; '' is the first page. Raises Invalid."""
    if not text:
        return 0
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Invalid("That is no place on a board.", field="after", hint="Follow the links.")
    return int(text)


def _title(places: tuple[PlaceView, ...], metric: Metric, span: Span, *, is_first: bool) -> str:
    when = WHEN_WORDS[span]
    if not places:
        return f"Leaderboards: nobody is listed {when}"
    if not is_first or places[0].place > 1 or not places[0].link:
        return f"Leaderboards: {metric.value} {when}"
    return f"{places[0].name} {_LEADS[metric]} {when}"


def _next(page: BoardPage, metric: Metric, span: Span) -> str:
    return board_link(PATH, metric, span, after=str(page.after)) if page.after else ""


def _describe(page: BoardPage, metric: Metric, span: Span, base_url: str) -> dict[str, object]:
    window, following = page.window, _next(page, metric, span)
    return {
        "metric": metric.value,
        "unit": UNITS[metric],
        "period": {
            "name": span.value,
            "key": window.key,
            "first": None if window.first is None else date_of(window.first).isoformat(),
            "last": None if window.last is None else date_of(window.last).isoformat(),
        },
        "as_of": to_text(page.board.as_of) if page.board else None,
        "people": page.board.people if page.board else 0,
        "places": [
            {
                "place": one.place,
                "name": page.names[one.account].name if one.account in page.names else None,
                "profile": f"{base_url}{page.names[one.account].path}"
                if one.account in page.names
                else None,
                "value": one.value,
            }
            for one in page.places
        ],
        "next": f"{base_url}{following}" if following else None,
    }
