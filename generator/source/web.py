"""Asks web servers: bounded in bytes, time and tries, through the cache, with the token only where
it belongs.

PyGithub and our own requests share this one client, so the cache, the quota and the offline rule
hold for both. A spent quota or a dead server is answered from the cache where it can be.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin, urlsplit

from generator.errors import SourceError, SourceRefused, SourceUnreachable
from generator.source.http_cache import Answer, HttpCache, Question
from generator.source.quota import QuotaSpent, find_limit, wished_wait

if TYPE_CHECKING:
    import httpx

_LIMIT_REDIRECTS = 5
_LIMIT_REQUESTS = 300
_ERROR_BODY_BYTES = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WORTH_A_RETRY = frozenset({500, 502, 503, 504})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ServerFailing(SourceUnreachable):
    """The server answered with an error of its own, however often it was asked."""

    code = "server_failing"


class _NoSuchFile(ServerFailing):
    """The server has no such file, or does not show it: asking again will not help."""


class NotCached(SourceUnreachable):
    """The build is offline and the cache does not have this answer."""

    code = "not_cached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait and how often to try. Waits double; a server's own wish is honoured up to
    `longest_wait_seconds`.
    """

    tries: int = 3
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 8.0
    timeout_seconds: float = 15.0
    answer_seconds: float = 60.0
    download_seconds: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A token, and the one origin (scheme and host) that may see it."""

    origin: str
    token: str | None = field(default=None, repr=False)

    def header_for(self, url: str) -> dict[str, str]:
        split, own = urlsplit(url), urlsplit(self.origin)
        is_safe = split.scheme == "https" or split.hostname in _LOOPBACK
        if self.token and is_safe and (split.scheme, split.netloc) == (own.scheme, own.netloc):
            return {"Authorization": f"Bearer {self.token}"}
        return {}


class Web:
    """One build's questions to one forge and its file servers; safe to use from threads."""

    def __init__(
        self,
        *,
        credentials: Credentials,
        cache: HttpCache | None,
        is_offline: bool = False,
        patience: Patience | None = None,
    ) -> None:
        self.credentials = credentials
        self.stale_reason: SourceError | None = None
        self._cache = cache
        self._is_offline = is_offline
        self._patience = patience or Patience()
        self._spent: QuotaSpent | None = None
        self._count = 0
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None

    def ask(
        self,
        url: str,
        *,
        accept: str = "*/*",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = 32 << 20,
    ) -> Answer:
        """Return the answer to GET, or to POST when there is a `body`; any status but a limit's.

        Follows redirects within the host. Raises QuotaSpent, SourceUnreachable, SourceRefused
        (over `limit_bytes`).
        """
        question = Question(url=url, accept=accept, token=self.credentials.token, body=body)
        if self._is_offline:
            return self._recall(question)
        known = self._cache.find(question) if self._cache else None
        if self._spent is not None:
            return self._stale(known, self._spent)
        asked = {"Accept": accept, **(headers or {}), **_conditions(known)}
        try:
            answer = self._ask_patiently(url, asked, body, limit_bytes)
        except (SourceUnreachable, QuotaSpent) as error:
            return self._stale(known, error)
        if answer.status == 304 and known is not None:
            return Answer(
                status=known.status, headers=known.headers, body=known.body, is_cached=True
            )
        if self._cache and answer.status == 200:
            self._cache.save(question, answer)
        return answer

    def download(self, url: str, file: BinaryIO, *, accept: str, limit_bytes: int) -> None:
        """Write the body at `url` to `file` as it comes, following redirects to other hosts.

        What breaks on the way is fetched anew. Raises like `ask`, and SourceUnreachable for any
        status but 200.
        """
        if self._is_offline:
            raise _not_cached(url)
        patience, begin = self._patience, file.tell()
        deadline = time.monotonic() + patience.download_seconds
        wait = patience.first_wait_seconds
        for remaining in range(patience.tries - 1, -1, -1):
            try:
                self._save_body(url, accept, file, limit_bytes, deadline)
            except _NoSuchFile:
                raise
            except SourceUnreachable:
                if not remaining or time.monotonic() > deadline:
                    raise
            else:
                return
            file.seek(begin)
            file.truncate()
            time.sleep(min(wait, patience.longest_wait_seconds))
            wait *= 2

    def _save_body(
        self, url: str, accept: str, file: BinaryIO, limit_bytes: int, deadline: float
    ) -> None:
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        for _ in range(_LIMIT_REDIRECTS):
            with self._open(url, headers, b"") as response:
                status = response.status_code
                if status in _REDIRECTS:
                    url = urljoin(url, response.headers.get("location", ""))
                    continue
                if status != 200:
                    self._check_quota(_read_answer(response, _ERROR_BODY_BYTES, deadline))
                    failure = ServerFailing if status in _WORTH_A_RETRY else _NoSuchFile
                    raise failure(f"{_host(url)} answered {status} for files.")
                for chunk in _chunks(response, limit_bytes, deadline):
                    file.write(chunk)
                return
        raise SourceUnreachable(f"{_host(url)} redirects in circles.")

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            if self._cache:
                self._cache.prune()

    def _recall(self, question: Question) -> Answer:
        known = self._cache.find_of_anyone(question) if self._cache else None
        if known is None:
            raise _not_cached(question.url)
        return known

    def _stale(self, known: Answer | None, error: SourceError) -> Answer:
        """Return what was known before, and remember why it was good enough; else raise."""
        if known is None:
            raise error
        self.stale_reason = self.stale_reason or error
        return known

    def _ask_patiently(
        self, url: str, headers: dict[str, str], body: bytes, limit_bytes: int
    ) -> Answer:
        patience = self._patience
        wait = patience.first_wait_seconds
        for remaining in range(patience.tries - 1, -1, -1):
            wished: float | None = None
            try:
                answer = self._follow(url, headers, body, limit_bytes)
            except SourceUnreachable:
                if not remaining:
                    raise
            else:
                wished = wished_wait(answer)
                is_short = wished is not None and wished <= patience.longest_wait_seconds
                if not (remaining and is_short):
                    self._check_quota(answer)
                    if answer.status not in _WORTH_A_RETRY:
                        return answer
                    if not remaining:
                        raise ServerFailing(
                            f"{_host(url)} answered {answer.status}, {patience.tries} times.",
                            hint="Try again later; https://www.githubstatus.com tells of outages.",
                        )
            time.sleep(min(wait if wished is None else wished, patience.longest_wait_seconds))
            wait *= 2
        raise AssertionError("the last try returns or raises")

    def _follow(self, url: str, headers: dict[str, str], body: bytes, limit_bytes: int) -> Answer:
        deadline = time.monotonic() + self._patience.answer_seconds
        host = urlsplit(url).netloc
        for _ in range(_LIMIT_REDIRECTS):
            with self._open(url, headers, body) as response:
                answer = _read_answer(response, limit_bytes, deadline)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            url = urljoin(url, answer.headers["location"])
            if urlsplit(url).netloc != host:
                return answer
        raise SourceUnreachable(f"{_host(url)} redirects in circles.")

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str], body: bytes) -> Iterator[httpx.Response]:
        import httpx  # noqa: PLC0415 - a local build never needs it

        with self._lock:
            self._count += 1
            if self._client is None:
                self._client = httpx.Client(
                    timeout=self._patience.timeout_seconds, headers={"User-Agent": "4site"}
                )
            client = self._client
        if self._count > _LIMIT_REQUESTS:
            raise SourceRefused(
                f"This build has asked {_host(url)} {_LIMIT_REQUESTS} times; that is the limit."
            )
        method = "POST" if body else "GET"
        sent = {**headers, **self.credentials.header_for(url)}
        try:
            with client.stream(method, url, headers=sent, content=body or None) as response:
                yield response
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise SourceUnreachable(
                f"{_host(url)} cannot be reached: {str(error) or type(error).__name__}.",
                hint="Check the network, or build with --offline from what the cache holds.",
            ) from error

    def _check_quota(self, answer: Answer) -> None:
        """Raise QuotaSpent when the answer says so, and ask no more in this build."""
        spent = find_limit(answer)
        if spent is not None:
            self._spent = QuotaSpent(
                urlsplit(self.credentials.origin).netloc,
                spent.resets_at,
                has_token=self.credentials.token is not None,
            )
            raise self._spent


def _conditions(known: Answer | None) -> dict[str, str]:
    if known is None:
        return {}
    pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    return {name: known.headers[kept] for name, kept in pairs if kept in known.headers}


def _read_answer(response: httpx.Response, limit_bytes: int, deadline: float) -> Answer:
    body = b"".join(_chunks(response, limit_bytes, deadline))
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status_code, headers=headers, body=body)


def _chunks(response: httpx.Response, limit_bytes: int, deadline: float) -> Iterator[bytes]:
    count = 0
    for chunk in response.iter_bytes():
        count += len(chunk)
        if count > limit_bytes:
            raise SourceRefused(
                f"{response.url.host} sent more than {limit_bytes >> 20} MiB.",
                hint="Clone the repository and build the folder instead.",
            )
        if time.monotonic() > deadline:
            raise SourceUnreachable(f"{response.url.host} is too slow.", hint="Try again later.")
        yield chunk


def _not_cached(url: str) -> NotCached:
    return NotCached(
        f"The build is offline, and the cache does not hold {url}.",
        hint="Build once without --offline; what was fetched then is used from then on.",
    )


def _host(url: str) -> str:
    return urlsplit(url).netloc
