"""HTTP as publishing needs it: retries with backoff, errors a person can act on."""

from __future__ import annotations

import base64
import binascii
import re
import ssl
import time
import weakref
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from generator.errors import TargetRefused, TargetUnreachable, UsageError
from generator.model.serving import url_path
from generator.publish.target import Served

TRIES = 6
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 30.0
TIMEOUT_SECONDS = 60.0
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""
_SERVED_LIMIT_BYTES = 256 * 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def choose_base_url(environ: Mapping[str, str], variable: str, default: str) -> str:
    """Return a vendor's address, or the one that `variable` puts in its place.

    Raises UsageError for another address than https, unless its host is loopback.
    """
    url = environ.get(variable, "").strip().rstrip("/") or default
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in _LOOPBACK
        )
        is_fine = is_fine and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_fine = False
    if not is_fine:
        raise UsageError(
            f"{variable} is no address that credentials may be sent to.",
            hint="It begins with https:// and holds no password; http:// is for loopback alone.",
        )
    return url


class Api:
    """A client of one vendor's interface. `title` names it in errors; every request is repeated on
    cut connections, on 429 and on server errors, so requests must be safe to repeat.

    Safe to use from several threads. Its connections end with it; `close` ends them earlier.
    """

    def __init__(
        self,
        title: str,
        base_url: str,
        *,
        headers: Mapping[str, str],
        first_wait: float | None = None,
    ) -> None:
        self.title = title
        self._first_wait = FIRST_WAIT_SECONDS if first_wait is None else first_wait
        self._secrets = _secrets_of(headers)
        self._client = httpx.Client(
            base_url=base_url,
            headers=dict(headers),
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            verify=_trust(),
        )
        self._end = weakref.finalize(self, self._client.close)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return a successful answer.

        Raises TargetRefused with the vendor's own words on any other 4xx (its `status` is the
        number), TargetUnreachable when it does not work after all tries.
        """
        try:
            response = self._retrying()(self._send, method, path, **options)
        except _PassingAnswer as error:
            raise TargetUnreachable(
                f"{self.title} answered {error.response.status_code} to {TRIES} tries.",
                hint="Publish again later: it goes on where it stopped.",
            ) from error
        except httpx.RequestError as error:
            raise TargetUnreachable(
                f"{self.title} cannot be reached: {_reason(error)}.",
                hint="Check the network, and publish again: it goes on where it stopped.",
            ) from error
        if response.is_success:
            return response
        raise RefusedAnswer(self.title, response, secrets=self._secrets)

    def close(self) -> None:
        self._end()

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        response = self._client.request(method, path, **options)
        if response.status_code in _PASSING:
            raise _PassingAnswer(response)
        return response

    def _retrying(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception(
                lambda error: isinstance(error, httpx.RequestError | _PassingAnswer)
            ),
            stop=stop_after_attempt(TRIES),
            wait=_Wait(self._first_wait),
            reraise=True,
        )


class RefusedAnswer(TargetRefused):
    """An answer that repeating would not change. `status` is its number, `content` its body."""

    def __init__(
        self, title: str, response: httpx.Response, *, secrets: tuple[str, ...] = ()
    ) -> None:
        self.status, self.content = response.status_code, response.content
        said = _tidied(_words_of(response), secrets)
        super().__init__(
            f"{title} refused {response.request.method} {response.request.url.path}"
            f" with {self.status}{f': {said}' if said else ''}.",
            hint=_HINTS.get(self.status, ""),
        )


def fetch_served(base_url: str, path: str) -> Served | None:
    """Return a file of a published site as the world sees it; None when it is not there.

    Raises TargetUnreachable when nothing answers.
    """
    url = f"{base_url.rstrip('/')}/{quote(url_path(path))}"
    asking = {"cache-control": "no-cache"}
    try:
        with httpx.stream(
            "GET", url, timeout=TIMEOUT_SECONDS, follow_redirects=True, headers=asking,
            verify=_trust(),
        ) as response:  # fmt: skip
            if not response.is_success:
                return None
            return Served(content=_read_some(response), headers=dict(response.headers))
    except (httpx.RequestError, httpx.InvalidURL) as error:
        raise TargetUnreachable(
            f"{base_url} does not answer for {path}: {_reason(error)}.",
            hint="The site was sent. Look at the address, or leave the check out with --no-verify.",
        ) from error


@cache
def _trust() -> ssl.SSLContext:
    """Return whom connections trust; reading all authorities takes 25 ms, each of a dozen times."""
    return httpx.create_ssl_context()


def _read_some(response: httpx.Response) -> bytes:
    """Return the body, cut where no file of a site ends."""
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > _SERVED_LIMIT_BYTES:
            break
    return bytes(content)


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


class _PassingAnswer(Exception):
    def __init__(self, response: httpx.Response) -> None:
        super().__init__(str(response.status_code))
        self.response = response


class _Wait:
    """Waits as long as `Retry-After` says, else twice as long each time with some chance in it."""

    def __init__(self, first: float) -> None:
        self._backoff = wait_exponential(first, LONGEST_WAIT_SECONDS) + wait_random(0, first)

    def __call__(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _PassingAnswer):
            asked = _seconds_asked(error.response.headers.get("retry-after", "").strip())
            if asked is not None:
                return min(max(asked, 0.0), LONGEST_WAIT_SECONDS)
        return self._backoff(state)


def _seconds_asked(retry_after: str) -> float | None:
    """Return what a Retry-After asks for: seconds or a date (RFC 9110, 10.2.3)."""
    if re.fullmatch("[0-9]{1,9}", retry_after):
        return float(retry_after)
    try:
        return parsedate_to_datetime(retry_after).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None


_HINTS = {
    401: "Check the token: it may be wrong or expired.",
    403: "The token may not do this: give it the rights the documentation names.",
    404: "Check the name of the project, and whether the token belongs to its account.",
}
_WORDS_LIMIT = 300
_WHERE_WORDS_ARE = ("error", "errors", "message", "detail", "title", "msg")


_HIDDEN_HEADERS = re.compile("authorization|token|key|secret|cookie", re.IGNORECASE)


def _secrets_of(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a vendor's words may never repeat to the terminal: tokens and passwords."""
    found: set[str] = set()
    for name, value in headers.items():
        if _HIDDEN_HEADERS.search(name):
            scheme, _, rest = value.partition(" ")
            found |= {value, rest or scheme}
            if scheme.lower() == "basic":
                found.add(_password_of(rest))
    return tuple(sorted((one for one in found if len(one) >= 4), key=len, reverse=True))


def _password_of(basic: str) -> str:
    try:
        return base64.b64decode(basic).decode(errors="replace").partition(":")[2]
    except binascii.Error:
        return ""


def _tidied(said: str, secrets: tuple[str, ...]) -> str:
    """Return words that can stand in a line of a terminal, without secrets."""
    for secret in secrets:
        said = said.replace(secret, "***")
    printable = "".join(sign if sign.isprintable() else " " for sign in said)
    return " ".join(printable.split()).rstrip(".")[:_WORDS_LIMIT]


def _words_of(response: httpx.Response) -> str:
    """Return what a vendor says about an error: they all put it under one of few names."""
    try:
        body: Any = response.json()
    except ValueError:
        return response.text if "html" not in _type_of(response) else ""
    # In problem details (RFC 9457) the title says what happened, the detail what to do.
    is_problem = "problem+json" in _type_of(response)
    for name in ("title",) if is_problem else _WHERE_WORDS_ARE:
        found = body.get(name) if isinstance(body, dict) else None
        if isinstance(found, list) and found:
            found = found[0]
        if isinstance(found, dict):
            found = found.get("message")
        if isinstance(found, str):
            return found
    return ""


def _type_of(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", ""))
