"""What a badge or a counter says about a site, in a few words, a colour and no name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import Instant
from backend.errors import Invalid

MAX_LABEL = 40
COLORS = {
    "brightgreen": "#3fb618",
    "green": "#2f8f46",
    "yellowgreen": "#8a9a1b",
    "yellow": "#c99a06",
    "orange": "#d9730d",
    "red": "#cf3a30",
    "blue": "#2f5bd8",
    "lightgrey": "#8b93a1",
}
"""The colours that READMEs know by name; any other is three or six hexadecimal digits."""
_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class BadgeKind(StrEnum):
    SCORE = "score"
    SHARES = "shares"
    FEATURED = "featured"
    VIEWS = "views"


LABELS = {
    BadgeKind.SCORE: "4site score",
    BadgeKind.SHARES: "shares",
    BadgeKind.FEATURED: "4site",
    BadgeKind.VIEWS: "views",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFigures:
    """The public figures of a site; `score` is hundredths, shares are counted ones."""

    score: int
    shares: int
    views: int
    featured_until: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A badge; `color` is a name of `COLORS` or six hexadecimal digits behind a `#`."""

    label: str
    message: str
    color: str
    is_error: bool = False

    @property
    def fill(self) -> str:
        """The colour as CSS writes it."""
        return COLORS.get(self.color, self.color)


def make_badge(kind: BadgeKind, figures: SiteFigures, now: Instant) -> Badge:
    """Return what the badge of a kind says of a site at `now`."""
    if kind is BadgeKind.FEATURED:
        is_featured = figures.featured_until is not None and figures.featured_until > now
        return Badge(
            label=LABELS[kind],
            message="featured" if is_featured else "not featured now",
            color="green" if is_featured else "lightgrey",
        )
    return Badge(label=LABELS[kind], message=say_number(kind, figures), color="blue")


def say_number(kind: BadgeKind, figures: SiteFigures) -> str:
    """Return the number of a kind as people write it: `1,234`, and a score as `196.56`."""
    if kind is BadgeKind.SCORE:
        return f"{figures.score // 100:,}.{figures.score % 100:02d}"
    return f"{figures.views if kind is BadgeKind.VIEWS else figures.shares:,}"


def not_found(kind: BadgeKind | None) -> Badge:
    """Return the badge of a site that is unknown or hidden, or of no known kind."""
    label = LABELS[kind] if kind else "badge"
    return Badge(label=label, message="not found", color="lightgrey", is_error=True)


def read_label(text: str) -> str:
    """Return a label that somebody chose. Raises Invalid for a long one, and for odd characters."""
    label = text.strip()
    if len(label) > MAX_LABEL:
        raise Invalid(f"A label has at most {MAX_LABEL} characters.", field="label")
    # Letters, marks, numbers, punctuation, symbols and plain spaces: nothing that turns or hides.
    if any(unicodedata.category(one)[0] not in "LMNPS" and one != " " for one in label):
        raise Invalid("The label holds a character that no text has.", field="label")
    return label


def read_color(text: str) -> str:
    """Return a colour that somebody chose: a known name, or `#rrggbb`. Raises Invalid."""
    if text in COLORS:
        return text
    if found := _HEX.fullmatch(text):
        digits = found[1].lower()
        return f"#{digits if len(digits) == 6 else ''.join(one * 2 for one in digits)}"
    raise Invalid(
        "That is no colour.",
        field="color",
        hint=f"Use three or six hexadecimal digits, or one of {', '.join(COLORS)}.",
    )
