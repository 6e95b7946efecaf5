"""How a site's files are to be served: the headers and types that every host should answer with.

One place for the `_headers` file, for uploads that carry headers with each file, for the service
that hosts sites, and for the check after publishing.
"""

from __future__ import annotations

from pathlib import PurePosixPath

SECURITY_HEADERS: dict[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Every answer's. The Content-Security-Policy is in each page itself, with its own hashes."""

REVALIDATED = "public, max-age=0, must-revalidate"
FOR_AN_HOUR = "public, max-age=3600"
IMMUTABLE = "public, max-age=31536000, immutable"
CACHE_RULES: tuple[tuple[str, str], ...] = (
    ("", REVALIDATED),
    ("assets/", IMMUTABLE),
    ("assets/cards/", FOR_AN_HOUR),
)
"""Cache-Control by the beginning of a path; the last rule that fits holds. What lies in `assets/`
has a hash in its name, but for the cards, whose addresses others remember.
"""

HOST_FILES = frozenset({"_headers", "_redirects", ".nojekyll", "vercel.json", "CNAME"})
"""Files for a host's eyes: some hosts do not serve them."""

_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
    ".xsl": "text/xsl; charset=utf-8",
    ".zip": "application/zip",
}
_COMPRESSIBLE = frozenset({".css", ".html", ".js", ".json", ".map", ".md", ".svg", ".txt", ".xml",
                           ".webmanifest", ".xsl"})  # fmt: skip


def content_type(path: str) -> str:
    """Return the media type of a file of a site; never guessed from the machine's own tables."""
    return _TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")


def cache_control(path: str) -> str:
    """Return how long a file of a site may be kept."""
    return next(value for start, value in reversed(CACHE_RULES) if path.startswith(start))


def is_compressible(path: str) -> bool:
    """Tell whether a file becomes smaller by gzip or Brotli."""
    return PurePosixPath(path).suffix.lower() in _COMPRESSIBLE


def url_path(path: str) -> str:
    """Return the path under the site's address at which a file is served: folders by a slash."""
    if path == "index.html" or path.endswith("/index.html"):
        return path.removesuffix("index.html")
    return path
