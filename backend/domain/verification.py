"""Proof that an owner controls a site: its key in the site's own head, or in a file beside it.

The page is somebody else's: it is read in one pass, and only as far as the end of its head, so
that a visitor's comment in the body proves nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from backend.domain.sites import Site

META_NAME = "foursite-site"
FILE_NAME = "foursite-site.txt"
PAGE_BYTES = 256 * 1024
"""How much of a page is looked at."""
FILE_BYTES = 1024

_GITHUB = "github.com"
_PAGES = "github.io"
_HEAD = frozenset({"html", "head", "meta", "title", "link", "base", "script", "style", "noscript"})
_RAW = frozenset({"title", "script", "style", "noscript"})
_TAG = re.compile(r"<(?:(?P<other>!--|[!?])|(?P<name>/?[a-zA-Z][^\s/>]{0,40}))")
_REST = re.compile(r"""(?>[^>"']+|"[^"]*"|'[^']*')*>""")
# Names begin behind a blank, a slash or a quote, and are never read twice: linear for any text.
_ATTRIBUTE = re.compile(
    r"""(?<![^\s"'/])((?>[^\s"'>/=]+))\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
)


class ProofKind(StrEnum):
    """How ownership was proved; stored as `verified_by`."""

    META = "meta"
    FILE = "file"
    GITHUB = "github"


def meta_tag(key: str) -> str:
    """Return the tag that the site's home page must have in its head."""
    return f'<meta name="{META_NAME}" content="{key}">'


def find_site_keys(page: str) -> tuple[str, ...]:
    """Return the keys that the head of a page names, in their order."""
    keys: list[str] = []
    at = 0
    while (tag := _TAG.search(page, at)) is not None:
        name = (tag["name"] or "").lower()
        end = _end_of(page, tag, name)
        if end is None or (name and name.removeprefix("/") not in _HEAD) or name == "/head":
            break
        if name == "meta":
            attributes = _attributes(page[tag.end() : end])
            if attributes.get("name", "").lower() == META_NAME:
                keys.append(attributes.get("content", "").strip())
        at = end
    return tuple(keys)


def is_key_file(text: str, key: str) -> bool:
    """Tell whether `foursite-site.txt` holds the key on a line of its own."""
    return key in (line.strip() for line in text.removeprefix("\ufeff").splitlines())


def is_own_pages_site(site: Site, github_login: str | None) -> bool:
    """Tell whether the site can only be that of the GitHub user `github_login`.

    Its repository is theirs, and its address is the one that GitHub gives the pages of just this
    repository. Any other address proves nothing: a repository may name whatever it likes.
    """
    if not github_login or site.repository is None:
        return False
    repository, pages = urlsplit(site.repository), urlsplit(site.url)
    owner, _, name = repository.path.strip("/").lower().partition("/")
    login = github_login.lower()
    if repository.hostname != _GITHUB or owner != login or not name or "/" in name:
        return False
    if pages.netloc != f"{login}.{_PAGES}":
        return False
    return pages.path.lower() == ("/" if name == pages.netloc else f"/{name}/")


def is_same_site(wanted: str, found: str) -> bool:
    """Tell whether a redirect from `wanted` to `found` stayed with one host, `www.` aside."""
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.") for url in (wanted, found)]
    return bool(hosts[0]) and hosts[0] == hosts[1]


def _end_of(page: str, tag: re.Match[str], name: str) -> int | None:
    """Return where what begins with `tag` ends, None when it does not."""
    if tag["other"] == "!--":
        found = page.find("-->", tag.end())
        return None if found < 0 else found + 3
    rest = _REST.match(page, tag.end())
    if rest is None:
        return None
    if name in _RAW:
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(page, rest.end())
        return None if closing is None else closing.end()
    return rest.end()


def _attributes(text: str) -> Mapping[str, str]:
    """Return a tag's attributes; of repeated ones the first, as browsers do."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found.setdefault(match[1].lower(), html.unescape(value))
    return found
