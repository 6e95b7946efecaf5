"""Makes an SVG of unknown origin safe to serve from the site's own host.

Shown by `<img>` an SVG runs nothing, but a visitor may open it by its address. What is kept is an
allow-list of drawing elements; scripts, handlers, foreign markup, document types, processing
instructions and every reference that leaves the file are not.
"""

from __future__ import annotations

import contextlib
import re
from html import escape
from xml.parsers import expat

# SVG 2 and the SVG 1.1 elements that browsers still draw, by local name and in lower case.
_DRAWING = """
    a altglyph animate animatecolor animatemotion animatetransform circle clippath defs desc
    ellipse feblend fecolormatrix fecomponenttransfer fecomposite feconvolvematrix
    fediffuselighting fedisplacementmap fedistantlight fedropshadow feflood fefunca fefuncb
    fefuncg fefuncr fegaussianblur feimage femerge femergenode femorphology feoffset
    fepointlight fespecularlighting fespotlight fetile feturbulence filter font font-face g
    glyph glyphref hatch hatchpath hkern image line lineargradient marker mask mesh meshpatch
    meshrow missing-glyph mpath path pattern polygon polyline radialgradient rect set
    solidcolor stop style svg switch symbol text textpath title tref tspan use view vkern
"""
_ELEMENTS = frozenset(_DRAWING.split())
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|svg\+xml)[;,]", re.IGNORECASE)
_DATA_INSIDE = re.compile(
    r"data:(?:image/(?:png|jpe?g|gif|webp|avif|svg\+xml)|(?:application/)?(?:x-)?font[-/][\w+.-]*"
    r"|application/vnd\.ms-fontobject)[;,]",
    re.IGNORECASE,
)
_EVIL_SCHEME = re.compile(r"(?:javascript|vbscript|data:text|data:application/x)", re.IGNORECASE)
_IGNORED_IN_URLS = re.compile(r"[\x00-\x20\x7f]+")

_CSS_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*(?:\*/|$)")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\r\n\f]?|\\([^0-9a-fA-F\r\n\f])")
_CSS_IMPORT = re.compile(r"@import\b[^;{}]*;?", re.IGNORECASE)
_CSS_URL = re.compile(r"""(?:url|src)\(\s*("[^"]*"|'[^']*'|[^)]*)\s*\)?""", re.IGNORECASE)
_CSS_ACTIVE = re.compile(
    r"(?:-webkit-)?image-set\(|expression\(|-moz-binding|behavior\s*:", re.IGNORECASE
)

# An internal entity (Illustrator writes namespaces so) may be this long, and the whole may grow
# by this factor: no "billion laughs" fits through.
_ENTITY_LIMIT = 256
_ENTITY_COUNT = 64
_GROWTH = 4
_DEPTH_LIMIT = 512


class _TooMuchError(Exception):
    """The text declares or expands more than a drawing needs."""


def clean_svg(raw: bytes) -> bytes:
    """Return the drawing as UTF-8 without anything that acts or reaches outside.

    Broken XML yields what came before the fault, closed properly; something that is no SVG at
    all yields an empty drawing. Never raises; the result is at most four times the input or
    128 KiB, whichever is more.
    """
    writer = _Writer(limit=max(_GROWTH * len(raw), 64 * 1024))
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = writer.open
    parser.EndElementHandler = writer.close
    parser.CharacterDataHandler = writer.write_text
    parser.EntityDeclHandler = writer.judge_entity
    # After a fault everything written so far is sound, and `finish` closes what is open.
    with contextlib.suppress(expat.ExpatError, _TooMuchError, ValueError):
        parser.Parse(raw, True)
    return writer.finish()


