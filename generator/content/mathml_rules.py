"""What of the converter's MathML reaches a page: known elements, known attributes, no styles.

A strict Content-Security-Policy ignores `style` attributes, so each declaration that the
converter is known to write becomes an attribute or a class of `themes/base/math.css`.
"""

from __future__ import annotations

import re

_ELEMENT_NAMES = (
    "math maction menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom "
    "mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr "
    "munder munderover semantics b i code span"
)

_ATTRIBUTE_NAMES = (
    "accent accentunder columnspan depth display displaystyle fence form height largeop "
    "linethickness lspace mathvariant maxsize minsize movablelimits notation rowspan rspace "
    "scriptlevel separator stretchy symmetric voffset width"
)
_ELEMENTS = frozenset(_ELEMENT_NAMES.split())
_ATTRIBUTES = frozenset(_ATTRIBUTE_NAMES.split())

_CLASSES = {
    "math-core-serif-font": "m-serif",
    "math-core-sans-serif-font": "m-sans",
    "menclose-updiagonalstrike": "m-strike-up",
    "menclose-downdiagonalstrike": "m-strike-down",
    "menclose-horizontalstrike": "m-strike",
}

_DECLARATIONS = {
    "text-align:left": "m-left",
    "text-align:right": "m-right",
    "padding-left:0": "m-flush-left",
    "padding-right:0": "m-flush-right",
    "padding-left:1em": "m-gap",
    "padding-top:0": "m-tight",
    "font-variant-caps:small-caps": "m-caps",
    "margin-left:-0.16666667em": "m-back",
    "width:100%": "m-numbered",
    "width:50%": "m-half",
}

_BORDER = re.compile(r"border-(top|right|bottom|left):[\d.]+em (solid|dashed) currentcolor")
_COLOR = re.compile(r"(background-color|color):(#[0-9A-Fa-f]{3,8})")
_TAG = re.compile(r'<(/?)([a-z]+)((?: [a-z-]+="[^"<>]*")*)(/?)>')
_PAIR = re.compile(r' ([a-z-]+)="([^"]*)"')


def keep_known_markup(mathml: str) -> str:
    """Return the MathML with every tag written anew from what is known here.

    Raises ValueError if anything but tags of the expected form could be markup.
    """
    if "<" in _TAG.sub("", mathml):
        raise ValueError("unexpected markup in MathML")
    return _TAG.sub(_write_tag, mathml)


def _write_tag(match: re.Match[str]) -> str:
    closing, name, attributes, empty = match.groups()
    if name not in _ELEMENTS:
        return ""
    return f"<{closing}{name}{_write_attributes(attributes)}{empty}>"


def _write_attributes(source: str) -> str:
    if not source:
        return ""
    kept: dict[str, str] = {}
    classes: list[str] = []
    for name, value in _PAIR.findall(source):
        if name in _ATTRIBUTES:
            kept[name] = value
        elif name == "class":
            classes += [_CLASSES[part] for part in value.split() if part in _CLASSES]
        elif name == "style":
            _translate_style(value, kept, classes)
    if classes:
        kept["class"] = " ".join(dict.fromkeys(classes))
    return "".join(f' {name}="{value}"' for name, value in kept.items())


def _translate_style(style: str, kept: dict[str, str], classes: list[str]) -> None:
    for raw in style.split(";"):
        declaration = re.sub(r":\s+", ":", raw.strip())
        border = _BORDER.fullmatch(declaration)
        color = _COLOR.fullmatch(declaration)
        if border:
            classes.append(f"m-{'rule' if border[2] == 'solid' else 'dash'}-{border[1]}")
        elif color:
            kept["mathcolor" if color[1] == "color" else "mathbackground"] = color[2]
        elif declaration in _DECLARATIONS:
            classes.append(_DECLARATIONS[declaration])
