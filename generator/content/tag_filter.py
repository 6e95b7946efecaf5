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


def filter_tags(html: str) -> str:
    """Return raw HTML with the opening `<` of each disallowed tag escaped."""
    return _TAG.sub("&lt;", html)


def drop_code(html: str) -> str:
    """Return raw HTML without its scripts and style sheets."""
    return _CODE.sub("", html)
