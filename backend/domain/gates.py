"""What must be known of a site before its pings are taken."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from backend.domain.showcase import SiteStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A site as `/collect` sees it. `origins` are its own, like `https://example.org`."""

    tenant: str
    site: str
    account: str
    origins: frozenset[str]
    status: SiteStatus


def origin_of(url: str) -> str:
    """Return scheme, host and port of an absolute URL as browsers write an origin, else ''."""
    parts = url.split("/", 3)
    if len(parts) < 3 or parts[1] or parts[0].lower() not in {"http:", "https:"}:
        return ""
    host = parts[2].split("?", 1)[0].split("#", 1)[0].lower()
    return f"{parts[0].lower()}//{host}"


def bare_url(url: str) -> str:
    """Return the URL without fragment and without the `via` of a share."""
    if "#" not in url and "via=" not in url:
        return url
    parts = urlsplit(url)
    query = urlencode(
        [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "via"]
    )
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
