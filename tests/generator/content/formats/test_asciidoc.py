"""AsciiDoc: what READMEs use of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.content.formats.asciidoc import to_html
from generator.content.pieces import Pieces


def render(text: str) -> str:
    pieces = Pieces(text)
    return pieces.fill(to_html(text, "README.adoc", pieces))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("a *bold* and **b**old", "a <strong>bold</strong> and <strong>b</strong>old"),
        ("_it_ and snake_case_name", "<em>it</em> and snake_case_name"),
        ("`code *x*` and `+{y}+`", "<code>code *x*</code> and <code>{y}</code>"),
        ("H~2~O x^2^ #mark#", "H<sub>2</sub>O x<sup>2</sup> <mark>mark</mark>"),
        ("[line-through]#gone#", "<s>gone</s>"),
        ("<b> & \\*no*", "&lt;b&gt; &amp; *no*"),
        ("https://x.example[Site]", '<a href="https://x.example">Site</a>'),
        ("see https://x.example.", 'see <a href="https://x.example">https://x.example</a>.'),
        ("link:a/b.adoc[B,window=_blank]", '<a href="a/b.adoc">B</a>'),
        ("xref:part[Part]", '<a href="#part">Part</a>'),
        ("image:i.png[Alt,20]", '<img src="i.png" alt="Alt" width="20">'),
        (
            'image:i.svg["A, b",link="https://x.example"]',
            '<a href="https://x.example"><img src="i.svg" alt="A, b"></a>',
        ),
        ("kbd:[Ctrl+C]", "<kbd>Ctrl</kbd>+<kbd>C</kbd>"),
        ("a +\nb", "a<br>\nb"),
        ("{cpp} {unknown}", "C++ {unknown}"),
        ("pass:[<u>x</u>]", "<u>x</u>"),
    ],
)
def test_text_within_a_line(source: str, html: str) -> None:
    assert render(source) == f"<p>{html}</p>\n"


def test_header_is_a_title_without_author_and_revision() -> None:
    html = render(
        "= Title\nJane Doe <jane@x.example>\nv1.0, 2024-01-01\n:url: u\n:toc:\n\nlink:{url}[x]\n"
    )
    assert html == '<h1>Title</h1>\n<p><a href="u">x</a></p>\n'


def test_two_line_titles_are_headings() -> None:
    assert render("Title\n=====\n\nPart\n----\ntext\n") == (
        "<h1>Title</h1>\n<h2>Part</h2>\n<p>text</p>\n"
    )


def test_lists_nest_by_their_markers() -> None:
    assert render("* a\n** b\n* c\n").replace("\n", "") == (
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"
    )
    assert render(". a\n.. b\n").replace("\n", "") == "<ol><li>a<ol><li>b</li></ol></li></ol>"
    assert render("A:: b\nC::\n  d\n").replace("\n", "") == (
        "<dl><dt>A</dt><dd><p>b</p></dd><dt>C</dt><dd><p>d</p></dd></dl>"
    )


def test_block_joined_to_an_item_stays_in_it() -> None:
    html = render("* a\n+\n----\ncode\n----\n* b\n")
    assert html.index("<figure") < html.index("</li>") < html.index("b</li>")


def test_checklist_shows_boxes() -> None:
    html = render("* [x] done\n* [ ] open\n")
    assert html.count('<input type="checkbox"') == 2
    assert html.count("checked") == 1


def test_listing_has_language_and_title() -> None:
    html = render(".Hello.java\n[source,java]\n----\nclass A {}\n----\n")
    assert 'data-language="java"><figcaption>Hello.java</figcaption>' in html
    assert 'data-language="js"' in render("```js\nlet x\n```\n")
    assert 'data-language="ruby"' in render(":source-language: ruby\n\n[source]\nputs 1\n")


@pytest.mark.parametrize("source", ["NOTE: Mind *this*.", "[NOTE]\n====\nMind *this*.\n===="])
def test_admonition_is_a_callout(source: str) -> None:
    html = render(source)
    assert 'class="callout callout-note"' in html
    assert "<p>Mind <strong>this</strong>.</p>" in html


def test_table_has_head_spans_and_styles() -> None:
    html = render('[cols="1,^2a",options="header"]\n|===\n|A |B\n\n|1\n|* x\n2+|wide\n|===\n')
    assert "<thead><tr><th>A</th>" in html
    assert "<li>x</li>" in html
    assert '<td colspan="2">wide</td>' in html
    assert render(",===\na,b\n,===\n").count("<td>") == 2


def test_conditions_see_github() -> None:
    html = render("ifdef::env-github[]\nyes\nendif::[]\nifndef::env-github[]\nno\nendif::[]\n")
    assert html == "<p>yes</p>\n"


def test_references_show_the_title_they_lead_to() -> None:
    html = render("See <<later>>.\n\n[[later]]\n== The _end_\n")
    assert 'See <a href="#later">The <em>end</em></a>.' in html
    assert '<h2 id="later">' in html


def test_footnotes_stand_at_the_end() -> None:
    html = render("a footnote:[A *note*.] b\n")
    assert '<sup><a href="#_footnote_1">[1]</a></sup>' in html
    assert '<li id="_footnote_1">A <strong>note</strong>.</li>' in html


def test_diagrams_and_formulas_are_drawn() -> None:
    assert "<svg" in render("[mermaid]\n....\nflowchart LR\nA-->B\n....\n")
    assert "<math" in render("[stem]\n++++\nx^2\n++++\n")
    assert "<math>" in render("stem:[x^2]")


def test_comments_and_contents_are_left_out() -> None:
    assert render("toc::[]\n// a\n////\nb\n////\nc\n") == "<p>c</p>\n"


def test_quote_names_its_author() -> None:
    assert render("[quote, Ada, Notes]\n____\nWords\n____\n") == (
        "<blockquote><p>Words</p>\n<p>— Ada, Notes</p></blockquote>\n"
    )


def test_attribute_bomb_stays_small() -> None:
    text = ":a: " + "x" * 4_000 + "\n" + "".join(f":b{i}: {{a}}{{a}}\n" for i in range(20)) + "\n"
    assert len(render(text + "{b19}" * 100_000)) < 5_000_000


def test_joined_lists_without_end_do_not_exhaust_the_stack() -> None:
    assert "a" in render("* a\n+\n" * 2_000)


@pytest.mark.parametrize("name", ["README.adoc", "NEWS.adoc"])
def test_real_documents_have_headings_and_no_leftovers(corpus: Path, name: str) -> None:
    text = (corpus / "jonas__tig" / name).read_text(encoding="utf-8")
    html = render(text)
    assert html.startswith("<h1>")
    assert html.count("<h2") >= 4
    assert "{docext}" not in html
    assert "image:" not in html
    assert "~~~~" not in html
