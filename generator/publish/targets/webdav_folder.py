"""A folder on a WebDAV server (RFC 4918): files are read back before they take their place."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx

from generator.errors import PublishError, TargetRefused
from generator.publish.http import Api, RefusedAnswer

UPLOADS = ".4site-upload"
"""The folder beside the site in which files wait until they are whole; it goes in the end."""
_ROUNDS = 2
_NO_MOVE = frozenset({405, 501})
_HREF = re.compile(r"<(?:[\w.-]+:)?href\b[^>]{0,500}>([^<]{1,4000})<", re.IGNORECASE)


class RemoteFolder:
    """Paths are relative to the folder at `url`, which needs no slash at its end."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers = {"authorization": f"Basic {login}", "user-agent": "4site"}
        self._api = Api(urlsplit(url).netloc, url, headers=headers)
        self._can_move = True
        self._lock = threading.Lock()

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None when there is none."""
        try:
            return self._ask("GET", quote(path)).content
        except RefusedAnswer as error:
            if error.status in {404, 410}:
                return None
            raise

    def list(self, path: str = "") -> list[str] | None:
        """Return the names in a folder, None when there is no such folder."""
        try:
            found = self._ask("PROPFIND", _as_folder(path), headers={"depth": "1"})
        except RefusedAnswer as error:
            if error.status in {404, 410}:
                return None
            raise
        own = unquote(urlsplit(f"{self.url}/{_as_folder(path)}").path).strip("/")
        paths = (
            unquote(urlsplit(href.strip()).path).strip("/") for href in _HREF.findall(found.text)
        )
        return sorted({one.rpartition("/")[2] for one in paths if one != own})

    def make(self, path: str = "") -> None:
        """Make a folder unless it is there. Raises TargetRefused when it would have no parent."""
        try:
            self._ask("MKCOL", _as_folder(path))
        except RefusedAnswer as error:
            if error.status == 409:
                raise TargetRefused(
                    f"{self.url}/{path} cannot be made: the folder around it does not exist.",
                    hint="Make that folder on the server first.",
                ) from error
            if error.status != 405:  # it exists
                raise

    def replace(self, path: str, content: bytes) -> None:
        """Put a file in its place at once, when the server holds all of it.

        Raises TargetRefused when the server gives back other bytes than were sent.
        """
        waiting = f"{UPLOADS}/{hashlib.sha256(path.encode()).hexdigest()[:32]}"
        for _ in range(_ROUNDS):
            first = waiting if self._can_move else path
            self._ask("PUT", quote(first), content=content)
            if self.read(first) == content and (first == path or self._move(first, path)):
                return
        raise TargetRefused(
            f"{self.url} does not keep {path} as it was sent.",
            hint="A program between here and there changes files, or the server's disk is full.",
        )

    def remove(self, path: str) -> None:
        """Delete a file; it may be gone already."""
        self._delete(quote(path))

    def remove_empty(self, path: str) -> None:
        """Delete a folder in which nothing is left."""
        if self.list(path) == []:
            self._delete(_as_folder(path))

    def remove_uploads(self) -> None:
        self._delete(_as_folder(UPLOADS))

    def _delete(self, quoted: str) -> None:
        try:
            self._ask("DELETE", quoted)
        except RefusedAnswer as error:
            if error.status not in {404, 410}:
                raise

    def _move(self, source: str, path: str) -> bool:
        """Tell whether it was moved. It was not when an answer was lost and the file is there
        already, or when this server has no MOVE: then it is tried the other way.
        """
        target = {"destination": f"{self.url}/{quote(path)}", "overwrite": "T"}
        try:
            self._ask("MOVE", quote(source), headers=target)
        except RefusedAnswer as error:
            if error.status in _NO_MOVE:
                with self._lock:
                    self._can_move = False
            elif error.status != 404:
                raise
            return False
        return True

    def _ask(self, method: str, quoted: str, **options: Any) -> httpx.Response:
        try:
            return self._api.request(method, f"/{quoted}", **options)
        except RefusedAnswer as error:
            if error.status == 401:
                raise _bad_login(self._api.title) from error
            raise


def _bad_login(host: str) -> PublishError:
    return TargetRefused(
        f"{host} does not accept this user name and password.",
        hint="Check FOURSITE_WEBDAV_USER and FOURSITE_WEBDAV_PASSWORD.",
    )


def _as_folder(path: str) -> str:
    return f"{quote(path)}/" if path else ""
