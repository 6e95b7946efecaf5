"""The programming languages by bytes: the forge's count, else our own by file names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from fnmatch import translate

from generator.insight.language_names import CONTESTED, find_language, is_counted, suffix_of
from generator.insight.texts import read_source
from generator.model.files import FileTree
from generator.model.insight import LanguageShare
from generator.model.repository import Repository

ATTRIBUTES_LIMIT = 200

_ATTRIBUTE = re.compile(
    r"(-?)linguist-(vendored|generated|documentation|detectable|language)(?:=(\S+))?"
)


def read_languages(repository: Repository, code: Mapping[str, int]) -> tuple[LanguageShare, ...]:
    """Return every language that rounds to a tenth of a per cent, largest first.

    The forge's answer wins where it is known; `code`, our own count, speaks for a folder alone.
    """
    known = repository.facts.languages if repository.facts else {}
    return share_out(known or code)


def share_out(sizes: Mapping[str, int]) -> tuple[LanguageShare, ...]:
    """Turn bytes into tenths of a per cent that sum to 1000, by the largest remainder."""
    total = sum(size for size in sizes.values() if size > 0)
    if total <= 0:
        return ()
    exact = {name: 1000 * size / total for name, size in sizes.items() if size > 0}
    rounded = {name: int(value) for name, value in exact.items()}
    missing = 1000 - sum(rounded.values())
    for name in sorted(exact, key=lambda name: (rounded[name] - exact[name], name))[:missing]:
        rounded[name] += 1
    ordered = sorted(rounded.items(), key=lambda item: (-item[1], item[0]))
    return tuple(LanguageShare(name=name, permille=value) for name, value in ordered if value)


def count_code(files: FileTree) -> dict[str, int]:
    """Return bytes by language as Linguist would count them, obeying the root `.gitattributes`."""
    rules = _read_attributes(files)
    counter: Counter[str] = Counter()
    suffixes = Counter(suffix_of(path) for path in files.sizes)
    for path, size in files.sizes.items():
        language = _decide(path, rules, suffixes)
        if language:
            counter[language] += size
    return dict(counter)


def _decide(
    path: str, rules: list[tuple[re.Pattern[str], str, str]], suffixes: Counter[str]
) -> str | None:
    language = find_language(path)
    suffix = suffix_of(path)
    if suffix in CONTESTED:
        language = _settle(suffix, suffixes, language)
    is_own = is_counted(path)
    for pattern, attribute, value in rules:
        if not pattern.match(path):
            continue
        if attribute == "language":
            language = value.replace("-", " ") if value.count("-") and "++" not in value else value
        elif attribute == "detectable":
            language = language if value == "true" else None
        else:
            is_own = value != "true"
    return language if is_own else None


def _settle(suffix: str, suffixes: Counter[str], fallback: str | None) -> str | None:
    counts = [
        (sum(suffixes[own] for own in owned), -rank, name)
        for rank, (name, owned) in enumerate(CONTESTED[suffix])
    ]
    most, _, name = max(counts)
    return name if most or suffix == "h" else fallback


def _read_attributes(files: FileTree) -> list[tuple[re.Pattern[str], str, str]]:
    """Return (pattern, attribute, value) of the `linguist-*` lines, in the file's order."""
    source = read_source(files, ".gitattributes") if files.has(".gitattributes") else None
    rules: list[tuple[re.Pattern[str], str, str]] = []
    for line in source.text.splitlines() if source else ():
        words = line.split()
        if len(rules) >= ATTRIBUTES_LIMIT or len(words) < 2 or line.startswith("#"):
            continue
        for word in words[1:]:
            match = _ATTRIBUTE.fullmatch(word)
            if match:
                value = "false" if match[1] else match[3] or "true"
                rules.append((_compile(words[0]), match[2], value))
    return rules


def _compile(pattern: str) -> re.Pattern[str]:
    """Translate a gitattributes pattern; one without a slash matches at any depth."""
    bare = pattern.strip("/").removesuffix("/**").removesuffix("/*")[:200]
    core = translate(bare).removesuffix(r"\Z").removesuffix(r"\z")
    anchor = "" if "/" in pattern.strip("/") or pattern.startswith("/") else r"(?:.*/)?"
    return re.compile(rf"{anchor}{core}(?:/.*)?$")
