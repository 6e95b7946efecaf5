"""GFM's tag filter: tags that would swallow the text after them are shown instead.

The sanitiser would be safe without it. But a README that says "the <title> element" without
backticks would lose everything that follows, as the HTML parser reads it as the title's text.
Source: GFM 0.29, "Disallowed Raw HTML".
"""

from __future__ import annotations

import re

_SWALLOWING = "title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext"
_TAG = re.compile(rf"<(?=/?(?:{_SWALLOWING})(?:[\s/>]|$))", re.IGNORECASE)
# No reader wants to see a whole script or style sheet, so a complete one goes with its content.
_CODE = re.compile(r"<(script|style)(?:\s[^<>]*)?>[^<]*(?:<(?!/\1)[^<]*)*</\1\s*>", re.IGNORECASE)


# A complete frame becomes a link: what it would show is at another host.
_FRAME = re.compile(r"<iframe(\s[^<>]*)>[^<]*</iframe\s*>", re.IGNORECASE)
_FRAME_SOURCE = re.compile(r"\ssrc=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_FRAME_TITLE = re.compile(r"\stitle=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)


def filter_tags(html: str) -> str:
    """Return raw HTML with the opening `<` of each disallowed tag escaped."""
    return _TAG.sub("&lt;", html)


def tame_tags(html: str) -> str:
    """Return raw HTML without its scripts and style sheets, and with links for its frames."""
    return filter_tags(_FRAME.sub(_link_frame, _CODE.sub("", html)))


def _link_frame(match: re.Match[str]) -> str:
    source, title = _FRAME_SOURCE.search(match[1]), _FRAME_TITLE.search(match[1])
    if source is None:
        return ""
    address = (source[1] or source[2] or "").strip()
    quoted = address.replace("'", "%27")
    text = (title[1] or title[2] if title else "") or address
    return f"<p><a href='{quoted}'>{text}</a></p>"
