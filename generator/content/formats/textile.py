"""Textile by the package `textile`, a port of the reference implementation."""

from __future__ import annotations

import re
from html import unescape

from generator.content.formats import plain
from generator.content.highlight import code_block
from generator.content.pieces import Pieces
from generator.model.document import Feature

# The library's expressions take the square of the length on some texts.
_LENGTH_LIMIT = 100_000
_LINES_LIMIT = 3_000
_LINE_LIMIT = 20_000

_CODE = re.compile(r"<pre\b([^<>]{0,300})><code\b([^<>]{0,300})>(.*?)</code></pre>", re.DOTALL)
_CAPITALS = re.compile(r'<span class="caps">([^<>]{1,200})</span>')
_CLASS = re.compile(r'class="(?:language-)?([\w+#-]+)')


def to_html(text: str, path: str, pieces: Pieces) -> str:
    """Return untrusted HTML; a text that is too long or has no reader here is shown as it is."""
    lines = text.split("\n")
    is_bounded = len(text) <= _LENGTH_LIMIT and len(lines) <= _LINES_LIMIT
    if not is_bounded or any(len(line) > _LINE_LIMIT for line in lines):
        return plain.to_html(text, path, pieces)
    try:
        from textile import Textile  # type: ignore[import-untyped]  # noqa: PLC0415  an extra
    except ImportError:
        return plain.to_html(text, path, pieces)
    html: str = Textile(html_type="html5").parse(text)
    html = _CAPITALS.sub(r"\1", html)
    return _CODE.sub(lambda match: _write_code(match, pieces), html)


def _write_code(match: re.Match[str], pieces: Pieces) -> str:
    language = _CLASS.search(match[1]) or _CLASS.search(match[2])
    html = code_block(unescape(match[3]), language[1] if language else "")
    return f"<pre>{pieces.add(html, feature=Feature.CODE)}</pre>"
