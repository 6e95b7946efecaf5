"""The banner at the top of a README, and the picture or film that shows the project at work."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from generator.content.badge_words import is_badge_address
from generator.content.block_tree import (
    HEADINGS,
    BlockTree,
    is_centred,
    is_unseen,
    lines_of,
    links,
    pictures,
    said,
    take,
)
from generator.content.features import plain_title
from generator.content.html_tree import Element, squeeze
from generator.content.readme_head import is_sentence_leaf
from generator.model.readme import Picture

_DEMO = re.compile(
    r"demo|screen-?_?shot|screen-?_?cast|preview|showcase|in-?action|example|usage", re.I
)
_DEMO_TITLE = re.compile(
    r"(?:live |quick )?(?:demo|screen ?shots?|screen ?casts?|previews?|showcase|in action)"
    r"|演示|截图|预览|スクリーンショット|デモ|스크린샷|capturas?|captures? d'écran",
    re.IGNORECASE,
)
_FILM = re.compile(r"\.(?:gif|mp4|webm|mov|m4v)(?:$|[?#])", re.IGNORECASE)
_LOGO_WORDS = re.compile(r"\b(?:logo(?:type)?|banner|hero|header|icon|cover|image|splash)\b", re.I)
_WIDE_PX, _BROAD = 480, 3.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """A picture that stands alone in its block, or a pair for light and dark."""

    block: Element
    elements: tuple[Element, ...]

    @property
    def image(self) -> Element:
        first = self.elements[0]
        return next(iter(first.find_all("img", "video")), first)

    @property
    def name(self) -> str:
        attributes = self.image.attributes
        return f"{attributes.get('src', '').rpartition('/')[2]} {attributes.get('alt', '')}"

    @property
    def is_demo(self) -> bool:
        return self.image.tag == "video" or bool(_FILM.search(self.name) or _DEMO.search(self.name))


def take_banner(head: list[Element], title: Element | None) -> Picture | None:
    """Remove and return the picture that stands for the project, at the very top.

    It comes before the first words, or is centred like the title.
    """
    is_past_words = False
    for leaf in head:
        standing = _standing(leaf)
        is_banner = standing is not None and not standing.is_demo
        if standing is not None and is_banner and (not is_past_words or _is_logo(standing)):
            return _take(standing, is_eager=True)
        is_past_words = is_past_words or (leaf is not title and is_sentence_leaf(leaf))
    return None


def take_demo(tree: BlockTree, head: list[Element], *, has_banner: bool) -> Picture | None:
    """Remove and return the picture of the project at work.

    Either it stands alone above the first section (by its name or kind, or as the only large
    picture there), or it is all that a section called "Screenshot", "Demo" or the like has.
    """
    for leaf in head:
        standing = _standing(leaf) if leaf.parent is not None else None
        is_only = standing is not None and not has_banner and _is_shot(standing)
        if standing is not None and (standing.is_demo or is_only):
            return _take(standing)
    for part in tree.parts():
        if len(part.blocks) == 1 and _DEMO_TITLE.fullmatch(plain_title(part.title)):
            standing = _standing(part.blocks[0])
            if standing is not None:
                picture = _take(standing)
                tree.take_part(part)
                return picture
    return None


def drop_unseen(head: list[Element], title: Element | None) -> None:
    """Remove the words left where the picture at the very top could not be shown.

    They repeat the project's name to readers who just read it.
    """
    for leaf in head:
        if leaf is title:
            continue
        if leaf.tag in HEADINGS or is_sentence_leaf(leaf):
            return
        marks = [inner for inner in leaf.walk() if is_unseen(inner)]
        if any(is_badge_address(mark.attributes.get("href", "")) for mark in marks):
            continue
        found = links(leaf)
        is_one_link = len(found) == 1 and leaf.text == found[0].text
        is_logo = is_one_link and bool(_LOGO_WORDS.search(leaf.text)) and len(leaf.text) < 60
        if leaf.parent is not None and (is_logo or (len(marks) == 1 and not said([leaf]))):
            take(leaf)
            return


def _standing(leaf: Element) -> _Standing | None:
    """Return the picture that has a block, or the first line of one, to itself."""
    if leaf.tag not in {"p", "div", "figure", "h1", "h2", "h3"}:
        return None
    for line in lines_of(leaf):
        found = [
            element for node in line if isinstance(node, Element) for element in pictures(node)
        ]
        found = [element for element in found if element.tag != "svg"]
        if not found and not said(line):
            continue
        if said(line) and leaf.tag not in HEADINGS:
            return None
        if len(found) == 2 and _is_pair(found):
            return _Standing(block=leaf, elements=tuple(found))
        return _Standing(block=leaf, elements=(found[0],)) if len(found) == 1 else None
    return None


def _is_pair(found: list[Element]) -> bool:
    modes = {element.attributes.get("src", "").partition("#")[2] for element in found}
    return modes == {"gh-dark-mode-only", "gh-light-mode-only"}


def _is_shot(standing: _Standing) -> bool:
    """Whether the picture is large and has a screen's proportions rather than a banner's."""
    width, height = _side(standing.image, "width"), _side(standing.image, "height")
    if width is None or height is None or width < _WIDE_PX or is_logo_named(standing.name):
        return False
    return width / height < _BROAD and not is_centred(standing.block)


def _is_logo(standing: _Standing) -> bool:
    return is_logo_named(standing.name) or (
        is_centred(standing.block) and not _DEMO.search(standing.name)
    )


def is_logo_named(name: str) -> bool:
    """Whether a file name or description calls the picture a logo or banner."""
    return bool(_LOGO_WORDS.search(name.replace("_", " ").replace("-", " ")))


def _take(standing: _Standing, *, is_eager: bool = False) -> Picture:
    image = standing.image
    if is_eager:
        # The first picture of the page is needed at once.
        for element in standing.elements:
            for inner in element.walk():
                inner.attributes.pop("loading", None)
    picture = Picture(
        html=Markup("").join(element.html() for element in standing.elements),
        alt=squeeze(image.attributes.get("alt", "")),
        width_px=_side(image, "width"),
        height_px=_side(image, "height"),
    )
    for element in standing.elements:
        take(element)
    return picture


def _side(image: Element, name: str) -> int | None:
    value = image.attributes.get(name, "")
    return int(value) if value.isdecimal() and int(value) > 0 else None
