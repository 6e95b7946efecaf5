"""AsciiDoc's blocks between two equal lines: listings, quotes, boxes, tables, formulas."""

from __future__ import annotations

from generator.content.formats.asciidoc_block import FENCE, Block, Reader
from generator.content.formats.asciidoc_table import write_table
from generator.content.formats.boxes import callout, is_callout
from generator.content.highlight import code_block
from generator.content.maths import math_to_html
from generator.content.mermaid import mermaid_block
from generator.model.document import Feature

_MATH_STYLES = frozenset({"stem", "latexmath"})


def read_delimited(reader: Reader, lines: list[str], index: int, block: Block) -> tuple[str, int]:
    """Return the block that opens at `index`, and where the next one starts.

    One that is never closed reaches to the end, as Asciidoctor has it.
    """
    fence = FENCE.match(lines[index])
    mark = fence[1] if fence else lines[index]
    try:
        end = lines.index(mark, index + 1)
    except ValueError:
        end = len(lines)
    content = lines[index + 1 : end]
    if fence:
        return write_verbatim(reader, content, block, language=fence[2]), end + 1
    if mark.endswith("===") and mark[0] in "|,:!":
        html = write_table(
            content, mark[0], block.named, inline=reader.inline, blocks=reader.blocks
        )
        return html, end + 1
    if mark[0] in "/":
        return "", end + 1
    if (mark[0] in "-." and mark != "--") or block.is_verbatim:
        return write_verbatim(reader, content, block), end + 1
    return _write_content(reader, mark, content, block), end + 1


def _write_content(reader: Reader, mark: str, content: list[str], block: Block) -> str:
    if mark[0] == "+" or block.style in _MATH_STYLES:
        text = "\n".join(content)
        return _write_math(reader, text) if block.style in _MATH_STYLES else f"{text}\n"
    html = reader.blocks(content)
    if is_callout(block.style):
        html = callout(block.style, html, pieces=reader.pieces)
    elif mark[0] in '_"*' or block.style == "quote":
        html = f"<blockquote>{html}{write_attribution(reader, block)}</blockquote>\n"
    elif block.is_collapsible:
        summary = reader.inline.write(block.take_title() or "Details")
        html = f"<details><summary>{summary}</summary>{html}</details>\n"
    return html


def write_attribution(reader: Reader, block: Block) -> str:
    """Return who said it and where, from `[quote, who, where]`."""
    words = ", ".join(block.positional[1:3]) if block.style in {"quote", "verse"} else ""
    return f"<p>— {reader.inline.write(words)}</p>" if words else ""


def write_verbatim(
    reader: Reader, lines: list[str], block: Block, *, language: str | None = None
) -> str:
    """Return lines as code; a language may be the fence's, the block's or the document's."""
    text = "\n".join(lines)
    if "mermaid" in {block.style, language}:
        html = mermaid_block(text)
        return f"<pre>{reader.pieces.add(html, feature=Feature.MERMAID)}</pre>\n"
    if block.style in _MATH_STYLES:
        return _write_math(reader, text)
    info = language or block.named.get("language", "")
    if not info and block.style in {"source", ""}:
        default = reader.inline.attributes.get("source-language", "") if block.style else ""
        info = block.positional[1] if len(block.positional) > 1 else default
    title = block.take_title().replace('"', "'")
    info += f' title="{title}"' if title else ""
    return f"<pre>{reader.pieces.add(code_block(text, info), feature=Feature.CODE)}</pre>\n"


def _write_math(reader: Reader, text: str) -> str:
    html = math_to_html(text, display=True)
    return f"<p>{reader.pieces.add(html, feature=Feature.MATH, source=text)}</p>\n"
