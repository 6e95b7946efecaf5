"""Hosted sites: an application apart, chosen by the Host header before anything of the service.

No request that it takes reaches the service's routes, and none of the service's answers is given
under a site's host. It reads no cookie and sets none; what is served is looked up in the release's
list of files, never by a path on the disk.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from backend.actions.context import Context
from backend.actions.hosts import Hosts
from backend.actions.manifests import Listing, Manifests, blobs_of
from backend.domain.hosting_rules import Redirected, headers_for, redirect
from backend.domain.hosts import ServedSite
from backend.domain.releases import ReleaseFile
from backend.errors import TooMany, Unavailable
from backend.gateways.blobs import Encoding
from backend.web.limits import check_async
from backend.web.middleware import Requests
from backend.web.site_pages import answer
from generator.model.serving import (
    HOST_FILES,
    REVALIDATED,
    SECURITY_HEADERS,
    cache_control,
    content_type,
    is_compressible,
)

RATE = "6000/minute"
"""What one address may ask of all sites together."""
NOT_FOUND = "404.html"
_ROUTE = SimpleNamespace(path="a hosted site")  # in logs and metrics
_LONGEST_PATH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The file that answers a path, with its status."""

    path: str
    file: ReleaseFile
    status: int = 200


class Hosting:
    """Serves the sites. One instance a process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._hosts = Hosts(context)
        self._manifests = Manifests(context)
        self._sites_host = context.settings.sites_host or ""
        self._own_host = context.settings.base_host
        self._serve = Requests(self._respond, context=context, respond=_explain)

    async def takes(self, scope: Scope) -> bool:
        """Tell whether a request is for a hosted site: by its host alone."""
        host = host_of(scope)
        if host == self._own_host or "." not in host or host.rpartition(".")[2].isdecimal():
            return False
        if f".{host}".endswith(f".{self._sites_host}"):
            return True
        try:
            return await self._find(host) is not None
        except Unavailable:  # nobody knows the host: the service says what is wrong
            return False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = _ROUTE
        await self._serve(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            await check_async(request, "hosted", RATE)
            response = await self._answer(request)
        except (TooMany, Unavailable) as error:
            response = await _explain(request, error)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return answer(405, {"allow": "GET, HEAD"})
        site = await self._find(host_of(request.scope))
        if site is not None and site.is_suspended:
            return answer(451)
        if site is None or site.manifest is None:
            return answer(404)
        listing = await self._list(site, site.manifest)
        path = str(request.scope["path"])[:_LONGEST_PATH]
        found = _choose(listing, path, request.scope["query_string"].decode("latin-1"))
        if isinstance(found, Response):
            return found
        if found is None:
            return answer(404)
        headers = _headers(listing, found, path, is_preview="--" in host_of(request.scope))
        return await self._give(request, site, found, headers)

    async def _find(self, host: str) -> ServedSite | None:
        is_known, site = self._hosts.recall(host)
        return site if is_known else await run_in_threadpool(self._hosts.look_up, host)

    async def _list(self, site: ServedSite, manifest: str) -> Listing:
        known = self._manifests.recall(site.site, manifest)
        if known is not None:
            return known
        return await run_in_threadpool(self._manifests.read, site.tenant, site.site, manifest)

    async def _give(
        self, request: Request, site: ServedSite, found: _Found, headers: dict[str, str]
    ) -> Response:
        encoding = _choose_encoding(request, found.file)
        tag = f'"{found.file.digest[:32]}{f"-{encoding}" if encoding else ""}"'
        headers = headers | {"etag": tag}
        if encoding:
            headers["content-encoding"] = {"br": "br", "gz": "gzip"}[encoding]
        if found.status == 200 and _is_known(request, found.file):
            headers.pop("content-encoding", None)
            return Response(status_code=304, headers=headers)
        path = blobs_of(self._context, site.tenant, site.site).path(found.file.digest, encoding)
        return await _send_file(path, found, headers)


def host_of(scope: Scope) -> str:
    """Return the host of a request in lower case without its port, '' unless there is just one."""
    given = [value for name, value in scope["headers"] if name == b"host"]
    if len(given) != 1:
        return ""
    host: str = given[0].decode("latin-1").lower()
    name, separator, port = host.rpartition(":")
    return (name if separator and port.isdecimal() else host).removesuffix(".")


async def _explain(request: Request, error: Exception) -> Response:
    del request
    if isinstance(error, TooMany):
        return answer(429, {"retry-after": str(error.retry_after)})
    return answer(503, {"retry-after": "5"}) if isinstance(error, Unavailable) else answer(500)


def _choose(listing: Listing, path: str, query: str) -> _Found | Response | None:
    """Return the file for a path, a redirect, or None when not even a page says 404."""
    forced = redirect(listing.redirects, path, is_forced=True)
    if forced is not None:
        return _follow(listing, forced)
    name = path.removeprefix("/")
    if not name or name.endswith("/"):
        name += "index.html"
    if name in listing.files and name not in HOST_FILES:
        return _Found(path=name, file=listing.files[name])
    if f"{name}/index.html" in listing.files:
        place = f"/{quote(name)}/" + (f"?{query}" if query else "")
        return RedirectResponse(place, status_code=301, headers=_of_redirects())
    chosen = redirect(listing.redirects, path, is_forced=False)
    return _not_found(listing) if chosen is None else _follow(listing, chosen)


def _follow(listing: Listing, chosen: Redirected) -> _Found | Response | None:
    if chosen.status not in {200, 404}:
        return RedirectResponse(chosen.target, status_code=chosen.status, headers=_of_redirects())
    name = chosen.target.partition("?")[0].removeprefix("/")
    name = f"{name}index.html" if not name or name.endswith("/") else name
    if name not in listing.files or name in HOST_FILES:
        return _not_found(listing)
    return _Found(path=name, file=listing.files[name], status=chosen.status)


def _not_found(listing: Listing) -> _Found | None:
    file = listing.files.get(NOT_FOUND)
    return None if file is None else _Found(path=NOT_FOUND, file=file, status=404)


def _of_redirects() -> dict[str, str]:
    return {"cache-control": REVALIDATED, **_SECURITY}


def _headers(listing: Listing, found: _Found, path: str, *, is_preview: bool) -> dict[str, str]:
    is_there = found.status == 200
    headers = {
        **_SECURITY,
        "cache-control": cache_control(found.path) if is_there else REVALIDATED,
        **headers_for(listing.headers, path),
        "content-type": content_type(found.path),
    }
    if is_compressible(found.path):
        headers["vary"] = "Accept-Encoding"
    if not is_there:
        headers["cache-control"] = REVALIDATED
    if is_preview:
        headers["x-robots-tag"] = "noindex"
    return headers


def _choose_encoding(request: Request, file: ReleaseFile) -> Encoding:
    """Return the smallest form that the browser takes; parts are of the file as it is."""
    if "range" in request.headers:
        return ""
    taken = set()
    for part in request.headers.get("accept-encoding", "")[:200].lower().split(","):
        name, _, quality = part.replace(" ", "").partition(";q=")
        if quality.strip("0.") or not quality:
            taken.add(name)
    if file.br and "br" in taken:
        return "br"
    return "gz" if file.gz and "gzip" in taken else ""


def _is_known(request: Request, file: ReleaseFile) -> bool:
    """Tell whether the browser has the file, in whichever form."""
    given = request.headers.get("if-none-match", "")[:1_000]
    tags = {tag.strip().removeprefix("W/").strip('"').partition("-")[0] for tag in given.split(",")}
    return file.digest[:32] in tags or given.strip() == "*"


async def _send_file(path: Path, found: _Found, headers: dict[str, str]) -> Response:
    try:
        stat = await run_in_threadpool(os.stat, path)
    except OSError as error:
        raise Unavailable("A file of the site is not on the disk.") from error
    return FileResponse(
        path,
        status_code=found.status,
        headers=headers,
        media_type=headers["content-type"],
        stat_result=stat,
    )


_SECURITY = {name.lower(): value for name, value in SECURITY_HEADERS.items()}
