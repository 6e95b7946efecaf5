"""Generated HTML on its way past the sanitiser: a token stands for it until the text is clean.

Highlighted code, MathML and the like need classes and elements that nobody in a repository may
write. A renderer hands such HTML to `Pieces.add` and puts the returned token into its untrusted
HTML; `trust` sanitises that, and only then puts the pieces in the tokens' places.

Nobody can forge a token: it begins with a digest of the very text that is being rendered, and no
one can write a text that holds its own digest. So it needs no randomness either.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from html import escape
from typing import NamedTuple

from generator.model.document import Feature

# Private-use characters, which no rule of any markup language gives a meaning: eleven of them
# hold 132 bits of the digest. One more ends the token's number.
_DIGITS = 0xE000
_END = "\uf8ff"
_CLASS = ' class="'
_WRAPPERS = (("<pre>", "</pre>"), ("<p>", "</p>"))
_BLOCKS = ("<figure", "<div", "<pre", "<table", "<p")


class _Piece(NamedTuple):
    html: str
    source: str
    is_attributes: bool


class Pieces:
    """The generated pieces of one text."""

    def __init__(self, text: str) -> None:
        """`text` is the whole source that is being rendered; it decides the tokens."""
        digest = int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=17).digest())
        self.mark = "".join(chr(_DIGITS + (digest >> 12 * place & 0xFFF)) for place in range(11))
        """How every token begins. `trust` also uses it to mark what it must find again."""
        self._pieces: list[_Piece] = []
        self._features: set[Feature] = set()

    @property
    def features(self) -> frozenset[Feature]:
        """What the pieces so far need from the page."""
        return frozenset(self._features)

    def add(self, html: str, *, feature: Feature | None = None, source: str = "") -> str:
        """Keep trusted `html`, and return the text token that stands for it.

        The token goes where text may stand; inside an attribute it is dropped. A piece that is a
        block of its own is best given as `<pre>token</pre>` (or `<p>token</p>`): the sanitiser then
        sees a block there, and the wrapper goes when the piece comes. `source` is the plain text
        that the piece was made from; heading anchors are made of it.
        """
        if feature is not None:
            self._features.add(feature)
        return self._keep(_Piece(html, source, is_attributes=False))

    def add_attributes(self, **attributes: str) -> str:
        """Return the value of a `class` attribute that becomes these attributes.

        `<div class="token">` passes the sanitiser as an element like any other, well nested
        whatever stands in it, and ends with a class that no text can give itself. A name may end
        with an underscore (`class_`); one inside stands for a hyphen (`aria_label`).
        """
        pairs = ((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items())
        html = "".join(f' {name}="{escape(value)}"' for name, value in pairs)
        return self._keep(_Piece(html, "", is_attributes=True))

    def is_attributes(self, value: str) -> bool:
        """Tell whether `value` is one whole token of `add_attributes`, and nothing else."""
        if not (value.startswith(self.mark) and value.endswith(_END)):
            return False
        piece = self._find(value[len(self.mark) : -1])
        return piece is not None and piece.is_attributes

    def show_sources(self, html: str) -> str:
        """Return `html` with each token replaced by the source text of its piece, escaped."""
        return self._replace(html, _put_source)

    def fill(self, html: str) -> str:
        """Return sanitised `html` with each token replaced by its piece."""
        return self._replace(html, _put_piece)

    def _replace(self, html: str, put: Callable[[str, _Piece, str], tuple[str, str, str]]) -> str:
        head, *rest = html.split(self.mark)
        out = [head]
        for part in rest:
            digits, _, after = part.partition(_END)
            piece = self._find(digits)
            out += put(out.pop(), piece, after) if piece else (self.mark, part)
        return "".join(out)

    def _keep(self, piece: _Piece) -> str:
        self._pieces.append(piece)
        return f"{self.mark}{len(self._pieces) - 1}{_END}"

    def _find(self, digits: str) -> _Piece | None:
        if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
            return None
        number = int(digits)
        return self._pieces[number] if number < len(self._pieces) else None


def _put_source(before: str, piece: _Piece, after: str) -> tuple[str, str, str]:
    return before, escape(piece.source), after


def _put_piece(before: str, piece: _Piece, after: str) -> tuple[str, str, str]:
    if piece.is_attributes:
        if before.endswith(_CLASS) and after.startswith('"'):
            return before.removesuffix(_CLASS), piece.html, after[1:]
        return before, "", after
    if piece.html.startswith(_BLOCKS):
        # The element around a lone block only kept its place in the structure.
        for opening, closing in _WRAPPERS:
            if before.endswith(opening) and after.startswith(closing):
                return before.removesuffix(opening), piece.html, after.removeprefix(closing)
    return before, piece.html, after
