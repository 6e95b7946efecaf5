"""Errors as problem details (RFC 9457): the one table from error classes to HTTP statuses."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from backend.errors import (
    Conflict,
    FetchFailed,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    ServiceError,
    TooMany,
    Unauthenticated,
    Unavailable,
)

STATUS: dict[type[ServiceError], int] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    LimitReached: 403,
    TooMany: 429,
    Unavailable: 503,
    FetchFailed: 502,
}
RETRY_SECONDS = 5
"""What `Retry-After` says when the service cannot know better."""


def status_of(error: ServiceError) -> int:
    """Return the HTTP status of an error."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)


def problem_of(error: ServiceError) -> dict[str, Any]:
    """Return the members of an error's problem details."""
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": error.message,
        "status": status_of(error),
        "code": error.code,
    }
    if error.hint:
        problem["detail"] = error.hint
    if isinstance(error, Invalid) and error.field:
        problem["field"] = error.field
    return problem


def headers_of(error: ServiceError) -> dict[str, str]:
    """Return the headers that an error's answer carries beside its body."""
    if isinstance(error, TooMany):
        return {"retry-after": str(error.retry_after)}
    if isinstance(error, Unavailable):
        return {"retry-after": str(RETRY_SECONDS)}
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": "Bearer"}
    return {}


def problem_response(error: ServiceError, *, status: int | None = None) -> Response:
    """Return an error as a response."""
    problem = problem_of(error)
    if status is not None:
        problem["status"] = status
    return Response(
        json.dumps(problem),
        status_code=problem["status"],
        media_type="application/problem+json",
        headers=headers_of(error),
    )
