"""Org documents, as their READMEs use it: blocks of lines.

Written here because the libraries on the package index read an outline for its tasks and leave
the text as it is, or have had no release for years. Keywords, drawers, properties and commented
parts are left out, as an export does.

Source: The Org Manual (orgmode.org/manual).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from generator.content.formats import plain
from generator.content.formats.boxes import callout, is_callout
from generator.content.formats.indented_list import Item, indent_of, read_list
from generator.content.formats.org_inline import Inline
from generator.content.formats.spans import clean
from generator.content.highlight import code_block
from generator.content.maths import math_to_html
from generator.content.mermaid import mermaid_block
from generator.content.pieces import Pieces
from generator.model.document import Feature

_DEPTH_LIMIT = 30
_DRAWER_LIMIT = 100

_HEADING = re.compile(
    r"(\*+)\s+(?:(?:TODO|DONE|NEXT|WAITING|CANCELLED)\s+)?(?:\[#\w\]\s+)?(.*?)"
    r"(?:\s+:((?:[\w@#%]+:)+))?\s*$"
)
_KEYWORD = re.compile(r"\s*#\+([\w-]+):\s*(.*)$")
_BEGIN = re.compile(r"\s*#\+begin_(\w+)\s*(.*)$", re.IGNORECASE)
_DRAWER = re.compile(r"\s*:([\w-]{1,60}):\s*$")
_CUSTOM_ID = re.compile(r"\s*:CUSTOM_ID:\s*(\S+)", re.IGNORECASE)
_ITEM = re.compile(
    r"(?P<indent>\s*)(?:(?P<bullet>[-+]|(?<=\s)\*)|(?P<number>\d{1,9}|[a-zA-Z])[.)])"
    r"(?:\s+(?:\[@\d+\]\s+)?(?P<text>.*))?$"
)
_CHECK = re.compile(r"\[([ xX-])\]\s+")
_TERM = re.compile(r"(.{1,500}?)\s+::(?:\s+|$)")
_RULE = re.compile(r"\s*-{5,}\s*$")
_SEPARATOR = re.compile(r"\s*\|[-+|]*$")
_NOTE = re.compile(r"\[fn:([\w-]{1,60})\]\s+(.*)$")
_ATTRIBUTE = re.compile(r":(width|height|alt|align)\s+(\"[^\"]*\"|\S+)")


def to_html(text: str, path: str, pieces: Pieces) -> str:
    """Return untrusted HTML; with a `#+title:`, headings are one level below it."""
    if len(text) > plain.RICH_LIMIT:
        return plain.to_html(text, path, pieces)
    document = _Document(inline=Inline(pieces=pieces), pieces=pieces)
    lines = _read_keywords(
        [line.rstrip() for line in clean(text).expandtabs(8).split("\n")], document
    )
    head = f"<h1>{document.inline.write(document.title)}</h1>\n" if document.title else ""
    return head + document.blocks(lines) + _footnotes(document)


def _read_keywords(lines: list[str], document: _Document) -> list[str]:
    """Return the lines without footnotes' definitions; title, links and notes are stored."""
    kept: list[str] = []
    is_verbatim = False
    for line in lines:
        if line.lstrip().lower().startswith(("#+begin_src", "#+begin_example")):
            is_verbatim = True
        elif line.lstrip().lower().startswith(("#+end_src", "#+end_example")):
            is_verbatim = False
        keyword = None if is_verbatim else _KEYWORD.match(line)
        note = None if is_verbatim else _NOTE.match(line)
        if keyword and keyword[1].lower() == "title" and not document.title:
            document.title = keyword[2]
        elif keyword and keyword[1].lower() == "link":
            name, _, template = keyword[2].partition(" ")
            document.inline.abbreviations[name] = template.strip()
        elif note:
            document.inline.notes[note[1]] = note[2]
            continue
        kept.append(line)
    return kept


def _footnotes(document: _Document) -> str:
    inline = document.inline
    items: list[str] = []
    # A note may use another one, which is then shown as well.
    while len(items) < min(len(inline.used), 1_000):
        name = list(inline.used)[len(items)]
        note = inline.write(inline.notes.get(name, ""))
        items.append(f'<li id="footnote-{len(items) + 1}">{note}</li>\n')
    return f"<hr>\n<ol>{''.join(items)}</ol>\n" if items else ""


