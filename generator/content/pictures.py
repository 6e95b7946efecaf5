"""The pictures a text shows from other hosts, found before it is rendered so they can be baked."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

# `![alt](URL "title")`, `<img src="URL">` and `srcset`, and the targets of reference images.
_INLINE = re.compile(r"!\[[^\]\n]{0,500}\]\(\s*<?(https://[^\s<>)\"']+)")
_ATTRIBUTE = re.compile(
    r"\b(?:src|srcset|poster)\s*=\s*[\"']?\s*(https://[^\s\"'<>,]+)", re.IGNORECASE
)
_DEFINITION = re.compile(r"^ {0,3}\[([^\]\n]{1,200})\]:\s*<?(https://[^\s<>]+)", re.MULTILINE)
_REFERENCE = re.compile(r"!\[([^\]\n]{0,500})\](?:\[([^\]\n]{0,200})\])?")
_RST_IMAGE = re.compile(r"^\s*(?:\.\.\s.*?image::|:target:)\s*(https://\S+)", re.MULTILINE)
_LIMIT = 500


def find_remote_pictures(text: str) -> Iterator[str]:
    """Yield the addresses of pictures on other hosts; some may turn out not to be pictures.

    A text that is not rendered after all (a code block, say) may be among them: asking for one
    picture too many costs less than rendering everything twice.
    """
    found = dict.fromkeys(_candidates(text))
    for count, url in enumerate(found):
        if count >= _LIMIT:
            return
        yield html.unescape(url)


def _candidates(text: str) -> Iterator[str]:
    for pattern in (_INLINE, _ATTRIBUTE, _RST_IMAGE):
        for match in pattern.finditer(text):
            yield match[1]
    targets = {match[1].casefold(): match[2] for match in _DEFINITION.finditer(text)}
    if targets:
        for match in _REFERENCE.finditer(text):
            name = (match[2] or match[1]).casefold()
            if name in targets:
                yield targets[name]
