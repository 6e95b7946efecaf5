"""AsciiDoc's common subset, as READMEs use it: blocks of lines.

Written here because no library on the package index fits: those in Python are young or need a
parser of half a megabyte, and Asciidoctor itself is Ruby. Read are sections, nested lists,
checklists, definitions, tables, listings, quotes, admonitions, pictures, footnotes, attributes
and conditions; what is not known is shown as the text that it is.

Source: AsciiDoc Language Documentation (docs.asciidoctor.org).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from generator.content.formats import plain
from generator.content.formats.asciidoc_block import (
    BLOCK_ATTRIBUTES,
    DELIMITER,
    FENCE,
    MACRO,
    Block,
    ends_paragraph,
)
from generator.content.formats.asciidoc_delimited import (
    read_delimited,
    write_attribution,
    write_verbatim,
)
from generator.content.formats.asciidoc_inline import Inline, picture, split_attributes
from generator.content.formats.asciidoc_list import is_item, read_list
from generator.content.formats.asciidoc_source import read_source
from generator.content.formats.boxes import callout, is_callout
from generator.content.formats.spans import clean
from generator.content.pieces import Pieces

_DEPTH_LIMIT = 30

_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*?)(?:\s+\1)?$")
_UNDERLINES = {"=": 1, "-": 2, "~": 3, "^": 4, "+": 5}
_ANCHOR = re.compile(r"\[\[([\w:.-]{1,200})(?:,.*)?\]\]$")
_TITLE = re.compile(r"\.(?![.\s])(\S.*)$")
_ADMONITION = re.compile(r"(NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s+")
_RULE = re.compile(r"('{3,}|-{3}|\*{3}|- - -|\* \* \*)$")
_AUTHOR = re.compile(r"[\w.'-]+(?: [\w.'-]+){0,3} ?(?:<[^<>]+>)?(?:; .*)?$|v?\d[\w.]*(?:,.*)?$")
_IDENTITY = re.compile(r"#([\w:.-]+)")


def to_html(text: str, path: str, pieces: Pieces) -> str:
    """Return untrusted HTML."""
    if len(text) > plain.RICH_LIMIT:
        return plain.to_html(text, path, pieces)
    inline = Inline(pieces=pieces, attributes={"env-github": "", "backend": "html5"})
    lines = read_source(clean(text), inline)
    document = _Document(
        inline=inline, pieces=pieces, has_references="<<" in text or "xref" in text
    )
    if document.has_references:
        _find_titles(lines, inline)
    html = document.blocks(_split_header(lines, document))
    return html + _footnotes(inline.footnotes)


def _find_titles(lines: list[str], inline: Inline) -> None:
    """Store the titles that references without a text of their own show."""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        heading = _HEADING.match(following)
        attributes = BLOCK_ATTRIBUTES.match(line)
        anchor = _ANCHOR.match(line) or (_IDENTITY.match(attributes[1]) if attributes else None)
        if heading and anchor:
            inline.references.setdefault(anchor[1], heading[2])
        if heading:
            inline.references.setdefault(_identity_of(heading[2]), heading[2])


def _identity_of(title: str) -> str:
    """Return the id that Asciidoctor makes of a section's title."""
    return "_" + re.sub(r"[^\w]+", "_", title.lower()).strip("_")


def _split_header(lines: list[str], document: _Document) -> list[str]:
    """Return the lines without author and revision; they follow the title at once."""
    start = next((index for index, line in enumerate(lines) if line), len(lines))
    lines = lines[start:]
    title_lines = 1 if lines and lines[0].startswith("= ") else 2 if _underlined(lines, 0) else 0
    end = title_lines
    while title_lines and end < min(len(lines), title_lines + 2) and _AUTHOR.match(lines[end]):
        end += 1
    if title_lines:
        document.inline.attributes.setdefault("doctitle", lines[0].lstrip("= "))
    return [*lines[:title_lines], "", *lines[end:]]


def _underlined(lines: list[str], index: int) -> int:
    """Return the level of a two-line title at `index`, 0 if there is none."""
    if index + 1 >= len(lines):
        return 0
    title, line = lines[index], lines[index + 1]
    level = _UNDERLINES.get(line[:1], 0)
    is_title = (
        level > 0
        and len(line) > 2
        and not line.strip(line[0])
        and abs(len(title) - len(line)) <= 2
        and any(character.isalnum() for character in title)
    )
    return level if is_title else 0


def _footnotes(notes: list[str]) -> str:
    items = "".join(
        f'<li id="_footnote_{number}">{note}</li>\n' for number, note in enumerate(notes, start=1)
    )
    return f"<hr>\n<ol>{items}</ol>\n" if items else ""


