"""A file's suffix decides how it is read, and the document says what the page needs to know."""

from __future__ import annotations

import pytest

from generator.content.document import read_document
from generator.model.report import BuildWarning
from tests.support.links import OpenLinks


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "# Title\n\nsome *marked* words"),
        ("README.MARKDOWN", "Title\n=====\n\nsome *marked* words"),
        ("docs/page.mdx", "import X from 'x'\n\n# Title\n\nsome *marked* words"),
        ("README.rst", "Title\n=====\n\nsome *marked* words"),
        ("README.adoc", "= Title\n\nsome _marked_ words"),
    ],
)
def test_every_markup_yields_title_anchor_and_emphasis(path: str, text: str) -> None:
    document = read_document(path, text, links=OpenLinks())
    assert document.path == path
    assert document.title == "Title"
    assert "title" in document.anchors
    assert "<em>marked</em> words" in document.html


@pytest.mark.parametrize("path", ["LICENSE", "COPYING.LESSER", "notes.txt", "a.b/c"])
def test_anything_else_is_plain_text(path: str) -> None:
    text = "Words\n\nand <b>not *markup*</b> here."
    html = read_document(path, text, links=OpenLinks()).html
    assert "&lt;b&gt;not *markup*&lt;/b&gt;" in html


def test_an_empty_text_is_an_empty_document() -> None:
    document = read_document("README.md", "", links=OpenLinks())
    assert (document.html, document.headings, document.summary) == ("", (), "")


def test_what_the_link_map_found_out_is_passed_on() -> None:
    links = OpenLinks()
    links.assets = ("a.png",)
    links.internal = ("docs/a.md#b",)
    links.warnings = (BuildWarning(code="x", message="y"),)
    document = read_document("README.md", "x", links=links)
    assert document.assets == ("a.png",)
    assert document.links == ("docs/a.md#b",)
    assert document.warnings == links.warnings
