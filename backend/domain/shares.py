"""Shares: platforms, what each is worth, and which shares count. Source: the rules, "Shares"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import DAY, Instant

COUNT_WINDOW = DAY
"""How long a visitor's earlier shares are remembered, in microseconds."""
COUNTED_PER_VISITOR = 2
"""How many shares of one site a visitor can have counted within the window."""


class Platform(StrEnum):
    X = "x"
    LINKEDIN = "linkedin"
    FACEBOOK = "facebook"
    REDDIT = "reddit"
    HACKERNEWS = "hackernews"
    EMAIL = "email"
    COPY_LINK = "copy_link"
    DISCORD = "discord"
    SLACK = "slack"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    NATIVE = "native"


ALIASES = {"twitter": Platform.X}

# Weight and boost in tenths: 5.0 × 1.5 for X is (50, 15).
_OTHER = (20, 10)
_WEIGHT_AND_BOOST: dict[Platform, tuple[int, int]] = {
    Platform.X: (50, 15),
    Platform.LINKEDIN: (40, 13),
    Platform.REDDIT: (60, 20),
    Platform.HACKERNEWS: (80, 25),
    Platform.FACEBOOK: (30, 12),
    Platform.EMAIL: (40, 14),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierShare:
    """A share that the same visitor of the same site made before another one.

    `is_due` is what the rule of what counts made of it, whether or not a review holds it: so
    that clearing the case gives what would have been.
    """

    platform: Platform
    page: str
    at: Instant
    is_due: bool


def find_platform(name: str) -> Platform | None:
    """Return the platform called `name`, or by an alias of it."""
    try:
        return ALIASES.get(name) or Platform(name)
    except ValueError:
        return None


def share_points(platform: Platform) -> int:
    """Return weight × boost of one counted share, in thousandths."""
    weight, boost = _WEIGHT_AND_BOOST.get(platform, _OTHER)
    return weight * boost * 10


def settle(at: Instant, earlier: Iterable[EarlierShare]) -> Instant:
    """Return when a share counts as made: at `at`, and later than its visitor's earlier ones.

    Several in one request carry one time, and the clocks of two machines differ; so that order
    can be told from the times alone, and the rule replayed.
    """
    return Instant(max([at, *(share.at + 1 for share in earlier)]))


def counts(platform: Platform, page: str, at: Instant, earlier: Iterable[EarlierShare]) -> bool:
    """Tell whether a share made at `at` counts after its visitor's `earlier` ones.

    Within 24 hours the same page on the same platform does not count again, and a visitor counts
    at most twice for one site.
    """
    recent = [share for share in earlier if share.at > window_start(at)]
    is_repeat = any(share.platform is platform and share.page == page for share in recent)
    return not is_repeat and sum(share.is_due for share in recent) < COUNTED_PER_VISITOR


def window_start(at: Instant) -> Instant:
    """Return the instant after which earlier shares still matter to one made at `at`."""
    return Instant(at - COUNT_WINDOW)
