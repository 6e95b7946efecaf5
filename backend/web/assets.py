"""Static files: WhiteNoise's table of files and headers, behind plain endpoints.

WhiteNoise itself speaks WSGI; its table does not care. Every file lies in the data folder under a
name that holds its content's hash, with its Brotli and gzip twins, so nothing is ever overwritten
and what an older release published is still there after an upgrade.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import brotli
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from whitenoise import WhiteNoise

from backend.actions.context import Context
from backend.errors import NotFound
from generator.theme_files import make_theme_files

THEME = "service"
YEAR_SECONDS = 365 * 24 * 3600
SHORT_SECONDS = 300
"""How long browsers may keep what has no hash in its name."""
THUMBNAIL_NAME = re.compile(r"[0-9a-f]{32}\.webp")
# A twin that saves less is not worth the choice.
_WORTH_IT = 0.95
_REFUSAL = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*")
_HASHED = re.compile(r"[./][0-9a-f]{8,32}(\.\w+)$")


class FileTable:
    """The files of one folder by URL. `is_open` lets other origins load them."""

    def __init__(self, folder: Path, *, is_open: bool = False) -> None:
        self._folder = folder
        self._is_open = is_open
        self._table = WhiteNoise(
            None,
            max_age=SHORT_SECONDS,
            allow_all_origins=is_open,
            add_headers_function=self._add_headers,
            immutable_file_test=lambda _path, url: bool(_HASHED.search(url)),
        )
        self._table.FOREVER = YEAR_SECONDS

    def publish(self, url: str, content: bytes) -> None:
        """Serve `content` at `url`, whose name holds the content's hash."""
        path = self._path_of(url)
        if not path.exists():
            # Itself last: where it is, its twins are, and no later start compresses it again.
            for twin, made in {**_twins(path, content), path: content}.items():
                self._write_once(twin, made)
        self._table.add_file_to_dictionary(url, str(path))

    def alias(self, url: str, published: str) -> None:
        """Serve at the lasting `url` what is published elsewhere at the moment."""
        self._table.add_file_to_dictionary(url, str(self._path_of(published)))

    def publish_earlier(self) -> None:
        """Serve what former releases left in the folder, too."""
        if self._folder.is_dir():
            self._table.add_files(str(self._folder))

    def respond(self, request: Request) -> Response:
        """Return the file at the request's path. Raises NotFound."""
        return _answer(self._table.files.get(request.scope["path"]), request)

    def respond_with(self, path: Path, request: Request) -> Response:
        """Return a file that came after the start, whose name holds its content's hash."""
        if not path.is_file():
            raise NotFound("There is no such file.")
        return _answer(self._table.get_static_file(str(path), request.scope["path"]), request)

    def _path_of(self, url: str) -> Path:
        return self._folder / url.removeprefix("/")

    def _write_once(self, path: Path, content: bytes) -> None:
        """Write a file whose name says its content; another process may be doing the same."""
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Beside the folder, so that nothing half written is ever in it.
        descriptor, temporary = tempfile.mkstemp(dir=self._folder.parent, suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)

    def _add_headers(self, headers: Headers, path: str, _url: str) -> None:
        # The time of a file differs from machine to machine, its content's hash does not. Weak,
        # because one tag stands for all encodings.
        digest = hashlib.blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()
        headers["ETag"] = f'W/"{digest}"'
        headers["X-Content-Type-Options"] = "nosniff"
        if self._is_open:
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"


@cache
def theme_files() -> tuple[Mapping[str, str], Mapping[str, bytes]]:
    """Return the theme's URLs by plain name, and the contents by URL."""
    names, files = make_theme_files(THEME)
    urls = {name: f"/{path}" for name, path in names.items()}
    return urls, {f"/{file.path}": file.content for file in files}


def asset_url(name: str) -> str:
    """Return the URL of a file of the theme, like `site.css`."""
    return theme_files()[0][name]


def accepted_encodings(header: str) -> tuple[str, ...]:
    """Return the encodings of an `Accept-Encoding` that are not refused by `q=0`."""
    pairs = (part.partition(";") for part in header.lower().split(","))
    return tuple(name.strip() for name, _, rest in pairs if not _REFUSAL.fullmatch(rest))


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of the theme's files and of thumbnails; prepares the files."""
    table = FileTable(context.settings.data_dir / "static")
    table.publish_earlier()
    for url, content in theme_files()[1].items():
        table.publish(url, content)
    thumbnails = context.settings.data_dir / "thumbnails"

    def thumbnail(request: Request) -> Response:
        name = request.path_params["name"]
        if not THUMBNAIL_NAME.fullmatch(name):
            raise NotFound("There is no such picture.")
        response = table.respond_with(thumbnails / name, request)
        # A picture of a stranger's page: it may be shown, never run.
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return [
        Route("/assets/{path:path}", table.respond),
        Route("/thumbnails/{name}", thumbnail),
    ]


def _answer(file: Any, request: Request) -> Response:
    """Return WhiteNoise's answer as ours."""
    if file is None:
        raise NotFound("There is no such file.")
    found = file.get_response(request.method, _environ(request))
    body = b""
    if found.file is not None:
        with found.file:
            body = found.file.read()
    response = Response(body, status_code=int(found.status))
    # Not through `headers=`: without a body Starlette would say that the length is 0.
    response.raw_headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in found.headers
    ]
    return response


def _environ(request: Request) -> dict[str, str]:
    """Return the request's headers as WhiteNoise reads them."""
    names = ("if-none-match", "if-modified-since", "range")
    wanted = {f"HTTP_{name.upper().replace('-', '_')}": request.headers.get(name) for name in names}
    # WhiteNoise looks at names alone.
    accepted = accepted_encodings(request.headers.get("accept-encoding", ""))
    wanted["HTTP_ACCEPT_ENCODING"] = ", ".join(accepted)
    return {name: value for name, value in wanted.items() if value is not None}


def _twins(path: Path, content: bytes) -> dict[Path, bytes]:
    """Return the compressed twins that are worth having, by path."""
    brotli_bytes, gzip_bytes = _compress(content)
    twins = {
        path.with_name(path.name + ".br"): brotli_bytes,
        path.with_name(path.name + ".gz"): gzip_bytes,
    }
    return {twin: made for twin, made in twins.items() if len(made) < _WORTH_IT * len(content)}


@lru_cache(maxsize=256)
def _compress(content: bytes) -> tuple[bytes, bytes]:
    return brotli.compress(content, quality=11), gzip.compress(content, 9, mtime=0)
