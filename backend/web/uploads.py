"""Forms with a file: who asks is looked at before much of it is read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from backend.errors import Invalid
from backend.web.csrf import FIELD
from backend.web.forms import FIELDS, FORM_BYTES, Endpoint, Form, read_form
from backend.web.signed_in import check_csrf, session_secret

NAME_LENGTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a form brought; `name` is what its sender calls it."""

    name: str
    content: bytes


Handler = Callable[[Request, Form, Upload | None], Response]


def upload_endpoint(
    handler: Handler, *, most_bytes: int, is_trusted: Callable[[Request], bool]
) -> Endpoint:
    """Return the endpoint of a form with one file of at most `most_bytes`.

    Whoever `is_trusted` says no of may send as much as any form. `handler` runs in a thread, after
    the token was checked; it gets None where no file was sent.
    """

    async def endpoint(request: Request) -> Response:
        is_known = await run_in_threadpool(is_trusted, request)
        form, file = await _read(request, most_bytes + FORM_BYTES if is_known else FORM_BYTES)
        return await run_in_threadpool(_take, handler, request, form, file)

    return endpoint


async def _read(request: Request, limit: int) -> tuple[Form, Upload | None]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        return await read_form(request), None
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise Invalid(f"The form is longer than {limit} bytes.", hint="Send less.")
    try:
        parser = MultiPartParser(
            request.headers,
            _once(body),
            max_files=1,
            max_fields=FIELDS,
            max_part_size=FORM_BYTES,
        )
        found = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise Invalid("The form cannot be read.", hint="Send it as browsers do.") from error
    try:
        pairs = tuple((name, text) for name, text in found.multi_items() if isinstance(text, str))
        files = (one for _name, one in found.multi_items() if isinstance(one, UploadFile))
        file = next(files, None)
        if file is None or not file.filename:
            return Form(pairs=pairs), None
        name = "".join(char for char in file.filename if char.isprintable())[:NAME_LENGTH]
        return Form(pairs=pairs), Upload(name=name, content=await file.read())
    finally:
        await found.close()


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
    yield b""


def _take(handler: Handler, request: Request, form: Form, file: Upload | None) -> Response:
    if session_secret(request) is not None:
        request.state.csrf_given = form.get(FIELD)
        check_csrf(request)
    return handler(request, form, file)
