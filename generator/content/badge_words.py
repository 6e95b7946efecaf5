"""What badges look like, and the words on them, told from addresses alone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

_HOSTS = re.compile(
    r"(?:^|\.)(?:shields\.io|badgen\.net|badge\.fury\.io|badges?\.[\w-]+\.\w+|[\w-]*badge[\w-]*\.\w+"
    r"|travis-ci\.(?:org|com)|codecov\.io|coveralls\.io|circleci\.com|ci\.appveyor\.com|deps\.rs"
    r"|goreportcard\.com|godoc\.org|pepy\.tech|isitmaintained\.com|awesome\.re|packagephobia\.\w+"
    r"|snyk\.io|repology\.org|zenodo\.org|drone\.io|poser\.pugx\.org|opencollective\.com|melpa\.org"
    r"|stable\.melpa\.org|elpa\.\w+\.org|api\.netlify\.com|david-dm\.org|gitter\.im|saythanks\.io"
    r"|inch-ci\.org|hits\.\w+\.\w+|komarev\.com|badges\.gitter\.im|api\.codacy\.com"
    r"|app\.codacy\.com|api\.codeclimate\.com|codeclimate\.com|deepsource\.(?:io|com)|sonarcloud\.io"
    r"|scrutinizer-ci\.com|fossa\.(?:io|com)|app\.fossa\.com|bestpractices\.\w+\.\w+"
    r"|api\.securityscorecards\.dev|api\.scorecard\.dev|liberapay\.com|deepwiki\.com"
    r"|trendshift\.io|codetriage\.com|jitpack\.io|starchart\.cc|insights\.linuxfoundation\.org)$",
    re.IGNORECASE,
)
_PATHS = re.compile(
    r"badge|/shields?/|status\.svg|build-status|pipeline\.svg|coverage\.svg|/_apis/build/status"
    r"|widget\.png$|api-version\.svg",
    re.IGNORECASE,
)
# Where a badge usually leads, and what its text usually is, when its picture's address is lost.
_TARGETS = re.compile(
    r"(?:^|//)(?:www\.)?(?:crates\.io/crates|docs\.rs/|pypi\.(?:org|python\.org)/(?:project|pypi)/"
    r"|npmjs\.(?:com|org)/package|rubygems\.org/gems|packagist\.org/packages|hex\.pm/packages"
    r"|pkg\.go\.dev/|goreportcard\.com|codecov\.io|coveralls\.io|travis-ci\.|app\.travis-ci\."
    r"|circleci\.com|ci\.appveyor\.com|discord\.(?:gg|com)/|gitter\.im/|pepy\.tech|deps\.rs"
    r"|opencollective\.com|anaconda\.org/|conda-forge|bestpractices\.coreinfrastructure|snyk\.io"
    r"|github\.com/[^/]+/[^/]+/(?:actions|workflows|releases|stargazers|blob/[^/]+/LICEN[SC]E)"
    r"|opensource\.org/licenses|packagephobia|melpa\.org|elpa\.|hub\.docker\.com|formulae\.brew\.sh)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:badge|build|ci|cd|tests?|coverage|codecov|licen[cs]e|version|downloads?|npm|pypi"
    r"|crates?\.io|docs?\.rs|docs?|documentation|status|release|discord|chat|gitter|join|stars"
    r"|maintained|passing|workflow|package|go report|godoc|reference|conda|homebrew|gem|size"
    r"|prs? welcome|sponsors?|backers?|awesome|tweet|follow|melpa|gnu elpa|python|node|rust|go"
    r"|dependenc(?:y|ies)|quality|code style)\b",
    re.IGNORECASE,
)
_UNREADABLE = re.compile(
    r"(?:(?:badges?|image|img|logo|icon|svg|png|shields?|status|v|link|button|here|alt|text|github|week|month|total|latest|main|master|\d+|[\W_]+)\s*)*",
    re.IGNORECASE,
)
_EMOJI = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]+")
_NOISE = re.compile(r"\s*\b(?:badge|shield)s?\b\s*$", re.IGNORECASE)
_WORDS_LIMIT = 40
_BY_SUBJECT = {
    "npm": "npm", "pypi": "PyPI", "crates": "crates.io", "gem": "RubyGems", "discord": "Discord",
    "packagist": "Packagist", "nuget": "NuGet", "docker": "Docker", "codecov": "Coverage",
    "license": "License", "stars": "Stars", "release": "Release", "tag": "Release",
    "dm": "Downloads", "v": "Version", "workflow": "Build", "actions": "Build",
    "downloads": "Downloads", "issues": "Issues", "contributors": "Contributors",
    "last-commit": "Last commit", "conda": "conda", "homebrew": "Homebrew", "matrix": "Matrix",
    "reddit": "Reddit", "pepy.tech": "Downloads", "docs.rs": "docs.rs", "crates.io": "crates.io",
}  # fmt: skip


def is_badge_address(url: str) -> bool:
    """Whether a picture's address is that of a badge service, or says that it is a badge."""
    try:
        split = urlsplit(url)
        host = split.hostname or ""
    except ValueError:
        return False
    return bool(_HOSTS.search(host) or _PATHS.search(split.path))


def may_be_badge(text: str, href: str) -> bool:
    """Whether a link's words and target are those of a badge, its picture being unknown."""
    return bool(_TARGETS.search(href) or (len(text) <= _WORDS_LIMIT and _WORDS.search(text)))


def words_of(url: str, alt: str, href: str = "") -> tuple[str, str]:
    """Return label and message: both where the address spells them, else what can be read.

    The label is empty when there is nothing a reader could make sense of.
    """
    static = _static_words(url)
    if static is not None:
        return static
    label = _NOISE.sub("", " ".join(alt.split())).strip(" :|-")
    if _UNREADABLE.fullmatch(label) or len(label) > _WORDS_LIMIT:
        label = _subject_of(url) or _subject_of(href)
    return label, ""


def _static_words(url: str) -> tuple[str, str] | None:
    """Return the two halves of a badge whose address holds them (shields.io's static form).

    In the path a hyphen divides, two of them are one, and underscores are spaces. Source:
    shields.io, "Static badge".
    """
    try:
        split = urlsplit(url)
    except ValueError:
        return None
    if not (split.hostname or "").endswith("shields.io"):
        return None
    query = parse_qs(split.query)
    if split.path.rstrip("/") == "/static/v1":
        label, message = (query.get(key, [""])[0].strip() for key in ("label", "message"))
        return (label or message, message if label else "") if label or message else None
    match = re.fullmatch(r"/badge/(?!dynamic/|endpoint)(.{1,200}?)(?:\.svg|\.png)?", split.path)
    if match is None:
        return None
    parts = [_spell(part) for part in re.split(r"(?<!-)-(?!-)", match[1].replace("---", "--\x00"))]
    words = [part for part in parts[:-1] if part] or parts[:1]
    label = query.get("label", [""])[0].strip() or words[0]
    message = words[-1] if len(words) > 1 else ""
    label, message = _without_emoji(label), _without_emoji(message)
    label, message = label or message, message if label else ""
    return (label, message if message != label else "") if label else None


def _without_emoji(text: str) -> str:
    return _EMOJI.sub("", text).strip()


def _spell(part: str) -> str:
    text = unquote(part).replace("\x00", "-").replace("--", "-")
    return re.sub(r"(?<!_)_(?!_)", " ", text).replace("__", "_").strip()


def _subject_of(url: str) -> str:
    parts = [part.lower().removesuffix(".svg") for part in url.split("/") if part]
    return next((_BY_SUBJECT[part] for part in parts if part in _BY_SUBJECT), "")
