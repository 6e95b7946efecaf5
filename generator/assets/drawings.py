"""Draws SVG of our own as pixels, each word in a font that can write it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.etree import ElementTree

from generator.assets.typefaces import Face, Family, faces_for, open_font

_SVG = "{http://www.w3.org/2000/svg}"
_WRITTEN = (f"{_SVG}text", f"{_SVG}tspan")


def to_png(svg: str, *, width_px: int, words: str) -> bytes:
    """Return the drawing as a PNG of that width. `words` are all that is written in it.

    The same drawing is the same bytes wherever the packaged fonts hold its letters; what no font
    holds is left out. Raises ParseError and ValueError for what is no SVG.
    """
    import resvg_py  # noqa: PLC0415  only where a picture is asked for

    faces = faces_for(words, Family.SANS)
    tree = ElementTree.fromstring(svg)  # noqa: S314  our own, without a document type
    for element in list(tree.iter()):
        if element.tag in _WRITTEN and element.text:
            _write(element, list(_runs(element.text, faces)))
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=ElementTree.tostring(tree, encoding="unicode"),
            width=width_px,
            skip_system_fonts=True,
            font_files=[str(face.path) for face in faces],
            font_family="Inter",
            sans_serif_family="Inter",
        )
    )


def _write(element: ElementTree.Element, runs: Sequence[tuple[Face, str]]) -> None:
    """Name the font of each run. Left to itself, resvg gives up on a text that mixes a script
    whose letters join with another one.
    """
    element.text = ""
    for at, (face, said) in enumerate(runs):
        span = ElementTree.Element(f"{_SVG}tspan", {"font-family": _name_of(face)})
        span.text = said
        element.insert(at, span)


def _runs(text: str, faces: Sequence[Face]) -> Iterator[tuple[Face, str]]:
    """Yield stretches of a text, each with the font that can write all of it."""
    current, said = faces[0], ""
    for character in text:
        face = _face_of(character, current, faces)
        if face is None:
            continue
        if face is not current and said:
            yield current, said
            said = ""
        current, said = face, said + character
    if said:
        yield current, said


def _face_of(character: str, current: Face, faces: Sequence[Face]) -> Face | None:
    """Return the font of a character: marks and signs stay with the letters before them."""
    if unicodedata.category(character) == "Cf":
        return current
    if not character.isalnum() and current.covers(character):
        return current
    return next((face for face in faces if face.covers(character)), None)


@lru_cache(maxsize=256)
def _name_of(face: Face) -> str:
    return str(open_font(face, 16, 400).getname()[0])
