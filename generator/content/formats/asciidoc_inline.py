"""AsciiDoc within a line: emphasis, links, pictures, footnotes, attributes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape

from generator.content.formats.spans import Spans
from generator.content.maths import math_to_html
from generator.content.pieces import Pieces
from generator.model.document import Feature

_MARKUP = re.compile(r"[^\w\s,;?!]|_|\.\.\.")
_ATTRIBUTE = re.compile(r"(?<!\\)\{([\w-]{1,60})\}")
_SUBSTITUTIONS = {
    "nbsp": "\u00a0", "zwsp": "\u200b", "sp": " ", "empty": "", "blank": "", "plus": "+",
    "lt": "<", "gt": ">", "amp": "&", "asterisk": "*", "caret": "^", "tilde": "~", "vbar": "|",
    "apos": "'", "quot": '"', "backslash": "\\", "backtick": "`", "startsb": "[", "endsb": "]",
    "two-colons": "::", "two-semicolons": ";;", "cpp": "C++", "pp": "++", "hash": "#",
}  # fmt: skip
_EXPANSION_LIMIT = 2_000_000

# What is taken out first, in this order, since nothing inside it is markup.
_VERBATIM = re.compile(
    r"""\+\+\+(?P<raw>.{0,2000}?)\+\+\+
      | \bpass:[a-z,]{0,10}\[(?P<pass>[^\]\n]{0,2000})\]
      | (?:\b(?:stem|latexmath):\[(?P<math>(?:[^\]\\\n]|\\.){0,2000})\])
      | ``(?P<double>[^`\n]{1,2000})``
      | (?<![\w`\\"'])`(?P<single>[^`\s](?:[^`]{0,2000}?[^`\s])?)`(?![\w`])
      | (?<![\w+\\])\+(?P<literal>[^+\s](?:[^+]{0,2000}?[^+\s])?)\+(?![\w+])
    """,
    re.VERBOSE | re.DOTALL,
)
_TEXT = r"\[((?:[^\]\\]|\\.){0,600})\]"
_MACRO = re.compile(
    r"(?<![\w\\])(link|xref|image|mailto|footnote|kbd|btn|menu|icon|anchor|indexterm2?)"
    r":(?!:)([^\s\[\]]{0,2000})" + _TEXT
)
_URL = re.compile(
    r"(?<![\w\\\"'=])(?P<url>(?:https?|ftp|irc)://[^\s\[\]<>\x01\x02]{1,2000})" + f"(?:{_TEXT})?"
)
_ANGLE_URL = re.compile(r"<((?:https?|ftp)://[^\s<>]{1,2000})>")
_REFERENCE = re.compile(r"<<([^<>,\n]{1,300})(?:,\s*([^<>]{1,500}))?>>")
_ANCHOR = re.compile(r"\[\[([\w:.-]{1,200})(?:,[^\]\n]{0,200})?\]\]")

_ROLE = r"(?:\[[^\[\]\n]{1,100}\])?"
_QUOTES = (
    (re.compile(rf"{_ROLE}\*\*([^*\n]{{1,2000}})\*\*"), "strong"),
    (re.compile(rf"(?<![\w*\\]){_ROLE}\*(?=\S)([^*]{{1,2000}})(?<=\S)\*(?![\w*])"), "strong"),
    (re.compile(rf"{_ROLE}__([^_\n]{{1,2000}})__"), "em"),
    (
        re.compile(
            rf"(?<![\w_\\]){_ROLE}_(?=\S)((?:[^_]|(?<=\w)_(?=\w)){{1,2000}}?)(?<=\S)_(?!\w)"
        ),
        "em",
    ),
    (re.compile(rf"{_ROLE}##([^#\n]{{1,2000}})##"), "mark"),
    (re.compile(r"(?<![\w#\\&])#(?=\S)([^#\n]{1,2000})(?<=\S)#(?![\w#])"), "mark"),
    (re.compile(r"\^([^\s^]{1,200})\^"), "sup"),
    (re.compile(r"(?<!~)~([^\s~]{1,200})~(?!~)"), "sub"),
)
_ROLE_SPAN = re.compile(r"\[([^\[\]\n]{1,100})\]#(?=\S)([^#\n]{1,2000})(?<=\S)#")
_ROLES = {"line-through": "s", "underline": "u", "small": "small", "kbd": "kbd"}
_BREAK = re.compile(r"[ \t]\+(?=\n|$)")
_REPLACEMENTS = (
    (re.compile(r"(?<=[\w\x02])--(?=[\w\x01])"), "—"),
    (re.compile(r"(?<= )--(?= )"), "—"),
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r"(?<!\\)\((C|c)\)"), "©"),
    (re.compile(r"(?<!\\)\(R\)"), "®"),
    (re.compile(r"(?<!\\)\(TM\)"), "™"),
    (re.compile(r"(?<=\s)-&gt;(?=\s)"), "→"),
    (re.compile(r"(?<=\s)=&gt;(?=\s)"), "⇒"),
    (re.compile(r"(?<=\s)&lt;-(?=\s)"), "←"),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r'"`([^`\n]{1,1000})`"'), r"“\1”"),
    (re.compile(r"'`([^`\n]{1,1000})`'"), r"‘\1’"),
    (re.compile(r"\\(?=[*_`#+{\[<^~(])"), ""),
)


@dataclass(slots=True)
class Inline:
    """What a document's lines share: attributes, footnotes, and how titles are named."""

    pieces: Pieces
    attributes: dict[str, str] = field(default_factory=dict)
    footnotes: list[str] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    """Anchor → title, for references without a text of their own."""
    expanded: int = 0
    """How many characters attributes have brought so far; a bomb ends at the limit."""

    def expand(self, text: str) -> str:
        """Return `text` with the document's attributes put in; an unknown one stays written."""

        def value(match: re.Match[str]) -> str:
            name = match[1].lower()
            found = self.attributes.get(name, _SUBSTITUTIONS.get(name))
            if found is None or self.expanded > _EXPANSION_LIMIT:
                return match[0]
            self.expanded += len(found)
            return found

        return _ATTRIBUTE.sub(value, text) if "{" in text else text

    def write(self, text: str) -> str:
        """Return the HTML of one run of text."""
        if not _MARKUP.search(text):
            return escape(text, quote=False)
        spans = Spans()
        text = self.expand(text)
        text = _VERBATIM.sub(lambda match: self._verbatim(match, spans), text)
        text = _MACRO.sub(lambda match: self._macro(match, spans), text)
        text = _URL.sub(lambda match: self._url(match, spans), text)
        text = _ANGLE_URL.sub(lambda match: spans.keep(_link(match[1], "")), text)
        text = _REFERENCE.sub(lambda match: self._reference(match, spans), text)
        text = _ANCHOR.sub(lambda match: spans.keep(f'<a id="{escape(match[1])}"></a>'), text)
        return spans.restore(_format(text))

    def _verbatim(self, match: re.Match[str], spans: Spans) -> str:
        kind, text = match.lastgroup or "", match[match.lastgroup or 0]
        if kind in {"raw", "pass"}:
            return spans.keep(text)  # HTML on purpose; the sanitiser decides
        if kind == "math":
            html = math_to_html(text.replace("\\]", "]"), display=False)
            return spans.keep(self.pieces.add(html, feature=Feature.MATH, source=text))
        if kind == "literal":
            return spans.keep(escape(text, quote=False))
        text = text.removeprefix("+").removesuffix("+") if text.startswith("+") else text
        return spans.keep(f"<code>{escape(text, quote=False)}</code>")

    def _macro(self, match: re.Match[str], spans: Spans) -> str:
        name, target, text = match[1], match[2], match[3].replace("\\]", "]")
        if name == "image":
            return spans.keep(picture(target, text))
        if name == "footnote":
            self.footnotes.append(_format(text))
            number = len(self.footnotes)
            return spans.keep(f'<sup><a href="#_footnote_{number}">[{number}]</a></sup>')
        if name in {"kbd", "btn", "menu"}:
            keys = [target, *text.split(">")] if name == "menu" else text.split("+")
            glue = " › " if name == "menu" else "+"
            return spans.keep(glue.join(f"<kbd>{escape(key.strip())}</kbd>" for key in keys if key))
        if name == "anchor":
            return spans.keep(f'<a id="{escape(target)}"></a>')
        if name in {"icon", "indexterm", "indexterm2"}:
            return text if name == "indexterm2" else ""
        url = f"mailto:{target}" if name == "mailto" else target
        if name == "xref" and "#" not in url and "." not in url:
            url = f"#{url}"
        label = _label(text)
        shown = _format(label) if label else escape(target.lstrip("#"))
        return spans.keep(_link(url, shown))

    def _url(self, match: re.Match[str], spans: Spans) -> str:
        url, text = match["url"], match[2]
        if text is None:
            end = len(url.rstrip(".,;:!?)'\"*_"))
            return spans.keep(_link(url[:end], "")) + url[end:]
        label = _label(text)
        return spans.keep(_link(url, _format(label) if label else ""))

    def _reference(self, match: re.Match[str], spans: Spans) -> str:
        target = match[1].strip()
        text = match[2] or self.references.get(target, target.lstrip("#"))
        anchor = target if "#" in target or target.endswith(".adoc") else f"#{target}"
        return spans.keep(_link(anchor, _format(text)))


def _label(text: str) -> str:
    """Return a link's text without the attributes behind it (`text,window=_blank`)."""
    text = text.strip()
    if text.startswith('"'):
        return text[1:].partition('"')[0]
    head, comma, tail = text.partition(",")
    text = head if comma and "=" in tail else text
    return "" if re.fullmatch(r"\w+=.*", text) else text.removesuffix("^")


def _link(url: str, html: str) -> str:
    return f'<a href="{escape(url)}">{html or escape(url)}</a>'


def picture(target: str, text: str) -> str:
    """Return an image of `target`; `text` holds what stands in its brackets."""
    positional, named = split_attributes(text)
    alt = named.get("alt", positional[0] if positional else "")
    sizes = dict(zip(("width", "height"), positional[1:3], strict=False)) | {
        name: named[name] for name in ("width", "height") if name in named
    }
    shown = "".join(
        f' {name}="{escape(value)}"' for name, value in sizes.items() if value[:1].isdigit()
    )
    align = f' align="{escape(named["align"])}"' if named.get("align") in {"left", "right"} else ""
    image = f'<img src="{escape(target)}" alt="{escape(alt)}"{shown}{align}>'
    return f'<a href="{escape(named["link"])}">{image}</a>' if named.get("link") else image


_PART = re.compile(r'\s*(?:([\w-]+)\s*=\s*)?(?:"((?:[^"\\]|\\.)*)"|([^,"]*))\s*(?:,|$)')


def split_attributes(text: str) -> tuple[list[str], dict[str, str]]:
    """Return the positional and the named values of `a, "b", c=d`."""
    positional: list[str] = []
    named: dict[str, str] = {}
    for match in _PART.finditer(text[:2_000]):
        value = (match[2] if match[2] is not None else match[3] or "").strip()
        if match[1]:
            named[match[1]] = value
        elif match[0]:
            positional.append(value)
    return positional, named


def _format(text: str) -> str:
    """Return text as HTML: escaped, then emphasised."""
    html = escape(unescape(text) if "&" in text else text, quote=False)
    html = _ROLE_SPAN.sub(_role, html)
    for pattern, tag in _QUOTES:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    html = _BREAK.sub("<br>", html)
    for pattern, replacement in _REPLACEMENTS:
        html = pattern.sub(replacement, html)
    return html


def _role(match: re.Match[str]) -> str:
    names = re.split(r"[.,#\s]+", match[1])
    tag = next((_ROLES[name] for name in names if name in _ROLES), "span")
    return f"<{tag}>{match[2]}</{tag}>"
