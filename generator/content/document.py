"""A text file of the repository becomes a `Document`, whatever markup it is written in."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePosixPath

from generator.content.front_matter import split_front_matter
from generator.content.outline import read_outline
from generator.content.pieces import Pieces
from generator.content.trusted import trust
from generator.model.document import Document
from generator.model.forge import Forge
from generator.model.links import LinkResolver

_MARKDOWN = frozenset((".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdwn"))
_MODULES = {
    ".rst": "rst",
    ".rest": "rst",
    ".adoc": "asciidoc",
    ".asciidoc": "asciidoc",
    ".asc": "asciidoc",
    ".org": "org",
    ".textile": "textile",
    ".rdoc": "rdoc",
    ".mediawiki": "mediawiki",
    ".wiki": "mediawiki",
}


def read_document(
    path: str, text: str, *, links: LinkResolver, forge: Forge | None = None
) -> Document:
    """Return the rendered text. The format follows from the suffix; an unknown one is plain text.

    `links` answers for this text on the page that shows it. `forge` is where `#12` and `@user`
    lead; without it they stay text.
    """
    pieces = Pieces(text)
    title, html = _to_html(path, text, pieces)
    trusted = trust(html, links=links, pieces=pieces, forge=forge)
    outline = read_outline(trusted)
    return Document(
        path=path,
        html=trusted,
        title=outline.title or title,
        summary=outline.summary,
        headings=outline.headings,
        sections=outline.sections,
        assets=tuple(links.assets),
        anchors=outline.anchors,
        links=tuple(links.internal),
        features=pieces.features,
        warnings=tuple(links.warnings),
    )


def _to_html(path: str, text: str, pieces: Pieces) -> tuple[str | None, str]:
    """Return the title that the metadata names, and untrusted HTML."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _MARKDOWN or suffix == ".mdx":
        from generator.content.markdown import render_markdown  # noqa: PLC0415  80 ms to import

        title, body = split_front_matter(text)
        if suffix == ".mdx":
            from generator.content.mdx import read_mdx  # noqa: PLC0415  few repositories have it

            body = read_mdx(body)
        return title, render_markdown(body, pieces=pieces)
    module = import_module(f"generator.content.formats.{_MODULES.get(suffix, 'plain')}")
    html: str = module.to_html(text, path, pieces)
    return None, html
