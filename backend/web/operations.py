"""`/healthz`, `/readyz` and `/metrics`: what supervisors, balancers and Prometheus ask."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.collecting import Collector
from backend.actions.context import Context
from backend.actions.readiness import find_database_problem
from backend.errors import NotFound
from backend.metrics import CONTENT_TYPE_LATEST, exposition

Probe = Callable[[], str | None]
"""Says what is wrong with a part, None when it works."""
_FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded", "via")


def probes_of(
    context: Context, collector: Collector, probes: Mapping[str, Probe]
) -> dict[str, Probe]:
    """Return what is asked for readiness: database and collector, and `probes`."""
    return {
        "database": lambda: find_database_problem(context),
        "collector": lambda: None if collector.is_alive else "its thread has ended",
        **probes,
    }


def routes(context: Context, probes: Mapping[str, Probe]) -> list[BaseRoute]:
    """Return the routes. `probes` are asked for readiness."""

    def ready(_request: Request) -> Response:
        problems = {name: problem for name, ask in probes.items() if (problem := ask())}
        parts = {name: problems.get(name, "ok") for name in probes}
        status = 503 if problems else 200
        return JSONResponse(
            {"ready": not problems, "parts": parts}, status, headers={"cache-control": "no-store"}
        )

    def metrics(request: Request) -> Response:
        if not _may_read_metrics(request, context.settings.metrics_token):
            raise NotFound("There is nothing at this address.")
        return Response(
            exposition(context.settings.metrics_dir),
            media_type=CONTENT_TYPE_LATEST,
            headers={"cache-control": "no-store"},
        )

    return [
        Route("/healthz", _alive),
        Route("/readyz", ready),
        Route("/metrics", metrics),
    ]


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


def _may_read_metrics(request: Request, token: str | None) -> bool:
    """Tell whether the request carries the token or, without one set, comes from this machine.

    A proxy on this machine also comes from loopback, so what was forwarded does not count.
    """
    if token is not None:
        sent = request.headers.get("authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
