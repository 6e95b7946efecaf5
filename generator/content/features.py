"""The README's list of features as cards."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from generator.content.block_tree import Part, pictures
from generator.content.html_tree import Element, Node, squeeze, to_html
from generator.model.readme import FeatureCard

_TITLE = re.compile(
    r"(?:(?:key|main|core|top|notable|some|project|current|high[- ]level)\s+)?"
    r"(?:features?|highlights?|benefits|capabilities|advantages|goodies)(?:\s+(?:list|overview))?"
    r"|list of features|feature (?:list|overview|highlights)"
    r"|why\b.{0,40}|what (?:it|you) (?:does|gets?)"
    r"|what'?s (?:inside|included|in the box)"
    r"|特性|特点|功能|主要功能|主な機能|機能|特徴|특징|기능|funktionen|merkmale|fonctionnalités"
    r"|caractéristiques|características|funcionalidades|recursos|возможности|особенности",
    re.IGNORECASE,
)
# Pictographs, arrows, dingbats and what joins or colours them: decoration in front of a title.
_DECORATION = re.compile(
    "^(?:[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\ufe0f\u200d\u20e3"
    "\U0001f000-\U0001faff]|:[a-z0-9_+-]{2,40}:|\\s)+"
)
# What stands between a card's title and its text.
_SEPARATOR = re.compile(r"\s*(?:[:：]\s+|[:：]$|：|\s[-–—]{1,2}\s+|—\s*|\s=>\s|\s\|\s)")
_OPENING_MARKS = " \t\n\u00a0:：-–—.,;"
_NOT_INLINE = frozenset(("ul", "ol", "pre", "table", "blockquote", "img", "picture", "video", "hr"))
FEWEST, MOST = 3, 12
_TITLE_LIMIT, _TEXT_LIMIT, _LEAD_LIMIT = 80, 320, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureList:
    """The cards, and the part of the README they were."""

    part: Part
    cards: tuple[FeatureCard, ...]


def find_features(parts: list[Part]) -> FeatureList | None:
    """Return the first part that is a list of features and nothing else.

    A sentence that only leads in to the list (it ends with a colon) may stand before it. A list
    with an unfinished task, nested lists, pictures or long items is more than a row of cards.
    """
    for part in parts:
        if not _TITLE.fullmatch(plain_title(part.title)):
            continue
        listing = _only_list(part)
        cards = _cards(listing) if listing is not None else None
        if cards is not None:
            return FeatureList(part=part, cards=cards)
    return None


def plain_title(title: str) -> str:
    """Return a heading's words without decoration and closing marks."""
    bare = _DECORATION.sub("", title)
    while bare and not (bare[-1].isalnum() or bare[-1] in ")]"):
        bare = bare[:-1]
    return re.sub(r"^\d{1,2}[.)]\s+", "", bare).strip()


def _only_list(part: Part) -> Element | None:
    lists = [block for block in part.blocks if block.tag in {"ul", "ol"}]
    others = [block for block in part.blocks if block.tag not in {"ul", "ol", "hr"}]
    is_led_in = all(
        block.tag == "p" and block.text.endswith((":", "：")) and len(block.text) <= _LEAD_LIMIT
        for block in others
    )
    return lists[0] if len(lists) == 1 and len(others) <= 1 and is_led_in else None


def _cards(listing: Element) -> tuple[FeatureCard, ...] | None:
    items = [item for item in listing.elements if item.tag == "li"]
    if not FEWEST <= len(items) <= MOST or not all(map(_is_short, items)):
        return None
    cards = [_card(item) for item in items]
    return tuple(card for card in cards if card) if all(cards) else None


def _is_short(item: Element) -> bool:
    if len(item.text) > _TEXT_LIMIT or not item.text:
        return False
    for inner in item.walk():
        if inner.tag in _NOT_INLINE:
            return False
        if inner.tag == "input" and "checked" not in inner.attributes:
            return False
    return len([inner for inner in item.elements if inner.tag == "p"]) <= 2 and not pictures(item)


def _card(item: Element) -> FeatureCard | None:
    nodes = _inline_nodes(item)
    split = _split_after_lead(nodes) or _split_at_mark(nodes)
    if split is None:
        text = _bare_title("".join(_text(node) for node in nodes))
        found = [inner for inner in item.walk() if "href" in inner.attributes]
        is_title = 0 < len(text) <= _TITLE_LIMIT and len(found) <= 1
        href = found[0].attributes["href"] if found else ""
        return FeatureCard(title=text, html=Markup(), href=href) if is_title else None
    title, rest, href = split
    html = Markup(to_html(rest).strip())  # noqa: S704  serialised from a trusted tree
    return FeatureCard(title=title, html=html, href=href) if title else None


def _inline_nodes(item: Element) -> list[Node]:
    """Return what the item says without its paragraphs' tags and its task box."""
    nodes: list[Node] = []
    for child in item.children:
        if isinstance(child, Element) and child.tag == "p":
            nodes += [*child.children, " "]
        elif not (isinstance(child, Element) and child.tag == "input"):
            nodes.append(child)
    while nodes and _is_decoration(nodes[0]):
        nodes.pop(0)
    return nodes


def _is_decoration(node: Node) -> bool:
    return not _DECORATION.sub("", _text(node))


def _split_after_lead(nodes: list[Node]) -> tuple[str, list[Node], str] | None:
    """Split where the item begins with bold words, a link or code followed by a mark."""
    lead = nodes[0] if nodes else ""
    if isinstance(lead, str):
        # An emoji, then the bold words.
        return None if _DECORATION.sub("", lead) else _split_after_lead(nodes[1:])
    if lead.tag not in {"strong", "b", "a", "code", "em"}:
        return None
    title, rest = _bare_title(lead.text), nodes[1:]
    after = "".join(_text(node) for node in rest)
    is_marked = lead.text.rstrip().endswith((":", "：", ".")) or _SEPARATOR.match(after)
    is_bold = lead.tag in {"strong", "b"}
    if not title or len(title) > _TITLE_LIMIT or not (is_marked or is_bold or not squeeze(after)):
        return None
    if is_bold and not is_marked and squeeze(after)[:1].islower():
        # The bold words are the beginning of a sentence; the card needs a text that stands alone.
        return None
    return title, _without_mark(rest), _href_of(lead)


def _split_at_mark(nodes: list[Node]) -> tuple[str, list[Node], str] | None:
    """Split plain words at the first colon or dash."""
    lead = nodes[0] if nodes else ""
    if not isinstance(lead, str):
        return None
    match = _SEPARATOR.search(lead)
    if match is None:
        return None
    title = _bare_title(lead[: match.start()])
    if not 0 < len(title) <= _TITLE_LIMIT * 3 // 4:
        return None
    return title, [lead[match.end() :], *nodes[1:]], ""


def _without_mark(nodes: list[Node]) -> list[Node]:
    if nodes and isinstance(nodes[0], str):
        return [nodes[0].lstrip(_OPENING_MARKS), *nodes[1:]]
    return nodes


def _href_of(lead: Element) -> str:
    return next((a.attributes["href"] for a in lead.walk() if "href" in a.attributes), "")


def _bare_title(text: str) -> str:
    return squeeze(_DECORATION.sub("", squeeze(text))).rstrip(":：-–— .").strip()


def _text(node: Node) -> str:
    return node if isinstance(node, str) else node.text
