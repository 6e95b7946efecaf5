"""Under which licence the project stands: its texts first, then manifests, then the forge."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.insight.license_texts import (
    GRANTS,
    LICENSE_ALIASES,
    LICENSE_NAMES,
    LICENSE_TEXTS,
    LicenseText,
)
from generator.insight.manifests.facts import ManifestFacts
from generator.insight.texts import SourceText, read_source
from generator.model.files import FileTree
from generator.model.insight import Fact, LicenseFact, Origin
from generator.model.repository import ForgeFacts

TEXT_LIMIT_BYTES = 128 * 1024
FILES_LIMIT = 12

TITLE_LIMIT_CHARACTERS = 3000
"""A licence named only further down is another file's, or one the text compares itself with."""

_WORDS = re.compile(r"[^a-z0-9]+")
_IDENTIFIER = re.compile(r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")
_OPERATORS = re.compile(r"\s+(?:OR|AND|WITH|or|and|with)\s+|[()\s]+|\s*/\s*|,\s*")
_SUFFIXES = ("-only", "-or-later")

# Names that a file list of two licences means as a choice: the convention of the Rust world.
_CHOICE = re.compile(
    r"^(?:licen[sc]e[-_.](?:mit|apache[\w.-]*)|unlicense|copying)(?:\.\w+)?$", re.I
)


def find_license(
    files: FileTree,
    paths: tuple[str, ...],
    *,
    manifests: tuple[ManifestFacts, ...],
    forge: ForgeFacts | None,
) -> LicenseFact | None:
    """Return the licence as an SPDX expression; `spdx` is None for a text we do not know.

    A manifest's expression wins where it contains the text's licence (it may say `-or-later`, or
    name a choice); where the two disagree, the text is what binds.
    """
    texts = [source for path in paths[:FILES_LIMIT] if (source := _read(files, path))]
    recognised = [
        (source.path, spdx) for source in texts if (spdx := recognise_license(source.text))
    ]
    declared = _declared(manifests)
    if declared and (not recognised or _agrees(declared.value, recognised)):
        return _fact(declared.value, paths, declared.origin)
    if recognised:
        return _fact(_combine(recognised), paths, Origin(path=recognised[0][0]))
    known = forge.license_spdx if forge else None
    if known and known not in {"NOASSERTION", "NONE", "Other"}:
        return _fact(known, paths, Origin(path="forge"))
    return _unknown(texts, paths)


def recognise_license(text: str) -> str | None:
    """Return the SPDX identifier of a licence text; None when no known phrase is in it.

    Where a file holds several licences, the one that begins first is the project's.
    """
    folded = f" {_WORDS.sub(' ', text[:TEXT_LIMIT_BYTES].casefold())} "
    found = [
        (_begins_at(known, folded), rank, known.spdx)
        for rank, known in enumerate(LICENSE_TEXTS)
        if _fits(known, folded)
    ]
    near = [item for item in found if item[0] < TITLE_LIMIT_CHARACTERS or item[2] in GRANTS]
    return min(near)[2] if near else None


def _fits(known: LicenseText, folded: str) -> bool:
    return (
        all(f" {phrase} " in folded for phrase in known.all_of)
        and (not known.any_of or any(f" {phrase}" in folded for phrase in known.any_of))
        and not any(f" {phrase} " in folded for phrase in known.none_of)
    )


def _begins_at(known: LicenseText, folded: str) -> int:
    """Return where the most telling phrase begins: one of `any_of`, else the first of `all_of`."""
    places = [place for phrase in known.any_of if (place := folded.find(f" {phrase}")) >= 0]
    return min(places) if places else folded.find(known.all_of[0])


def normalise_license(declared: str) -> str | None:
    """Return what a manifest declares as an SPDX expression, None when it is free text."""
    text = " ".join(declared.replace(" / ", " OR ").replace("/", " OR ").split())
    alias = LICENSE_ALIASES.get(_WORDS.sub(" ", text.casefold()).strip())
    if alias:
        return alias
    parts = [part for part in _OPERATORS.split(text) if part]
    if not parts or not all(_IDENTIFIER.match(part) for part in parts):
        return None
    spelled = {part: _spell(part) for part in parts}
    if not all(spelled.values()):
        return None
    fixed = re.sub(
        r"[A-Za-z0-9][A-Za-z0-9.+-]*", lambda match: spelled.get(match[0]) or match[0], text
    )
    return re.sub(r"(?<= )(?:or|and|with)(?= )", lambda match: match[0].upper(), fixed)


def _spell(identifier: str) -> str | None:
    """Return the identifier as SPDX writes it; None for one that is none we know."""
    base, suffix = identifier, ""
    for known in _SUFFIXES:
        if identifier.casefold().endswith(known):
            base, suffix = identifier[: -len(known)], known
    by_folded = {name.casefold(): name for name in LICENSE_NAMES}
    found = by_folded.get(base.removesuffix("+").casefold())
    return found + (suffix or ("+" if base.endswith("+") else "")) if found else None


def name_license(expression: str) -> str:
    """Return the licences of an expression in words: `MIT License or Apache License 2.0`."""
    words = []
    for part in re.split(r"(\s+(?:OR|AND|WITH)\s+)", expression.strip("()")):
        operator = part.strip()
        words.append(
            f" {operator.lower()} "
            if operator in {"OR", "AND", "WITH"}
            else _name(operator.strip("()"))
        )
    return "".join(words)


def _name(identifier: str) -> str:
    base = identifier.removesuffix("+")
    for suffix, words in (("-only", " only"), ("-or-later", " or later")):
        if base.endswith(suffix):
            return LICENSE_NAMES.get(base.removesuffix(suffix), base) + words
    return LICENSE_NAMES.get(base, identifier)


def _declared(manifests: Iterable[ManifestFacts]) -> Fact[str] | None:
    for facts in manifests:
        spdx = normalise_license(facts.license.value) if facts.license else None
        if facts.license and spdx:
            return Fact(value=spdx, origin=facts.license.origin)
    return None


def _agrees(declared: str, recognised: list[tuple[str, str]]) -> bool:
    parts = {_base(part) for part in _OPERATORS.split(declared) if part}
    return any(_base(spdx) in parts for _, spdx in recognised)


def _base(identifier: str) -> str:
    bare = identifier.removesuffix("+")
    for suffix in _SUFFIXES:
        bare = bare.removesuffix(suffix)
    return bare


def _combine(recognised: list[tuple[str, str]]) -> str:
    """Join a choice by its file names; else the first file speaks, the plain `LICENSE`."""
    distinct = tuple(dict.fromkeys(spdx for _, spdx in recognised))
    is_choice = all(_CHOICE.match(path.rpartition("/")[2]) for path, _ in recognised)
    return " OR ".join(sorted(distinct)) if is_choice and len(distinct) > 1 else distinct[0]


def _fact(expression: str, paths: tuple[str, ...], origin: Origin) -> LicenseFact:
    return LicenseFact(name=name_license(expression), spdx=expression, paths=paths, origin=origin)


def _unknown(texts: list[SourceText], paths: tuple[str, ...]) -> LicenseFact | None:
    """Return a fact with the text's own title, which must call itself a licence."""
    if not texts:
        return None
    lines = (line.strip(" #=*\t") for line in texts[0].text.split("\n")[:20])
    title = next((line for line in lines if line), "")
    is_title = len(title) <= 80 and re.search(r"licen[sc]e", title, re.IGNORECASE)
    name = title if is_title else "Own licence"
    return LicenseFact(name=name, spdx=None, paths=paths, origin=Origin(path=texts[0].path))


def _read(files: FileTree, path: str) -> SourceText | None:
    return read_source(files, path, limit_bytes=TEXT_LIMIT_BYTES)
