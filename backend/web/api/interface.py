"""The whole REST interface: every operation, and the description of them all."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.web.api import (
    account,
    audience,
    billing,
    builds,
    challenge_parts,
    challenges,
    disputes,
    domains,
    earnings,
    leaderboards,
    payee,
    payouts,
    plans,
    profile,
    referrals,
    releases,
    reviews,
    rewards,
    showcase,
    sites,
    statements,
    statistics,
    tax,
)
from backend.web.api.description import describe
from backend.web.api.operation import PREFIX, make_routes

OPERATIONS = (
    *account.OPERATIONS,
    *profile.OPERATIONS,
    *billing.OPERATIONS,
    *sites.OPERATIONS,
    *builds.OPERATIONS,
    *releases.OPERATIONS,
    *domains.OPERATIONS,
    *statistics.OPERATIONS,
    *audience.OPERATIONS,
    *referrals.OPERATIONS,
    *rewards.OPERATIONS,
    *leaderboards.OPERATIONS,
    *challenges.OPERATIONS,
    *challenge_parts.OPERATIONS,
    *reviews.OPERATIONS,
    *plans.OPERATIONS,
    *showcase.OPERATIONS,
    *payee.OPERATIONS,
    *disputes.OPERATIONS,
    *payouts.OPERATIONS,
    *earnings.OPERATIONS,
    *statements.OPERATIONS,
    *tax.OPERATIONS,
)


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of `/api/v1`, its description among them."""

    def read_description(_request: Request) -> Response:
        return Response(
            _describe_all(),
            media_type="application/json",
            headers={"access-control-allow-origin": "*", "cache-control": "public, max-age=300"},
        )

    return [
        Route(f"{PREFIX}/openapi.json", read_description),
        *make_routes(context, OPERATIONS),
    ]


@cache
def _describe_all() -> bytes:
    """Return the description of all operations, which takes a while and few ever read."""
    return msgspec.json.encode(describe(OPERATIONS, version=version("4site")))
