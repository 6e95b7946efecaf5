"""Org within a line: emphasis, links, footnotes, formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape

from generator.content.formats.plain import link_urls
from generator.content.formats.spans import Spans
from generator.content.maths import math_to_html
from generator.content.pieces import Pieces
from generator.model.document import Feature

_MARKUP = re.compile(r"[=~@\\$\[<{*/_+^]|--|\.\.\.")
_BEFORE = r"(?<![\w*/_=~+\\])"
_AFTER = r"(?=[\s\-.,:;!?'\")\]}\x01\[|…]|$)"
_VERBATIM = re.compile(rf"{_BEFORE}([=~])(\S(?:[^\n]{{0,300}}?\S)??)\1{_AFTER}")
_EMPHASIS = tuple(
    (
        re.compile(
            rf"{_BEFORE}{mark}(?=\S)((?:[^{mark}]|\w{mark}\w){{1,2000}}?)(?<=\S){mark}{_AFTER}"
        ),
        tag,
    )
    for mark, tag in ((r"\*", "strong"), ("/", "em"), ("_", "u"), (r"\+", "del"))
)
_LINK = re.compile(r"\[\[([^\[\]\n]{1,2000})\](?:\[((?:[^\[\]]|\[[^\[\]]*\]){1,2000})\])?\]")
_ANGLE = re.compile(r"<((?:https?|mailto):[^<>\s]{1,2000})>")
_TARGET = re.compile(r"<<<?([^<>\n]{1,200})>>>?")
_FOOTNOTE = re.compile(r"\[fn:([\w-]{0,60})(?::([^\[\]]{1,2000}))?\]")
_MATH = re.compile(
    r"\\\((?P<round>.{1,500}?)\\\)|\\\[(?P<square>.{1,1500}?)\\\]|\$\$(?P<double>[^$]{1,5000})\$\$"
    r"|(?<![\w$\\])\$(?P<single>[^\s$](?:[^$\n]{0,500}[^\s$])?)\$(?![\w$])",
    re.DOTALL,
)
_MACRO = re.compile(r"\{\{\{[^{}\n]{1,300}\}\}\}")
_SNIPPET = re.compile(r"@@(\w{1,20}):([^@\n]{0,2000})@@")
_BREAK = re.compile(r"\\\\[ \t]*(?=\n|$)")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif)(?:\?\S*)?$", re.IGNORECASE)
_SCRIPTS = (
    (re.compile(r"(?<=\w)\^\{([^{}\n]{1,200})\}"), "sup"),
    (re.compile(r"(?<=\w)_\{([^{}\n]{1,200})\}"), "sub"),
)
_DASHES = (("---", "—"), ("--", "–"), ("...", "…"))
_ABBREVIATION = re.compile(r"([\w-]{1,60}):(.*)", re.DOTALL)


@dataclass(slots=True)
class Inline:
    """What the lines of one document share: link abbreviations and footnotes in use order."""

    pieces: Pieces
    abbreviations: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    picture_attributes: str = ""

    def write(self, text: str) -> str:
        """Return the HTML of one run of text."""
        if not _MARKUP.search(text):
            return escape(text, quote=False)
        spans = Spans()
        text = _VERBATIM.sub(
            lambda match: spans.keep(f"<code>{escape(match[2], quote=False)}</code>"), text
        )
        text = _SNIPPET.sub(lambda match: spans.keep(match[2] if match[1] == "html" else ""), text)
        text = _MATH.sub(lambda match: self._math(match, spans), text)
        text = _LINK.sub(lambda match: self._link(match, spans), text)
        text = _FOOTNOTE.sub(lambda match: self._footnote(match, spans), text)
        text = _ANGLE.sub(lambda match: spans.keep(_anchor(match[1], "")), text)
        text = _TARGET.sub(lambda match: spans.keep(f'<a id="{slug(match[1])}"></a>'), text)
        text = _MACRO.sub("", text)
        return spans.restore(_format(_keep_urls(text, spans)))

    def _math(self, match: re.Match[str], spans: Spans) -> str:
        kind, tex = match.lastgroup or "", match[match.lastgroup or 0]
        html = math_to_html(tex, display=kind in {"square", "double"})
        return spans.keep(self.pieces.add(html, feature=Feature.MATH, source=tex))

    def _link(self, match: re.Match[str], spans: Spans) -> str:
        url = self._expand(match[1].strip())
        label = match[2]
        if _PICTURE.search(url) and not label:
            return spans.keep(f'<img src="{escape(url)}" alt=""{self.picture_attributes}>')
        if label and _PICTURE.search(label) and "://" in label and " " not in label:
            html = f'<img src="{escape(label.removeprefix("file:"))}" alt="">'
        else:
            html = _format(label) if label else ""
        if "://" not in url and not url.startswith(("#", "mailto:", "/", ".")) and _is_title(url):
            shown = html or escape(url.lstrip("*"))
            return spans.keep(_anchor(f"#{slug(url.lstrip('*'))}", shown))
        return spans.keep(_anchor(url, html))

    def _expand(self, url: str) -> str:
        """Return the address of a link: `file:x::*Part` is `x`, and abbreviations are known."""
        match = _ABBREVIATION.match(url)
        if match and match[1] in self.abbreviations:
            template = self.abbreviations[match[1]]
            return template.replace("%s", match[2]) if "%s" in template else template + match[2]
        url = url.removeprefix("file:")
        return url.partition("::")[0] if "::" in url and "://" not in url else url

    def _footnote(self, match: re.Match[str], spans: Spans) -> str:
        name, text = match.groups()
        name = name or f"inline-{len(self.used)}"
        if text:
            self.notes[name] = text
        number = self.used.setdefault(name, len(self.used) + 1)
        return spans.keep(f'<sup><a href="#footnote-{number}">[{number}]</a></sup>')


def slug(title: str) -> str:
    """Return the anchor that a heading of this text has."""
    return escape(re.sub(r"[^\w\- ]", "", title.lower().strip()).replace(" ", "-"))


def _is_title(target: str) -> bool:
    return target.startswith("*") or (" " in target or not re.search(r"[./:]", target))


def _anchor(url: str, html: str) -> str:
    return f'<a href="{escape(url)}">{html or escape(url)}</a>'


def _keep_urls(text: str, spans: Spans) -> str:
    """Put bare addresses aside as links, so that their slashes are no emphasis."""
    return re.sub(
        r"(?<![\w\"'=])https?://[^\s<>\x01\x02|]{1,2000}",
        lambda match: spans.keep(link_urls(match[0])),
        text,
    )


def _format(text: str) -> str:
    html = escape(text, quote=False)
    for pattern, tag in _EMPHASIS:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    for pattern, tag in _SCRIPTS:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    for written, shown in _DASHES:
        html = html.replace(written, shown)
    return _BREAK.sub("<br>", html)
