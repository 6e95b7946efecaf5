"""Commit authors become people: one entry a person, without addresses, bots marked.

E-mail addresses serve only to recognise a person here; none leaves this module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from generator.model.repository import Contributor

# https://docs.github.com/en/account-and-profile/reference/email-addresses-reference
_NOREPLY = re.compile(
    r"(?:\d+\+)?(?P<login>[a-z0-9](?:[a-z0-9_-]{0,99})(?:\[bot\])?)@users\.noreply\.github\.com",
    re.IGNORECASE,
)
_BOT_NAMES = frozenset(
    {
        "allcontributors",
        "codecov-commenter",
        "copilot",
        "copilot-swe-agent",
        "dependabot",
        "dependabot-preview",
        "github actions",
        "github-actions",
        "github merge queue",
        "github-merge-queue",
        "greenkeeper",
        "greenkeeperio-bot",
        "imgbot",
        "mergify",
        "pre-commit-ci",
        "pyup-bot",
        "pyup.io bot",
        "release-please",
        "renovate",
        "renovate bot",
        "semantic-release-bot",
        "snyk-bot",
        "web-flow",
        "weblate",
    }
)
_BOT_ENDING = re.compile(r"(?:\[bot\]|[-_](?:bot|ci))$", re.IGNORECASE)
# Names that many people's machines write when nobody told git a name.
_SHARED_NAMES = frozenset(
    {"", "root", "admin", "user", "unknown", "your name", "ubuntu", "developer", "name", "test"}
)


def is_bot(name: str, *, login: str | None = None) -> bool:
    """Say whether a program, not a person, goes by this name."""
    names = {name.casefold().strip(), (login or "").casefold()} - {""}
    bare = {known.removesuffix("[bot]") for known in names}
    return bool(bare & _BOT_NAMES) or any(_BOT_ENDING.search(known) for known in names)


@dataclass(slots=True)
class _Person:
    """The names and logins that one person has used, with how often."""

    names: Counter[str] = field(default_factory=Counter)
    logins: Counter[str] = field(default_factory=Counter)


def merge_people(commits: Mapping[tuple[str, str], int]) -> tuple[Contributor, ...]:
    """Return the contributors, most commits first, from counts by (name, e-mail address).

    Two entries are one person when they share the address, the GitHub login in it, or a name
    that is not one machines make up.
    """
    leaders = _group(sorted(commits))
    people: dict[tuple[str, str], _Person] = {}
    for author, count in sorted(commits.items()):
        person = people.setdefault(leaders[author], _Person())
        name, address = author
        person.names[_tidy(name)] += count
        login = _NOREPLY.fullmatch(address)
        if login:
            person.logins[login["login"]] += count
    found = [_contributor(person) for person in people.values()]
    return tuple(sorted(found, key=lambda one: (-one.commits, one.name.casefold(), one.name)))


def _group(authors: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Map each author to the one that stands for the person (union by shared keys)."""
    parents: dict[tuple[str, str], tuple[str, str]] = {}

    def find(author: tuple[str, str]) -> tuple[str, str]:
        while parents[author] != author:
            parents[author] = parents[parents[author]]
            author = parents[author]
        return author

    by_key: dict[str, tuple[str, str]] = {}
    for author in authors:
        parents[author] = author
        for key in _keys(*author):
            other = by_key.setdefault(key, author)
            parents[find(author)] = find(other)
    return {author: find(author) for author in parents}


def _keys(name: str, address: str) -> list[str]:
    keys = []
    folded = _tidy(name).casefold()
    if folded not in _SHARED_NAMES:
        keys.append(f"name {folded}")
    address = address.strip().casefold()
    login = _NOREPLY.fullmatch(address)
    if login:
        keys.append(f"login {login['login']}")
    elif "@" in address and not address.startswith(("root@", "user@", "unknown@")):
        keys.append(f"address {address}")
    return keys


def _contributor(person: _Person) -> Contributor:
    name = _most_used(person.names)
    login = _most_used(person.logins) if person.logins else None
    return Contributor(
        name=name or login or "unknown",
        commits=sum(person.names.values()),
        login=login,
        url=None if login is None else f"https://github.com/{login.removesuffix('[bot]')}",
        is_bot=is_bot(name, login=login),
    )


def _most_used(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _tidy(name: str) -> str:
    """Collapse white space, drop what cannot be printed, and a bare e-mail address."""
    plain = name.encode("utf-8", "replace").decode("utf-8")
    plain = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    return "" if "@" in plain and " " not in plain else plain[:200]
