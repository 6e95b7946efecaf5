"""HTML forms: bounded, decoded once, and never taken without their token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from backend.errors import Invalid
from backend.web.csrf import FIELD, check_form_token, check_origin
from backend.web.signed_in import check_csrf, session_secret

FORM_BYTES = 16 * 1024
FIELDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields of a form in the order they were sent."""

    pairs: tuple[tuple[str, str], ...]

    def get(self, name: str, longest: int = 1_000) -> str:
        """Return the first value of a field, '' when it is absent. Raises Invalid if too long."""
        value = next((value for key, value in self.pairs if key == name), "")
        if len(value) > longest:
            raise Invalid(
                f"The field {name} has more than {longest} characters.",
                field=name,
                hint="Shorten it.",
            )
        return value

    def get_all(self, name: str) -> list[str]:
        """Return all values of a field, for check boxes."""
        return [value for key, value in self.pairs if key == name]


Endpoint = Callable[[Request], Awaitable[Response]]
Handler = Callable[[Request, Form], Response]


def form_endpoint(handler: Handler, *, is_public: bool = False) -> Endpoint:
    """Return the endpoint of a form: `handler` runs in a thread, after the token was checked.

    A public form is one before sign-in; it has its own token.
    """

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        return await run_in_threadpool(_take, handler, request, form, is_public)

    return endpoint


async def read_form(request: Request) -> Form:
    """Return the fields of a form. Raises Invalid for what is none, or too long."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Invalid("The body is not a form.", hint="Send application/x-www-form-urlencoded.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > FORM_BYTES:
            raise Invalid(f"The form is longer than {FORM_BYTES} bytes.", hint="Send less.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FIELDS,
        )
    except ValueError as error:
        raise Invalid("The form cannot be read.", hint="Send it as browsers do.") from error
    if any("\0" in text for pair in pairs for text in pair):
        raise Invalid("The form holds a character that no text has.", hint="Leave it out.")
    return Form(pairs=tuple(pairs))


def _take(handler: Handler, request: Request, form: Form, is_public: bool) -> Response:
    given = form.get(FIELD)
    if is_public:
        check_origin(request)
        check_form_token(request, given)
    elif session_secret(request) is not None:
        request.state.csrf_given = given
        check_csrf(request)
    return handler(request, form)