@dataclass(slots=True)
class _Document:
    inline: Inline
    pieces: Pieces
    has_references: bool
    depth: int = 0

    def blocks(self, lines: list[str]) -> str:
        """Return the HTML of lines, block by block."""
        if self.depth > _DEPTH_LIMIT:
            return f"<pre>{escape(chr(10).join(lines))}</pre>\n"
        self.depth += 1
        parts: list[str] = []
        index = 0
        while index < len(lines):
            html, index = self.block(lines, index)
            parts.append(html)
        self.depth -= 1
        return "".join(parts)

    def block(self, lines: list[str], index: int) -> tuple[str, int]:
        """Return one block from `index` on, and where the next one starts."""
        block, index = self._read_attributes(lines, index)
        if index >= len(lines) or not lines[index].strip():
            return "", index + 1
        html, end = self._read_line(lines, index, block) or self._read_lines(lines, index, block)
        anchor = f'<a id="{escape(block.identity)}"></a>' if block.identity else ""
        title = f"<p><strong>{self.inline.write(block.title)}</strong></p>\n" if block.title else ""
        return anchor + title + html, end

    def _read_line(self, lines: list[str], index: int, block: Block) -> tuple[str, int] | None:
        """Return a block that one line (or a title and its underline) makes, if this is one."""
        line = lines[index]
        heading, level = _HEADING.match(line), _underlined(lines, index)
        if heading:
            return self._heading(heading[2], len(heading[1]), block), index + 1
        if level:
            return self._heading(line, level, block), index + 2
        macro = MACRO.match(line)
        if macro:
            return self._macro(macro, block), index + 1
        if _RULE.match(line):
            return "<hr>\n", index + 1
        return ("", index + 1) if line in {"<<<", "+"} else None

    def _read_lines(self, lines: list[str], index: int, block: Block) -> tuple[str, int]:
        line = lines[index]
        if FENCE.match(line) or DELIMITER.match(line):
            return read_delimited(self, lines, index, block)
        if is_item(line) and self.depth <= _DEPTH_LIMIT:
            self.depth += 1  # a list may be joined to an item by `+`, and another one to that
            html, end = read_list(self, lines, index)
            self.depth -= 1
            return html, end
        return self._paragraph(lines, index, block)

    def _read_attributes(self, lines: list[str], index: int) -> tuple[Block, int]:
        block = Block()
        while index < len(lines):
            line = lines[index]
            anchor, attributes, title = _ANCHOR.match(line), BLOCK_ATTRIBUTES.match(line), None
            if not anchor and not attributes:
                title = _TITLE.match(line)
            if anchor:
                block.identity = anchor[1]
            elif attributes:
                self._add_attributes(block, self.inline.expand(attributes[1]))
            elif title and not DELIMITER.match(line):
                block.title = title[1]
            else:
                break
            index += 1
        return block, index

    def _add_attributes(self, block: Block, text: str) -> None:
        positional, named = split_attributes(text)
        identity = _IDENTITY.search(positional[0]) if positional else None
        if identity:
            block.identity = identity[1]
        if positional:
            block.style = re.split(r"[.#%]", positional[0])[0] or block.style
            if "%header" in positional[0]:
                named["options"] = "header"
        block.positional = positional or block.positional
        block.named |= named

    def _heading(self, title: str, level: int, block: Block) -> str:
        html = self.inline.write(title)
        identity = block.identity
        if not identity and self.has_references:
            identity = _identity_of(title)
        if block.style in {"discrete", "float"}:
            identity = block.identity
        block.identity = ""
        mark = f' id="{escape(identity)}"' if identity else ""
        return f"<h{min(level, 6)}{mark}>{html}</h{min(level, 6)}>\n"

    def _macro(self, match: re.Match[str], block: Block) -> str:
        name, target, text = match.groups()
        target = self.inline.expand(target)
        if name == "image":
            html = f"<p>{picture(target, self.inline.expand(text))}</p>\n"
            title = self.inline.write(block.take_title())
            caption = f"<figcaption>{title}</figcaption>"
            return f"<figure>{html}{caption}</figure>\n" if title else html
        if name in {"video", "audio"}:
            return f'<p><a href="{escape(target)}">{escape(text or target)}</a></p>\n'
        return ""  # a contents list: the page has its own

    def _paragraph(self, lines: list[str], index: int, block: Block) -> tuple[str, int]:
        end = index + 1
        while end < len(lines) and lines[end].strip() and not ends_paragraph(lines[end]):
            end += 1
        content = lines[index:end]
        if lines[index][0] in " \t" or block.is_verbatim:
            return write_verbatim(self, _dedent(content), block), end
        return self._write_paragraph("\n".join(content), block), end

    def _write_paragraph(self, text: str, block: Block) -> str:
        admonition = _ADMONITION.match(text)
        if admonition or is_callout(block.style):
            name = admonition[1] if admonition else block.style
            body = self.inline.write(text[admonition.end() :] if admonition else text)
            return callout(name, f"<p>{body}</p>", pieces=self.pieces)
        html = f"<p>{self.inline.write(text)}</p>\n"
        if block.style == "verse":
            html = html.replace("\n", "<br>", html.count("\n") - 1)
        if block.style in {"quote", "verse"}:
            return f"<blockquote>{html}{write_attribution(self, block)}</blockquote>\n"
        return html


def _dedent(lines: list[str]) -> list[str]:
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[margin:] for line in lines]
