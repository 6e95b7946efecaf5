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
    """A share of the same visitor and site within the window before another one."""

    platform: Platform
    page: str
    is_counted: bool


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


def counts(platform: Platform, page: str, earlier: Iterable[EarlierShare]) -> bool:
    """Tell whether a share counts after the `earlier` ones of the same visitor within 24 hours.

    The same page on the same platform does not count again, and a visitor counts at most twice
    within that time for one site.
    """
    counted = 0
    for share in earlier:
        if share.platform is platform and share.page == page:
            return False
        counted += share.is_counted
    return counted < COUNTED_PER_VISITOR


def window_start(at: Instant) -> Instant:
    """Return the instant after which earlier shares still matter to one made at `at`."""
    return Instant(at - COUNT_WINDOW)
