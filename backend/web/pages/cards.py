"""A site as the public pages show it: every text is its owner's, so links are looked at twice."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.domain.instants import Instant, to_datetime, to_text
from backend.domain.showcase import ShowcaseCard

TONES = 12
LAYOUTS = ("split", "stack", "index")
KIND_LABELS: Mapping[str, tuple[str, str]] = {
    "tool": ("Tool", "Tools"),
    "library": ("Library", "Libraries"),
    "application": ("Application", "Applications"),
    "documents": ("Documents", "Documents"),
    "profile": ("Profile", "Profiles"),
    "project": ("Project", "Projects"),
}
"""Each kind of site, for one and for many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A card. `url` and `repository` are None unless they lead to the web.

    `tone` and `layout` choose the drawing that stands in for a missing `thumbnail`: the same ones
    for the same site, always.
    """

    key: str
    title: str
    description: str
    url: str | None
    host: str
    repository: str | None
    kind: str
    kind_label: str
    language: str | None
    topics: tuple[str, ...]
    score: str
    shares: int
    is_featured: bool
    featured_until: datetime.datetime | None
    published_at: datetime.datetime
    thumbnail: str | None
    tone: int
    layout: str


def view_card(card: ShowcaseCard, now: Instant) -> CardView:
    """Return the card for a template."""
    url = web_url(card.url)
    digest = hashlib.blake2b(card.key.encode(), digest_size=2).digest()
    is_featured = card.is_featured(now)
    return CardView(
        key=card.key,
        title=card.title,
        description=card.description,
        url=url,
        host=(urlsplit(url).hostname or "") if url else "",
        repository=web_url(card.repository or ""),
        kind=card.kind,
        kind_label=KIND_LABELS.get(card.kind, (card.kind, card.kind))[0],
        language=card.language,
        topics=card.topics,
        score=format_score(card.rank.score),
        shares=card.rank.shares,
        is_featured=is_featured,
        featured_until=to_datetime(card.featured_until)
        if is_featured and card.featured_until is not None
        else None,
        published_at=to_datetime(card.rank.published_at),
        thumbnail=f"/thumbnails/{card.thumbnail}" if card.thumbnail else None,
        tone=digest[0] % TONES,
        layout=LAYOUTS[digest[1] % len(LAYOUTS)],
    )


def describe_card(card: ShowcaseCard, now: Instant, *, base_url: str) -> dict[str, object]:
    """Return the card for programs. `score` is a decimal text, as the page shows it."""
    is_featured = card.is_featured(now)
    return {
        "key": card.key,
        "title": card.title,
        "description": card.description,
        "url": card.url,
        "repository": card.repository,
        "kind": card.kind,
        "language": card.language,
        "topics": list(card.topics),
        "score": f"{card.rank.score // 100}.{card.rank.score % 100:02d}",
        "shares": card.rank.shares,
        "featured_until": to_text(card.featured_until)
        if is_featured and card.featured_until is not None
        else None,
        "published_at": to_text(card.rank.published_at),
        "thumbnail": f"{base_url}/thumbnails/{card.thumbnail}" if card.thumbnail else None,
        "page": f"{base_url}/showcase/{card.key}",
    }


def format_score(hundredths: int) -> str:
    """Return a score for people: `1,234.50`."""
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"


def web_url(text: str) -> str | None:
    """Return an address that a link may lead to, None for any other text."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return text if is_web else None