class _Writer:
    """Receives the parser's events and writes the allowed ones back as text."""

    def __init__(self, *, limit: int) -> None:
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._style: list[str] | None = None
        self._room = limit
        self._skipped_depth = 0
        self._entities = 0

    def judge_entity(
        self,
        _name: str,
        is_parameter: bool,
        value: str | None,
        _base: str | None,
        _system: str | None,
        _public: str | None,
        _notation: str | None,
    ) -> None:
        self._entities += 1
        is_plain = value is not None and len(value) <= _ENTITY_LIMIT and "&" not in value
        if is_parameter or not is_plain or "<" in (value or "") or self._entities > _ENTITY_COUNT:
            raise _TooMuchError

    def open(self, name: str, flat_attributes: list[str]) -> None:
        if self._skipped_depth or not self._allows(name, flat_attributes):
            self._skipped_depth += 1
            return
        if len(self._open) >= _DEPTH_LIMIT:
            raise _TooMuchError
        pairs = zip(flat_attributes[::2], flat_attributes[1::2], strict=True)
        kept = ((key, _clean_attribute(name, key, value)) for key, value in pairs)
        text = "".join(f' {key}="{escape(value)}"' for key, value in kept if value is not None)
        self._put(f"<{name}{text}>")
        self._open.append(name)
        if _local(name) == "style":
            self._style = []

    def close(self, name: str) -> None:
        if self._skipped_depth:
            self._skipped_depth -= 1
            return
        self._flush_style()
        self._open.pop()
        self._put(f"</{name}>")

    def write_text(self, text: str) -> None:
        if self._skipped_depth or not self._open:
            return
        if self._style is not None:
            self._style.append(text)
        else:
            self._put(escape(text, quote=False))

    def finish(self) -> bytes:
        self._room += 64 * 1024
        self._flush_style()
        while self._open:
            self._put(f"</{self._open.pop()}>")
        text = "".join(self._pieces) or '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
        return text.encode("utf-8", errors="replace")

    def _allows(self, name: str, attributes: list[str]) -> bool:
        local = _local(name)
        if not self._open and local != "svg":
            return False
        if local in {"set", "animate"}:
            targets = (
                value
                for key, value in zip(attributes[::2], attributes[1::2], strict=True)
                if _local(key) == "attributename"
            )
            return not any(_is_acting(_local(target.strip())) for target in targets)
        return local in _ELEMENTS

    def _flush_style(self) -> None:
        if self._style is not None:
            css, self._style = "".join(self._style), None
            self._put(escape(clean_css(css), quote=False))

    def _put(self, text: str) -> None:
        self._room -= len(text)
        if self._room < 0:
            raise _TooMuchError
        self._pieces.append(text)


def clean_css(css: str) -> str:
    """Return a style sheet or declaration list that asks for nothing outside the file."""
    if "\\" in css:
        css = _CSS_ESCAPE.sub(_reveal_letter, css)
    css = _CSS_COMMENT.sub(" ", css)
    css = _CSS_IMPORT.sub(" ", css)
    css = _CSS_ACTIVE.sub("none ", css)
    return _CSS_URL.sub(_keep_inner_url, css)


def _reveal_letter(match: re.Match[str]) -> str:
    """Undo an escape that spells ASCII (`\\75rl` is `url`); others stay as they are."""
    code = int(match[1], 16) if match[1] else ord(match[2])
    is_hiding = 0x20 <= code < 0x7F and (chr(code).isalpha() or chr(code) in "@(-:/*")
    return chr(code) if is_hiding else match[0]


def _keep_inner_url(match: re.Match[str]) -> str:
    target = _IGNORED_IN_URLS.sub("", match[1].strip("\"'"))
    return match[0] if target.startswith("#") or _DATA_INSIDE.match(target) else "none"


def _clean_attribute(element: str, key: str, value: str) -> str | None:
    """Return the attribute's harmless value, or None to leave it out."""
    name = _local(key)
    if name.startswith("on") or key.lower() == "xml:base":
        return None
    if key == "xmlns" or key.startswith("xmlns:"):
        return value
    if name in {"href", "src"}:
        return value if _is_harmless_target(_local(element), value) else None
    if _EVIL_SCHEME.search(_IGNORED_IN_URLS.sub("", value)) and name != "d":
        return None
    if name == "style" or "(" in value or "\\" in value:
        return clean_css(value)
    return value


def _is_harmless_target(element: str, value: str) -> bool:
    target = _IGNORED_IN_URLS.sub("", value)
    if target.startswith("#"):
        return True
    if element in {"image", "feimage"}:
        return bool(_DATA_IMAGE.match(target))
    if element == "a":
        return target.lower().startswith(("https://", "http://", "mailto:"))
    return False


def _is_acting(attribute: str) -> bool:
    return attribute in {"href", "src", "style"} or attribute.startswith("on")


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