@dataclass(slots=True)
class _Document:
    inline: Inline
    pieces: Pieces
    title: str = ""
    depth: int = 0
    hidden_level: int = 0
    """The level of a heading whose part is not exported; 0 outside of one."""

    def blocks(self, lines: list[str]) -> str:
        """Return the HTML of lines, block by block."""
        if self.depth > _DEPTH_LIMIT:
            return f"<pre>{escape(chr(10).join(lines))}</pre>\n"
        self.depth += 1
        parts: list[str] = []
        index = 0
        while index < len(lines):
            html, index = self._block(lines, index)
            if not self.hidden_level:
                parts.append(html)
        self.depth -= 1
        return "".join(parts)

    def _block(self, lines: list[str], index: int) -> tuple[str, int]:
        line = lines[index]
        if not line:
            return "", index + 1
        heading = _HEADING.match(line) if line[0] == "*" else None
        if heading:
            return self._heading(heading, lines, index)
        found = self._read_marked(lines, index)
        if found:
            return found
        if line.lstrip().startswith("|"):
            return self._table(lines, index)
        if _ITEM.match(line):
            return read_list(lines, index, read_item=self._read_item, blocks=self.blocks)
        return self._paragraph(lines, index)

    def _heading(self, match: re.Match[str], lines: list[str], index: int) -> tuple[str, int]:
        level, title, tags = len(match[1]), match[2], match[3] or ""
        if self.hidden_level and level > self.hidden_level:
            return "", index + 1
        is_hidden = title.startswith("COMMENT") or "noexport" in tags.split(":")
        self.hidden_level = level if is_hidden else 0
        identity = ""
        index += 1
        if index < len(lines) and lines[index].strip().upper() == ":PROPERTIES:":
            end = _find_end(lines, index)
            for line in lines[index:end]:
                own = _CUSTOM_ID.match(line)
                identity = own[1] if own else identity
            index = end
        level = min(level + bool(self.title), 6)
        mark = f' id="{escape(identity)}"' if identity else ""
        return f"<h{level}{mark}>{self.inline.write(title)}</h{level}>\n", index

    def _read_marked(self, lines: list[str], index: int) -> tuple[str, int] | None:
        """Return a block that its first characters name: `#+begin_x`, `#+x:`, `:x:`, `: x`, `#`."""
        line = lines[index].lstrip()
        begin = _BEGIN.match(line)
        if begin:
            return self._delimited(begin, lines, index)
        keyword = _KEYWORD.match(line)
        if keyword:
            return self._keyword(keyword[1].lower(), keyword[2]), index + 1
        if line.startswith("# ") or line == "#":
            return "", index + 1
        if line.startswith(": ") or line == ":":
            end = index
            while end < len(lines) and lines[end].lstrip()[:2] in {": ", ":"}:
                end += 1
            code = "\n".join(text.lstrip()[2:] for text in lines[index:end])
            return self._code(code, ""), end
        if _RULE.match(line):
            return "<hr>\n", index + 1
        return ("", _find_end(lines, index)) if _DRAWER.match(line) else None

    def _keyword(self, name: str, value: str) -> str:
        if name == "html":
            return value + "\n"
        if name == "attr_html":
            pairs = (
                f' {key}="{escape(text.strip(chr(34)))}"' for key, text in _ATTRIBUTE.findall(value)
            )
            self.inline.picture_attributes = "".join(pairs)
        elif name == "caption":
            return f"<p><em>{self.inline.write(value)}</em></p>\n"
        return ""

    def _delimited(self, begin: re.Match[str], lines: list[str], index: int) -> tuple[str, int]:
        name, options = begin[1].lower(), begin[2]
        mark = f"#+end_{name}"
        end = index + 1
        while end < len(lines) and lines[end].strip().lower() != mark:
            end += 1
        return self._write_delimited(name, options, lines[index + 1 : end]), end + 1

    def _write_delimited(self, name: str, options: str, content: list[str]) -> str:
        if name in {"src", "example", "export"}:
            return self._verbatim(name, options, content)
        if name == "comment":
            return ""
        if name == "verse":
            lines = "<br>\n".join(self.inline.write(line) for line in content)
            return f"<blockquote><p>{lines}</p></blockquote>\n"
        html = self.blocks(content)
        if name == "quote":
            return f"<blockquote>{html}</blockquote>\n"
        return callout(name, html, pieces=self.pieces) if is_callout(name) else html

    def _verbatim(self, name: str, options: str, content: list[str]) -> str:
        language, _, _ = options.partition(" ")
        margin = min((indent_of(line) for line in content if line), default=0)
        # A comma protects a line that Org would read as a heading or keyword.
        code = "\n".join(re.sub(r"^,(?=[*#,])", "", line[margin:]) for line in content)
        if name == "export":
            return code + "\n" if language.lower() == "html" else ""
        if language == "mermaid":
            return f"<pre>{self.pieces.add(mermaid_block(code), feature=Feature.MERMAID)}</pre>\n"
        if language == "latex" and ":results" in options:
            html = math_to_html(code, display=True)
            return f"<p>{self.pieces.add(html, feature=Feature.MATH, source=code)}</p>\n"
        return self._code(code, language if name == "src" else "")

    def _code(self, code: str, language: str) -> str:
        return f"<pre>{self.pieces.add(code_block(code, language), feature=Feature.CODE)}</pre>\n"

    def _table(self, lines: list[str], index: int) -> tuple[str, int]:
        end = index
        while end < len(lines) and lines[end].lstrip().startswith("|"):
            end += 1
        rows = lines[index:end]
        rules = {place for place, row in enumerate(rows) if _SEPARATOR.match(row)}
        head_end = min(rules, default=0)
        html = [
            self._row(row, "th" if place < head_end else "td")
            for place, row in enumerate(rows)
            if place not in rules
        ]
        head = f"<thead>{''.join(html[:head_end])}</thead>\n" if head_end else ""
        return f"<table>{head}<tbody>\n{''.join(html[head_end:])}</tbody></table>\n", end

    def _row(self, row: str, tag: str) -> str:
        cells = row.strip().removeprefix("|").removesuffix("|").split("|")
        return (
            "<tr>"
            + "".join(f"<{tag}>{self.inline.write(cell.strip())}</{tag}>" for cell in cells)
            + "</tr>\n"
        )

    def _read_item(self, line: str) -> Item | None:
        match = _ITEM.match(line)
        if match is None:
            return None
        text, lead = match["text"] or "", ""
        check = _CHECK.match(text)
        if check:
            checked = " checked" if check[1] in "xX" else ""
            label = "Done" if checked else "To do"
            lead = self.pieces.add(
                f'<input type="checkbox" aria-label="{label}" disabled{checked}> '
            )
            text = text[check.end() :]
        tag = "ul" if match["bullet"] else "ol"
        term = _TERM.match(text) if tag == "ul" else None
        if term:
            tag, lead, text = "dl", self.inline.write(term[1]), text[term.end() :]
        start = match["number"] or ""
        return Item(
            tag=tag, indent=len(match["indent"]), offset=len(match["indent"]) + 2, text=text,
            lead=lead, start=start if start.isdigit() else "",
        )  # fmt: skip

    def _paragraph(self, lines: list[str], index: int) -> tuple[str, int]:
        end = index + 1
        while end < len(lines) and lines[end] and not _starts_block(lines[end]):
            end += 1
        html = self.inline.write("\n".join(line.strip() for line in lines[index:end]))
        self.inline.picture_attributes = ""
        return f"<p>{html}</p>\n", end


def _find_end(lines: list[str], index: int) -> int:
    """Return where the drawer that opens at `index` is over; a stray mark is only a line."""
    if lines[index].strip().upper() == ":END:":
        return index + 1
    for end in range(index + 1, min(len(lines), index + _DRAWER_LIMIT)):
        if lines[end].strip().upper() == ":END:":
            return end + 1
    return index + 1


def _starts_block(line: str) -> bool:
    text = line.lstrip()
    return (
        text.startswith(("|", "#+", ": "))
        or (line[0] == "*" and _HEADING.match(line) is not None)
        or _ITEM.match(line) is not None
        or any(pattern.match(line) for pattern in (_RULE, _DRAWER))
    )
