"""RDoc, the markup of Ruby's own documents.

Source: RDoc Markup Reference (docs.ruby-lang.org).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape

from generator.content.formats.indented_list import Item, indent_of, read_list
from generator.content.formats.plain import link_urls
from generator.content.formats.spans import Spans, clean
from generator.content.highlight import code_block
from generator.content.pieces import Pieces
from generator.model.document import Feature

_DEPTH_LIMIT = 30

_HEADING = re.compile(r"(={1,6})\s*(\S.*)$")
_ITEM = re.compile(
    r"(?P<indent> *)(?:(?P<bullet>[*-])|(?P<number>\d{1,9}|[A-Za-z])\."
    r"|\[(?P<label>[^\]\n]{1,200})\](?![(\[]))(?:\s+(?P<text>.*))?$"
)
_TERM = re.compile(r"(?P<indent> *)(?P<label>\S.{0,200}?)::(?:\s+(?P<text>.*))?$")
_RULE = re.compile(r"-{3,}$")
_DIRECTIVE = re.compile(r"\s*#?:[\w-]{1,40}:(?:\s|$)")
_RUBY = re.compile(r"\b(?:def|do|end|class|module|require|puts|task|gem)\b|=>|\.\w+\(|:\w+")
_SHELL = re.compile(r"[$%] |(?:gem|bundle|rake|git|cd|ruby|rails|sudo|brew|npm) ")

_MARKUP = re.compile(r"[*_+<{\[\\]|:\S| -- ")
_CODE = re.compile(
    r"<(?:tt|code)>(?P<tag>[^<]{0,1000}?)</(?:tt|code)>"
    r"|(?<![\w+\\])\+(?P<plus>[\w:#.!?=<>*/\[\]@$&|~^-]{1,200})\+(?![\w+])"
)
_LINK = re.compile(
    r"\{([^{}\n]{1,500})\}\[([^\[\]\s]{1,2000})\]|(?<![\w\]])(\w[\w.-]{0,100})\[([a-z][\w-]{0,20}:[^\[\]\s]{1,2000}|[\w./-]+\.\w+)\]"
)
_BARE = re.compile(r"(?<![\w\"'=/])(?:link|rdoc-ref):([^\s<>\"']{1,1000})")
_EMPHASIS = (
    (re.compile(r"(?<![\w*\\])\*(\w(?:[^*\s]{0,200}\w)?)\*(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_\\])_(\w(?:[^_\s]|_(?=\w)){0,200}?)_(?!\w)"), "em"),
    (re.compile(r"&lt;(?:em|i)&gt;(.{1,1000}?)&lt;/(?:em|i)&gt;"), "em"),
    (re.compile(r"&lt;b&gt;(.{1,1000}?)&lt;/b&gt;"), "strong"),
    (re.compile(r"&lt;(?:s|del)&gt;(.{1,1000}?)&lt;/(?:s|del)&gt;"), "del"),
)
_ESCAPE = re.compile(r"\\(?=[*_+<{\[A-Za-z#:])")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp)(?:\?\S*)?$", re.IGNORECASE)


def to_html(text: str, path: str, pieces: Pieces) -> str:  # noqa: ARG001  one signature for all
    """Return untrusted HTML."""
    lines = [line.rstrip() for line in clean(text).expandtabs(8).split("\n")]
    return _Document(pieces=pieces).blocks([line for line in lines if not _DIRECTIVE.match(line)])


@dataclass(slots=True)
class _Document:
    pieces: Pieces
    depth: int = 0

    def blocks(self, lines: list[str]) -> str:
        """Return the HTML of lines, block by block."""
        if self.depth > _DEPTH_LIMIT:
            return f"<pre>{escape(chr(10).join(lines))}</pre>\n"
        self.depth += 1
        parts: list[str] = []
        index = 0
        while index < len(lines):
            html, index = self._block(lines, index)
            parts.append(html)
        self.depth -= 1
        return "".join(parts)

    def _block(self, lines: list[str], index: int) -> tuple[str, int]:
        line = lines[index]
        if not line:
            return "", index + 1
        heading = _HEADING.match(line)
        if heading:
            level = len(heading[1])
            return f"<h{level}>{write_inline(heading[2])}</h{level}>\n", index + 1
        if _RULE.match(line):
            return "<hr>\n", index + 1
        if _read_item(line):
            return read_list(lines, index, read_item=_read_item, blocks=self.blocks)
        if line.startswith((" ", ">>>")):
            read = self._verbatim if line[0] == " " else self._quote
            return read(lines, index)
        return self._paragraph(lines, index)

    def _paragraph(self, lines: list[str], index: int) -> tuple[str, int]:
        end = index + 1
        while end < len(lines) and lines[end] and not _starts_block(lines[end]):
            end += 1
        return f"<p>{write_inline(chr(10).join(lines[index:end]))}</p>\n", end

    def _verbatim(self, lines: list[str], index: int) -> tuple[str, int]:
        end = index
        while end < len(lines) and (not lines[end] or lines[end].startswith(" ")):
            end += 1
        block = lines[index:end]
        margin = min(indent_of(line) for line in block if line)
        code = "\n".join(line[margin:] for line in block).rstrip()
        html = code_block(code, _guess_language(code))
        return f"<pre>{self.pieces.add(html, feature=Feature.CODE)}</pre>\n", end

    def _quote(self, lines: list[str], index: int) -> tuple[str, int]:
        end = index + 1
        while end < len(lines) and (not lines[end] or lines[end].startswith(" ")):
            end += 1
        block = [lines[index][3:], *lines[index + 1 : end]]
        margin = min((indent_of(line) for line in block if line.strip()), default=0)
        return f"<blockquote>{self.blocks([line[margin:] for line in block])}</blockquote>\n", end


def _read_item(line: str) -> Item | None:
    match = _ITEM.match(line)
    if match is None:
        term = _TERM.match(line)
        if term is None:
            return None
        return Item(
            tag="dl",
            indent=len(term["indent"]),
            offset=len(term["indent"]) + 2,
            text=term["text"] or "",
            lead=write_inline(term["label"].rstrip()),
        )
    number = match["number"] or ""
    return Item(
        tag="ul" if match["bullet"] else "ol" if number else "dl",
        indent=len(match["indent"]),
        offset=match.start("text") if match["text"] else len(match["indent"]) + 2,
        text=match["text"] or "",
        lead=write_inline(match["label"]) if match["label"] else "",
        start=number if number.isdigit() else "",
    )


def _starts_block(line: str) -> bool:
    return bool(line.startswith((" ", "=", ">>>")) or _RULE.match(line) or _ITEM.match(line))


def _guess_language(code: str) -> str:
    """Return what indented code most likely is: RDoc has no place to say it."""
    first = code.lstrip()
    if _SHELL.match(first):
        return "console"
    return "ruby" if _RUBY.search(code) else ""


def write_inline(text: str) -> str:
    """Return the HTML of one run of text."""
    if not _MARKUP.search(text):
        return escape(text, quote=False)
    spans = Spans()

    def keep_code(match: re.Match[str]) -> str:
        code = unescape(match["tag"] or match["plus"] or "").replace("\\", "")
        return spans.keep(f"<code>{escape(code, quote=False)}</code>")

    def keep_link(match: re.Match[str]) -> str:
        label, url = match[1] or match[3], match[2] or match[4]
        if label.startswith("rdoc-image:"):
            picture = escape(label.removeprefix("rdoc-image:"))
            return spans.keep(f'<a href="{escape(_address(url))}"><img src="{picture}" alt=""></a>')
        return spans.keep(f'<a href="{escape(_address(url))}">{_format(label)}</a>')

    def keep_bare(match: re.Match[str]) -> str:
        url = escape(match[1].rstrip(".,;:"))
        return spans.keep(f'<a href="{url}">{url}</a>') + match[1][len(match[1].rstrip(".,;:")) :]

    text = _CODE.sub(keep_code, text)
    text = _LINK.sub(keep_link, text)
    text = _BARE.sub(keep_bare, text)
    text = re.sub(
        r"(?<![\w\"'=])https?://[^\s<>\x01\x02]{1,2000}",
        lambda match: spans.keep(_picture_or_link(match[0])),
        text,
    )
    return spans.restore(_format(text))


def _picture_or_link(url: str) -> str:
    return f'<img src="{escape(url)}" alt="">' if _PICTURE.search(url) else link_urls(url)


def _address(url: str) -> str:
    """Return the path behind `link:` and `rdoc-ref:`; a name of a class or method leads nowhere."""
    return url.removeprefix("link:").removeprefix("rdoc-ref:")


def _format(text: str) -> str:
    html = escape(text, quote=False)
    for pattern, tag in _EMPHASIS:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    return _ESCAPE.sub("", html).replace(" -- ", " — ")
