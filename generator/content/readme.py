"""A README taken apart for the home page: each piece goes where a visitor looks for it.

Works on the trusted HTML of the rendered text, whatever it was written in. The pieces are taken
in a fixed order, each from what the ones before left; what is left at the end is the body, in the
author's order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup

from generator.content.badges import lift_badges
from generator.content.block_tree import HEADINGS, BlockTree, Part, take
from generator.content.features import FeatureList, find_features
from generator.content.html_tree import Element
from generator.content.language_rows import drop_language_rows
from generator.content.readme_head import (
    Title,
    find_described,
    find_pictured_title,
    find_pitch,
    find_title,
    head_of,
    read_title,
    take_pitch,
)
from generator.content.readme_pictures import drop_unseen, take_banner, take_demo
from generator.content.readme_sections import (
    drop_back_links,
    drop_contents,
    find_install,
    find_quick_start,
)
from generator.model.document import Document, Heading
from generator.model.links import LinkResolver
from generator.model.readme import ReadmeParts
from generator.settings import HomeSettings


def compose(
    document: Document,
    *,
    settings: HomeSettings,
    install_commands: Sequence[str] = (),
    links: LinkResolver | None = None,
    shown_pitch: str | None = None,
) -> ReadmeParts:
    """Return the README's pieces; a piece that is not there, or switched off, stays absent.

    `install_commands` are the commands the page shows anyway. `links` tells where baked pictures
    came from. With `shown_pitch` the page shows that sentence instead of the README's own, which
    then stays in the body unless it is the same.
    """
    tree = BlockTree(document.html)
    drop_back_links(tree)
    drop_contents(tree)
    title = _read_title(tree)
    heading = title.heading if title else None
    head = head_of(tree, heading)
    title = title or find_pictured_title(head)
    drop_language_rows(head)
    badges = lift_badges(_standing(head), links) if settings.badges else ()
    banner = take_banner(_standing(head), heading)
    drop_unseen(_standing(head), heading)
    pitch = find_pitch(_standing(head), title) or find_described(tree.parts())
    if pitch is not None and shown_pitch in {None, pitch.text}:
        take_pitch(pitch)
    if heading is not None:
        take(heading)
    demo = take_demo(tree, _standing(head), has_banner=bool(banner)) if settings.demo else None
    features = _take_features(tree) if settings.features else None
    install = (
        _take(tree, find_install(tree.parts(), install_commands)) if settings.install else None
    )
    start = _take(tree, find_quick_start(tree.parts())) if settings.quick_start else None
    quick_start = _html_of(start.blocks) if start else None
    body, headings = _write_body(tree, document)
    return ReadmeParts(
        title=title.text if title else None,
        pitch=pitch.text if pitch else None,
        banner=banner,
        demo=demo,
        badges=badges,
        features=features.cards if features else (),
        features_title=features.part.title if features else "",
        quick_start=quick_start,
        quick_start_title=start.title if start else "",
        body=body,
        headings=headings,
        origin=document.path,
        title_anchor=title.anchor if title else "",
        features_anchor=features.part.anchor if features else "",
        install_anchor=install.anchor if install else "",
        quick_start_anchor=start.anchor if start else "",
    )


def _read_title(tree: BlockTree) -> Title | None:
    heading = find_title(tree)
    return read_title(heading) if heading is not None else None


def _take_features(tree: BlockTree) -> FeatureList | None:
    found = find_features(tree.parts())
    if found is not None:
        tree.take_part(found.part)
    return found


def _take(tree: BlockTree, part: Part | None) -> Part | None:
    if part is not None:
        tree.take_part(part)
    return part


def _standing(head: Sequence[Element]) -> list[Element]:
    """Return the blocks that are still there."""
    return [leaf for leaf in head if leaf.parent is not None]


def _html_of(blocks: Sequence[Element]) -> Markup:
    return Markup("\n").join(block.html() for block in blocks)


def _write_body(tree: BlockTree, document: Document) -> tuple[Markup, tuple[Heading, ...]]:
    """Return what is left, its highest heading being an `h2`, and the headings in it."""
    tree.tidy()
    found = [element for element in tree.body.walk() if element.tag in HEADINGS]
    texts = {heading.anchor: heading.text for heading in document.headings}
    shown = [each for each in found if "sr-only" not in each.classes]
    lift = _lift(shown)
    headings = []
    for each in shown:
        level = min(6, max(2, _level(each) + lift))
        each.tag = f"h{level}"
        anchor = each.attributes.get("id", "")
        text = texts.get(anchor) or each.text
        if anchor and text:
            headings.append(Heading(level=level, text=text, anchor=anchor))
    html = re.sub(r"\n{3,}", "\n\n", tree.body.inner_html().strip())
    return Markup(html), tuple(headings)  # noqa: S704  serialised from a trusted tree


def _lift(headings: Sequence[Element]) -> int:
    """Return what to add to every level so that the body starts at `h2`.

    A stray `h1` after other headings does not push the rest down: it just becomes an `h2`.
    """
    if not headings:
        return 0
    first, highest = _level(headings[0]), min(map(_level, headings))
    return 1 if first == 1 else min(0, 2 - highest)


def _level(heading: Element) -> int:
    return int(heading.tag[1])
