"""The service's HTML pages: the generator's templates and theme, one strict policy, one answer.

Nothing inline: styles and scripts are files of our own, so the policy needs no exceptions. Pages
for everybody (`shared_seconds`) are the same for everybody: nothing in them depends on a session.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import brotli
from starlette.requests import Request
from starlette.responses import Response

from backend.web.assets import THEME, accepted_encodings, asset_url
from generator.render.environment import make_environment
from generator.render.theme import load_theme

NAME = "4site"
_QUALITY = 4  # half a millisecond for the showcase; more takes longer than it saves
POLICY = (
    "default-src 'none'; base-uri 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'"
)
FRAMED_POLICY = (
    "default-src 'none'; base-uri 'none'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data:; form-action 'none'; frame-ancestors *"
)
"""For what other sites show in a frame: no scripts, no forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFrame:
    """What every page shows around its content. `path` is the page's own, for the navigation."""

    name: str
    url: str
    path: str
    docs_url: str | None
    is_signed_in: bool


def render_page(  # noqa: PLR0913  a page's own facts, each named
    request: Request,
    template: str,
    view: object,
    *,
    title: str,
    status: int = 200,
    description: str = "",
    is_signed_in: bool = False,
    shared_seconds: int | None = None,
    policy: str = POLICY,
    frame: object = None,
) -> Response:
    """Return `templates/public/TEMPLATE` (`landing.html`) with `view` as a response; a template
    with a folder (`dashboard/overview.html`) is that of `templates/`.

    The template extends `public/base.html` and sees `view`, `frame`, `title`, `description`,
    `service` (a `ServiceFrame`) and `asset(name)`. With `shared_seconds` the page is public: caches
    keep it that long and ask again by its ETag; without, nobody keeps it.
    """
    settings = request.app.state.context.settings
    html = _template(template if "/" in template else f"public/{template}").render(
        view=view,
        frame=frame,
        title=title,
        description=description,
        service=ServiceFrame(
            name=NAME,
            url=settings.base_url,
            path=request.scope["path"],
            docs_url=settings.docs_url,
            is_signed_in=is_signed_in,
        ),
        theme=_theme().file,
        asset=asset_url,
    )
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    body = html.encode("utf-8", "replace")
    return answer(
        request,
        Response(body, status_code=status, media_type="text/html", headers=headers),
        shared_seconds=shared_seconds,
    )


def answer_json(request: Request, value: object, *, shared_seconds: int | None = None) -> Response:
    """Return a page's JSON twin, for programs of any origin."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
    response = Response(body, media_type="application/json", headers=headers)
    return answer(request, response, shared_seconds=shared_seconds)


def answer(request: Request, response: Response, *, shared_seconds: int | None) -> Response:
    """Return a made response as caches should treat it: 304 when the reader has it already.

    What is public is compressed, too. The pages of somebody are not: their length would tell
    about the secrets in them (BREACH).
    """
    if shared_seconds is None:
        response.headers["Cache-Control"] = "no-store"
        return response
    etag = f'W/"{hashlib.blake2b(response.body, digest_size=16).hexdigest()}"'
    response.headers["Cache-Control"] = f"public, max-age={shared_seconds}"
    response.headers["ETag"] = etag
    response.headers["Vary"] = "Accept, Accept-Encoding"
    known = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    if response.status_code == 200 and known & {etag, "*"}:
        kept = {
            name: value
            for name, value in response.headers.items()
            if name not in {"content-length", "content-type"}
        }
        return Response(status_code=304, headers=kept)
    if "br" in accepted_encodings(request.headers.get("accept-encoding", "")):
        response.headers["Content-Encoding"] = "br"
        response.body = brotli.compress(response.body, quality=_QUALITY)
        response.headers["Content-Length"] = str(len(response.body))
    return response


def wants_json(request: Request) -> bool:
    """Tell whether the reader asked for the JSON twin, by `?format=json` or by `Accept`."""
    if "format" in request.query_params:
        return request.query_params["format"] == "json"
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


@cache
def _theme() -> Any:
    return load_theme(THEME)


@cache
def _environment() -> Any:
    return make_environment(_theme().template_folders)


def _template(name: str) -> Any:
    return _environment().get_template(name)
