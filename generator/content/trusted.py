"""The only maker of trusted HTML: what a repository's text may show, and nothing else.

Untrusted HTML of any format goes in; `Markup` comes out. The sanitiser sees everything that came
from the repository. The generator's own pieces go around it, and are put in afterwards.
"""

from __future__ import annotations

import re

import nh3
from markupsafe import Markup

from generator.content.allowed import ATTRIBUTES, SCHEMES, TAGS, TAGS_DROPPED_WITH_CONTENT
from generator.content.attributes import AttributeFilter
from generator.content.headings import add_anchors
from generator.content.nesting import limit_nesting
from generator.content.pieces import Pieces
from generator.content.references import link_references
from generator.content.tags import TagFinisher
from generator.model.forge import Forge
from generator.model.links import LinkResolver

_UNKNOWN = re.compile(rf"<(?!/?(?:{'|'.join(sorted(TAGS))})[\s/>])[a-z]", re.IGNORECASE)


def trust(html: str, *, links: LinkResolver, pieces: Pieces, forge: Forge | None = None) -> Markup:
    """Return safe HTML whose links, pictures, headings and references are those of the site.

    `pieces` are those that were collected while `html` was made. With a `forge`, mentions, issues
    and commits become links to it.
    """
    attributes = AttributeFilter(links=links, pieces=pieces)
    clean = sanitise(html, attributes)
    anchored, taken = add_anchors(clean, pieces=pieces)
    linked = link_references(anchored, forge=forge, links=links)
    finished = TagFinisher(attributes, taken=taken).finish(linked)
    return Markup(pieces.fill(finished))  # noqa: S704  everything above is what makes it safe


def sanitise(html: str, attributes: AttributeFilter) -> str:
    """Return well-formed HTML of allowed elements and attributes only, without comments."""
    clean = nh3.clean(
        limit_nesting(html),
        tags=TAGS,
        clean_content_tags=TAGS_DROPPED_WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=attributes,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    if _UNKNOWN.search(html) is None:
        return clean
    # Where an element was taken away, what it kept apart may touch now (a paragraph inside another,
    # say), and a browser would build another tree of it. Parsing again settles that.
    return nh3.clean(clean, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
