"""Every page that is about operating the service as a whole."""

from __future__ import annotations

from starlette.routing import BaseRoute

from backend.actions.context import Context
from backend.web.admin import (
    audit,
    batch,
    checks,
    disputes,
    flags,
    home,
    jobs,
    payouts,
    people,
    plans,
    sites,
)


def routes(context: Context) -> list[BaseRoute]:
    """Return their routes."""
    parts = (
        home, payouts, batch, plans, disputes, people, sites, flags, jobs, checks, audit,
    )  # fmt: skip
    return [route for part in parts for route in part.routes(context)]
