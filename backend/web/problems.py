"""Answers to what went wrong: problem details for programs, a small page for people."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from backend.errors import NotFound, ServiceError
from backend.web.errors import headers_of, problem_of, problem_response, status_of
from backend.web.pages.rendering import render_page
from backend.web.signed_in import session_secret

_FOR_PROGRAMS = ("/api/", "/collect", "/widget", "/log/", "/hooks/", "/metrics")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """What `problem.html` shows."""

    status: int
    message: str
    hint: str
    request_id: str


class Refused(ServiceError):
    """A request that HTTP itself refuses: no such route, not that method, too long a body."""

    code = "refused"


class Fault(ServiceError):
    """Something that nobody but us can mend; the log has it under the request's id."""

    code = "fault"


async def respond(request: Request, error: Exception) -> Response:
    """Return the answer to an error that an endpoint or the framework raised."""
    known, status = _translate(error)
    headers = _headers_of(error, known)
    if wants_page(request):
        response = await run_in_threadpool(_page, request, known, status)
    else:
        response = problem_response(known, status=status)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def describe(error: Exception) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the problem details of an error, and the headers that belong to it."""
    known, status = _translate(error)
    return problem_of(known) | {"status": status}, _headers_of(error, known)


def wants_page(request: Request) -> bool:
    """Tell whether a person reads the answer."""
    is_program = request.scope["path"].startswith(_FOR_PROGRAMS)
    return not is_program and "text/html" in request.headers.get("accept", "")


def _headers_of(error: Exception, known: ServiceError) -> dict[str, str]:
    own = error.headers if isinstance(error, HTTPException) else None
    return headers_of(known) | dict(own or {})


def _translate(error: Exception) -> tuple[ServiceError, int]:
    if isinstance(error, HTTPException):
        return _refusal(error.status_code), error.status_code
    if isinstance(error, ServiceError):
        return error, status_of(error)
    hint = "It was logged. Try again later, and name the request's id when you report it."
    return Fault("Something went wrong on our side.", hint=hint), 500


def _refusal(status: int) -> ServiceError:
    if status == HTTPStatus.NOT_FOUND:
        return NotFound("There is nothing at this address.", hint="Check the address.")
    phrase = HTTPStatus(status).phrase if status in list(HTTPStatus) else "Refused"
    return Refused(f"{phrase}.", hint=_HINTS.get(status, ""))


_HINTS = {
    405: "Use a method that Allow names.",
    413: "Send less.",
}


def _page(request: Request, error: ServiceError, status: int) -> Response:
    view = ProblemView(
        status=status,
        message=error.message,
        hint=error.hint,
        request_id=getattr(request.state, "request_id", ""),
    )
    return render_page(
        request,
        "problem.html",
        view,
        title=error.message,
        status=status,
        # By the cookie alone: who asks may be what could not be found out.
        is_signed_in=session_secret(request) is not None,
    )
