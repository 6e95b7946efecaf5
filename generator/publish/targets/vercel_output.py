"""A site in the form that Vercel calls a finished build: files, and rules in `config.json`.

Vercel builds nothing then, and no setting of the project changes what is served. Source: the
Build Output API, version 3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import msgspec

from generator.model.serving import CACHE_RULES, HOST_FILES, SECURITY_HEADERS, content_type
from generator.publish.bundle import Bundle, SiteFile

CONFIG_PATH = ".vercel/output/config.json"
STATIC_FOLDER = ".vercel/output/static/"
_WELL_KNOWN = frozenset({".css", ".gif", ".html", ".ico", ".jpeg", ".jpg", ".js", ".json", ".pdf",
                         ".png", ".svg", ".txt", ".webp", ".woff", ".woff2"})  # fmt: skip
"""Endings whose type Vercel tells as we do; of others it is told."""
_STATUSES = frozenset({301, 302, 303, 307, 308})
_READABLE = 0o100644
_PART = re.compile(r":[A-Za-z]\w*|\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The rules as JSON, and which lines of `_redirects` they leave out, as notes."""

    content: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a deployment is made of: its files by their path in it, and by the SHA-1 of each."""

    deployed: list[dict[str, object]]
    by_sha: dict[str, SiteFile]
    sha_of: dict[str, str]
    config: bytes
    config_sha: str
    notes: tuple[str, ...]


def gather(bundle: Bundle) -> Content:
    """Return the deployment of a site. Raises PublishRefused when a file is not what was built."""
    served = {path: file for path, file in bundle.files.items() if is_served(path)}
    sha_of = {path: _sha1(file.read()) for path, file in served.items()}
    rules = bundle.files.get("_redirects")
    config = make_config(served, rules.read().decode(errors="replace") if rules else "")
    config_sha = _sha1(config.content)
    deployed = [_entry(CONFIG_PATH, config_sha, len(config.content))]
    deployed += [
        _entry(f"{STATIC_FOLDER}{path}", sha_of[path], file.size) for path, file in served.items()
    ]
    return Content(
        deployed=deployed,
        by_sha={sha_of[path]: file for path, file in served.items()},
        sha_of=sha_of,
        config=config.content,
        config_sha=config_sha,
        notes=config.notes,
    )


def is_served(path: str) -> bool:
    """Tell whether a file is for readers; those for other hosts' eyes stay behind."""
    return path not in HOST_FILES


def make_config(paths: Collection[str], redirects: str) -> Config:
    """Return the rules for a site of these files with this text of `_redirects`."""
    moved, notes = read_redirects(redirects)
    routes: list[dict[str, Any]] = [*_header_routes(), *moved, *_slash_routes(paths)]
    routes.append({"handle": "filesystem"})
    if "404.html" in paths:
        routes += [{"handle": "error"}, {"src": "^/.*$", "status": 404, "dest": "/404.html"}]
    overrides = {
        path: {"contentType": content_type(path)}
        for path in sorted(paths)
        if PurePosixPath(path).suffix.lower() not in _WELL_KNOWN
    }
    config = {"version": 3, "routes": routes, "overrides": overrides}
    return Config(content=msgspec.json.encode(config), notes=notes)


def read_redirects(text: str) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return the routes of a `_redirects` file, in its order: `FROM TO [STATUS]` a line, `*` and
    `:name` in FROM, `:splat` and `:name` in TO. A status of 200 serves TO at FROM.
    """
    routes, notes = [], []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split() if not _has_fragment(line) else line.split()
        if not words:
            continue
        route = _read_rule(words)
        if route is None:
            notes.append(f"Line {number} of _redirects means nothing to Vercel and is left out.")
        else:
            routes.append(route)
    return routes, tuple(notes)


def _has_fragment(line: str) -> bool:
    """Tell `/a /b#c` from a comment, which begins a word."""
    return not re.search(r"(^|\s)#", line)


def _read_rule(words: list[str]) -> dict[str, Any] | None:
    if not 2 <= len(words) <= 3:
        return None
    source, target = words[:2]
    status = words[2].removesuffix("!") if len(words) == 3 else "301"
    if not source.startswith("/") or not target.startswith(("/", "https://", "http://")):
        return None
    if not status.isdecimal() or int(status) not in _STATUSES | {200}:
        return None
    pattern, names = _compile(source)
    place = re.sub(r":[A-Za-z]\w*", lambda found: names.get(found[0], found[0]), target)
    if status == "200":
        return {"src": pattern, "dest": place, "check": True}
    return {"src": pattern, "status": int(status), "headers": {"Location": place}}


def _compile(source: str) -> tuple[str, dict[str, str]]:
    """Return a pattern for FROM, and for each name in TO its `$number`."""
    pattern, end, names = "", 0, dict[str, str]()
    for found in _PART.finditer(source):
        names[":splat" if found[0] == "*" else found[0]] = f"${len(names) + 1}"
        before = source[end : found.start()]
        # `/old/*` means `/old` too.
        is_rest = found[0] == "*" and before.endswith("/") and found.end() == len(source)
        pattern += re.escape(before.removesuffix("/") if is_rest else before)
        pattern += "(?:/(.*))?" if is_rest else "(.*)" if found[0] == "*" else "([^/]+)"
        end = found.end()
    rest = source[end:]
    pattern += re.escape(rest.removesuffix("/")) + ("/?" if rest.strip("/") else "")
    return f"^{pattern}$", names


def _header_routes() -> Iterable[dict[str, Any]]:
    """Return the headers of every answer, then how long each folder's files may be kept.

    The patterns shut each other out, so that it does not matter which of two rules wins.
    """
    yield {"src": "^/.*$", "headers": dict(SECURITY_HEADERS), "continue": True}
    for number, (start, value) in enumerate(CACHE_RULES):
        deeper = [other for other, _ in CACHE_RULES[number + 1 :] if other.startswith(start)]
        shut_out = "".join(f"(?!{re.escape(other.removeprefix(start))})" for other in deeper)
        yield {
            "src": f"^/{re.escape(start)}{shut_out}.*$",
            "headers": {"Cache-Control": value},
            "continue": True,
        }


def _slash_routes(paths: Collection[str]) -> Iterable[dict[str, Any]]:
    """Return routes that lead `/docs` to `/docs/`: the links of a page are relative to that.

    A name without a dot is a page's, unless there is a file of that name.
    """
    plain = sorted(path for path in paths if "." not in path.rpartition("/")[2])
    if plain:
        yield {"src": f"^/(?:{'|'.join(map(re.escape, plain))})$"}
    folders = {path.removesuffix("/index.html") for path in paths if path.endswith("/index.html")}
    dotted = sorted(path for path in folders if "." in path.rpartition("/")[2])
    if dotted:
        yield _to_slash(f"^/({'|'.join(map(re.escape, dotted))})$")
    yield _to_slash(r"^/((?:[^/]+/)*[^/.]+)$")


def _to_slash(pattern: str) -> dict[str, Any]:
    return {"src": pattern, "status": 308, "headers": {"Location": "/$1/"}}


def _entry(path: str, sha: str, size: int) -> dict[str, object]:
    return {"file": path, "sha": sha, "size": size, "mode": _READABLE}


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
