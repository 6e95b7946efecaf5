"""Sets text on a picture: chooses fonts and a size, breaks lines evenly, writes both directions.

A text is set whole or not at all: `set_text` returns None for what no font at hand can write.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from generator.assets.typefaces import Face, Family, can_shape, faces_for, open_font

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_TEXT_LIMIT = 600
_KEPT_JOINERS = "\u200c\u200d"
# What joined two emoji that are gone.
_LONE_JOINER = re.compile(r"(?<!\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\S)")
# Scripts whose letters change or move when they meet.
_SHAPED = re.compile(
    "[\u0590-\u08ff\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufefc]"
)
_IDEOGRAPHIC = re.compile(
    "[\u2e80-\u2fdf\u3000-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff9f"
    "\U00020000-\U0003ffff]"
)
_NEVER_FIRST = "、。，．・：；？！ー」』）】》〉〕］｝…‥々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_NEVER_LAST = "「『（【《〈〔［｛"
_SOFT_BREAK = re.compile(r"(?<=[-/_.@:=])(?=\w)")
_LONG_WORD = 20
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a text may be set: sizes in pixels, largest first, each with its most lines."""

    family: Family
    weight: int
    sizes: tuple[tuple[int, int], ...]
    leading: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    text: str
    face: Face
    is_rtl: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A text after it was set: its lines, ready to be drawn at any place."""

    lines: tuple[str, ...]
    faces: tuple[Face, ...]
    size_px: int
    weight: int
    line_px: int
    is_rtl: bool

    @property
    def height_px(self) -> int:
        return self.line_px * len(self.lines)

    def width_of(self, line: str) -> float:
        return _width(line, self.faces, self.size_px, self.weight)

    def draw(self, draw: ImageDraw, left: float, top: float, *, right: float, fill: str) -> float:
        """Write the lines from the left edge, or from the right one; return where the last ends."""
        x = left
        for number, line in enumerate(self.lines):
            middle = top + self.line_px * (number + 0.5)
            x = right - self.width_of(line) if self.is_rtl else left
            x = self._draw_line(draw, line, x, middle, fill)
        return x

    def _draw_line(self, draw: ImageDraw, line: str, x: float, middle: float, fill: str) -> float:
        runs = _runs(line, self.faces, is_rtl=self.is_rtl)
        # The family's own font gives the baseline, so that runs of other fonts stand on it.
        ascent, descent = open_font(self.faces[0], self.size_px, self.weight).getmetrics()
        baseline = middle + (ascent - descent) / 2
        for run in reversed(runs) if self.is_rtl else runs:
            font = open_font(run.face, self.size_px, self.weight)
            direction = "rtl" if run.is_rtl else None
            draw.text((x, baseline), run.text, fill, font, anchor="ls", direction=direction)
            x += font.getlength(run.text, direction=direction)
        return x


def set_text(text: str, style: Style, width_px: float) -> Setting | None:
    """Set `text` as large as fits; at the smallest size it is cut with an ellipsis.

    Returns None for an empty text and for one that no font at hand can write.
    """
    text = clean(text)
    faces = _choose_faces(text, style.family)
    text = _without_symbols(text, faces)
    if not text or not _is_writable(text, faces):
        return None
    is_rtl = _is_rtl(text)
    pieces = _pieces(text)
    for size, most in style.sizes:
        sheet = _Sheet(pieces, faces, size, style.weight)
        lines = sheet.break_lines(width_px)
        if len(lines) <= most and sheet.widest_piece <= width_px:
            break
    else:
        sheet = _Sheet(_split_wide(pieces, sheet, width_px), faces, size, style.weight)
        lines = sheet.break_lines(width_px)
    lines = (
        sheet.balance(lines, width_px) if len(lines) <= most else sheet.cut(lines, most, width_px)
    )
    return Setting(
        lines=tuple(lines),
        faces=faces,
        size_px=size,
        weight=style.weight,
        line_px=round(size * style.leading),
        is_rtl=is_rtl,
    )


def _choose_faces(text: str, family: Family) -> tuple[Face, ...]:
    """Return the family's fonts, or the plain ones where most letters are strange to it.

    A few Latin words in italics would shout among Japanese that has none.
    """
    faces = faces_for(text, family)
    letters = [character for character in text if character.isalpha()]
    own = sum(faces[0].covers(character) for character in letters) if faces else 0
    return faces if 2 * own >= len(letters) else faces_for(text, Family.SANS)


def clean(text: str) -> str:
    """Return one line of plain text: no controls, no marks of direction, single spaces."""
    text = unicodedata.normalize("NFC", text[: _TEXT_LIMIT * 2])
    kept = (
        character if character.isprintable() or character in _KEPT_JOINERS else " "
        for character in text
    )
    return " ".join("".join(kept).split())[:_TEXT_LIMIT]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never broken: a word, or one ideograph with the marks that cling to it."""

    text: str
    has_space_before: bool


