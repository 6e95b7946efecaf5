"""Links to anchors end at a place that exists."""

from __future__ import annotations

from markupsafe import Markup

from generator.content.anchors import mend_anchors
from generator.content.document import read_document
from generator.model.document import Document
from tests.support.links import OpenLinks


def _documents(href: str, link: str) -> dict[str, Document]:
    return {
        "README.md": Document(
            path="README.md", html=Markup(f'<p><a href="{href}">x</a></p>'), links=(link,),
            anchors=frozenset({"Own"}),
        ),
        "docs/a.md": Document(
            path="docs/a.md", html=Markup("<h2>é</h2>"), anchors=frozenset({"right", "é"})
        ),
    }  # fmt: skip


def _mended(href: str, link: str) -> str:
    urls = {"README.md": "", "docs/a.md": "docs/a/"}
    return str(mend_anchors(_documents(href, link), urls)["README.md"].html)


def test_right_anchor_stays_as_written() -> None:
    assert 'href="docs/a/#right"' in _mended("docs/a/#right", "docs/a.md#right")
    assert 'href="docs/a/#%C3%A9"' in _mended("docs/a/#%C3%A9", "docs/a.md#é")


def test_letter_case_is_corrected() -> None:
    assert 'href="docs/a/#right"' in _mended("docs/a/#Right", "docs/a.md#Right")
    assert 'href="#Own"' in _mended("#own", "README.md#own")


def test_missing_anchor_leads_to_the_page() -> None:
    assert 'href="docs/a/"' in _mended("docs/a/#gone", "docs/a.md#gone")
    assert "<a>x</a>" in _mended("#gone", "README.md#gone")


def test_anchor_of_another_site_is_left_alone() -> None:
    assert 'href="https://x.org/#gone"' in _mended("https://x.org/#gone", "docs/a.md#gone")


def test_name_that_an_author_gave_to_a_heading_is_an_anchor() -> None:
    text = '<h3 name="encoding">\nWhat about UTF-16?\n</h3>\n'
    document = read_document("FAQ.md", text, links=OpenLinks())
    assert {"encoding", "what-about-utf-16"} <= document.anchors
