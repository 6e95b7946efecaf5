"""Badges lifted from the top of a README: a few words each, or the picture where it was baked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from generator.content.badge_words import is_badge_address, may_be_badge, words_of
from generator.content.block_tree import HEADINGS, is_unseen, lines_of, links, pictures, take
from generator.content.html_tree import Element, Node, squeeze
from generator.model.readme import Badge, Picture

SHOWN_LIMIT = 6
_HEIGHT_LIMIT = 42
_TEXTS = frozenset(("p", "div"))
_ROWS = frozenset(("p", "div", *HEADINGS, "ul", "ol", "blockquote", "figure"))


@runtime_checkable
class PictureOrigins(Protocol):
    """Knows where a baked picture came from; the link map's resolver does."""

    def original(self, shown: str) -> str | None:
        """Return the address that `shown` (an answer of `image`) was fetched from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """One picture, or the words in its place. `is_sure` where its address is a badge's."""

    element: Element
    picture: Element | None
    url: str
    alt: str
    href: str
    is_sure: bool


def lift_badges(head: Iterable[Element], origins: object) -> tuple[Badge, ...]:
    """Remove the badges from the blocks at the top and return those worth showing, in order."""
    known = origins if isinstance(origins, PictureOrigins) else None
    found: list[Badge] = []
    for leaf in head:
        if leaf.tag not in _ROWS:
            continue
        is_text = leaf.tag in _TEXTS
        lines = [(line, list(_candidates(line, known))) for line in lines_of(leaf)]
        lifted = [each for line in lines for each in _badges_in(*line, is_text=is_text)]
        found += [badge for badge in map(_badge, lifted) if badge is not None]
        for candidate in lifted:
            take(candidate.element)
        if lifted and leaf.parent is not None and not _says_something(leaf):
            take(leaf)
    return _choose(found)


def _candidates(line: Sequence[Node], origins: PictureOrigins | None) -> Iterator[_Candidate]:
    seen: set[int] = set()
    elements = [node for node in line if isinstance(node, Element)]
    for link in (link for element in elements for link in links(element)):
        inside = pictures(link)
        if len(inside) > 1 and not link.text:
            continue
        seen |= {id(picture) for picture in inside}
        yield _candidate(link, inside[0] if inside else None, link.attributes["href"], origins)
    for picture in (picture for element in elements for picture in pictures(element)):
        if id(picture) not in seen:
            yield _candidate(picture, picture, "", origins)


def _candidate(
    element: Element, picture: Element | None, href: str, origins: PictureOrigins | None
) -> _Candidate:
    if picture is not None:
        image = next(iter(picture.find_all("img")), picture)
        source = image.attributes.get("src", "")
        url = (origins.original(source) if origins else None) or source
        alt = image.attributes.get("alt", "")
        is_sure = is_badge_address(url) or _is_small(image)
    else:
        # Words in place of a picture that could not be shown; its address where it is known.
        mark = next((inner for inner in element.walk() if "data-src" in inner.attributes), None)
        is_picture_link = is_unseen(element)
        url = mark.attributes["data-src"] if mark else href if is_picture_link else ""
        alt, href = element.text, "" if is_picture_link else href
        is_sure = is_badge_address(url)
    return _Candidate(
        element=element, picture=picture, url=url, alt=squeeze(alt), href=href, is_sure=is_sure
    )


def _badges_in(
    line: Sequence[Node], candidates: list[_Candidate], *, is_text: bool
) -> list[_Candidate]:
    """Return the candidates that are badges: the sure ones, or a row in which most may be."""
    words = [candidate for candidate in candidates if candidate.picture is None]
    likely = [each for each in words if each.is_sure or may_be_badge(each.alt, each.href)]
    is_row = is_text and len(likely) * 2 > len(words) and not _rest_of(line, candidates)
    return [
        each
        for each in candidates
        if each.is_sure or (is_row and each in words and not each.href.startswith("#"))
    ]


def _rest_of(line: Sequence[Node], candidates: list[_Candidate]) -> str:
    """Return what a line says beside its links; also dots and bars make it a row to read."""
    rest = squeeze("".join(node if isinstance(node, str) else node.text for node in line))
    for candidate in candidates:
        rest = rest.replace(candidate.element.text, " ", 1)
    return rest.strip()


def _is_small(image: Element) -> bool:
    """Whether the picture is as low as a badge; an emoji or icon is as wide as it is high."""
    height, width = (image.attributes.get(name, "") for name in ("height", "width"))
    if not height.isdecimal() or not 10 <= int(height) <= _HEIGHT_LIMIT:
        return False
    return width.isdecimal() and int(width) >= 2 * int(height)


def _badge(candidate: _Candidate) -> Badge | None:
    label, message = words_of(candidate.url, candidate.alt, candidate.href)
    picture = candidate.picture
    if picture is None or not picture.find_all("img"):
        # Words alone, without a value and without a place to go, tell nothing.
        is_useful = label and (message or candidate.href)
        return Badge(label=label, message=message, href=candidate.href) if is_useful else None
    image = picture.find_all("img")[0]
    alt = candidate.alt or " ".join((label, message)).strip()
    if not alt:
        return None
    shown = Picture(
        html=picture.html(),
        alt=alt,
        width_px=_pixels(image, "width"),
        height_px=_pixels(image, "height"),
    )
    return Badge(label=label or alt, message=message, href=candidate.href, picture=shown)


def _pixels(image: Element, name: str) -> int | None:
    value = image.attributes.get(name, "")
    return int(value) if value.isdecimal() else None


def _choose(badges: list[Badge]) -> tuple[Badge, ...]:
    """Return at most `SHOWN_LIMIT` in the author's order, those with a value first."""
    distinct = list(
        {(badge.label.casefold(), badge.message): badge for badge in badges[::-1]}.values()
    )
    distinct.reverse()
    ranked = sorted(distinct, key=lambda badge: not (badge.picture or badge.message))
    kept = {id(badge) for badge in ranked[:SHOWN_LIMIT]}
    return tuple(badge for badge in distinct if id(badge) in kept)


def _says_something(leaf: Element) -> bool:
    return _letters(leaf.text) > 0 or bool(pictures(leaf))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
