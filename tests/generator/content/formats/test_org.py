"""Org: what READMEs of Emacs packages use of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.content.formats.org import to_html
from generator.content.pieces import Pieces


def render(text: str) -> str:
    pieces = Pieces(text)
    return pieces.fill(to_html(text, "README.org", pieces))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*b* /i/ _u_ +s+", "<strong>b</strong> <em>i</em> <u>u</u> <del>s</del>"),
        (
            "=v= ~c~ ~<~, ~<=~",
            "<code>v</code> <code>c</code> <code>&lt;</code>, <code>&lt;=</code>",
        ),
        ("a/b/c and 1*2*3", "a/b/c and 1*2*3"),
        ("[[https://x.example][Site]]", '<a href="https://x.example">Site</a>'),
        ("[[file:a.org::*Part][A]]", '<a href="a.org">A</a>'),
        ("[[#own-id][Part]]", '<a href="#own-id">Part</a>'),
        ("[[*Some Part!]]", '<a href="#some-part">Some Part!</a>'),
        ("[[./a.png]]", '<img src="./a.png" alt="">'),
        (
            "https://x.example/a_b_/c",
            '<a href="https://x.example/a_b_/c">https://x.example/a_b_/c</a>',
        ),
        ("x^{2} a_{1} a_b", "x<sup>2</sup> a<sub>1</sub> a_b"),
        ("<b> & --", "&lt;b&gt; &amp; –"),
    ],
)
def test_text_within_a_line(source: str, html: str) -> None:
    assert render(source) == f"<p>{html}</p>\n"


def test_title_stands_above_the_headings() -> None:
    assert render("#+title: T\n* A\n** B\n") == "<h1>T</h1>\n<h2>A</h2>\n<h3>B</h3>\n"
    assert render("* TODO [#A] A :tag:\n") == "<h1>A</h1>\n"


def test_own_id_of_a_heading_is_kept_and_drawers_are_not() -> None:
    html = render("* A\n:PROPERTIES:\n:CUSTOM_ID: own\n:END:\ntext\n:LOGBOOK:\nx\n:END:\nmore\n")
    assert html == '<h1 id="own">A</h1>\n<p>text</p>\n<p>more</p>\n'


def test_what_an_export_leaves_out_is_left_out() -> None:
    assert render("* COMMENT a\nb\n** c\nd\n* e :noexport:\nf\n* g\n# h\n") == "<h1>g</h1>\n"


def test_lists_nest_by_indentation() -> None:
    assert render("- a\n  - b\n- c\n").replace("\n", "") == (
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"
    )
    assert render("1. a\n2. b\n").count("<li>") == 2
    assert render("- A :: b\n").replace("\n", "") == "<dl><dt>A</dt><dd>b</dd></dl>"
    assert render("- [X] a\n- [ ] b\n").count("checkbox") == 2


def test_source_block_in_an_item_stays_in_it() -> None:
    html = render("1. a\n   #+begin_src python\n   x = 1\n   #+end_src\n2. b\n")
    assert 'data-language="python"' in html
    assert html.index("<figure") < html.index("</li>")


def test_commas_that_protect_lines_are_dropped() -> None:
    assert "<code>* a</code>" in render("#+begin_example\n,* a\n#+end_example\n")


def test_blocks_of_every_kind() -> None:
    assert render("#+begin_quote\na\n#+end_quote\n") == "<blockquote><p>a</p>\n</blockquote>\n"
    assert "callout-tip" in render("#+begin_tip\na\n#+end_tip\n")
    assert render("#+begin_export html\n<b>a</b>\n#+end_export\n") == "<b>a</b>\n"
    assert render("#+html: <i>a</i>\n") == "<i>a</i>\n"
    assert "<code>a\nb</code>" in render(": a\n: b\n")
    assert render("-----\n") == "<hr>\n"


def test_table_has_a_head_above_its_rule() -> None:
    html = render("| a | b |\n|---+---|\n| 1 | *2* |\n")
    assert "<thead><tr><th>a</th><th>b</th></tr>" in html
    assert "<td><strong>2</strong></td>" in html


def test_footnotes_and_formulas() -> None:
    html = render("a[fn:1] $x^2$\n\n[fn:1] Note.\n")
    assert '<sup><a href="#footnote-1">[1]</a></sup>' in html
    assert '<li id="footnote-1">Note.</li>' in html
    assert "<math>" in html


@pytest.mark.parametrize(
    "name",
    ["minad__vertico/README.org", "minad__vertico/CHANGELOG.org", "alphapapa__org-ql/README.org"],
)
def test_real_documents_keep_their_words_and_lose_their_markup(corpus: Path, name: str) -> None:
    text = (corpus / name).read_text(encoding="utf-8")
    html = render(text)
    assert html.startswith("<h1>")
    # The top headings of the source are all there.
    headings = [
        line
        for line in text.split("\n")
        if line.startswith("* ") and "* COMMENT" not in line and ":noexport:" not in line
    ]
    assert html.count("<h2") == len(headings)
    assert ":PROPERTIES:" not in html
    assert len(html) > 0.6 * len(text)
