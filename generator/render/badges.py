"""Badges as READMEs know them: a label, a message, flat colours.

Widths of letters are those of Inter at weight 500; a reader's own font is fitted to them.
"""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree

HEIGHT = 20
_TEXT = 11
_SIDE = 7
_LABEL_FILL = "#4a5160"
_DARK, _LIGHT = "#1b1f27", "#ffffff"
_FONTS = "Inter,Segoe UI,Helvetica Neue,Helvetica,Arial,sans-serif"

_LETTERS = {
    25: " Iijl",
    30: "!',.:;",
    35: "()/[\\]`t|",
    40: "1fr",
    45: "-_{}",
    50: '"*^',
    55: "7?Laksvxz",
    65: "#$&+034689<=>BPRSTZ~",
    70: "ADKVXY",
    75: "CGHNOQU",
    85: "w",
    90: "Mm",
    100: "%@W",
}
_WIDTHS = {letter: width for width, letters in _LETTERS.items() for letter in letters}
"""Hundredths of the size, to the nearest twentieth."""
_USUAL, _SQUARE = 60, 100


def draw_badge(label: str, message: str, fill: str) -> str:
    """Return the badge as an SVG file. `fill` is the message's ground: `#rrggbb`."""
    left = measure(label) + 2 * _SIDE if label else 0
    right = measure(message) + 2 * _SIDE
    words = f"{label}: {message}" if label else message
    width = left + right
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(width),
            "height": str(HEIGHT),
            "viewBox": f"0 0 {width} {HEIGHT}",
            "role": "img",
            "aria-label": words,
        },
    )
    _add(svg, "title", {}).text = words
    shape = _add(svg, "clipPath", {"id": "shape"})
    _add(shape, "rect", {"width": str(width), "height": str(HEIGHT), "rx": "4"})
    grounds = _add(svg, "g", {"clip-path": "url(#shape)"})
    if label:
        _add(grounds, "rect", {"width": str(left), "height": str(HEIGHT), "fill": _LABEL_FILL})
    _add(
        grounds,
        "rect",
        {"x": str(left), "width": str(right), "height": str(HEIGHT), "fill": fill},
    )
    texts = _add(
        svg,
        "g",
        {"font-family": _FONTS, "font-size": str(_TEXT), "aria-hidden": "true"},
    )
    if label:
        _write(texts, label, _SIDE, _LIGHT)
    _write(texts, message, left + _SIDE, text_on(fill))
    return ElementTree.tostring(svg, encoding="unicode")


def measure(text: str) -> int:
    """Return the width of a text in whole pixels."""
    return max(1, round(sum(map(_width_of, text)) * _TEXT / 100))


def _width_of(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return _SQUARE
    # An accent makes no letter wider.
    plain = unicodedata.normalize("NFD", letter)[0]
    return _WIDTHS.get(plain, _USUAL)


def text_on(fill: str) -> str:
    """Return the colour of letters on a ground: the one of two that stands out more (WCAG 2)."""
    ground = _luminance(fill)
    on_light = (_luminance(_LIGHT) + 0.05) / (ground + 0.05)
    on_dark = (ground + 0.05) / (_luminance(_DARK) + 0.05)
    return _LIGHT if on_light >= on_dark else _DARK


def _luminance(color: str) -> float:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def _write(parent: ElementTree.Element, text: str, left: int, fill: str) -> None:
    place = {"x": str(left), "y": "14", "fill": fill, "textLength": str(measure(text))}
    _add(parent, "text", place).text = text


def _add(parent: ElementTree.Element, tag: str, values: dict[str, str]) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, values)
