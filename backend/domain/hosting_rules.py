"""A site's own `_headers` and `_redirects`, as Netlify and Cloudflare Pages read them, bounded.

What is not understood is left out: a line too many never takes a site down.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

MAX_RULES = 500
MAX_LINE = 2_000
ALLOWED_HEADERS = frozenset(
    {
        "access-control-allow-headers", "access-control-allow-methods",
        "access-control-allow-origin", "access-control-expose-headers", "access-control-max-age",
        "cache-control", "content-disposition", "content-language", "content-security-policy",
        "content-security-policy-report-only", "cross-origin-embedder-policy",
        "cross-origin-opener-policy", "cross-origin-resource-policy", "link",
        "origin-agent-cluster", "permissions-policy", "referrer-policy",
        "service-worker-allowed", "timing-allow-origin", "x-content-type-options",
        "x-frame-options", "x-robots-tag",
    }
)  # fmt: skip
"""What a site may say. Nothing that speaks to the proxy in front (X-Accel-Redirect), that frames
the answer, that keeps cookies, or that binds other hosts of the domain (Clear-Site-Data).
"""
_STATUSES = frozenset({200, 301, 302, 303, 307, 308, 404})
_VALUE = re.compile(r"[\x20-\x7e]{1,2000}")
_SAFE = "/:?&=#%~+,;@!$'()*[]-._"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRule:
    """Headers by lower-case name for the paths that `pattern` matches."""

    pattern: re.Pattern[str]
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectRule:
    """Where paths that `pattern` matches lead. `is_forced` holds against a file of that path;
    status 200 and 404 show the file at `target` in place.
    """

    pattern: re.Pattern[str]
    target: str
    status: int
    is_forced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirected:
    """What became of a path: an address for `Location`, or the path of a file for 200 and 404."""

    status: int
    target: str


def parse_headers(text: str) -> tuple[HeaderRule, ...]:
    """Read `_headers`: a pattern at the beginning of a line, its headers on indented ones."""
    rules: list[HeaderRule] = []
    for line in text.splitlines()[: MAX_RULES * 10]:
        words = line.strip()
        if not words or words.startswith("#") or len(line) > MAX_LINE:
            continue
        if not line[0].isspace():
            pattern = _compile(words)
            if pattern is None or len(rules) == MAX_RULES:
                break
            rules.append(HeaderRule(pattern=pattern, headers=()))
        elif rules:
            name, _, value = (part.strip() for part in words.partition(":"))
            if name.lower() in ALLOWED_HEADERS and _VALUE.fullmatch(value):
                headers = (*rules[-1].headers, (name.lower(), value))
                rules[-1] = HeaderRule(pattern=rules[-1].pattern, headers=headers)
    return tuple(rules)


def headers_for(rules: Sequence[HeaderRule], path: str) -> dict[str, str]:
    """Return the headers of a path by lower-case name; what is said later holds."""
    found: dict[str, str] = {}
    for rule in rules:
        if rule.headers and rule.pattern.fullmatch(path):
            found.update(rule.headers)
    return found


def parse_redirects(text: str) -> tuple[RedirectRule, ...]:
    """Read `_redirects`: from, to and perhaps a status, between blanks."""
    rules: list[RedirectRule] = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) in {2, 3} and len(line) <= MAX_LINE and len(rules) < MAX_RULES:
            rule = _read_rule(words[0], words[1], words[2] if len(words) == 3 else "301")
            if rule is not None:
                rules.append(rule)
    return tuple(rules)


def redirect(rules: Sequence[RedirectRule], path: str, *, is_forced: bool) -> Redirected | None:
    """Return where the first rule that fits leads; of forced rules alone before a file is served,
    of the others after none was found.
    """
    for rule in rules:
        found = rule.pattern.fullmatch(path) if rule.is_forced == is_forced else None
        if found is not None:
            target = rule.target
            for name, value in sorted(found.groupdict().items(), reverse=True):
                target = target.replace(f":{name}", value)
            return Redirected(status=rule.status, target=_clean(target))
    return None


def _read_rule(start: str, target: str, status: str) -> RedirectRule | None:
    number = status.removesuffix("!")
    pattern = _compile(start)
    is_file = number in {"200", "404"}
    is_usable = target.startswith("/") or (
        not is_file and target.startswith(("https://", "http://"))
    )
    if pattern is None or not is_usable or not number.isdecimal() or int(number) not in _STATUSES:
        return None
    return RedirectRule(
        pattern=pattern, target=target, status=int(number), is_forced=status.endswith("!")
    )


def _compile(text: str) -> re.Pattern[str] | None:
    """Return the pattern of a path: `*` once for the rest, `:name` for a part between slashes."""
    if not text.startswith("/") or text.count("*") > 1 or text.count(":") > 5:
        return None
    parts = []
    for part in re.split(r"(\*|(?<=/):[a-z]+)", text):
        if part == "*":
            parts.append("(?P<splat>.*)")
        elif part.startswith(":") and part != ":splat":
            parts.append(f"(?P<{part[1:]}>[^/]+)")
        else:
            parts.append(re.escape(part))
    try:
        return re.compile("".join(parts))
    except re.error:  # one name twice
        return None


def _clean(target: str) -> str:
    """Return a target that stays on this host when it was written so."""
    quoted = quote(target, safe=_SAFE)[:MAX_LINE]
    return quoted if "://" in quoted[:8] else f"/{quoted.lstrip('/')}"
