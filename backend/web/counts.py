"""`GET /widget/counts/KEY.json`: what a widget shows beside its button, for any page to read."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.sites import get_counts
from backend.errors import NotFound
from backend.web.errors import problem_response

_OPEN = {"access-control-allow-origin": "*"}
MAX_AGE_SECONDS = 60


def routes(context: Context) -> list[BaseRoute]:
    """Return the route of public counts."""

    def counts(request: Request) -> Response:
        try:
            found = get_counts(context, request.path_params["key"])
        except NotFound as error:
            response = problem_response(error)
            response.headers.update(_OPEN)
            return response
        return Response(
            json.dumps({"shares": found.shares, "likes": found.likes}),
            media_type="application/json",
            headers=_OPEN | {"cache-control": f"public, max-age={MAX_AGE_SECONDS}"},
        )

    return [Route("/widget/counts/{key}.json", counts, methods=["GET"])]
