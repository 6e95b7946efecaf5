"""What names of an audience are called on a page: platforms, countries, pages, ratios."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from babel import Locale

from backend.domain.shares import Platform
from backend.domain.sources import REST, UNKNOWN, SourceKind

_PLATFORMS = {
    Platform.X: "X",
    Platform.LINKEDIN: "LinkedIn",
    Platform.FACEBOOK: "Facebook",
    Platform.REDDIT: "Reddit",
    Platform.HACKERNEWS: "Hacker News",
    Platform.EMAIL: "E-mail",
    Platform.COPY_LINK: "Copied link",
    Platform.DISCORD: "Discord",
    Platform.SLACK: "Slack",
    Platform.MASTODON: "Mastodon",
    Platform.BLUESKY: "Bluesky",
    Platform.WHATSAPP: "WhatsApp",
    Platform.TELEGRAM: "Telegram",
    Platform.NATIVE: "Share sheet",
}
_UNKNOWN = {
    SourceKind.REFERRER: "Direct, or not said",
    SourceKind.COUNTRY: "Not known",
    SourceKind.DEVICE: "Not known",
    SourceKind.PAGE: "Not known",
}
_REST = {
    SourceKind.REFERRER: "All others",
    SourceKind.COUNTRY: "All others",
    SourceKind.DEVICE: "All others",
    SourceKind.PAGE: "All other pages",
}
_PAGE_CHARACTERS = 60


def name_platform(name: str) -> str:
    """Return what a platform is called; shares that are not kept any more have none."""
    return _PLATFORMS[Platform(name)] if name else "Older shares"


def describe(kind: SourceKind, name: str, host: str = "") -> str:
    """Return a name that views were counted by as a page says it.

    Pages lose their scheme, and the `host` that all of them share.
    """
    if name == REST:
        return _REST[kind]
    if name == UNKNOWN:
        return _UNKNOWN[kind]
    if kind is SourceKind.COUNTRY:
        return _countries().get(name, name)
    if kind is SourceKind.DEVICE:
        return name.capitalize()
    if kind is SourceKind.PAGE:
        return _shorten(name, host)
    return name


def write_ratio(number: int, by: int) -> str:
    """Return a quotient with two decimals, rounded half up: `1.25`."""
    hundredths = (200 * number + by) // (2 * by)
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def shared_host(pages: Iterable[str]) -> str:
    """Return the host that is that of each page, '' when there are several."""
    hosts = {_split(page)[0] for page in pages if page not in {REST, UNKNOWN}}
    return hosts.pop() if len(hosts) == 1 else ""


def _shorten(page: str, host: str) -> str:
    of_page, rest = _split(page)
    said = rest if host and of_page == host else f"{of_page}{rest}"
    return said if len(said) <= _PAGE_CHARACTERS else f"{said[: _PAGE_CHARACTERS - 1]}…"


def _split(page: str) -> tuple[str, str]:
    """Return host and path of an address; what is none is all path."""
    try:
        parts = urlsplit(page)
    except ValueError:
        return "", page
    query = f"?{parts.query}" if parts.query else ""
    return parts.netloc, f"{parts.path or '/'}{query}"


@cache
def _countries() -> dict[str, str]:
    return {code: str(name) for code, name in Locale("en").territories.items()}
