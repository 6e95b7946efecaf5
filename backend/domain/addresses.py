"""Web addresses as browsers write them: checked, in lower case, without what is implied.

Source: the URL standard (host parsing, default ports); RFC 3986 for what a path may hold.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit

from backend.errors import Invalid

MAX_URL = 500
MAX_REPOSITORY = 300
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# Letters that browsers and Python's own encoding of names treat differently.
_AMBIGUOUS = frozenset("ßς\u200c\u200d")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"


def clean_url(text: str, *, field: str) -> str:
    """Return the address of a site's home page, with a slash at the end.

    Raises Invalid for any other scheme than http and https, a name and password, a query, a
    fragment, or more than 500 characters.
    """
    parts = _split(text, field, MAX_URL)
    if parts.query or parts.fragment:
        raise Invalid(
            f"{text[:100]} has a query or fragment.",
            field=field,
            hint="Give the address of the home page.",
        )
    path = parts.path.removesuffix("index.html").rstrip("/") + "/"
    if any(segment in {".", ".."} for segment in path.split("/")) or "//" in path:
        raise Invalid(f"The path of {text[:100]} is not a plain one.", field=field)
    url = _origin(parts, field) + quote(path, safe=_PATH_SAFE)
    if len(url) > MAX_URL:
        raise Invalid(f"The address is longer than {MAX_URL} characters.", field=field)
    return url


def clean_origin(text: str, *, field: str) -> str:
    """Return an origin like `https://example.org:8443`. Raises Invalid for anything more."""
    parts = _split(text, field, MAX_URL)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise Invalid(
            f"{text[:100]} is more than an origin.",
            field=field,
            hint="Give scheme, host and port alone, like https://example.org.",
        )
    return _origin(parts, field)


def clean_repository(text: str) -> str:
    """Return a repository's web address without `.git` and without a slash at the end."""
    parts = _split(text, "repository", MAX_REPOSITORY)
    if parts.query or parts.fragment:
        raise Invalid(f"{text[:100]} is not the address of a repository.", field="repository")
    path = quote(parts.path.rstrip("/").removesuffix(".git"), safe=_PATH_SAFE)
    url = _origin(parts, "repository") + path
    if len(url) > MAX_REPOSITORY:
        raise Invalid(
            f"The repository's address is longer than {MAX_REPOSITORY} characters.",
            field="repository",
        )
    return url


def clean_link(text: str, *, field: str, limit: int) -> str:
    """Return an address that a link may lead to: http or https, with whatever query it has.

    Raises Invalid.
    """
    parts = _split(text, field, limit)
    path = quote(parts.path or "/", safe=_PATH_SAFE)
    query = f"?{quote(parts.query, safe=_PATH_SAFE + '?')}" if parts.query else ""
    url = _origin(parts, field) + path + query
    if len(url) > limit:
        raise Invalid(f"The address is longer than {limit} characters.", field=field)
    return url


def _split(text: str, field: str, limit: int) -> SplitResult:
    """Return the parts of an address that holds no character which readers disagree about."""
    cleaned = text.strip()
    hint = "Give an address like https://example.org/."
    if len(cleaned) > limit:
        raise Invalid(f"The address is longer than {limit} characters.", field=field)
    if "\\" in cleaned or any(char.isspace() or not char.isprintable() for char in cleaned):
        raise Invalid("The address holds a character that no address has.", field=field, hint=hint)
    refused = Invalid(f"{cleaned[:100]!r} is not an http or https address.", field=field, hint=hint)
    try:
        parts = urlsplit(cleaned)
        is_usable = bool(parts.hostname) and parts.port != 0 and parts.scheme in _DEFAULT_PORTS
    except ValueError as error:
        raise refused from error
    if not is_usable:
        raise refused
    if "@" in parts.netloc:
        raise Invalid("The address holds a name or a password.", field=field, hint=hint)
    return parts


def _origin(parts: SplitResult, field: str) -> str:
    host = _host(parts.hostname or "", field)
    is_implied = parts.port in {None, _DEFAULT_PORTS[parts.scheme]}
    return f"{parts.scheme}://{host}" + ("" if is_implied else f":{parts.port}")


def _host(host: str, field: str) -> str:
    """Return a host in ASCII and lower case: a name, or an address."""
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host).compressed}]"
        except ValueError as error:
            raise Invalid(f"{host[:100]!r} is not a host.", field=field) from error
    if not host.isascii():
        host = _encode(host, field)
    labels = host.lower().removesuffix(".").split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(host) > 253:
        raise Invalid(f"{host[:100]!r} is not a host.", field=field)
    return ".".join(labels)


def _encode(host: str, field: str) -> str:
    refused = Invalid(
        f"{host[:100]!r} is not a host.", field=field, hint="Write it in its xn-- form."
    )
    if _AMBIGUOUS & set(host):
        raise refused
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise refused from error
