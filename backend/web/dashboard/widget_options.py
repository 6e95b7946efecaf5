"""What a site's widget looks like, as its owner chooses it, and the lines that make it so.

The attributes are those of `docs/widget.md`; a value that is none of theirs is its default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

POSITIONS = {
    "bottom-right": "In the corner, right",
    "bottom-left": "In the corner, left",
    "inline": "In the text",
}
SCHEMES = {"auto": "As the page", "light": "Light", "dark": "Dark"}
PLATFORMS = {
    "x": "X",
    "linkedin": "LinkedIn",
    "reddit": "Reddit",
    "hackernews": "Hacker News",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "facebook": "Facebook",
    "email": "E-mail",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "discord": "Discord",
    "slack": "Slack",
}
USUAL_PLATFORMS = tuple(PLATFORMS)[:8]
LANGUAGES = (
    "ar", "de", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "uk",
    "zh",
)  # fmt: skip
MAX_RADIUS = 24
ACCENT = "#3b5bdb"
"""What the colour field shows before a colour was chosen."""

_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WidgetOptions:
    """What was chosen. '' and None leave it to the widget; `accent` is like `#3b5bdb`."""

    position: str = "bottom-right"
    scheme: str = "auto"
    platforms: tuple[str, ...] = USUAL_PLATFORMS
    language: str = ""
    has_counts: bool = False
    has_powered_by: bool = True
    accent: str = ""
    radius: int | None = None

    @property
    def query(self) -> str:
        """The same as the query of a link; '' for the defaults."""
        pairs = [("chosen", "1"), ("position", self.position), ("scheme", self.scheme)]
        pairs += [("platform", platform) for platform in self.platforms]
        pairs += [("lang", self.language)] if self.language else []
        pairs += [("counts", "1")] if self.has_counts else []
        pairs += [("powered", "1")] if self.has_powered_by else []
        pairs += [("accent", self.accent), ("own", "1")] if self.accent else []
        pairs += [("radius", str(self.radius))] if self.radius is not None else []
        return "" if self == WidgetOptions() else urlencode(pairs)

    @property
    def css(self) -> str:
        """The rule that a page's style sheet needs; '' when none is. It has no quotes."""
        values = []
        if self.accent:
            values.append(f"--foursite-accent: {self.accent};")
        if self.radius is not None:
            values.append(f"--foursite-radius: {self.radius}px;")
        return f"foursite-share {{ {' '.join(values)} }}" if values else ""

    def attributes(self, prefix: str = "") -> dict[str, str]:
        """Return what differs from the widget's defaults; an empty value is a bare attribute."""
        chosen: dict[str, str] = {}
        if self.position != "bottom-right":
            chosen["position"] = self.position
        if self.scheme != "auto":
            chosen["theme"] = self.scheme
        if self.platforms != USUAL_PLATFORMS:
            chosen["platforms"] = ",".join(self.platforms)
        if self.language:
            chosen["lang"] = self.language
        if self.has_counts:
            chosen["counts"] = ""
        if not self.has_powered_by:
            chosen["powered-by"] = "off"
        return {prefix + name: value for name, value in chosen.items()}


def read_options(query: QueryParams, *, can_remove_powered_by: bool) -> WidgetOptions:
    """Return what the form of the page asks for; without it the defaults.

    A box that is not ticked is not sent, so `chosen` says that the form was.
    """
    if not query.get("chosen"):
        return WidgetOptions()
    sent = query.getlist("platform")[: len(PLATFORMS)]
    platforms = tuple(name for name in PLATFORMS if name in sent)
    accent = query.get("accent", "").lower()
    radius = query.get("radius", "")
    is_number = radius.isascii() and radius.isdecimal() and len(radius) < 3
    language = query.get("lang", "")
    return WidgetOptions(
        position=_one_of(query.get("position", ""), POSITIONS, "bottom-right"),
        scheme=_one_of(query.get("scheme", ""), SCHEMES, "auto"),
        platforms=platforms or USUAL_PLATFORMS,
        language=language if language in LANGUAGES else "",
        has_counts=bool(query.get("counts")),
        has_powered_by=bool(query.get("powered")) or not can_remove_powered_by,
        accent=accent if query.get("own") and _COLOUR.fullmatch(accent) else "",
        radius=min(int(radius), MAX_RADIUS) if is_number else None,
    )


def embed_lines(options: WidgetOptions, *, base_url: str, key: str) -> str:
    """Return what goes into a page: the script, and what the choice needs beside it."""
    script = {"src": f"{base_url}/widget.js", "data-site": key, "data-service": base_url}
    lines = [f"<script defer{write_attributes(script | options.attributes('data-'))}></script>"]
    if options.position == "inline":
        lines.append("<foursite-share></foursite-share>")
    if options.css:
        lines.append(f"<style>{options.css}</style>")
    return "\n".join(lines)


def write_attributes(values: Mapping[str, str]) -> str:
    """Return attributes as they stand in a tag, a blank before each."""
    return "".join(
        f' {name}="{escape(value)}"' if value else f" {name}" for name, value in values.items()
    )


def _one_of(value: str, known: Mapping[str, str], usual: str) -> str:
    return value if value in known else usual
