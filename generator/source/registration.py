"""Registers a site with a service: one question, its token only to that service, no redirects.

The answer comes from a host that somebody typed, so its size is bounded and its words are cleaned
before a terminal shows them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import httpx
import msgspec

from generator.errors import ServiceAnswer, ServiceRefused, ServiceUnreachable
from generator.settings import ReferralCode, SiteKey

_TIMEOUT_SECONDS = 20.0
_ANSWER_LIMIT_BYTES = 64 * 1024
_WORDS_LIMIT = 300
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HINTS = {
    401: "Make a new token in the service's dashboard and set FOURSITE_TOKEN to it.",
    403: "Use a token whose scopes allow registering sites.",
    404: "Check the address of the service; this one has no such page.",
    409: "Sign in as the owner of the registered site, and copy its key from the dashboard.",
}


class SiteRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a service is told about a site. `language` is the main programming language."""

    url: str
    title: str
    description: str | None = None
    repository: str | None = None
    kind: str | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A site as the service knows it. `is_new` is false when it was registered before."""

    id: str
    key: str
    referral_code: str | None
    is_new: bool


class _Answer(msgspec.Struct, frozen=True):
    id: str | int
    key: SiteKey
    referral_code: ReferralCode | None = None


class _Problem(msgspec.Struct, frozen=True):
    """Problem details of RFC 9457: a service's `title` says what, its `detail` what to do."""

    title: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service by its address, without a final slash, and the token that its owner gave us."""

    url: str
    token: str | None = field(default=None, repr=False)
    transport: httpx.BaseTransport | None = None

    def register(self, site: SiteRecord) -> Registered:
        """Register `site`; the same site again is the same registration.

        Raises ServiceRefused, ServiceUnreachable, ServiceAnswer.
        """
        self._check_privacy()
        # Derived, so that a second try after a lost answer finds the first one's site.
        same = hashlib.sha256(f"{self.url}\n{site.url}".encode()).hexdigest()[:32]
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"4site-link-{same}",
        }
        body = msgspec.json.encode(site)
        status, answer = self._ask("POST", "/api/v1/sites", headers=headers, body=body)
        try:
            found = msgspec.json.decode(answer, type=_Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ServiceAnswer(
                f"{self.url} answered, but not with a site and its key.",
                hint="Check the address; is a 4site service there, of this version?",
            ) from error
        return Registered(
            id=str(found.id),
            key=found.key,
            referral_code=found.referral_code,
            is_new=status == 201,
        )

    def knows(self, key: str) -> bool:
        """Say whether the service has a site with `key`; needs no token."""
        try:
            self._ask("GET", f"/widget/counts/{key}.json")
        except ServiceRefused as error:
            if error.status == 404:
                return False
            raise
        return True

    def _ask(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[int, bytes]:
        """Return status and body of a 2xx; raise what any other answer means."""
        sent = {"Accept": "application/json", "User-Agent": "4site", **(headers or {})}
        try:
            with (
                httpx.Client(timeout=_TIMEOUT_SECONDS, transport=self.transport) as client,
                client.stream(method, self.url + path, headers=sent, content=body) as response,
            ):
                answer = self._read(response)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise ServiceUnreachable(
                f"{self.url} cannot be reached: {_clean(str(error)) or type(error).__name__}.",
                hint="Check the address of the service and the network.",
            ) from error
        if response.is_success:
            return response.status_code, answer
        raise self._explain(response, answer)

    def _read(self, response: httpx.Response) -> bytes:
        found = bytearray()
        for chunk in response.iter_bytes():
            found += chunk
            if len(found) > _ANSWER_LIMIT_BYTES:
                raise ServiceAnswer(
                    f"{self.url} sent more than {_ANSWER_LIMIT_BYTES >> 10} KiB.",
                    hint="Check the address; a 4site service answers in a few hundred bytes.",
                )
        return bytes(found)

    def _explain(self, response: httpx.Response, answer: bytes) -> ServiceRefused | ServiceAnswer:
        status = response.status_code
        if response.is_redirect:
            place = _clean(response.headers.get("location", ""))
            return ServiceAnswer(
                f"{self.url} redirects to {place or 'another place'}.",
                hint="Name the service by the address where it really is.",
            )
        try:
            problem = msgspec.json.decode(answer, type=_Problem)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            problem = _Problem()
        title, advice = _clean(problem.title), _clean(problem.detail)
        said = title or advice or response.reason_phrase
        if status >= 500:
            return ServiceAnswer(
                f"{self.url} has trouble of its own ({status}): {said.rstrip('.')}.",
                hint="Try again later.",
            )
        hint = _HINTS.get(status, "Correct what the service names, and run the command again.")
        if title and advice:
            hint = advice
        if status == 429:
            hint = _waiting(response.headers.get("retry-after", ""))
        return ServiceRefused(
            f"{self.url} refused ({status}): {said.rstrip('.')}.", hint=hint, status=status
        )

    def _check_privacy(self) -> None:
        """Raise ServiceRefused rather than send a token where anybody on the way can read it."""
        split = urlsplit(self.url)
        if split.scheme != "https" and split.hostname not in _LOOPBACK:
            raise ServiceRefused(
                f"{self.url} is not https; the token would be readable on the way.",
                hint="Name the service by its https address.",
                status=0,
            )


def _waiting(retry_after: str) -> str:
    seconds = int(retry_after) if retry_after.isdecimal() and len(retry_after) < 7 else 0
    return f"Try again in {seconds} seconds." if seconds else "Try again later."


def _clean(words: str) -> str:
    """Return a foreign text on one line, without what a terminal would obey."""
    shown = "".join(char if char.isprintable() else " " for char in words)
    return " ".join(shown.split())[:_WORDS_LIMIT]
