"""The top of a README: its title, its one sentence, and the rows of links around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from generator.content.block_tree import (
    HEADINGS,
    BlockTree,
    Part,
    is_blank,
    is_centred,
    is_unseen,
    lines_of,
    links,
    pictures,
    said,
    take,
)
from generator.content.features import plain_title
from generator.content.html_tree import Element, Node, squeeze

HEAD_LIMIT = 60
PITCH_LIMIT = 200
# Headings that name a section in any README, never the project.
_ORDINARY = re.compile(
    r"(?:install\w*|usage|getting started|quick ?start|table of|contents|licen[cs]e|contribut\w*"
    r"|(?:\w+ )?features|overview|introduction|about|requirements|news|changelog"
    r"|documentation|what is|how to|why)\b.*",
    re.IGNORECASE,
)
_LOGO_WORDS = re.compile(
    r"\b(?:logo(?:type)?|banner|hero|header|icon|cover|image|splash|mascot)\b", re.IGNORECASE
)
_SCREEN_WORDS = re.compile(r"demo|screen|preview|example|architecture|diagram", re.IGNORECASE)
_NAME_END = re.compile(r"\s[-–—|:]\s|:\s")
_ABOUT = re.compile(
    r"(?:about|description|overview|introduction|summary|what is.{0,40}|what'?s this.{0,20}"
    r"|abstract|简介|介绍|概要|はじめに|소개)(?:\s.{0,20})?",
    re.IGNORECASE,
)
_STYLES = frozenset(("strong", "b", "em", "i", "big"))
_SEPARATORS = re.compile(r"(?:[\W_]|\b(?:and|or|und|et|y)\b)+")
_NOTICE = re.compile(
    r"[\W_]*(?:note|warning|important|caution|tip|notice|attention|deprecated|archived|update|new"
    r"|announcement|news|table of contents|sponsored|supported|made|built|copyright|maintained"
    r"|looking|read this in|english|translations?|we need|we are looking|we're looking|help us"
    r"|this (?:readme|repo(?:sitory)?|project|document|file|page) (?:is|has|was)"
    r" (?:also|been|moved|no|archived|deprecated|translated|available|not)"
    r"|this is not an official(?:ly)?)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?:go to|visit|please|check out|head over|refer to|you (?:can|are|may)|for \w+ information"
    r"|(?:see|read|click|download) (?:the|our|here|it|on|from|more|also)|full documentation)\b",
    re.IGNORECASE,
)
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[^a-z\s])|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|esp|resp|no|dr|mr|ms|st|v)|\b[A-Z])\.$", re.I
)
_CLAUSE_END = re.compile(r"[;:,，；、]\s|\s[–—-]\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    text: str
    anchor: str
    heading: Element | None


def head_of(tree: BlockTree, title: Element | None) -> list[Element]:
    """Return the blocks above the README's first section: title, badges, pictures, first words."""
    head: list[Element] = []
    has_title = title is None
    for leaf in tree.leaves()[:HEAD_LIMIT]:
        if leaf is title:
            has_title = True
        elif leaf.tag in HEADINGS and has_title and not _is_tagline(leaf, head):
            break
        head.append(leaf)
    return head


def find_title(tree: BlockTree) -> Element | None:
    """Return the heading that names the project: an `h1`, or the first heading above all others.

    Nothing but pictures, rows of links and short lines stands before it, and no other section.
    """
    leaves = tree.leaves()[:HEAD_LIMIT]
    headings = [leaf for leaf in leaves if leaf.tag in HEADINGS and not _is_in_link(leaf)]
    first = headings[0] if headings else None
    main = next((heading for heading in headings if heading.tag == "h1"), None)
    if main is not None:
        before = headings[: next(n for n, heading in enumerate(headings) if heading is main)]
        return main if len(before) <= 1 and all(each.tag > "h2" for each in before) else None
    if first is None or _ORDINARY.match(plain_title(first.text)):
        return None
    before_first = leaves[: next(n for n, leaf in enumerate(leaves) if leaf is first)]
    stands_first = not any(map(is_sentence_leaf, before_first))
    is_above = all(leaf.tag >= first.tag for leaf in tree.leaves() if leaf.tag in HEADINGS)
    return first if stands_first and is_above else None


def read_title(heading: Element) -> Title | None:
    """Return the title's words, or the description of the logo that stands for them."""
    text = next((line for line in map(said, lines_of(heading)) if _letters(line)), "")
    text = text or next(filter(None, map(name_in_picture, _all_pictures(heading))), "")
    anchor = heading.attributes.get("id", "")
    return Title(text=text, anchor=anchor, heading=heading) if text else None


def find_pictured_title(head: list[Element]) -> Title | None:
    """Return the name that the first picture shows, for a README without a title in words."""
    for leaf in head[:3]:
        for line in lines_of(leaf):
            if leaf.tag in HEADINGS or _is_sentence(said(line), line):
                return None
            shown = [node for node in line if isinstance(node, Element)]
            found = [picture for node in shown for picture in _all_pictures(node)]
            name = name_in_picture(found[0]) if len(found) == 1 and not said(line) else ""
            if name:
                return Title(text=name, anchor="", heading=None)
    return None


def name_in_picture(picture: Element) -> str:
    """Return the name in a logo's description: `Acme logo`, `Acme - makes everything`."""
    image = next(iter(picture.find_all("img")), None)
    alt = squeeze(image.attributes.get("alt", "") if image is not None else picture.text)
    name = _LOGO_WORDS.sub(" ", _NAME_END.split(alt, maxsplit=1)[0])
    name = squeeze(name).strip("-_:.'’ ").removesuffix("'s").removesuffix("’s")
    is_name = 0 < len(name) <= 40 and len(name.split()) <= 4 and "/" not in name
    return name if is_name and not _SCREEN_WORDS.search(name) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pitch:
    """The sentence, and the nodes that hold it and no other word; none if they hold more."""

    text: str
    block: Element
    nodes: tuple[Node, ...]


