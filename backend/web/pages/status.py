"""`/status`: whether the service works, for people. Programs ask `/readyz`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.transparency import find_checkpoint
from backend.domain.instants import to_datetime
from backend.errors import NotFound, Unavailable
from backend.web.limits import limited
from backend.web.pages.rendering import answer_json, render_page, wants_json

RATE = "60/minute"
SHARED_SECONDS = 10
_WORDS = {
    "database": ("Accounts, sites and money", "What is kept can be read and written."),
    "collector": ("Counting", "Views and shares are taken and stored."),
    "redis": ("Live updates", "News reaches every open page."),
}
Probe = Callable[[], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A part of the service in words."""

    name: str
    words: str
    works: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The page. `log_size` is None while the log cannot be read."""

    parts: tuple[PartView, ...]
    works: bool
    log_size: int | None
    seen_at: datetime.datetime


def routes(context: Context, probes: Mapping[str, Probe]) -> list[BaseRoute]:
    """Return the route of the page; `probes` say what is wrong with a part, None if it works."""

    def show(request: Request) -> Response:
        parts = tuple(_part(name, ask() is None) for name, ask in probes.items())
        works = all(part.works for part in parts)
        if wants_json(request):
            told = {name: part.works for name, part in zip(probes, parts, strict=True)}
            return answer_json(
                request, {"works": works, "parts": told}, shared_seconds=SHARED_SECONDS
            )
        view = StatusView(
            parts=parts,
            works=works,
            log_size=_log_size(context),
            seen_at=to_datetime(context.clock.now()),
        )
        return render_page(
            request,
            "status.html",
            view,
            title="Everything works" if works else "Something does not work",
            description="Whether the parts of this service work right now.",
            shared_seconds=SHARED_SECONDS,
        )

    return [Route("/status", limited("status", RATE)(show), methods=["GET"])]


def _part(name: str, works: bool) -> PartView:
    title, words = _WORDS[name]
    said = words if works else "It does not work right now."
    return PartView(name=title, words=said, works=works)


def _log_size(context: Context) -> int | None:
    try:
        checkpoint = find_checkpoint(context)
    except Unavailable:
        return None
    except NotFound:
        return 0
    return checkpoint.size
