"""`/cards/…`: a reward to show around, as a picture and as a page that links to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.reward_cards import ShownCard, draw, get_card
from backend.domain.profiles import PublicName
from backend.web.limits import limited
from backend.web.pages.rendering import render_page

SHARED_SECONDS = 300
RATE = "120/minute"
"""A card that is not kept any more takes a moment to draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPageView:
    """The page of a card; `picture` is the address of the picture, which names its content."""

    title: str
    kind: str
    name: PublicName | None
    evidence: str
    day: date
    picture: str
    path: str
    words: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of pictures and pages."""
    return [
        Route(
            "/cards/{who}/{reward}.png",
            limited("card-pictures", RATE)(_picture),
            methods=["GET"],
        ),
        Route("/cards/{who}/{reward}", _page, methods=["GET"]),
    ]


def _picture(request: Request) -> Response:
    shown = _get(request)
    etag = f'"{shown.card.key}"'
    is_named = request.query_params.get("v") == shown.card.key
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable"
        if is_named
        else f"public, max-age={SHARED_SECONDS}",
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
    }
    known = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    if known & {etag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(draw(shown), media_type="image/png", headers=headers)


def _page(request: Request) -> Response:
    shown = _get(request)
    card = shown.card
    whose = card.name or "Somebody"
    view = CardPageView(
        title=card.title,
        kind=card.kind,
        name=shown.name,
        evidence=card.evidence,
        day=date.fromisoformat(card.day),
        picture=f"{shown.path}.png?v={card.key}",
        path=shown.path,
        words=f"{card.kind}: {card.title}, {whose}, {card.evidence}, {card.day}",
    )
    return render_page(
        request,
        "achievement.html",
        view,
        title=f"{whose}: {card.title}",
        description=f"{card.kind}. {card.evidence}.",
        shared_seconds=SHARED_SECONDS,
    )


def _get(request: Request) -> ShownCard:
    context: Context = request.app.state.context
    return get_card(context, request.path_params["who"][:40], request.path_params["reward"][:40])
