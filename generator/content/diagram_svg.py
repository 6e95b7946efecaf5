"""A drawn diagram's SVG, written anew: known shapes only, colours of the site, no styles.

Nothing of the drawing's own ids, classes, links or styles is kept, so several diagrams share a
page under a strict Content-Security-Policy. Colours of the drawing's theme become the site's
tokens and follow light and dark; colours that the author chose stay, with readable text on them.
"""

from __future__ import annotations

import re
from html import escape
from xml.etree import ElementTree as ET

_SVG = "{http://www.w3.org/2000/svg}"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_ELEMENTS = frozenset(
    {
        "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
        "text", "tspan", "title", "desc",
    }
)  # fmt: skip
_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "polygon"})

# Presentation attributes hold what `style` may also hold; the others are geometry.
_PRESENTATION = frozenset(
    {
        "fill", "fill-opacity", "font-size", "font-style", "font-weight", "opacity", "rx", "ry",
        "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
        "stroke-opacity", "stroke-width", "text-anchor", "text-decoration",
    }
)  # fmt: skip
_GEOMETRY = frozenset(
    {
        "cx", "cy", "d", "dominant-baseline", "dx", "dy", "height", "points", "r", "transform",
        "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2",
    }
)  # fmt: skip
_VALUE = re.compile(r"[\w#.,%()\s+-]*")
_PIXELS = re.compile(r"(-?[\d.]+)px")
_DEPTH_LIMIT = 100

# The drawing theme's colours are all different, which tells their roles apart; behind each token
# stands its light colour, for readers without our sheet (feeds, mail).
_TOKENS = {
    "#1f2020": "var(--color-ground,#fff)",
    "#eeeeee": "var(--color-text,#1c1f24)",
    "#bbbbbb": "var(--color-muted,#59606b)",
    "#cccccc": "var(--color-faint,#6b7280)",
    "#303640": "var(--color-tint,#edf1fb)",
    "#252a32": "var(--color-sunken,#f3f4f6)",
    "#8a9bb5": "var(--color-brand,#2f5bd8)",
    "#8aaeed": "var(--color-brand,#2f5bd8)",
}
_TOKEN = re.compile("|".join(_TOKENS), re.IGNORECASE)

_LIGHT_TEXT, _DARK_TEXT = "#fff", "#111"
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\b[^()]*\)")
_DARK_NAMES = (
    "black blue brown crimson darkblue darkcyan darkgreen darkred darkslateblue darkslategray "
    "dimgray firebrick forestgreen green indigo maroon mediumblue midnightblue navy purple "
    "rebeccapurple red royalblue saddlebrown seagreen slateblue steelblue teal"
)


def keep_known_svg(svg: str) -> str:
    """Return the drawing's SVG as HTML; raises ValueError if it is not well-formed SVG."""
    try:
        root = ET.fromstring(svg)  # noqa: S314  the renderer's own output, without a DTD
    except ET.ParseError as error:
        raise ValueError("not well-formed SVG") from error
    if root.tag != f"{_SVG}svg":
        raise ValueError("not SVG")
    label = root.findtext(f"{_SVG}title") or root.get("aria-roledescription") or "diagram"
    inner = "".join(_write(child, text_fill=None, depth=0) for child in root)
    return (
        f'<svg{_write_attributes(root, {})} fill="{_TOKENS["#eeeeee"]}" font-size="16" '
        f'font-family="system-ui,sans-serif" role="graphics-document document" '
        f'aria-label="{escape(label)}">{inner}</svg>'
    )


def _write(element: ET.Element, *, text_fill: str | None, depth: int) -> str:
    """Return one element with its content; `text_fill` is set on an author's own colour."""
    name = str(element.tag).removeprefix(_SVG)
    if name not in _ELEMENTS or depth > _DEPTH_LIMIT:
        return ""
    if name == "g" and "pele-node" in element.get("class", "").split():
        text_fill = _text_fill_on(element)
    attributes = _styled(element)
    if name == "text" and text_fill and "fill" not in _declarations(element):
        attributes["fill"] = text_fill
    inner = escape(element.text or "", quote=False) + "".join(
        _write(child, text_fill=text_fill, depth=depth + 1) + escape(child.tail or "", quote=False)
        for child in element
    )
    start = f"<{name}{_write_attributes(element, attributes)}"
    return f"{start}>{inner}</{name}>" if inner else f"{start}/>"


def _write_attributes(element: ET.Element, presentation: dict[str, str]) -> str:
    kept = {name: value for name, value in element.items() if name in _GEOMETRY} | presentation
    if element.get(_XML_SPACE) == "preserve":
        kept["xml:space"] = "preserve"
    return "".join(
        f' {name}="{_TOKEN.sub(_to_token, value)}"'
        for name, value in kept.items()
        if _VALUE.fullmatch(value) and "url(" not in value.lower()
    )


def _to_token(match: re.Match[str]) -> str:
    return _TOKENS[match[0].lower()]


def _styled(element: ET.Element) -> dict[str, str]:
    """Return the presentation of an element: its attributes, over them its style."""
    attributes = {name: value for name, value in element.items() if name in _PRESENTATION}
    return attributes | _declarations(element)


def _declarations(element: ET.Element) -> dict[str, str]:
    declared: dict[str, str] = {}
    for declaration in element.get("style", "").split(";"):
        name, _, value = declaration.partition(":")
        if name.strip() in _PRESENTATION:
            declared[name.strip()] = _PIXELS.sub(r"\1", value.strip())
    return declared


def _text_fill_on(node: ET.Element) -> str | None:
    """Return the text colour for a node whose shape the author filled, None for a plain one."""
    for child in node:
        if str(child.tag).removeprefix(_SVG) in _SHAPES:
            fill = _declarations(child).get("fill")
            return _contrast(fill) if fill else None
    return None


def _contrast(fill: str) -> str | None:
    """Return dark or light text for a fill, by WCAG's weights; None where there is no fill."""
    if fill in {"none", "transparent"}:
        return None
    match, rgb = _HEX.fullmatch(fill), _RGB.fullmatch(fill)
    if match:
        digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
        channels = [int(digits[start : start + 2], 16) for start in (0, 2, 4)]
    elif rgb:
        channels = [int(value) for value in rgb.groups()]
    else:
        return _LIGHT_TEXT if fill.lower() in _DARK_NAMES.split() else _DARK_TEXT
    linear = [(channel / 255) ** 2.2 for channel in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return _DARK_TEXT if luminance > 0.18 else _LIGHT_TEXT
