"""Feeds of the changelog: Atom (RFC 4287) and JSON Feed 1.1, with absolute URLs and real dates.

Both need the site's address; without one there is no feed rather than a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import msgspec

from generator.model.changelog import Version
from generator.model.output import OutputFile

ATOM_PATH = "changelog/feed.xml"
JSON_PATH = "changelog/feed.json"
_ENTRIES = 50
# Characters that XML 1.0 cannot hold, even escaped.
_XML_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def make_feeds(
    *, name: str, site_url: str, language: str, versions: Sequence[Version]
) -> tuple[OutputFile, ...]:
    """Return both feeds of the newest dated versions; nothing when no version has a date."""
    dated = [version for version in versions if version.date][:_ENTRIES]
    if not dated:
        return ()
    return (
        OutputFile(path=ATOM_PATH, content=_atom(name, site_url, language, dated).encode()),
        OutputFile(path=JSON_PATH, content=_json_feed(name, site_url, language, dated)),
    )


def _atom(name: str, site_url: str, language: str, versions: Sequence[Version]) -> str:
    newest = max(version.date for version in versions if version.date)
    entries = "".join(_atom_entry(name, site_url, version) for version in versions)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_text(language)}">\n'
        f"<title>{_text(name)} releases</title>\n"
        f"<id>{_text(site_url)}changelog/</id>\n"
        f'<link rel="self" href="{_text(site_url + ATOM_PATH)}"/>\n'
        f'<link rel="alternate" type="text/html" href="{_text(site_url + "changelog/")}"/>\n'
        f"<updated>{_time(newest)}</updated>\n"
        f"<author><name>{_text(name)}</name></author>\n{entries}</feed>\n"
    )


def _atom_entry(name: str, site_url: str, version: Version) -> str:
    assert version.date is not None  # noqa: S101  the caller passes dated versions only
    address = f"{site_url}changelog/#{version.anchor}"
    return (
        f"<entry>\n<title>{_text(name)} {_text(version.name)}</title>\n"
        f'<id>{_text(address)}</id>\n<link href="{_text(address)}"/>\n'
        f"<updated>{_time(version.date)}</updated>\n"
        f'<content type="html">{_text(version.html)}</content>\n</entry>\n'
    )


def _json_feed(name: str, site_url: str, language: str, versions: Sequence[Version]) -> bytes:
    items: list[dict[str, Any]] = [
        {
            "id": f"{site_url}changelog/#{version.anchor}",
            "url": f"{site_url}changelog/#{version.anchor}",
            "title": f"{name} {version.name}",
            "content_html": str(version.html),
            "date_published": _time(version.date),
        }
        for version in versions
        if version.date
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{name} releases",
        "home_page_url": f"{site_url}changelog/",
        "feed_url": site_url + JSON_PATH,
        "language": language,
        "items": items,
    }
    return msgspec.json.format(msgspec.json.encode(feed), indent=1) + b"\n"


def _time(day: date) -> str:
    """Return midnight UTC of a day: feeds want a time, changelogs give days."""
    return f"{day.isoformat()}T00:00:00Z"


def _text(value: str) -> str:
    return escape(str(value).translate(_XML_FORBIDDEN))
