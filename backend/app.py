"""The service as one ASGI application: routes, middleware, error handling, start and end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.actions.collecting import Collector
from backend.actions.context import Context
from backend.actions.recording import SiteChange
from backend.errors import ServiceError
from backend.web import assets
from backend.web.collect import Collect
from backend.web.errors import problem_response

App = Starlette
"""What `create_app` returns, for those who know no Starlette."""


class Part(Protocol):
    """Something that runs beside requests: the jobs' engine, the fan-out of live events."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


def create_app(context: Context, *, parts: Sequence[Part] = ()) -> App:
    """Return the service over a migrated database. `parts` start in order and stop in reverse."""

    def tell(changes: Sequence[SiteChange]) -> None:
        for change in changes:
            standing = change.standing
            context.live.publish(
                f"account:{standing.account}",
                {"site": standing.site, "score": standing.score, "shares": standing.shares},
            )

    collector = Collector(context, on_commit=tell)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        running: list[Part] = []
        try:
            for part in [*parts, collector]:
                part.start()
                running.append(part)
            yield
        finally:
            for part in reversed(running):
                part.stop()

    app = Starlette(
        routes=[Route("/collect", Collect(context, collector)), *assets.routes(context)],
        lifespan=lifespan,
        exception_handlers={ServiceError: _on_service_error},
    )
    app.state.context = context
    return app


def _on_service_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101  that is what it is registered for
    return problem_response(error)
