"""`/api/v1/leaderboards`: the boards for everybody, one's own places, and whether one is listed."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from msgspec import Meta

from backend.actions.boards import BoardPage, OwnPlace, choose, read_board, read_choice, read_own
from backend.domain.actors import Scope
from backend.domain.boards import PLACES_A_PAGE, UNITS, Metric, Span, Window
from backend.domain.instants import date_of
from backend.web.api.fields import Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output

MetricName = Literal["referrals", "revenue", "shares", "score"]
SpanName = Literal["week", "last-week", "month", "last-month", "all"]


class BoardQuery(Input, frozen=True):
    """Which board, and the place that its page begins behind."""

    metric: MetricName = "referrals"
    period: SpanName = "month"
    after: Annotated[int, Meta(ge=0, le=999_999_999)] = 0
    limit: Annotated[int, Meta(ge=1, le=PLACES_A_PAGE)] = 20


class WindowAnswer(Output, frozen=True):
    """The UTC days that a board counts, both included; null on both is all time."""

    name: SpanName
    key: str
    first: datetime.date | None
    last: datetime.date | None


class PlaceAnswer(Output, frozen=True):
    """Somebody who wants to be seen; `name` and `profile` are null without a public profile."""

    place: int
    name: str | None
    profile: str | None
    value: int


class BoardAnswer(Output, frozen=True):
    """A page of a board; `value` is in `unit`, and `people` have a place, listed or not.

    `next` is the place that the following page begins behind, null on the last.
    """

    metric: MetricName
    unit: str
    period: WindowAnswer
    as_of: Time | None
    people: int
    items: list[PlaceAnswer]
    next: int | None


class OwnPlaceAnswer(Output, frozen=True):
    """Your place by a metric, null without one; `missing` is what passes whoever is before you."""

    metric: MetricName
    unit: str
    place: int | None
    value: int | None
    missing: int | None
    people: int
    as_of: Time | None


class OwnPlacesAnswer(Output, frozen=True):
    """Your place on each board of a period."""

    period: SpanName
    places: list[OwnPlaceAnswer]


class ChoiceBody(Input, frozen=True):
    """Whether boards list you, and whether your reward cards can be opened by everybody."""

    is_listed: bool
    shows_cards: bool


class ChoiceAnswer(Output, frozen=True):
    """What everybody may see of you; `name` is what you are called there, null for no name."""

    is_listed: bool
    shows_cards: bool
    name: str | None


def read(call: Call) -> BoardAnswer:
    metric, span = Metric(call.query.metric), Span(call.query.period)
    page = read_board(call.context, metric, span, after=call.query.after, limit=call.query.limit)
    return BoardAnswer(
        metric=metric.value,
        unit=UNITS[metric],
        period=_window(span, page.window),
        as_of=time_of(page.board.as_of if page.board else None),
        people=page.board.people if page.board else 0,
        items=_places(page, call.context.settings.base_url),
        next=page.after,
    )


def read_places(call: Call) -> OwnPlacesAnswer:
    span = Span(call.path["period"])
    found = [read_own(call.context, call.owner, metric, span) for metric in Metric]
    return OwnPlacesAnswer(period=span.value, places=[_own(one) for one in found])


def read_visibility(call: Call) -> ChoiceAnswer:
    choice = read_choice(call.context, call.owner)
    return ChoiceAnswer(
        is_listed=choice.is_listed,
        shows_cards=choice.shows_cards,
        name=choice.name.name if choice.name else None,
    )


def change_visibility(call: Call) -> ChoiceAnswer:
    body = call.body
    choose(call.context, call.owner, is_listed=body.is_listed, shows_cards=body.shows_cards)
    return read_visibility(call)


def _window(span: Span, window: Window) -> WindowAnswer:
    return WindowAnswer(
        name=span.value,
        key=window.key,
        first=None if window.first is None else date_of(window.first),
        last=None if window.last is None else date_of(window.last),
    )


def _places(page: BoardPage, base_url: str) -> list[PlaceAnswer]:
    shown = []
    for one in page.places:
        name = page.names.get(one.account)
        shown.append(
            PlaceAnswer(
                place=one.place,
                name=name.name if name else None,
                profile=f"{base_url}{name.path}" if name else None,
                value=one.value,
            )
        )
    return shown


def _own(own: OwnPlace) -> OwnPlaceAnswer:
    return OwnPlaceAnswer(
        metric=own.metric.value,
        unit=UNITS[own.metric],
        place=own.place.place if own.place else None,
        value=own.place.value if own.place else None,
        missing=own.missing,
        people=own.board.people if own.board else 0,
        as_of=time_of(own.board.as_of if own.board else None),
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/leaderboards",
        name="read_leaderboard",
        summary="A leaderboard, of those who want to be seen",
        tag="leaderboards",
        run=read,
        scope=None,
        query=BoardQuery,
        result=BoardAnswer,
    ),
    Operation(
        method="GET",
        path="/leaderboards/own/{period}",
        name="read_own_places",
        summary="Your place on each leaderboard, listed or not",
        tag="leaderboards",
        run=read_places,
        scope=Scope.STATS_READ,
        result=OwnPlacesAnswer,
    ),
    Operation(
        method="GET",
        path="/leaderboards/choice",
        name="read_visibility",
        summary="Whether leaderboards list you, and your reward cards can be opened",
        tag="leaderboards",
        run=read_visibility,
        scope=Scope.ACCOUNT_READ,
        result=ChoiceAnswer,
    ),
    Operation(
        method="PUT",
        path="/leaderboards/choice",
        name="change_visibility",
        summary="Let everybody see your places and cards, or not",
        tag="leaderboards",
        run=change_visibility,
        scope=Scope.ACCOUNT_WRITE,
        body=ChoiceBody,
        result=ChoiceAnswer,
    ),
)
