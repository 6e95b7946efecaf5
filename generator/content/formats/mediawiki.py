"""MediaWiki's markup as repositories use it: no templates, no categories, no parser functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape

from generator.content.formats.mediawiki_table import read_table
from generator.content.formats.spans import Spans, clean
from generator.content.highlight import code_block
from generator.content.maths import math_to_html
from generator.content.pieces import Pieces
from generator.model.document import Feature

_DEPTH_LIMIT = 20

_OPENING = re.compile(
    r"<(nowiki|pre|source|syntaxhighlight|math|code|ref)(\s[^<>]{0,300})?>", re.IGNORECASE
)
_LANGUAGE = re.compile(r"\blang\s*=\s*[\"']?([\w+#-]+)")
_TEMPLATE = re.compile(r"\{\{[^{}]{0,2000}\}\}")
_SWITCH = re.compile(r"__[A-Z]{3,20}__")

_HEADING = re.compile(r"(={1,6})\s*([^=\s].*?)\s*\1\s*$")
_LIST = re.compile(r"([*#:;]{1,20})\s*(.*)$")
_RULE = re.compile(r"-{4,}\s*$")
_BLOCK_TOKEN = re.compile("\x01\\d+\x02")
_RAW_BLOCK = re.compile(
    r"\s*</?(?:div|table|tr|td|th|ul|ol|li|dl|p|blockquote|center|h[1-6]|details)\b", re.IGNORECASE
)

_MARKUP = re.compile(r"\[|''|://")
_INTERNAL = re.compile(r"\[\[([^\[\]|\n]{1,500})(?:\|([^\[\]\n]{0,1000}))?\]\](\w{0,50})")
_EXTERNAL = re.compile(
    r"\[((?:https?|ftp|mailto):[^\s\[\]<>\"]{1,2000})(?:\s+([^\[\]\n]{1,1000}))?\]"
)
_URL = re.compile(r"(?<![\w\"'=\[/])https?://[^\s\[\]<>\"'{}|\x01\x02]{1,2000}")
_SPANS = (
    (re.compile(r"'''''(.{1,2000}?)'''''"), r"<strong><em>\1</em></strong>"),
    (re.compile(r"'''(.{1,2000}?)'''"), r"<strong>\1</strong>"),
    (re.compile(r"''(.{1,2000}?)''"), r"<em>\1</em>"),
)
_FILE = re.compile(r"(?:File|Image|Datei|Fichier):(.+)$", re.IGNORECASE)
_WIDTH = re.compile(r"(\d{1,5})(?:x\d+)?px$")
_TAGS = {"*": "ul", "#": "ol", ":": "dl", ";": "dl"}


def to_html(text: str, path: str, pieces: Pieces) -> str:  # noqa: ARG001  one signature for all
    """Return untrusted HTML; the HTML in the text stays for the sanitiser to judge."""
    document = _Document(pieces=pieces)
    text = _drop_comments(clean(text))
    text = _keep_elements(text, document)
    for _ in range(5):  # templates stand in templates
        text, count = _TEMPLATE.subn("", text)
        if not count:
            break
    html = document.blocks(_SWITCH.sub("", text).split("\n"))
    return document.spans.restore(html) + document.footnotes()


def _drop_comments(text: str) -> str:
    """Return the text without HTML comments; one that is never closed reaches to the end."""
    parts: list[str] = []
    end = 0
    while (start := text.find("<!--", end)) >= 0:
        parts.append(text[end:start])
        closing = text.find("-->", start + 4)
        end = closing + 3 if closing >= 0 else len(text)
    return "".join([*parts, text[end:]])


def _keep_elements(text: str, document: _Document) -> str:
    """Put aside the elements whose content is no markup; one that is never closed is text."""
    lower = text.lower()
    parts: list[str] = []
    end = 0
    unclosed: set[str] = set()
    for match in _OPENING.finditer(text):
        tag = match[1].lower()
        if match.start() < end or tag in unclosed or (match[2] or "").endswith("/"):
            continue
        closing = lower.find(f"</{tag}", match.end())
        if closing < 0:
            unclosed.add(tag)
            continue
        parts.append(text[end : match.start()])
        parts.append(document.keep(tag, match[2] or "", text[match.end() : closing]))
        end = (text.find(">", closing) + 1) or len(text)
        while parts[-1].endswith("\n") and text[end : end + 1] == " ":
            end += 1  # what follows a block on its line is a paragraph, not preformatted
    return "".join([*parts, text[end:]])


@dataclass(slots=True)
class _Document:
    pieces: Pieces
    spans: Spans = field(default_factory=Spans)
    notes: list[str] = field(default_factory=list)
    blocks_kept: set[str] = field(default_factory=set)
    depth: int = 0

    def keep(self, tag: str, attributes: str, content: str) -> str:
        """Put aside an element whose content is no markup, or not here; return its token."""
        if tag == "nowiki":
            return self.spans.keep(escape(unescape(content), quote=False))
        if tag == "code" and "\n" not in content.strip("\n"):
            return self.spans.keep(f"<code>{escape(unescape(content), quote=False)}</code>")
        if tag == "ref":
            return self._keep_note(content)
        if tag == "math":
            html = math_to_html(content.strip(), display=False)
            return self.spans.keep(self.pieces.add(html, feature=Feature.MATH, source=content))
        language = _LANGUAGE.search(attributes)
        code = unescape(content).strip("\n")
        html = self.pieces.add(
            code_block(code, language[1] if language else ""), feature=Feature.CODE
        )
        token = self.spans.keep(f"<pre>{html}</pre>\n")
        self.blocks_kept.add(token)
        # On a line of its own the block is no part of a paragraph.
        return f"\n{token}\n"

    def _keep_note(self, content: str) -> str:
        if not content.strip():
            return ""
        self.notes.append(content.strip())
        number = len(self.notes)
        return self.spans.keep(f'<sup><a href="#cite-{number}">[{number}]</a></sup>')

    def footnotes(self) -> str:
        items = "".join(
            f'<li id="cite-{number}">{self.spans.restore(self.inline(note))}</li>\n'
            for number, note in enumerate(self.notes, start=1)
        )
        return f"<hr>\n<ol>{items}</ol>\n" if items else ""

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
        if not line.strip():
            return "", index + 1
        if line.lstrip().startswith("{|"):
            return read_table(lines, index, blocks=self.blocks, depth=self.depth)
        if _LIST.match(line):
            return self._list(lines, index)
        html = self._one_line(line)
        if html:
            return html, index + 1
        if line[0] == " ":
            return self._preformatted(lines, index)
        return self._paragraph(lines, index)

    def _one_line(self, line: str) -> str:
        """Return a block that is one line: a heading, a rule, or one put aside; else nothing."""
        heading = _HEADING.match(line)
        if heading:
            level = len(heading[1])
            return f"<h{level}>{self.inline(heading[2])}</h{level}>\n"
        if _RULE.match(line):
            return "<hr>\n"
        return line.strip() + "\n" if line.strip() in self.blocks_kept else ""

    def _paragraph(self, lines: list[str], index: int) -> tuple[str, int]:
        if _RAW_BLOCK.match(lines[index]):
            return self.inline(lines[index]) + "\n", index + 1
        end = index + 1
        while end < len(lines) and not self._ends_paragraph(lines[end]):
            end += 1
        return f"<p>{self.inline(chr(10).join(lines[index:end]))}</p>\n", end

    def _ends_paragraph(self, line: str) -> bool:
        return (
            not line.strip()
            or line[0] in "*#:; "
            or line.lstrip().startswith("{|")
            or line.strip() in self.blocks_kept
            or any(pattern.match(line) for pattern in (_HEADING, _RULE, _RAW_BLOCK))
        )

    def _preformatted(self, lines: list[str], index: int) -> tuple[str, int]:
        end = index
        while end < len(lines) and lines[end][:1] == " " and lines[end].strip():
            end += 1
        text = "\n".join(line[1:] for line in lines[index:end])
        return f"<pre>{self.inline(text)}</pre>\n", end

    def _list(self, lines: list[str], index: int) -> tuple[str, int]:
        """Return nested lists: each character of a line's mark is one list it stands in."""
        parts: list[str] = []
        open_marks = ""
        while index < len(lines):
            match = _LIST.match(lines[index])
            if match is None:
                break
            marks, text = match.groups()
            shared = _count_shared(open_marks, marks)
            parts += [_close(mark) for mark in reversed(open_marks[shared:])]
            if shared == len(marks):
                parts.append("</li>\n" if marks[-1] in "*#" else "")
            parts += [
                f"<{_TAGS[mark]}>\n{'<li>' if mark in '*#' else '<dd>'}"
                for mark in marks[shared:-1]
            ]
            if shared < len(marks):
                parts.append(f"<{_TAGS[marks[-1]]}>\n")
            parts.append(self._write_item(marks[-1], text))
            open_marks = marks
            index += 1
        parts += [_close(mark) for mark in reversed(open_marks)]
        return "".join(parts), index

    def _write_item(self, mark: str, text: str) -> str:
        if mark in "*#":
            return f"<li>{self.inline(text)}"
        if mark == ";":
            term, colon, definition = text.partition(" : ")
            html = f"<dt>{self.inline(term)}</dt>\n"
            return html + (f"<dd>{self.inline(definition)}</dd>\n" if colon else "")
        return f"<dd>{self.inline(text)}</dd>\n"

    def inline(self, text: str) -> str:
        """Return the HTML of one run of text, with tokens still in it."""
        if not _MARKUP.search(text):
            return text
        text = _INTERNAL.sub(self._internal, text)
        text = _EXTERNAL.sub(self._external, text)
        text = _URL.sub(self._url, text)
        for pattern, replacement in _SPANS:
            text = pattern.sub(replacement, text)
        return text

    def _internal(self, match: re.Match[str]) -> str:
        target, label, tail = match[1].strip(), match[2], match[3]
        file = _FILE.match(target)
        if file:
            return self.spans.keep(_picture(file[1], label or ""))
        if target.lower().startswith("category:"):
            return ""
        url = escape(target.lstrip(":"))
        return self.spans.keep(f'<a href="{url}">{escape(label or target) + tail}</a>')

    def _external(self, match: re.Match[str]) -> str:
        url = escape(match[1])
        return self.spans.keep(f'<a href="{url}">{self.inline(match[2]) if match[2] else url}</a>')

    def _url(self, match: re.Match[str]) -> str:
        url = match[0].rstrip(".,;:!?)")
        shown = escape(unescape(url))
        return self.spans.keep(f'<a href="{shown}">{shown}</a>') + match[0][len(url) :]


def _count_shared(first: str, second: str) -> int:
    """Return how many lists two marks share; `:` and `;` are of the same one."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if _TAGS[one] != _TAGS[other]:
            break
        count += 1
    return count


def _close(mark: str) -> str:
    return f"</li>\n</{_TAGS[mark]}>\n" if mark in "*#" else "</dl>\n"


def _picture(target: str, options: str) -> str:
    parts = [part.strip() for part in options.split("|")]
    words = [part for part in parts if part and "=" not in part and not _WIDTH.match(part)]
    alt = next((part[4:] for part in parts if part.startswith("alt=")), words[-1] if words else "")
    width = next((match[1] for match in map(_WIDTH.match, parts) if match), "")
    size = f' width="{width}"' if width else ""
    return f'<img src="{escape(target.strip())}" alt="{escape(alt)}"{size}>'
