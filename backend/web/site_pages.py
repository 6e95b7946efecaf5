"""Small pages in place of a hosted site: no such site, suspended, too often, not at the moment."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body>
<h1>{title}</h1>
<p>{words}</p>
</body>
</html>
"""
_WORDS = {
    404: ("Nothing here", "There is no page at this address."),
    405: ("Not possible", "Pages of this site can only be read."),
    429: ("Too many requests", "Wait a moment and try again."),
    451: ("Site suspended", "This site was suspended by the service that hosts it."),
    500: ("Something went wrong", "It was logged. Try again later."),
    503: ("Not available", "The site cannot be shown at the moment. Try again in some seconds."),
}


def answer(status: int, headers: dict[str, str] | None = None) -> Response:
    """Return the page for a status, which nobody keeps."""
    title, words = _WORDS[status]
    own = {
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    return HTMLResponse(
        _PAGE.format(title=title, words=words), status_code=status, headers=own | (headers or {})
    )
