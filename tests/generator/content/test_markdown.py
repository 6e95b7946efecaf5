"""Markdown is shown as GitHub shows it: each case is a text and the page's HTML beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.content.document import read_document
from generator.content.markdown import render_markdown, render_specified
from generator.content.pieces import Pieces
from generator.model.document import Document, Feature
from generator.model.forge import Forge, ForgeKind
from tests.support.links import OpenLinks

CASES = sorted((Path(__file__).parents[2] / "cases" / "markdown").glob("*.md"))
FORGE = Forge(kind=ForgeKind.GITHUB, base="https://github.com", owner="ada", name="engine")


def read(text: str, *, forge: Forge | None = FORGE) -> Document:
    return read_document("README.md", text, links=OpenLinks((80, 40)), forge=forge)


@pytest.mark.parametrize("case", CASES, ids=lambda file: file.stem)
def test_case_is_shown_as_its_html_says(case: Path, update_golden: bool) -> None:
    html = str(read(case.read_text(encoding="utf-8")).html)
    golden = case.with_suffix(".html")
    if update_golden:
        golden.write_text(html, encoding="utf-8")
    assert html == golden.read_text(encoding="utf-8")


def test_the_same_text_gives_the_same_bytes() -> None:
    text = "".join(case.read_text(encoding="utf-8") for case in CASES)
    assert read(text) == read(text)


def test_code_blocks_become_pieces_and_name_what_the_page_needs() -> None:
    document = read("```python\nx = '<b>'\n```\n\n    indented\n")
    assert document.html.count('<figure class="code"') == 2
    assert "<b>" not in document.html
    assert document.features == {Feature.CODE}


def test_a_code_block_closes_the_paragraph_it_stands_in() -> None:
    assert "<p><figure" not in read("<p>\n\n```\nx\n```\n\n</p>").html


def test_math_and_diagrams_name_what_the_page_needs() -> None:
    assert read("$$x^2$$").features == {Feature.MATH}
    assert read("$$\nx\n+ 1\n$$\n").features == {Feature.MATH}
    assert read("```math\nx\n```").features == {Feature.MATH}
    assert read("```mermaid\ngraph TD; A-->B;\n```").features == {Feature.MERMAID}


@pytest.mark.parametrize(
    "text",
    [
        "it costs $5, not $10",
        "$HOME/bin:$PATH",
        "a $ b $ c",
        "`$x$`",
        r"\$x\$",
        "$$",
        "$\n\nx$",
        "US$x$",
        "$x$y",
    ],
)
def test_dollars_that_are_money_or_shell_stay_text(text: str) -> None:
    assert "<math" not in read(text).html


def test_math_block_keeps_lines_that_look_like_markdown() -> None:
    html = read("before\n$$\n\\begin{aligned}\n- a &= b \\\\\n+ c\n\\end{aligned}\n$$\nafter").html
    assert "<ul>" not in html
    assert "<math" in html


def test_without_a_forge_references_stay_text_but_emoji_do_not() -> None:
    assert str(read("@ada #1 abc1234 :tada:", forge=None).html) == "<p>@ada #1 abc1234 🎉</p>\n"


def test_two_megabytes_are_read() -> None:
    paragraph = "Some *text* with `code`, [a link](x.md) and www.example.org.\n\n- item\n- item\n\n"
    text = "# Long\n\n" + paragraph * (2_000_000 // len(paragraph))
    assert read(text).html.count("<li>") == 2 * text.count("Some")


@pytest.mark.parametrize(
    "part",
    [
        "[", "![", "](", "*", "_ ", "**a ", "`", "~", "<", "<!--", "<a ", "&", "$", "$$", "$$\n",
        "> ", "[^", "[^a]", "[^a]: ", "@a", "a@", "a.b@", ":a", "www.", "http://", "#1", "(", "|",
        "|-", "\\", "- ", "1. ", "{", "<div>", "<h1>", "<table>", "<picture>", "</p>", "/", "a/b#",
        "a" * 50 + "1", "\x00", "[a](b ", "\ue000", "&#x10;", "<b><i>", "<a>", "<code>", "<iframe ",
    ],
)  # fmt: skip
def test_no_repeated_construct_takes_more_than_linear_time(part: str) -> None:
    """A quadratic rule would not end within the test run's patience."""
    assert read(part * (60_000 // len(part))).html is not None


def test_front_matter_and_comments_are_not_shown() -> None:
    document = read("---\ntitle: x\n---\n<!-- a\nb -->\ntext <!-- c --> more")
    assert "x" not in document.html.replace("text", "")
    assert "<!--" not in document.html


def test_spec_mode_is_the_engine_without_what_the_site_adds() -> None:
    assert render_specified("> [!NOTE]\n> x $y$", ["table"]).count("callout") == 0
    assert "<math" not in render_specified("$x$")


def test_deeply_nested_lists_and_quotations_do_not_exhaust_the_stack() -> None:
    assert read("> " * 3000 + "x").html
    assert read("".join(f"{'  ' * depth}- x\n" for depth in range(500))).html
    assert read("*a **b " * 3000).html


def test_markdown_output_is_untrusted_until_it_is_trusted() -> None:
    text = "<script>x()</script><b onclick=x()>"
    assert "onclick" in render_markdown(text, pieces=Pieces(text))
    assert "onclick" not in read(text).html
