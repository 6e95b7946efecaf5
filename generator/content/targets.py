"""What a link's target says, read the way a browser reads it, before anybody follows it.

Knows nothing of repositories: it tells schemes, paths, queries and fragments apart, refuses what
may not stand in a page, and makes one address relative to another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from itertools import takewhile
from urllib.parse import quote, unquote, urlsplit

# GitHub's own allowance for `href` (its sanitiser's published list), and telephone numbers.
# Web addresses are handled apart.
OTHER_SCHEMES = frozenset(
    ("mailto", "tel", "irc", "ircs", "xmpp", "github-windows", "github-mac", "x-github-client")
)
LENGTH_LIMIT = 8192

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# Browsers drop tabs and line ends anywhere in a URL, and control characters and spaces around it.
_IGNORED = re.compile(r"[\t\n\r]")
_EDGES = "".join(map(chr, range(0x21))) + "\u00a0\u2028\u2029\ufeff"
_UNSAFE = re.compile(r"[\x00-\x20\"<>\\^`{|}\x7f]")
_PATH_SAFE = "/:@!$&'()*+,;=~"


class TargetKind(StrEnum):
    """How a target has to be followed."""

    FRAGMENT = "fragment"
    PATH = "path"
    WEB = "web"
    OTHER = "other"
    """An absolute address that is no web page, such as `mailto:`."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One target taken apart. `text` may stand in an attribute once it is HTML-escaped.

    `path`, `query` and `fragment` are as written, percent-encoding included; `fragment` is None
    where there is no `#`. For a web address `path` is the path after the host.
    """

    kind: TargetKind
    text: str = ""
    host: str = ""
    path: str = ""
    query: str = ""
    fragment: str | None = None


def parse_target(raw: str) -> Target:
    """Return what `raw` (an attribute's decoded value) leads to; never raises."""
    text = _IGNORED.sub("", raw).strip(_EDGES)
    if not text or len(text) > LENGTH_LIMIT:
        return Target(kind=TargetKind.REFUSED)
    scheme = _scheme_of(text)
    if scheme in {"http", "https"} or text.replace("\\", "/").startswith("//"):
        return _parse_web(text, scheme)
    if scheme:
        is_allowed = scheme in OTHER_SCHEMES
        kind = TargetKind.OTHER if is_allowed else TargetKind.REFUSED
        return Target(kind=kind, text=_encode(text) if is_allowed else "")
    # A target that was escaped once too often must not turn into a scheme further on.
    if _scheme_of(_IGNORED.sub("", unescape(text)).strip(_EDGES)):
        return Target(kind=TargetKind.REFUSED)
    return _parse_path(text)


def relative(page: str, target: str) -> str:
    """Return the link from one site-root-relative URL to another, percent-encoded.

    Joining the result to the page's address gives the target under any base path.
    """
    origin, goal = page.split("/")[:-1], target.split("/")
    pairs = zip(origin, goal[:-1], strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    rest = quote("/".join(goal[same:]), safe=_PATH_SAFE)
    climb = "../" * (len(origin) - same)
    # A first part with a colon would read as a scheme; an empty text as the page with its query.
    return climb + rest if climb or (rest and ":" not in rest) else f"./{rest}"


def join_path(folder: str, path: str) -> tuple[int, str]:
    """Return `path` seen from `folder`, with `.` and `..` followed.

    The number says how many times `..` went beyond the root. Works on decoded paths.
    """
    parts = [part for part in folder.split("/") if part]
    beyond = 0
    for part in path.split("/"):
        if part == "..":
            beyond += not parts
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return beyond, "/".join(parts)


def decode_path(path: str) -> str:
    """Return a path as a file system writes it: percent-decoded, with forward slashes."""
    return unquote(path.replace("\\", "/"))


def decode_anchor(fragment: str) -> str:
    """Return the id a fragment means; GitHub accepts its own prefix in front of every one."""
    return unquote(fragment).removeprefix("user-content-")


def _scheme_of(text: str) -> str:
    match = _SCHEME.match(text)
    return match[1].lower() if match else ""


def _parse_web(text: str, scheme: str) -> Target:
    # `//host` leans on the page's scheme, which from disk is `file:`.
    rest = text[len(scheme) + 1 :] if scheme else text
    rest = rest.replace("\\", "/").lstrip("/")
    try:
        split = urlsplit(f"{scheme or 'https'}://{rest}")
        host = (split.hostname or "") + (f":{split.port}" if split.port else "")
    except ValueError:
        return Target(kind=TargetKind.REFUSED)
    if not host:
        return Target(kind=TargetKind.REFUSED)
    return Target(
        kind=TargetKind.WEB,
        text=_encode(split.geturl()),
        host=host,
        path=split.path,
        query=split.query,
        fragment=split.fragment if "#" in rest else None,
    )


def _parse_path(text: str) -> Target:
    rest, hash_mark, fragment = text.partition("#")
    path, _, query = rest.partition("?")
    kind = TargetKind.PATH if path or query else TargetKind.FRAGMENT
    return Target(
        kind=kind,
        text=_encode(text),
        path=path,
        query=query,
        fragment=_encode(fragment) if hash_mark else None,
    )


def _encode(text: str) -> str:
    """Percent-encode what may not stand in a URL; what is encoded already stays."""
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", text)
