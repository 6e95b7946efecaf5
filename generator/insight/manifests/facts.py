"""What a manifest declares, in one shape for every ecosystem, and how to take it from data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from generator.insight.texts import SourceText
from generator.model.insight import Fact

TEXT_LIMIT = 1000
ITEMS_LIMIT = 100


class ManifestBroken(ValueError):
    """The file is not what its name says; the message is the parser's reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFacts:
    """The static part of one manifest; what is computed at build time is absent.

    `ecosystem` is `python`, `npm`, `cargo`, `go`, `gem`, `composer`, `nuget`, `maven`, `hex`,
    `pub`, `swift`, `hackage`, `luarocks`, `nix`, `docker`, `helm` or `action`. `target` is what an
    install command names where that is not the name: a Go package, `group:artifact` for Maven.
    """

    ecosystem: str
    path: str
    name: Fact[str] | None = None
    version: Fact[str] | None = None
    description: Fact[str] | None = None
    homepage: Fact[str] | None = None
    license: Fact[str] | None = None
    keywords: tuple[str, ...] = ()
    executables: tuple[str, ...] = ()
    dependencies: frozenset[str] = frozenset()
    is_private: bool = False
    is_library: bool = False
    target: str = ""

    @property
    def package(self) -> str:
        """What an install command names; empty when the manifest names nothing."""
        return self.target or (self.name.value if self.name else "")

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


def text_in(table: Mapping[str, object], key: str) -> str | None:
    """Return a non-empty text on one line, None for anything else."""
    value = table.get(key)
    if not isinstance(value, str):
        return None
    flat = " ".join(value.split())
    return flat[:TEXT_LIMIT] or None


def table_in(table: Mapping[str, object], *keys: str) -> Mapping[str, object]:
    """Return the table at a path of keys, empty when there is none."""
    for key in keys:
        inner = table.get(key)
        if not isinstance(inner, dict):
            return {}
        table = inner
    return table


def texts_in(table: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Return the texts of a list, or a lone text as a list of one."""
    value = table.get(key)
    items = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(item.strip() for item in items[:ITEMS_LIMIT] if isinstance(item, str) and item)


def fact_at(source: SourceText, value: str | None, pattern: str) -> Fact[str] | None:
    """Return `value` with the place of the first line that `pattern` matches; None stays None."""
    return Fact(value=value, origin=source.origin(pattern)) if value else None


def web_fact(fact: Fact[str] | None) -> Fact[str] | None:
    """Keep an http(s) address with a host, drop anything else."""
    if fact is None:
        return None
    try:
        split = urlsplit(fact.value)
    except ValueError:
        return None
    return fact if split.scheme in {"http", "https"} and split.hostname else None
