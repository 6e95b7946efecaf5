"""`/dashboard/leaderboards`: where the owner is on each board, and who is listed there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.boards import OwnPlace, read_board, read_choice, read_own
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.boards import Metric, Span, read_metric, read_span, value_words
from backend.domain.instants import to_datetime
from backend.web.dashboard.figures import Figure
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.tables import Column, Table, download
from backend.web.pages.board_views import (
    METRIC_WORDS,
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
from backend.web.pages.leaderboards import read_place

PATH = "/dashboard/leaderboards"
_COLUMNS = (
    Column(key="place", words="Place", is_number=True),
    Column(key="who", words="Who"),
    Column(key="value", words="Value", is_number=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """The page. `own` is the owner's place where the rows do not show it, None where they do."""

    figures: tuple[Figure, ...]
    metrics: tuple[Tab, ...]
    spans: tuple[Tab, ...]
    places: tuple[PlaceView, ...]
    own: PlaceView | None
    what_counts: str
    days: str
    people: int
    as_of: datetime | None
    is_listed: bool
    first_address: str
    next_address: str
    downloads: tuple[tuple[str, str], ...]
    public_address: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route(PATH, owner_page(_show), methods=["GET"])]


def _show(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    query = request.query_params
    metric, span = (
        read_metric(query.get("metric", "")[:20]),
        read_span(query.get("period", "")[:20]),
    )
    after = read_place(query.get("after", "")[:10])
    page = read_board(context, metric, span, after=after)
    places = view_places(page, metric, own=actor.account)
    table = Table(
        name="places",
        columns=_COLUMNS,
        rows=tuple((one.place, one.name, one.value) for one in places),
        raw=tuple(
            (shown.place, shown.name, place.value)
            for shown, place in zip(places, page.places, strict=True)
        ),
    )
    if file := download(request, [table], {}):
        return file
    own = {each: read_own(context, actor, each, span) for each in Metric}
    view = BoardView(
        figures=tuple(_figure(own[each], span) for each in Metric),
        metrics=metric_tabs(PATH, metric, span),
        spans=span_tabs(PATH, metric, span),
        places=places,
        own=None if any(one.is_own for one in places) else _own_row(own[metric]),
        what_counts=what_counts(metric, span),
        days=window_words(page.window),
        people=page.board.people if page.board else 0,
        as_of=to_datetime(page.board.as_of) if page.board else None,
        is_listed=read_choice(context, actor).is_listed,
        first_address=board_link(PATH, metric, span) if after else "",
        next_address=board_link(PATH, metric, span, after=str(page.after)) if page.after else "",
        downloads=tuple(
            (kind.upper(), board_link(PATH, metric, span, download=f"places.{kind}"))
            for kind in ("csv", "json")
        ),
        public_address=board_link("/leaderboards", metric, span),
    )
    title = _title(own[metric], span)
    return render_dashboard(
        request,
        actor,
        "dashboard/leaderboards.html",
        view,
        title=title,
        section="/dashboard/rewards",
    )


def _title(own: OwnPlace, span: Span) -> str:
    when = WHEN_WORDS[span]
    if own.place is None or own.board is None:
        return f"You have no place by {own.metric.value} {when} yet"
    title = (
        f"You are {ordinal(own.place.place)} of {own.board.people:,} by {own.metric.value} {when}"
    )
    if own.missing is None:
        return title
    return f"{title}, {value_words(own.metric, own.missing)} from the next place"


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `13th`."""
    last = "th" if number % 100 in {11, 12, 13} else _ENDINGS.get(number % 10, "th")
    return f"{number:,}{last}"


def _figure(own: OwnPlace, span: Span) -> Figure:
    link = board_link(PATH, own.metric, span)
    if own.place is None:
        return Figure(label=METRIC_WORDS[own.metric], value="–", note="no place yet", link=link)
    value = value_words(own.metric, own.place.value)
    if own.missing is not None:
        value += f"; {value_words(own.metric, own.missing)} to the next"
    return Figure(
        label=METRIC_WORDS[own.metric], value=ordinal(own.place.place), note=value, link=link
    )


def _own_row(own: OwnPlace) -> PlaceView | None:
    if own.place is None:
        return None
    value = value_words(own.metric, own.place.value)
    return PlaceView(place=own.place.place, name="You", link="", value=value, is_own=True)


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
