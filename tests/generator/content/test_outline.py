"""The outline of a page is read from its trusted HTML."""

from __future__ import annotations

import pytest

from generator.content.document import read_document
from generator.content.outline import plain_text
from generator.model.document import Document, Heading, Section
from tests.support.links import OpenLinks


def read(text: str) -> Document:
    return read_document("README.md", text, links=OpenLinks())


def test_headings_have_level_plain_text_and_anchor() -> None:
    document = read("# A *b* `c`\n\n## :tada: D & <E\n\n<h3>F <a href='x'>g</a></h3>\n")
    assert document.title == "A b c"
    assert document.headings == (
        Heading(level=1, text="A b c", anchor="a-b-c"),
        Heading(level=2, text="🎉 D & <E", anchor="tada-d--e"),
        Heading(level=3, text="F g", anchor="f-g"),
    )
    assert {"a-b-c", "tada-d--e", "f-g"} <= document.anchors


def test_a_text_whose_first_heading_is_no_h1_has_the_title_of_its_metadata_or_none() -> None:
    assert read("## A\n\n# B").title is None
    assert read("---\ntitle: From above\n---\n## A").title == "From above"
    assert read("---\ntitle: From above\n---\n# A").title == "A"


def test_sections_hold_the_text_up_to_the_next_heading() -> None:
    document = read("Before.\n\n# A\n\n- one\n- two\n\n## B\n\n| x | y |\n|---|---|\n| 1 | 2 |\n")
    assert document.sections == (
        Section(anchor="", title="", text="Before."),
        Section(anchor="a", title="A", text="one two"),
        Section(anchor="b", title="B", text="x y 1 2"),
    )


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("# A\n\n[![b](https://x.org/b.svg)](x)\n\nThe *first* words.", "The first words."),
        ("[Docs](a) | [Demo](b) | [Chat](c)\n\nA tool for things.", "A tool for things."),
        ("> [!NOTE]\n> Moved to another place.\n", "Moved to another place."),
        ("![x](a.png)\n\n---\n\n12345678901234567890\n", ""),
        ("", ""),
        ("这是一个用于测试的项目说明文字。", "这是一个用于测试的项目说明文字。"),
    ],
)
def test_summary_is_the_first_paragraph_that_says_something(text: str, summary: str) -> None:
    assert read(text).summary == summary


def test_summary_ends_at_a_word_within_three_hundred_characters() -> None:
    summary = read("word " * 200).summary
    assert len(summary) <= 300
    assert summary.endswith("word…")


def test_footnotes_and_the_pages_own_ids_are_no_headings() -> None:
    document = read("# A\n\ntext that is long enough[^1]\n\n[^1]: note")
    assert [heading.text for heading in document.headings] == ["A"]
    assert document.summary == "text that is long enough"


def test_ids_in_text_are_no_anchors() -> None:
    assert read('`<a id="x">` says id="y" > z\n\n<a id="real"></a>').anchors == {"real"}


def test_plain_text_keeps_words_apart_and_characters_as_they_are() -> None:
    assert plain_text("<p>a<b>b</b></p><p>c &lt;d&gt;</p>") == "ab c <d>"
