"""A bound on how deep HTML may nest, since parsers need time by the square of the depth."""

from __future__ import annotations

import re

# Elements whose end no other element implies; the rest cannot nest without them.
_TAG = re.compile(
    r"<(/?)(?:[abiqsu]|abbr|bd[io]|blockquote|center|cite|code|del|details|dfn|div|dl|em|fig\w+|h[1-6]"
    r"|ins|kbd|mark|[ou]l|picture|pre|ruby|samp|section|small|span|str\w+|su\w+|table|time|tt|var"
    r"|video)(?=[\s/>])",
    re.IGNORECASE,
)
_DEEPEST = 1000
# Below this size even the worst nesting is read in a fraction of a second.
_SMALL = 64 * 1024


def limit_nesting(html: str) -> str:
    """Return the HTML; where nobody could have meant such depth, its tags are text from there."""
    if len(html) < _SMALL:
        return html
    depth = 0
    for match in _TAG.finditer(html):
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > _DEEPEST:
            return html[: match.start()] + html[match.start() :].replace("<", "&lt;")
    return html
