"""Reads the published files of one transparency log: from one host, bounded in size and time.

It follows no redirects: the log is where it was said to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from backend.domain.merkle import HASH_BYTES
from backend.domain.signed_notes import LARGEST
from backend.domain.tiles import LONGEST_LEAF, WIDTH, path_of, unbundle, width_of
from backend.errors import LogBroken
from generator.errors import ServiceAnswer, ServiceUnreachable, UsageError

TIMEOUT_SECONDS = 20.0
_ROOM = 4
"""Bytes of UTF-8 for a character."""
_BUNDLE_BYTES = WIDTH * (2 + LONGEST_LEAF)


class LogReader:
    """The log below one address. Used as a context, so that its connection is closed."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.url = log_url(url)
        self._client = httpx.Client(
            transport=transport,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=True,
            headers={"User-Agent": "4site-verify", "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> LogReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def checkpoint(self) -> str:
        """Return the newest checkpoint as it is published, unchecked."""
        return self._text("checkpoint")

    def key(self) -> str:
        """Return the key that the log says is its own."""
        return self._text("vkey").strip()

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the hashes of a tile."""
        return self._fetch(path_of(level, index, width), width * HASH_BYTES)

    def bundles(self, size: int) -> Iterator[Sequence[bytes]]:
        """Give the leaves of the first `size` entries, some hundred at a time."""
        for index in range(-(-size // WIDTH)):
            width = width_of(0, index, size)
            try:
                leaves = unbundle(self._fetch(path_of(None, index, width), _BUNDLE_BYTES))
            except ValueError as error:
                raise LogBroken(f"The entry bundle {index} cannot be read: {error}.") from error
            if len(leaves) != width:
                raise LogBroken(f"The entry bundle {index} does not hold {width} entries.")
            yield leaves

    def _text(self, path: str) -> str:
        try:
            return self._fetch(path, LARGEST * _ROOM).decode()
        except UnicodeDecodeError as error:
            raise ServiceAnswer(f"{self.url}/{path} is no text.") from error

    def _fetch(self, path: str, limit: int) -> bytes:
        url = f"{self.url}/{path}"
        body = bytearray()
        try:
            with self._client.stream("GET", url) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise ServiceAnswer(
                        f"{url} answered {answer.status_code}.",
                        hint="Check the address; is a 4site service there, or its log?",
                    )
                for some in answer.iter_bytes():
                    body += some
                    if len(body) > limit:
                        raise ServiceAnswer(f"{url} is longer than {limit} bytes.")
        except httpx.HTTPError as error:
            raise ServiceUnreachable(
                f"{url} cannot be reached: {str(error) or type(error).__name__}.",
                hint="Check the address and the network.",
            ) from error
        return bytes(body)


def log_url(url: str) -> str:
    """Return the address of the log of the service at `url`, or of the log that it names itself.

    Raises UsageError when it is no web address.
    """
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in url
    except ValueError:
        is_right = False
    if not is_right:
        raise UsageError(f"{url} is no address of a service.", hint="It begins with https://.")
    base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return base if base.endswith("/log") else f"{base}/log"
