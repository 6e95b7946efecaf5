"""`/badge/KEY/KIND.svg` and its JSON twin for shields, and `/embed/KEY/counter`, one number in a
frame for any page: no cookies, nothing asked of anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.badges import find_figures
from backend.actions.context import Context
from backend.domain.badges import (
    LABELS,
    Badge,
    BadgeKind,
    make_badge,
    not_found,
    read_color,
    read_label,
    say_number,
)
from backend.errors import Invalid
from backend.web.pages.rendering import answer, answer_json, render_page, wants_json
from generator.render.badges import draw_badge

SHARED_SECONDS = 300
COUNTER_SECONDS = 10
"""How long caches keep a counter's number."""
COUNTER_POLICY = (
    "default-src 'none'; base-uri 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors *"
)
"""For the frame of a counter: it may ask us for the number again, and nobody else."""
THEMES = ("auto", "light", "dark")
COUNTERS = (BadgeKind.SHARES, BadgeKind.SCORE, BadgeKind.VIEWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterView:
    """One number. `address` is where its JSON is."""

    number: str
    label: str
    theme: str
    address: str


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of badges and counters."""

    def picture(request: Request) -> Response:
        badge, status = _badge(context, request)
        drawn = Response(
            draw_badge(badge.label, badge.message, badge.fill),
            status_code=status,
            media_type="image/svg+xml",
            headers={"X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*"},
        )
        return answer(request, drawn, shared_seconds=SHARED_SECONDS)

    def endpoint(request: Request) -> Response:
        badge, status = _badge(context, request)
        value: dict[str, object] = {
            "schemaVersion": 1,
            "label": badge.label,
            "message": badge.message,
            "color": badge.color,
        }
        if badge.is_error:
            value["isError"] = True
        answered = answer_json(request, value, shared_seconds=SHARED_SECONDS)
        if answered.status_code == 200:
            answered.status_code = status
        return answered

    def counter(request: Request) -> Response:
        return _counter(context, request)

    return [
        Route("/badge/{key}/{kind}.svg", picture, methods=["GET"]),
        Route("/badge/{key}/{kind}.json", endpoint, methods=["GET"]),
        Route("/embed/{key}/counter", counter, methods=["GET"]),
    ]


def _badge(context: Context, request: Request) -> tuple[Badge, int]:
    """Return the badge that is asked for, and the status that goes with it.

    Whatever is wrong is said as a badge, too: it is shown in somebody's README.
    """
    kind = _kind_of(request.path_params["kind"])
    figures = find_figures(context, request.path_params["key"]) if kind else None
    if kind is None or figures is None:
        return not_found(kind), 404
    badge = make_badge(kind, figures, context.clock.now())
    try:
        label = read_label(request.query_params.get("label", ""))
        wanted = request.query_params.get("color", "")
        color = read_color(wanted) if wanted else badge.color
    except Invalid as error:
        message = f"no such {error.field}"
        return replace(badge, message=message, color="red", is_error=True), 400
    return replace(badge, label=label or badge.label, color=color), 200


def _kind_of(text: str) -> BadgeKind | None:
    return BadgeKind(text) if text in set(BadgeKind) else None


def _counter(context: Context, request: Request) -> Response:
    query = request.query_params
    kind = _kind_of(query.get("kind", "shares"))
    key = request.path_params["key"]
    figures = find_figures(context, key) if kind in COUNTERS else None
    is_known = kind is not None and figures is not None
    number = say_number(kind, figures) if kind and figures else "–"
    label = read_label(query.get("label", "")) or (LABELS[kind] if kind else "")
    if wants_json(request):
        answered = answer_json(
            request,
            {"kind": kind.value if kind else None, "number": number, "label": label},
            shared_seconds=COUNTER_SECONDS,
        )
        if not is_known:
            answered.status_code = 404
        return answered
    theme = query.get("theme", "auto")
    view = CounterView(
        number=number,
        label=label if is_known else "no such counter",
        theme=theme if theme in THEMES else "auto",
        address=f"/embed/{key}/counter?kind={kind.value}&format=json" if kind and figures else "",
    )
    return render_page(
        request,
        "counter.html",
        view,
        title=f"{view.number} {view.label}",
        status=200 if is_known else 404,
        policy=COUNTER_POLICY,
        shared_seconds=COUNTER_SECONDS,
    )
