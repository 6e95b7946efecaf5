"""Sections of a README that a home page shows in a place of their own, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from generator.content.block_tree import (
    HEADINGS,
    BlockTree,
    Part,
    is_blank,
    links,
    take,
    take_lines,
)
from generator.content.features import plain_title
from generator.content.html_tree import Element, Node, squeeze

_INSTALL = re.compile(
    r"(?:(?:easy|quick|simple)\s+)?install(?:ation|ing)?(?:\s.{0,40})?|how to install(?:\s.{0,40})?"
    r"|get(?:ting)? it|setup|安装|安装方法|インストール|インストール方法|설치|instalación"
    r"|instalação|installatie|установка",
    re.IGNORECASE,
)
_START = re.compile(
    r"quick ?-?start(?:\s.{0,30})?|(?:basic |simple |example )?usage(?: examples?)?|getting started"
    r"|(?:(?:a )?(?:quick|simple|basic|minimal|small) )?examples?|a (?:quick|short) (?:tour|look)"
    r"|synopsis|how to use(?: it)?|hello,? world|快速开始|快速入门|使用方法?"
    r"|使い方|クイックスタート|사용법|inicio rápido|uso|utilisation|verwendung"
    r"|быстрый старт|использование",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"(?:table of )?contents?|toc|index|overview|目录|目次|차례|inhalt(?:sverzeichnis)?|índice"
    r"|sommaire|содержание|оглавление",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"[(\[\s⬆️↑🔝^▲⏫]*(?:back|return|go) to (?:the )?top[)\]\s⬆️↑🔝]*|[⬆️↑🔝\s]+", re.IGNORECASE
)
_PROMPT = re.compile(r"^\s*(?:[$>%❯]\s+|PS>\s*|(?:[A-Z]:\\>))")
_LEAD_LIMIT = 140
_START_TEXT_LIMIT, _START_BLOCKS_LIMIT = 4000, 14


def find_install(parts: Sequence[Part], commands: Iterable[str]) -> Part | None:
    """Return the section about installing if `commands` say all that it says.

    Besides commands it may hold only short sentences without links, and headings for each tool.
    """
    known = {command for line in commands for command in _command_lines(line)}
    for part in parts:
        if known and part.blocks and _INSTALL.fullmatch(plain_title(part.title)):
            return part if _is_covered(part, known) else None
    return None


def find_quick_start(parts: Sequence[Part]) -> Part | None:
    """Return the first section that shows the project in use, if it has code and is not long."""
    for part in parts:
        if not _START.fullmatch(plain_title(part.title)):
            continue
        text = sum(len(block.text) for block in part.blocks)
        has_code = any(inner.tag == "pre" for block in part.blocks for inner in block.walk())
        is_short = text <= _START_TEXT_LIMIT and len(part.blocks) <= _START_BLOCKS_LIMIT
        if has_code and is_short and not part.has_subparts:
            return part
    return None


def drop_contents(tree: BlockTree) -> None:
    """Remove the README's own tables of contents; the page has one made of the headings."""
    for part in tree.parts():
        shown = [block for block in part.blocks if block.tag != "hr"]
        if shown and all(map(_is_toc, shown)):
            tree.take_part(part)
    leaves = tree.leaves()
    for before, leaf in zip([None, *leaves], leaves, strict=False):
        if not _is_toc(leaf):
            if leaf.tag == "p":
                take_lines(leaf, _is_toc_line)
            continue
        if before is not None and before.parent is not None and _names_contents(before):
            take(before)
        take(leaf)


def drop_back_links(tree: BlockTree) -> None:
    """Remove the lines that only lead back to the top."""
    for leaf in tree.leaves():
        if leaf.tag in {"p", "div"} and len(leaf.text) <= 40 and _is_back_link(leaf):
            take(leaf)


def _is_covered(part: Part, known: set[str]) -> bool:
    has_command = False
    for leaf in (inner for block in part.blocks for inner in _flat(block)):
        codes = [inner for inner in leaf.walk() if inner.tag == "pre"]
        if codes:
            lines = [line for code in codes for line in _command_lines(_code_of(code))]
            if not lines or not known.issuperset(lines):
                return False
            has_command = True
        elif not (leaf.tag in {*HEADINGS, "hr"} or _is_lead(leaf)):
            return False
    return has_command


def _is_lead(leaf: Element) -> bool:
    return leaf.tag == "p" and len(leaf.text) <= _LEAD_LIMIT and not links(leaf)


def _flat(block: Element) -> list[Element]:
    """Return the blocks in a block; code figures stay whole."""
    if block.tag in {"div", "section", "center"} and not any(
        child.tag == "pre" for child in block.elements
    ):
        return [leaf for child in block.elements for leaf in _flat(child)]
    return [block]


def _command_lines(text: str) -> list[str]:
    """Return shell lines without prompts, comments and joined line ends."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = (squeeze(_PROMPT.sub("", line)) for line in joined.split("\n"))
    return [line for line in lines if line and not line.startswith(("#", "//", "REM "))]


def _code_of(code: Element) -> str:
    """Return the code with its line ends, which `text` does not keep."""
    out, stack = [], [*reversed(code.children)]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            out.append(node)
        else:
            stack.extend(reversed(node.children))
    return "".join(out)


def _is_toc(block: Element) -> bool:
    """Whether a block is nothing but links to anchors of the same text, three or more."""
    if block.tag == "details":
        return _is_folded_toc(block)
    if block.tag not in {"ul", "ol", "p", "div"}:
        return False
    return _is_toc_line([block], allowance=0 if block.tag == "p" else 10)


def _is_toc_line(nodes: list[Node], *, allowance: int = 0) -> bool:
    """Whether nodes are three links to anchors or more; `allowance` is what else may be said, in
    parts of a hundred: some number their table of contents, or leave an item without a link.
    """
    found = [link for node in nodes if isinstance(node, Element) for link in links(node)]
    if len(found) < 3 or not all(link.attributes["href"].startswith("#") for link in found):
        return False
    inside = sum(_letters(link.text) for link in found)
    words = sum(_letters(node if isinstance(node, str) else node.text) for node in nodes)
    return inside > 0 and words - inside <= words * allowance // 100


def _is_folded_toc(details: Element) -> bool:
    inner = [child for child in details.elements if child.tag != "summary" and not is_blank(child)]
    summary = next((child.text for child in details.elements if child.tag == "summary"), "")
    is_named = bool(_CONTENTS.fullmatch(plain_title(summary)))
    return is_named and bool(inner) and all(_is_toc(child) for child in inner)


def _names_contents(leaf: Element) -> bool:
    return leaf.tag in {"p", *HEADINGS} and bool(_CONTENTS.fullmatch(plain_title(leaf.text)))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _is_back_link(leaf: Element) -> bool:
    found = links(leaf)
    is_inside = bool(found) and all(link.attributes["href"].startswith("#") for link in found)
    return is_inside and bool(_BACK.fullmatch(leaf.text))
