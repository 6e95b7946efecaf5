"""The project's current version: from releases, else tags, else a manifest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from generator.insight.manifests.facts import ManifestFacts
from generator.insight.manifests.read import plain_name
from generator.model.insight import Fact, Origin
from generator.model.repository import Repository

CANDIDATES_LIMIT = 200

# Two lines of a project may be maintained at once (4.22.2 after 5.2.1); the highest number wins
# among what was published in this time, so that a change of scheme (2019.1 → 1.0) heals itself.
_CURRENT = timedelta(days=400)

_VERSION = re.compile(
    r"^(?:(?P<prefix>@?[A-Za-z][\w./@-]*?)[-_/@]?)?(?:(?<![A-Za-z])v|V|^v|ver|version[-_.]?)?"
    r"(?P<number>\d+(?:[._]\d+){0,3})(?P<rest>(?:[-+._]?[A-Za-z][\w.+-]*|[-+.][\w.+-]+)?)$"
)
_PRERELEASE = re.compile(
    r"(?:^|[-._\d])(?:a|b|c|rc|alpha|beta|dev|pre|preview|nightly|canary|next|snapshot|m|ea|exp"
    r"|unstable|test|insiders?)[-._]?\d*(?=$|[-._+\d])",
    re.IGNORECASE,
)
_NEUTRAL_PREFIXES = frozenset({"", "v", "ver", "version", "release", "rel", "releases", "r", "tag"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    number: tuple[int, ...]
    text: str
    date: datetime | None
    is_prerelease: bool


def find_version(repository: Repository, manifests: tuple[ManifestFacts, ...]) -> Fact[str] | None:
    """Return the newest version that is no pre-release, without the `v` or the package before it.

    Only if every release is a pre-release, the newest of them. Tags of other packages of the
    repository (`macros-v0.5.1`) are not the project's.
    """
    names = {plain_name(repository.name)}
    names |= {plain_name(facts.name.value) for facts in manifests if facts.name}
    releases = [
        candidate
        for release in repository.releases[:CANDIDATES_LIMIT]
        if (candidate := _read(release.tag, names, release.published_at, release.is_prerelease))
    ]
    if found := _choose(releases):
        return Fact(value=found, origin=Origin(path="forge"))
    tags = repository.history.tags[:CANDIDATES_LIMIT] if repository.history else ()
    if found := _choose([item for tag in tags if (item := _read(tag.name, names, tag.date))]):
        return Fact(value=found, origin=Origin(path="git"))
    return next((facts.version for facts in manifests if facts.version), None)


def read_version(tag: str) -> tuple[str, str] | None:
    """Return a tag's package (may be empty) and its version without a leading `v`."""
    match = _VERSION.match(tag)
    if match is None:
        return None
    prefix = (match["prefix"] or "").rstrip("-_/@").removesuffix("-v")
    return (
        "" if prefix.casefold() in _NEUTRAL_PREFIXES else prefix,
        match["number"] + match["rest"],
    )


def _read(
    tag: str, names: set[str], date: datetime | None, is_prerelease: bool = False
) -> _Candidate | None:
    parts = read_version(tag)
    if parts is None or (parts[0] and plain_name(parts[0]) not in names):
        return None
    digits = re.match(r"\d+(?:[._]\d+)*", parts[1])
    number = tuple(int(part) for part in re.split(r"[._]", digits[0])) if digits else ()
    rest = parts[1][digits.end() :] if digits else ""
    return _Candidate(
        number=number,
        text=parts[1],
        date=date,
        is_prerelease=is_prerelease or _PRERELEASE.search(rest) is not None,
    )


def _choose(candidates: Iterable[_Candidate]) -> str | None:
    every = list(candidates)
    stable = [item for item in every if not item.is_prerelease] or every
    dates = [item.date for item in stable if item.date]
    newest = max(dates) if dates else None
    current = [
        item for item in stable if newest is None or (item.date and newest - item.date < _CURRENT)
    ]
    return max(current, key=lambda item: (item.number, item.text)).text if current else None
