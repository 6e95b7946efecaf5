"""Mentions, issues, commits and emoji in the text of sanitised HTML, as GitHub finds them.

They are looked for in the text between tags, never in code or links, so every input format has
them alike. Where no forge is known only emoji are replaced.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape

from generator.model.forge import Forge, ForgeKind
from generator.model.links import LinkResolver

# Elements are skipped with all that is in them; a tag alone is skipped too.
_SKIPPED = r"<(?P<skipped>a|code|pre|kbd|samp|tt)[ >](?:(?!</(?P=skipped)>)[\s\S])*+|<[^<>]*>"
_LOGIN = r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}"
_NOT_AFTER = r"(?<![\w/@&#.:\-])"
_MENTION = rf"{_NOT_AFTER}@(?P<login>{_LOGIN})(?![\w/@\-]|\.\w)"
_ISSUE = (
    rf"{_NOT_AFTER}(?:(?P<repository>{_LOGIN}/[\w.\-]{{1,100}})?#|(?P<gh>GH-))"
    r"(?P<number>[1-9]\d{0,8})(?![\w\-])"
)
_COMMIT = (
    r"(?<![\w/@&#.:=\-])(?=[0-9a-f]{0,39}[0-9])(?=[0-9a-f]{0,39}[a-f])"
    r"(?P<commit>[0-9a-f]{7,40})(?![\w/@\-]|\.\w)"
)
_EMOJI = r"(?<![\w:]):(?P<emoji>[a-z0-9_+\-]{1,60}):(?!\w)"

_EMOJI_ONLY = re.compile(_EMOJI)
_CANDIDATE = re.compile("|".join((_MENTION, _ISSUE, _COMMIT, _EMOJI)))
_WITH_EMOJI = re.compile(f"{_SKIPPED}|{_EMOJI}")
_WITH_ALL = re.compile("|".join((_SKIPPED, _MENTION, _ISSUE, _COMMIT, _EMOJI)))


def link_references(html: str, *, forge: Forge | None, links: LinkResolver) -> str:
    """Return sanitised HTML with references linked and emoji names replaced."""
    candidate, pattern = (_EMOJI_ONLY, _WITH_EMOJI) if forge is None else (_CANDIDATE, _WITH_ALL)
    if candidate.search(html) is None:
        return _shorten_urls(html, forge)
    html = pattern.sub(lambda match: _replace(match, forge, links), html)
    return _shorten_urls(html, forge)


def replace_emoji(text: str) -> str:
    """Return text with the emoji that GitHub has a name for in the names' places."""
    return _EMOJI_ONLY.sub(lambda match: _emoji(match[1]) or match[0], text)


def _replace(match: re.Match[str], forge: Forge | None, links: LinkResolver) -> str:
    kind = match.lastgroup
    if kind == "emoji":
        return _emoji(match["emoji"]) or match[0]
    if forge is None or match[0].startswith("<"):
        return match[0]
    if kind == "login":
        url = forge.user_url(match["login"])
    elif kind == "number":
        repository = match["repository"]
        owner, _, name = (repository or forge.slug).rpartition("/")
        home = Forge(kind=forge.kind, base=forge.base, owner=owner, name=name)
        url = home.issue_url(match["number"])
    else:
        url = forge.commit_url(match["commit"])
    target = links.link(url)
    if target is None:
        return match[0]
    text = match[0] if kind != "commit" else f"<code>{match[0][:7]}</code>"
    return f'<a href="{escape(target)}">{text}</a>'


@cache
def _emoji_by_name() -> dict[str, str]:
    # No types; imported here as few texts name an emoji.
    from pymdownx.gemoji_db import (  # type: ignore[import-untyped]  # noqa: PLC0415
        aliases,
        emoji,
    )

    characters = {
        name.strip(":"): "".join(chr(int(code, 16)) for code in entry["unicode"].split("-"))
        for name, entry in emoji.items()
        if "unicode" in entry
    }
    by_alias = {
        alias.strip(":"): characters[name.strip(":")]
        for alias, name in aliases.items()
        if name.strip(":") in characters
    }
    return characters | by_alias


def _emoji(name: str) -> str | None:
    return _emoji_by_name().get(name)


@cache
def _own_url(base: str) -> re.Pattern[str]:
    name = r"([\w.\-]{1,100}/[\w.\-]{1,100})"
    tail = r"(?:(?:issues|pull)/(\d{1,9})|commit/([0-9a-f]{7,40}))"
    return re.compile(rf'<a href="({re.escape(base)}/{name}/{tail})">\1</a>')


def _shorten_urls(html: str, forge: Forge | None) -> str:
    """Show the bare address of an issue or a commit as GitHub does: `#12`, `owner/name#12`."""
    if forge is None or forge.kind is not ForgeKind.GITHUB or f'<a href="{forge.base}/' not in html:
        return html

    def shorten(match: re.Match[str]) -> str:
        url, slug, number, commit = match.groups()
        is_own = unescape(slug).casefold() == forge.slug.casefold()
        mark = f"#{number}" if number else f"@{commit[:7]}"
        text = (
            f"<code>{commit[:7]}</code>" if commit and is_own else ("" if is_own else slug) + mark
        )
        return f'<a href="{url}">{text}</a>'

    return _own_url(forge.base).sub(shorten, html)
