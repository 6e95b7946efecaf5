"""Headings of a changelog: which of them open a version, and what else they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from generator.content.version_names import NUMBER, VersionName, read_version
from generator.content.written_dates import DATE, find_date

_NUMBER = re.compile(
    rf"(?<![\w.])(?P<package>@?[\w./-]{{1,60}}[@-])?(?P<v>v)?(?P<number>{NUMBER})(?![\w.]*\w)", re.I
)
_UNRELEASED = re.compile(
    r"\W*(?:(?:version|release|changes|the)\s+)*"
    r"(?:unreleased|upcoming|next(?: (?:release|version))?|head|main|master|trunk|pending"
    r"|development(?: version)?|dev|in (?:development|progress)|not (?:yet )?released|tbd|tba|wip"
    r"|xxxx-xx-xx)(?:\s+(?:changes|version|release|branch))*\W*",
    re.IGNORECASE,
)
# A number behind one of these is spoken about, not released.
_ABOUT = re.compile(
    r"\b(?:upgrad\w*|migrat\w*|from|to|since|before|after|until|supports?|supported|requires?|python"
    r"|node|php|ruby|java|go|rust|for|with|in|than|and|compared|step|part|phase|level|rfc|issue|pr)\b",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"\b(?:released?|on|date|yanked|latest|lts|stable|final|hotfix|security|version|pre-?release"
    r"|beta|alpha|deprecated|codename|code name|unreleased|current)\b|https?://\S+",
    re.IGNORECASE,
)
_DATE_LINE = re.compile(
    r"(?:(?:released?|release date|published|date)(?:\s+on)?\s*[:：]?\s*)?(?P<date>.{6,30}?)\s*\.?",
    re.IGNORECASE,
)
_TITLE_WORDS, _LEAD_WORDS, _LENGTH_LIMIT = 10, 3, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionHeading:
    """What a heading says. `name` is None for changes that have no number yet."""

    name: VersionName | None
    date: date | None = None
    is_unreleased: bool = False


def read_heading(text: str, *, project: str = "") -> VersionHeading | None:
    """Return what a heading says about a version; None for every other heading.

    Source of the shapes: Keep a Changelog, conventional-changelog, towncrier, changesets, cargo and
    the changelogs of well-known projects.
    """
    if not text or len(text) > _LENGTH_LIMIT:
        return None
    if _UNRELEASED.fullmatch(text):
        return VersionHeading(name=None, is_unreleased=True)
    dated = find_date(text)
    bare = DATE.sub(" ", text)
    match = next((each for each in _NUMBER.finditer(bare) if _is_number(bare, each)), None)
    if match is None:
        return None
    before, after = bare[: match.start()], bare[match.end() :]
    if not (_may_lead(before) and _may_follow(after)):
        return None
    name = read_version(match[0].removeprefix("@") if not match["package"] else match[0],
                        project=project)  # fmt: skip
    if name is None:
        return None
    is_open = any(_UNRELEASED.fullmatch(part) for part in re.split(r"[()\[\]–—,:/]|\s-\s", after))
    return VersionHeading(name=name, date=dated, is_unreleased=is_open and dated is None)


def read_date_heading(text: str) -> date | None:
    """Return the date that is all a heading says, for changelogs kept by day."""
    match = DATE.search(text)
    rest = text[: match.start()] + text[match.end() :] if match else ""
    return find_date(text) if match and not any(map(str.isalnum, rest)) else None


def read_date_line(text: str) -> tuple[date | None, bool] | None:
    """Return the date a paragraph says and whether it says "unreleased"; None if it says more."""
    if len(text) > 60:
        return None
    if _UNRELEASED.fullmatch(text):
        return None, True
    match = _DATE_LINE.fullmatch(text.strip("_*() "))
    dated = find_date(match["date"]) if match else None
    is_all = match is not None and not any(map(str.isalnum, DATE.sub("", match["date"])))
    return (dated, False) if dated and is_all else None


def _is_number(text: str, match: re.Match[str]) -> bool:
    """Whether a number is a version: it has a dot, a `v`, or the word in front."""
    if "." in match["number"] or match["v"]:
        return True
    before = text[: match.start()].rstrip()
    return bool(re.search(r"\b(?:version|release)$", before, re.IGNORECASE))


def _may_lead(before: str) -> bool:
    return len(re.findall(r"\w+", before)) <= _LEAD_WORDS and not _ABOUT.search(before)


def _may_follow(after: str) -> bool:
    rest = _STATUS.sub(" ", after)
    words = re.findall(r"\w+", rest)
    is_apart = bool(re.match(r"\s*[-–—:：,/|(\"“'‘«\[\]]", after))
    return not words or (is_apart and len(words) <= _TITLE_WORDS)
