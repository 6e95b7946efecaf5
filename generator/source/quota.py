"""A server's limits on questions, read from its answers.

Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from generator.errors import RateLimited
from generator.source.http_cache import Answer

_BUSY = frozenset({403, 429, 500, 502, 503, 504})


class QuotaSpent(RateLimited):
    """The server counts no more questions until `resets_at` (None when it does not say)."""

    def __init__(self, host: str, resets_at: datetime | None, *, has_token: bool) -> None:
        when = f"resets at {format_moment(resets_at)}" if resets_at else "resets later"
        cure = "Set GITHUB_TOKEN (or run `gh auth login`) for 5,000 requests an hour, or wait."
        super().__init__(
            f"The request limit of {host} is spent; it {when}.",
            hint="Build again after that." if has_token else cure,
        )
        self.resets_at = resets_at


def format_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit that is reached, and when it is over (None when the server does not say)."""

    resets_at: datetime | None


def find_limit(answer: Answer) -> Limit | None:
    """Read a primary or secondary limit from an answer.

    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    if answer.status not in {403, 429}:
        return None
    says_so = b"rate limit" in answer.body[:2000].lower() or "retry-after" in answer.headers
    if answer.status == 403 and not says_so and answer.headers.get("x-ratelimit-remaining") != "0":
        return None
    return Limit(resets_at=_read_reset(answer))


def _read_reset(answer: Answer) -> datetime | None:
    """Return when questions count again; a secondary limit gives seconds from the answer's date."""
    try:
        wait = answer.headers.get("retry-after")
        if wait is not None:
            said_at = parsedate_to_datetime(answer.headers["date"])
            return said_at + timedelta(seconds=int(wait))
        return datetime.fromtimestamp(int(answer.headers["x-ratelimit-reset"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None


def wished_wait(answer: Answer) -> float | None:
    """Return how many seconds a busy server asks us to wait, None when it does not."""
    text = answer.headers.get("retry-after", "")
    is_busy = answer.status in _BUSY
    return float(text) if is_busy and text.isascii() and text.isdigit() else None
