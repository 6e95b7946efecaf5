"""Public profiles: what an owner may say about themselves, cleaned and checked.

A profile is off until its owner turns it on. Lengths are those of the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from backend.domain.accounts import read_name
from backend.domain.addresses import clean_link
from backend.domain.instants import Instant
from backend.domain.releases import RESERVED_NAMES
from backend.domain.sites import clean_text
from backend.errors import Invalid

HANDLE_PATTERN = "^[A-Za-z0-9][A-Za-z0-9-]{1,28}[A-Za-z0-9]$"
MAX_NAME = 60
MAX_TEXT = 300
MAX_LINK = 200
MAX_LINKS = 5
MAX_HIDDEN = 100

RESERVED_HANDLES = RESERVED_NAMES | {
    "4site", "about", "all", "anonymous", "contact", "edit", "everyone", "foursite", "home",
    "jobs", "legal", "me", "moderator", "new", "nobody", "null", "official", "owner", "people",
    "person", "press", "pricing", "privacy", "profile", "profiles", "search", "self", "settings",
    "signup", "staff", "system", "team", "terms", "undefined", "user", "users", "you",
}  # fmt: skip
"""Names that could be taken for the service or for a page of it."""

_HANDLE = re.compile(HANDLE_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDraft:
    """What an owner says. `hidden` are ids of own sites that the profile leaves out."""

    handle: str
    name: str = ""
    text: str = ""
    links: tuple[str, ...] = ()
    is_public: bool = False
    shows_achievements: bool = False
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A stored profile. `handle` is in lower case, and nobody else's."""

    tenant: str
    account: str
    handle: str
    name: str
    text: str
    links: tuple[str, ...]
    is_public: bool
    shows_achievements: bool
    changed_at: Instant

    @property
    def shown_name(self) -> str:
        return self.name or self.handle


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicName:
    """How somebody with a public profile is called in lists, and where it is."""

    account: str
    handle: str
    name: str

    @property
    def path(self) -> str:
        return profile_path(self.handle)


def clean_profile(draft: ProfileDraft) -> ProfileDraft:
    """Return the draft as it is stored. Raises Invalid naming the field that cannot be."""
    return replace(
        draft,
        handle=clean_handle(draft.handle),
        name=_clean_name(draft.name),
        text=clean_text(draft.text, "text", MAX_TEXT),
        links=_clean_links(draft.links),
    )


def clean_handle(text: str) -> str:
    """Return a handle in lower case. Raises Invalid for one that nobody can have."""
    cleaned = text.strip()
    if not _HANDLE.fullmatch(cleaned):
        raise Invalid(
            "A handle has 3 to 30 letters, digits and dashes.",
            field="handle",
            hint="Use a-z, 0-9 and dashes, a letter or digit first and last.",
        )
    handle = cleaned.lower()
    if handle in RESERVED_HANDLES:
        raise Invalid(
            f"{handle} could be taken for this service.",
            field="handle",
            hint="Choose another handle.",
        )
    return handle


def profile_path(handle: str) -> str:
    """Return where the profile with this handle is, below the service's address."""
    return f"/people/{handle}"


def words_of_link(link: str) -> str:
    """Return a link as it is shown: host and path."""
    parts = urlsplit(link)
    return (parts.netloc.removeprefix("www.") + parts.path).rstrip("/")


def _clean_name(text: str) -> str:
    name = read_name(text)
    if len(name) > MAX_NAME:
        raise Invalid(
            f"A display name has at most {MAX_NAME} characters.", field="name", hint="Shorten it."
        )
    return name


def _clean_links(links: Iterable[str]) -> tuple[str, ...]:
    given = (link.strip() for link in links)
    cleaned = tuple(
        dict.fromkeys(clean_link(link, field="links", limit=MAX_LINK) for link in given if link)
    )
    if len(cleaned) > MAX_LINKS:
        raise Invalid(f"A profile has at most {MAX_LINKS} links.", field="links")
    return cleaned
