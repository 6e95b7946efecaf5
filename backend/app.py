"""The service as one ASGI application: routes, middleware, error handling, start and end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from backend.actions.collecting import Collector
from backend.actions.context import Context
from backend.actions.telling import tell
from backend.errors import ServiceError
from backend.gateways.live import Fanout
from backend.web import (
    assets,
    badges,
    build_stream,
    community,
    counts,
    edge,
    hooks,
    log,
    oembed,
    operations,
    redirects,
    streams,
    stripe_hook,
    widget,
)
from backend.web.admin import fraud
from backend.web.admin import pages as admin_pages
from backend.web.api import interface, tax
from backend.web.api import payouts as payout_files
from backend.web.collect import COLLECT_PATH, Collect
from backend.web.dashboard import (
    audience,
    commission,
    disputes,
    earnings,
    network,
    notifications,
    overview,
    referrals,
    site,
    site_publishing,
    site_widget,
    sites,
    tax_details,
)
from backend.web.hosting import Hosting
from backend.web.limits import Limiter
from backend.web.middleware import Bounded, Protected, Requests
from backend.web.pages import (
    account,
    billing,
    builds,
    legal,
    payee,
    people,
    pricing,
    public,
    sign_in,
    statement,
    status,
    unsubscribe,
)
from backend.web.pages import log as log_pages
from backend.web.problems import respond


class App(Starlette):
    """The service. `/collect` and hosted sites go past Starlette's own stack and ours."""

    def __init__(self, collect: Collect, hosting: Hosting | None, **options: Any) -> None:
        super().__init__(**options)
        self._collect = collect
        self._hosting = hosting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._hosting and scope["type"] == "http" and await self._hosting.takes(scope):
            scope["app"] = self
            await self._hosting(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == COLLECT_PATH:
            await self._collect(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class Part(Protocol):
    """Something that runs beside requests: the jobs' engine, the fan-out of live events."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


def create_app(context: Context, *, parts: Sequence[Part] = ()) -> App:
    """Return the service over a migrated database. `parts` start in order and stop in reverse."""
    collector = Collector(context, on_commit=partial(tell, context))
    collect = Collect(context, collector)
    live = context.live if isinstance(context.live, Fanout) else None

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

    app = App(
        collect,
        Hosting(context) if context.settings.sites_host else None,
        routes=[Route(COLLECT_PATH, collect), *_routes(context, collect, collector, live)],
        lifespan=lifespan,
        exception_handlers={ServiceError: respond, HTTPException: respond},
        middleware=[  # the first is the outermost
            Middleware(Protected, context=context),
            Middleware(Requests, context=context, respond=respond),
            Middleware(Bounded, context=context, respond=respond),
        ],
    )
    # It would answer with an address made of the request's own Host header.
    app.router.redirect_slashes = False
    app.state.context = context
    app.state.is_live = live is not None
    app.state.limiter = Limiter(context.settings.redis_url)
    return app


def _routes(
    context: Context, collect: Collect, collector: Collector, live: Fanout | None
) -> list[BaseRoute]:
    """Return every route of the service, in the order they are tried."""
    redis = {"redis": live.find_problem} if live and context.settings.redis_url else {}
    probes = operations.probes_of(context, collector, redis)
    return [
        *operations.routes(context, probes),
        *redirects.routes(context, collector),
        *counts.routes(context),
        *edge.routes(context, collect.intake, collector),
        *([*streams.routes(live), *build_stream.routes(context, live)] if live else []),
        *interface.routes(context),
        *tax.routes(context),
        *assets.routes(context),
        *widget.routes(context),
        *oembed.routes(context),
        *badges.routes(context),
        *log.routes(context),
        *log_pages.routes(context),
        *public.routes(context),
        *people.routes(context),
        *pricing.routes(context),
        *legal.routes(context),
        *status.routes(context, probes),
        *sign_in.routes(context),
        *overview.routes(context),
        *audience.routes(context),
        *fraud.routes(context),
        *network.routes(context),
        *community.routes(context),
        *earnings.routes(context),
        *disputes.routes(context),
        *commission.routes(context),
        *tax_details.routes(context),
        *referrals.routes(context),
        *sites.routes(context),
        *site.routes(context),
        *site_widget.routes(context),
        *site_publishing.routes(context),
        *notifications.routes(context),
        *unsubscribe.routes(context),
        *account.routes(context),
        *billing.routes(context),
        *builds.routes(context),
        *statement.routes(context),
        *payee.routes(context),
        *payout_files.routes(context),
        *admin_pages.routes(context),
        *hooks.routes(context),
        *stripe_hook.routes(context),
    ]
