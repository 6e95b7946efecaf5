"""Mentions, issues, commits and emoji in the text of sanitised HTML, as GitHub finds them.

They are looked for in the text between tags, never in code or links, so every input format has
them alike. Where no forge is known only emoji are replaced.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import escape, unescape

from generator.content.emoji import EMOJI, find_emoji
from generator.model.forge import Forge, ForgeKind
from generator.model.links import LinkResolver

# Left alone: code with all that is in it, and tags. Links only may have emoji in them.
_SKIPPED = re.compile(r"<(code|pre|kbd|samp|tt)(?: [^<>]*)?>(?>(?:(?!</\1>)[\s\S])*)|<[^<>]*>")
_LINK = re.compile(r"<a [^<>]*>(?>(?:(?!</a>)[\s\S])*)")
_LOGIN = r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}"
_AFTER = r"(?![\w/@\-]|\.\w)"
# Each begins with a plain character, which makes searching fast; what may stand before it is
# looked at from behind that character.
_MENTION = rf"@(?<![\w/@&#.:\-]@)(?P<login>{_LOGIN}){_AFTER}"
_ISSUE = r"#(?<![/@&#:\-]#)(?P<issue>[1-9]\d{0,8})(?![\w\-])"
_GH_ISSUE = r"GH-(?<![\w/@&#.:\-]GH-)(?P<gh>[1-9]\d{0,8})(?![\w\-])"
_CANDIDATE = re.compile(f"{_MENTION}|{_ISSUE}|{_GH_ISSUE}|{EMOJI}")
_EMOJI_ONLY = re.compile(EMOJI)
_HASH = re.compile(rf"[0-9a-f]{{7,40}}{_AFTER}")
# A commit has digits beside letters. There are few digits in prose, which makes this fast, too.
_DIGIT_BY_LETTER = re.compile(r"[0-9](?:(?=[a-f])|(?<=[a-f][0-9]))")
_LONGEST_HASH = 40
_REPOSITORY = re.compile(rf"(?<![\w/@&#.:\-]){_LOGIN}/[\w.\-]{{1,100}}\Z")
_LONGEST_REPOSITORY = 141
_NOT_BEFORE_HASH = frozenset("/@&#.:=-_")


def link_references(html: str, *, forge: Forge | None, links: LinkResolver) -> str:
    """Return sanitised HTML with references linked and emoji names replaced."""
    found = list(_EMOJI_ONLY.finditer(html)) if forge is None else _find_all(html)
    if not found:
        return html if forge is None else _shorten_urls(html, forge)
    skipped = _Spans(_SKIPPED, html)
    in_links = _Spans(_LINK, html)
    out: list[str] = []
    done = 0
    for match in found:
        place = match.start()
        if place < done or place in skipped or (match.lastgroup != "emoji" and place in in_links):
            continue
        start, replacement = _replace(match, html, forge, links)
        if replacement and start >= done:
            out += (html[done:start], replacement)
            done = match.end()
    out.append(html[done:])
    text = "".join(out)
    return text if forge is None else _shorten_urls(text, forge)


class _Spans:
    """Where a pattern matches, to be asked about single places."""

    def __init__(self, pattern: re.Pattern[str], html: str) -> None:
        self._spans = [match.span() for match in pattern.finditer(html)]
        self._starts = [start for start, _ in self._spans]

    def __contains__(self, place: int) -> bool:
        number = bisect_right(self._starts, place) - 1
        return number >= 0 and place < self._spans[number][1]


def _find_all(html: str) -> list[re.Match[str]]:
    found = [*_CANDIDATE.finditer(html), *_find_hashes(html)]
    return sorted(found, key=lambda match: match.start())


def _find_hashes(html: str) -> Iterator[re.Match[str]]:
    """Yield what looks like a commit: hexadecimal with letters and digits, and nothing around."""
    done = 0
    for hint in _DIGIT_BY_LETTER.finditer(html):
        start = hint.start()
        if start < done:
            continue
        lowest = max(0, start - _LONGEST_HASH)
        while start > lowest and html[start - 1] in "0123456789abcdef":
            start -= 1
        match = _HASH.match(html, start)
        before = html[start - 1 : start] if start else ""
        if match and not before.isalnum() and before not in _NOT_BEFORE_HASH:
            done = match.end()
            yield match


def _replace(
    match: re.Match[str], html: str, forge: Forge | None, links: LinkResolver
) -> tuple[int, str | None]:
    """Return where the replaced text begins and its replacement, None to leave it."""
    start = match.start()
    if match.lastgroup == "emoji":
        return start, find_emoji(match["emoji"])
    if forge is None:
        return start, None
    text = match[0]
    match match.lastgroup:
        case "login":
            url = forge.user_url(match["login"])
        case "gh":
            url = forge.issue_url(match["gh"])
        case "issue":
            start, home = _find_repository(html, start, forge)
            if home is None:
                return start, None
            url, text = home.issue_url(match["issue"]), html[start : match.end()]
        case _:
            url, text = forge.commit_url(text), f"<code>{text[:7]}</code>"
    target = links.link(url)
    return start, None if target is None else f'<a href="{escape(target)}">{text}</a>'


def _find_repository(html: str, end: int, forge: Forge) -> tuple[int, Forge | None]:
    """Return where an issue reference begins, and whose issue it is: `owner/name#1` or `#1`."""
    before = html[end - 1 : end]
    if not (before.isalnum() or before in {"_", "."}):
        return end, forge
    match = _REPOSITORY.search(html, max(0, end - _LONGEST_REPOSITORY), end)
    if match is None:
        return end, None
    owner, _, name = match[0].partition("/")
    return match.start(), Forge(kind=forge.kind, base=forge.base, owner=owner, name=name)


def _shorten_urls(html: str, forge: Forge) -> str:
    """Show the bare address of an issue or a commit as GitHub does: `#12`, `owner/name#12`."""
    if forge.kind is not ForgeKind.GITHUB or f'<a href="{forge.base}/' not in html:
        return html

    def shorten(match: re.Match[str]) -> str:
        url, slug, number, commit = match.groups()
        if not url.startswith(f"{forge.base}/"):
            return match[0]
        is_own = unescape(slug).casefold() == forge.slug.casefold()
        text = f"#{number}" if number else f"<code>{commit[:7]}</code>"
        if not is_own:
            text = f"{slug}#{number}" if number else f"{slug}@{text}"
        return f'<a href="{url}">{text}</a>'

    return _BARE_URL.sub(shorten, html)


_BARE_URL = re.compile(
    r'<a href="(https?://[^/"<>]+/([\w.\-]{1,100}/[\w.\-]{1,100})'
    r'/(?:(?:issues|pull)/(\d{1,9})|commit/([0-9a-f]{7,40})))">\1</a>'
)