class _Sheet:
    """Pieces measured at one size."""

    def __init__(
        self, pieces: Sequence[_Piece], faces: tuple[Face, ...], size_px: int, weight: int
    ) -> None:
        self.pieces = pieces
        self._faces, self._size_px, self._weight = faces, size_px, weight
        self.widths = [self._measure(piece.text) for piece in pieces]
        self._space = self._measure("a a") - 2 * self._measure("a")

    def _measure(self, text: str) -> float:
        return _width(text, self._faces, self._size_px, self._weight)

    @property
    def widest_piece(self) -> float:
        return max(self.widths, default=0)

    def break_lines(self, width_px: float) -> list[str]:
        lines: list[list[_Piece]] = []
        room = 0.0
        for piece, width in zip(self.pieces, self.widths, strict=True):
            needed = width + (self._space if piece.has_space_before else 0)
            if lines and needed <= room:
                lines[-1].append(piece)
                room -= needed
            else:
                lines.append([piece])
                room = width_px - width
        return [_join(line) for line in lines]

    def balance(self, lines: list[str], width_px: float) -> list[str]:
        """Return as many lines, of lengths as even as they can be."""
        low, high = max(self.widest_piece, width_px / 3), width_px
        while len(lines) > 1 and high - low > 4:
            middle = (low + high) / 2
            tried = self.break_lines(middle)
            if len(tried) <= len(lines):
                lines, high = tried, middle
            else:
                low = middle
        return lines

    def cut(self, lines: list[str], most: int, width_px: float) -> list[str]:
        last = lines[most - 1].rstrip(" ,;:.")
        while last and self._measure(last + _ELLIPSIS) > width_px:
            shorter = last.rpartition(" ")[0] if " " in last else last[:-1]
            last = shorter.rstrip(" ,;:.")
        return [*lines[: most - 1], last + _ELLIPSIS]


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    for word in text.split(" "):
        start = len(pieces)
        for part in _break_word(word):
            pieces.append(_Piece(part, has_space_before=len(pieces) == start and start > 0))
    return pieces


def _break_word(word: str) -> list[str]:
    """Return parts between which a line may end: in a long name, and around ideographs."""
    if len(word) > _LONG_WORD:
        return [part for name in _SOFT_BREAK.split(word) for part in _break_ideographs(name)]
    return _break_ideographs(word)


def _break_ideographs(word: str) -> list[str]:
    parts = [""]
    for before, after in pairwise(["", *word]):
        may_break = bool(before) and bool(_IDEOGRAPHIC.match(before) or _IDEOGRAPHIC.match(after))
        clings = after in _NEVER_FIRST or (before != "" and before in _NEVER_LAST)
        if may_break and not clings and not unicodedata.combining(after):
            parts.append("")
        parts[-1] += after
    return parts


def _split_wide(pieces: Sequence[_Piece], sheet: _Sheet, width_px: float) -> list[_Piece]:
    """Return the pieces with those wider than a line broken: at signs, else between letters."""
    split: list[_Piece] = []
    for piece, width in zip(pieces, sheet.widths, strict=True):
        parts = [piece.text]
        if width > width_px:
            most = max(1, int(len(piece.text) * width_px / width * 0.9))
            parts = [
                part[start:end]
                for part in _SOFT_BREAK.split(piece.text)
                for start, end in _clusters(part, most if len(part) > most else len(part))
            ]
        spaces = [piece.has_space_before, *([False] * (len(parts) - 1))]
        split.extend(_Piece(part, space) for part, space in zip(parts, spaces, strict=True))
    return split


def _clusters(text: str, length: int) -> list[tuple[int, int]]:
    """Return stretches of about `length` that never part a letter from its marks."""
    edges = [0]
    while edges[-1] < len(text):
        end = min(len(text), edges[-1] + length)
        while end < len(text) and unicodedata.category(text[end]).startswith("M"):
            end += 1
        edges.append(end)
    return list(pairwise(edges))


def _join(pieces: Sequence[_Piece]) -> str:
    texts = [f" {piece.text}" if piece.has_space_before else piece.text for piece in pieces]
    return "".join(texts).strip()


@lru_cache(maxsize=8192)
def _width(text: str, faces: tuple[Face, ...], size_px: int, weight: int) -> float:
    return sum(
        open_font(run.face, size_px, weight).getlength(
            run.text, direction="rtl" if run.is_rtl else None
        )
        for run in _runs(text, faces, is_rtl=_is_rtl(text))
    )


def _runs(text: str, faces: tuple[Face, ...], *, is_rtl: bool) -> list[_Run]:
    """Cut a line where the font changes; signs and spaces stay with the letters before them."""
    texts: list[str] = []
    chosen: list[Face] = []
    for character in text:
        clings = not character.isalnum()
        if chosen and clings and chosen[-1].covers(character):
            texts[-1] += character
            continue
        face = next((face for face in faces if face.covers(character)), faces[0])
        if chosen and (chosen[-1] == face or character in _KEPT_JOINERS):
            texts[-1] += character
        else:
            texts.append(character)
            chosen.append(face)
    directions = [_is_rtl(letters, default=is_rtl) for letters in texts]
    for place in range(len(texts) - 1):
        # A space after a run of the other direction stands, as the line reads, before the next.
        if directions[place] != is_rtl and texts[place].endswith(" "):
            texts[place], texts[place + 1] = texts[place].rstrip(" "), " " + texts[place + 1]
    return [
        _Run(text=letters, face=face, is_rtl=direction)
        for letters, face, direction in zip(texts, chosen, directions, strict=True)
    ]


def _is_rtl(text: str, *, default: bool = False) -> bool:
    """Return the direction of the first letter that has one."""
    if not can_shape():
        return False
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return default


def _without_symbols(text: str, faces: Sequence[Face]) -> str:
    """Return the text without pictures such as emoji, as far as no font holds them."""
    kept = (
        character
        for character in text
        if character.isspace()
        or character in _KEPT_JOINERS
        or character.isalnum()
        or any(face.covers(character) for face in faces)
    )
    return " ".join(_LONE_JOINER.sub("", "".join(kept)).replace("\ufe0f", "").split())


def _is_writable(text: str, faces: Sequence[Face]) -> bool:
    if _SHAPED.search(text) and not can_shape():
        return False
    return all(
        character.isspace()
        or character in _KEPT_JOINERS
        or any(face.covers(character) for face in faces)
        for character in text
    )