def find_pitch(head: list[Element], title: Title | None) -> Pitch | None:
    """Return the first real sentence at the top; rows of links and notices are none.

    A text that begins by sending its reader elsewhere has no such sentence.
    """
    heading = title.heading if title else None
    for leaf in head:
        if leaf is heading or not _may_hold_pitch(leaf):
            continue
        block = leaf.elements[0] if _is_quote_of_one(leaf) else leaf
        for line in lines_of(block):
            text = said(line)
            if not _is_sentence(text, line):
                continue
            if _ELSEWHERE.match(text):
                return None
            pitch = cut_sentences(_without_name(text, title))
            if pitch is None:
                return None
            is_whole = text.endswith(pitch)
            is_free = not any(map(_has_link, line)) or _is_styled(leaf, line)
            return Pitch(text=pitch, block=block, nodes=tuple(line) if is_whole and is_free else ())
    return None


def find_described(parts: list[Part]) -> Pitch | None:
    """Return the first sentence of a section that says what the project is; it stays there."""
    for part in parts[:2]:
        if part.blocks and _ABOUT.fullmatch(plain_title(part.title)):
            found = find_pitch([block for block in part.blocks if block.tag == "p"][:1], None)
            return replace(found, nodes=()) if found else None
    return None


def take_pitch(pitch: Pitch) -> None:
    """Remove the pitch from the README if nothing else is said with it."""
    if not pitch.nodes:
        return
    gone = {id(node) for node in pitch.nodes}
    pitch.block.children = [child for child in pitch.block.children if id(child) not in gone]
    if is_blank(pitch.block):
        take(pitch.block)


def cut_sentences(text: str) -> str | None:
    """Return as many whole sentences as fit, or the first one cut at a clause."""
    if len(text) <= PITCH_LIMIT:
        return text
    end = 0
    for match in _SENTENCE_END.finditer(text):
        if match.start() > PITCH_LIMIT:
            break
        if not _ABBREVIATION.search(text[: match.start()]):
            end = match.start()
    if end >= 20:
        return text[:end].strip()
    clauses = [match.start() for match in _CLAUSE_END.finditer(text[:PITCH_LIMIT])]
    return text[: clauses[-1]].rstrip() + "…" if clauses and clauses[-1] >= 60 else None


def is_link_row(nodes: list[Node]) -> bool:
    """Whether nodes are links with hardly anything but marks between them."""
    found = [link for node in nodes if isinstance(node, Element) for link in links(node)]
    inside = sum(_letters(said([link])) for link in found if not is_unseen(link))
    outside = _letters(_SEPARATORS.sub(" ", said(nodes))) - inside
    allowance = 0 if len(found) == 1 else 4 if len(found) == 2 else 12
    return bool(found) and outside <= allowance


def is_sentence_leaf(leaf: Element) -> bool:
    """Whether a block has a line of real words."""
    return any(_is_sentence(said(line), line) for line in lines_of(leaf))


def _may_hold_pitch(leaf: Element) -> bool:
    if leaf.tag not in {"p", "div", "blockquote", *HEADINGS} or _is_in_link(leaf):
        return False
    return is_centred(leaf) or not leaf.classes


def _is_sentence(text: str, line: list[Node]) -> bool:
    if len(text) < 10 or text.endswith((":", "：")) or _NOTICE.match(text):
        return False
    if is_link_row(line):
        return False
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    if len(_WIDE.findall(text)) >= 6:
        return True
    # Names of people or firms in a row: hardly a word in lower case.
    small = sum(not word[0].isupper() for word in words)
    return len(words) >= 3 and small * 4 >= len(words)


def _is_styled(leaf: Element, line: list[Node]) -> bool:
    """Whether the author set the line apart as a motto: centred, quoted, bold or a heading."""
    if leaf.tag == "blockquote" or leaf.tag in HEADINGS or is_centred(leaf):
        return True
    shown = [node for node in line if not is_blank(node)]
    return all(isinstance(node, Element) and node.tag in _STYLES for node in shown)


def _without_name(text: str, title: Title | None) -> str:
    """Return the text without the project's name and a dash in front of it."""
    if title is None:
        return text
    match = re.match(rf"{re.escape(title.text)}\s*(?:[-–—:|]+)\s+(?=\S)", text, re.IGNORECASE)
    return text[match.end() :] if match else text


def _is_tagline(heading: Element, head: list[Element]) -> bool:
    """Whether a small heading right below the title says what the project is."""
    if heading.tag == "h1" or len(heading.text.split()) < 4:
        return False
    is_early = sum(len(leaf.text) for leaf in head if leaf.tag not in HEADINGS) <= PITCH_LIMIT
    return is_early and (is_centred(heading) or is_link_row(heading.children))


def _all_pictures(element: Element) -> list[Element]:
    return pictures(element) or [inner for inner in element.walk() if is_unseen(inner)]


def _is_in_link(element: Element) -> bool:
    """Whether the block stands inside a link, as advertisements do."""
    above = element.parent
    while above is not None and above.tag != "body":
        if above.tag == "a":
            return True
        above = above.parent
    return False


def _is_quote_of_one(leaf: Element) -> bool:
    return leaf.tag == "blockquote" and [child.tag for child in leaf.elements] == ["p"]


def _has_link(node: Node) -> bool:
    return isinstance(node, Element) and bool(links(node))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
