"""oEmbed (https://oembed.com/): our own pages as frames, for whoever pastes their address."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.standings import find_card
from backend.errors import Invalid, NotFound
from backend.web.limits import limited
from backend.web.pages.rendering import NAME, answer_json

STRIP_SIZE = (960, 300)
CARD_SIZE = (360, 400)
RATE = "300/minute"
CACHE_SECONDS = 3600
"""How long a consumer may keep the answer; the frame itself is always fresh."""
_LONGEST_URL = 2_000
_KEPT = ("kind", "language", "topic", "theme", "limit")


def discovery_url(base_url: str, page_url: str) -> str:
    """Return the address that a page names in its `<link rel="alternate">`."""
    return f"{base_url}/oembed?url={quote(page_url, safe='')}"


def frame_html(source: str, *, title: str, width: int | str, height: int) -> str:
    """Return the one line of HTML that shows `source` in another page."""
    return (
        f'<iframe src="{escape(source)}" title="{escape(title)}" width="{width}" '
        f'height="{height}" loading="lazy" style="border:0"></iframe>'
    )


def routes(context: Context) -> list[BaseRoute]:
    """Return the endpoint's route."""

    def oembed(request: Request) -> Response:
        wanted = request.query_params.get("format", "json")
        if wanted not in {"json", "xml"}:
            # The specification's own status for a format that is not there.
            return Response("Only json and xml are known.", 501, media_type="text/plain")
        described = _describe(context, request)
        if wanted == "json":
            return answer_json(request, described, shared_seconds=CACHE_SECONDS)
        return Response(
            _to_xml(described),
            media_type="text/xml",
            headers={"Cache-Control": f"public, max-age={CACHE_SECONDS}"},
        )

    return [Route("/oembed", limited("oembed", RATE)(oembed))]


def _describe(context: Context, request: Request) -> dict[str, object]:
    base_url = context.settings.base_url
    path, query = _own_page(request.query_params.get("url", ""), base_url)
    key = path.removeprefix("/showcase").strip("/")
    if key and key != "strip":
        card = find_card(context, key[:32])
        if card is None:
            raise NotFound("The showcase has no such site.")
        title, source, size = card.title, f"{base_url}/showcase/strip?key={card.key}", CARD_SIZE
    else:
        title, size = f"Showcase of {NAME}", STRIP_SIZE
        kept = urlencode({name: query[name] for name in _KEPT if name in query})
        source = f"{base_url}/showcase/strip{f'?{kept}' if kept else ''}"
    width = _at_most(request, "maxwidth", size[0])
    height = _at_most(request, "maxheight", size[1])
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": NAME,
        "provider_url": base_url,
        "cache_age": CACHE_SECONDS,
        "width": width,
        "height": height,
        "html": frame_html(source, title=title, width=width, height=height),
    }


def _own_page(url: str, base_url: str) -> tuple[str, Mapping[str, str]]:
    """Return path and query of one of our own showcase pages. Raises Invalid, NotFound."""
    if not url or len(url) > _LONGEST_URL:
        raise Invalid("oEmbed needs the address of a page.", field="url")
    try:
        asked, own = urlsplit(url), urlsplit(base_url)
    except ValueError as error:
        raise Invalid("The address cannot be read.", field="url") from error
    path = asked.path.removeprefix(own.path)
    is_ours = (asked.scheme, asked.netloc) == (own.scheme, own.netloc)
    if not is_ours or not (path == "/showcase" or path.startswith("/showcase/")):
        raise NotFound(
            "Only pages of this showcase can be embedded.",
            hint=f"Use an address that begins with {base_url}/showcase.",
        )
    return path, dict(parse_qsl(asked.query))


def _at_most(request: Request, name: str, size: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return size
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= 6 and int(text)):
        raise Invalid(f"{name} is not a number of pixels.", field=name)
    return min(size, int(text))


def _to_xml(described: Mapping[str, object]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in described.items():
        ElementTree.SubElement(root, name).text = str(value)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
