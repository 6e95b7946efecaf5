"""Sites: what an owner may say about one, cleaned and checked, and what a tier allows.

Sources: the rules, "Tiers, prices, limits"; lengths are those of the columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from backend.domain.addresses import clean_origin, clean_repository, clean_url
from backend.domain.gates import origin_of
from backend.domain.instants import Instant
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.domain.tiers import TERMS, Tier
from backend.errors import Invalid, LimitReached

MAX_TITLE = 120
MAX_DESCRIPTION = 300
MAX_LANGUAGE = 40
MAX_TOPICS = 20
MAX_TOPIC = 50
MAX_ALL_TOPICS = 400
MAX_ORIGINS = 10
"""Origins beside the site's own."""
MAX_ALL_ORIGINS = 1_000
KINDS = frozenset({"tool", "library", "application", "documents", "profile", "project"})

_TOPIC = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{MAX_TOPIC - 1}}}")
# Marks that turn the direction of what follows: a title must not turn the page around it.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDraft:
    """What an owner says when registering a site. `language` is the programming language."""

    url: str
    title: str
    description: str = ""
    repository: str | None = None
    kind: str = "project"
    language: str | None = None
    topics: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    wish: ShowcaseWish = ShowcaseWish.UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEdit:
    """What an owner changes; None leaves a value as it is, an empty `language` takes it away.

    `origins` replaces those beside the site's own.
    """

    title: str | None = None
    description: str | None = None
    kind: str | None = None
    language: str | None = None
    topics: tuple[str, ...] | None = None
    origins: tuple[str, ...] | None = None
    wish: ShowcaseWish | None = None
    has_powered_by: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A registered site. The first of `origins` is that of `url`, which ends in a slash.

    `verified_by` is `meta`, `file` or `github`; `thumbnail` the name of its picture.
    """

    tenant: str
    id: str
    account: str
    key: str
    url: str
    origins: tuple[str, ...]
    title: str
    description: str
    repository: str | None
    kind: str
    language: str | None
    topics: tuple[str, ...]
    status: SiteStatus
    wish: ShowcaseWish
    has_powered_by: bool
    created_at: Instant
    verified_at: Instant | None = None
    verified_by: str | None = None
    published_at: Instant | None = None
    thumbnail: str | None = None
    thumbnail_at: Instant | None = None


def clean_draft(draft: SiteDraft) -> SiteDraft:
    """Return the draft as it is stored. Raises Invalid naming the field that cannot be.

    The result's `origins` begin with the site's own.
    """
    url = clean_url(draft.url, field="url")
    return SiteDraft(
        url=url,
        title=clean_title(draft.title),
        description=clean_text(draft.description, "description", MAX_DESCRIPTION),
        repository=clean_repository(draft.repository) if draft.repository else None,
        kind=_clean_kind(draft.kind),
        language=clean_text(draft.language or "", "language", MAX_LANGUAGE) or None,
        topics=clean_topics(draft.topics),
        origins=clean_origins(url, draft.origins),
        wish=draft.wish,
    )


def edit_site(site: Site, edit: SiteEdit, tier: Tier) -> Site:
    """Return the site with the edit. Raises Invalid, or LimitReached for what the tier lacks."""
    changed = site
    if edit.title is not None:
        changed = replace(changed, title=clean_title(edit.title))
    if edit.description is not None:
        description = clean_text(edit.description, "description", MAX_DESCRIPTION)
        changed = replace(changed, description=description)
    if edit.kind is not None:
        changed = replace(changed, kind=_clean_kind(edit.kind))
    if edit.language is not None:
        language = clean_text(edit.language, "language", MAX_LANGUAGE) or None
        changed = replace(changed, language=language)
    if edit.topics is not None:
        changed = replace(changed, topics=clean_topics(edit.topics))
    if edit.origins is not None:
        changed = replace(changed, origins=clean_origins(site.url, edit.origins))
    if edit.wish is not None:
        changed = replace(changed, wish=edit.wish)
    if edit.has_powered_by is not None:
        check_powered_by(tier, has_powered_by=edit.has_powered_by)
        changed = replace(changed, has_powered_by=edit.has_powered_by)
    return changed


def check_room(tier: Tier, sites: int) -> None:
    """Raise LimitReached when an owner of `sites` sites can register no further one."""
    limit = TERMS[tier].sites
    if limit is None or sites < limit:
        return
    bigger = next(
        (other for other in Tier if (TERMS[other].sites or sites + 1) > limit), Tier.ENTERPRISE
    )
    room = TERMS[bigger].sites
    raise LimitReached(
        f"The {tier} tier holds {limit} sites, and you have {sites}.",
        hint=f"Remove a site, or change to {bigger}, which holds {room or 'any number'}.",
    )


def check_powered_by(tier: Tier, *, has_powered_by: bool) -> None:
    """Raise LimitReached when the powered-by line is to go and the tier keeps it."""
    if not has_powered_by and not TERMS[tier].can_remove_powered_by:
        raise LimitReached(
            f"The {tier} tier shows the powered-by line.",
            hint="Change to pro or above to remove it.",
        )


def shows_powered_by(site: Site, tier: Tier) -> bool:
    """Tell whether the site shows the powered-by line under the tier its owner has now."""
    return site.has_powered_by or not TERMS[tier].can_remove_powered_by


def clean_title(title: str) -> str:
    """Return a title on one line. Raises Invalid when nothing is left, or too much."""
    cleaned = clean_text(title, "title", MAX_TITLE)
    if not cleaned:
        raise Invalid("A site needs a title.", field="title")
    return cleaned


def clean_topics(topics: Iterable[str]) -> tuple[str, ...]:
    """Return topics in lower case, each once. They are words of letters, digits and hyphens."""
    cleaned = tuple(dict.fromkeys(topic.strip().lower() for topic in topics))
    for topic in cleaned:
        if not _TOPIC.fullmatch(topic):
            raise Invalid(
                f"{topic[:MAX_TOPIC]!r} is not a topic.",
                field="topics",
                hint=f"Use up to {MAX_TOPIC} of a-z, 0-9 and hyphens, a letter or digit first.",
            )
    if len(cleaned) > MAX_TOPICS or len(" ".join(cleaned)) > MAX_ALL_TOPICS:
        raise Invalid(
            f"A site has at most {MAX_TOPICS} topics of {MAX_ALL_TOPICS} characters in all.",
            field="topics",
        )
    return cleaned


def clean_origins(url: str, extra: Iterable[str]) -> tuple[str, ...]:
    """Return the origins pings may come from: that of `url`, then the extra ones, each once."""
    own = origin_of(url)
    others = tuple(
        origin
        for origin in dict.fromkeys(clean_origin(text, field="origins") for text in extra)
        if origin != own
    )
    if len(others) > MAX_ORIGINS or len(" ".join((own, *others))) > MAX_ALL_ORIGINS:
        raise Invalid(
            f"A site has at most {MAX_ORIGINS} further origins.",
            field="origins",
            hint="Remove an origin that is no longer used.",
        )
    return (own, *others)


def _clean_kind(kind: str) -> str:
    if kind not in KINDS:
        raise Invalid(
            f"{kind[:32]!r} is not a kind of site.",
            field="kind",
            hint=f"Use one of {', '.join(sorted(KINDS))}.",
        )
    return kind


def clean_text(text: str, field: str, limit: int) -> str:
    """Return the text on one line, without what no reader sees."""
    kept = "".join(
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
        for char in text[: limit * 4]
        if char not in _TURNING and unicodedata.category(char) != "Cs"
    )
    cleaned = " ".join(kept.split())
    if len(cleaned) > limit or len(text) > limit * 4:
        raise Invalid(f"The {field} is longer than {limit} characters.", field=field)
    return cleaned
