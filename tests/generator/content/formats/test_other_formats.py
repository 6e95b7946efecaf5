"""RDoc, MediaWiki, Textile and plain text."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from generator.content.pieces import Pieces


def render(text: str, name: str) -> str:
    pieces = Pieces(text)
    html: str = import_module(f"generator.content.formats.{name}").to_html(
        text, f"a.{name}", pieces
    )
    return pieces.fill(html)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*b* _i_ +c+ snake_case", "<strong>b</strong> <em>i</em> <code>c</code> snake_case"),
        ("<tt>a < b</tt> <b>b</b>", "<tt>a &lt; b</tt>"),
        ("{A b}[https://x.example]", '<a href="https://x.example">A b</a>'),
        ("Word[rdoc-ref:doc/a.rdoc]", '<a href="doc/a.rdoc">Word</a>'),
        ("https://x.example/a_b_c.", "https://x.example/a_b_c</a>."),
        ("\\*not bold*", "*not bold*"),
    ],
)
def test_rdoc_within_a_line(source: str, html: str) -> None:
    if "<tt>" in html:
        html = "<code>a &lt; b</code> <strong>b</strong>"
        source = source.replace("a < b", "a &lt; b")
    assert html in render(source, "rdoc")


def test_rdoc_blocks() -> None:
    assert render("= A\n== B\ntext\n", "rdoc") == "<h1>A</h1>\n<h2>B</h2>\n<p>text</p>\n"
    assert 'data-language="ruby"' in render("a:\n\n  task :x do\n  end\n", "rdoc")
    assert 'data-prompt="$ "' in render("a:\n\n  $ rake\n", "rdoc")
    assert render("* a\n* b\n  c\n", "rdoc") == "<ul>\n<li>a</li>\n<li>b\nc</li>\n</ul>\n"
    assert render("[a] b\n", "rdoc") == "<dl>\n<dt>a</dt>\n<dd>b</dd>\n</dl>\n"
    assert render("home :: c\n", "rdoc") == "<dl>\n<dt>home</dt>\n<dd>c</dd>\n</dl>\n"


def test_code_in_an_rdoc_item_stays_in_it() -> None:
    html = render("* Install:\n\n      $ gem install x\n\n* Use\n", "rdoc")
    assert html.index("<figure") < html.index("</li>")


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("'''b''' ''i''", "<strong>b</strong> <em>i</em>"),
        ("[[a.md|A]]s", '<a href="a.md">As</a>'),
        ("[https://x.example Site]", '<a href="https://x.example">Site</a>'),
        ("<nowiki>''x''</nowiki>", "''x''"),
        ("a {{tpl|{{b}}}} c<!-- d -->", "a  c"),
        ("<code>a<b</code>", "<code>a&lt;b</code>"),
        ("[[File:a.png|thumb|100px|An a]]", '<img src="a.png" alt="An a" width="100">'),
    ],
)
def test_mediawiki_within_a_line(source: str, html: str) -> None:
    assert render(source, "mediawiki") == f"<p>{html}</p>\n"


def test_mediawiki_blocks() -> None:
    assert render("= A =\n== B ==\n----\n", "mediawiki") == "<h1>A</h1>\n<h2>B</h2>\n<hr>\n"
    assert render("* a\n** b\n* c\n", "mediawiki").replace("\n", "") == (
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"
    )
    assert render("; A : b\n: c\n", "mediawiki").replace("\n", "") == (
        "<dl><dt>A</dt><dd>b</dd><dd>c</dd></dl>"
    )
    html = render('<source lang="python">\nx = 1\n</source>\n', "mediawiki")
    assert 'data-language="python"' in html


def test_mediawiki_table_with_head_and_spans() -> None:
    html = render('{|\n! A !! B\n|-\n| 1 || colspan="2" | 2\n|-\n| [[a|b]]\n|}\n', "mediawiki")
    assert "<thead><tr><th>A</th><th>B</th></tr>" in html
    assert '<td colspan="2">2</td>' in html
    assert '<td><a href="a">b</a></td>' in html


def test_textile_by_its_library() -> None:
    html = render('h1. A\n\n*b* "c":https://x.example\n\nbc(python). x = 1\n', "textile")
    assert "<h1>A</h1>" in html
    assert '<a href="https://x.example">c</a>' in html
    assert '<figure class="code"' in html


def test_plain_text_keeps_paragraphs_and_drawings_apart() -> None:
    text = "The Title\n\nSome prose that\nwraps. See https://x.example/a).\n\n  a   b\n  1   2\n"
    assert render(text, "plain") == (
        "<h1>The Title</h1>\n"
        '<p>Some prose that wraps. See <a href="https://x.example/a">https://x.example/a</a>).</p>\n'
        "<pre>  a   b\n  1   2</pre>\n"
    )


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Title\n=====\n\ntext goes on and on here.", "<h1>Title</h1>"),
        ("This is a sentence.\n\nAnother.", "<p>This is"),
        ("https://x.example\n\na", "<p><a"),
        ("Intro words here.\n\nPART\n----\nIts text follows at once and is long.", "<p>Intro"),
        ("<script>alert(1)</script>\n\na & b", "<h1>&lt;script&gt;"),
        ("", ""),
    ],
)
def test_first_line_of_plain_text_is_a_title_only_if_it_looks_like_one(
    text: str, start: str
) -> None:
    assert render(text, "plain").startswith(start)


def test_underlined_lines_in_plain_text_are_headings() -> None:
    html = render(
        "Some words of prose come first.\n\nPART\n----\nWords of prose after it.\n", "plain"
    )
    assert "<h2>PART</h2>\n<p>Words of prose after it.</p>" in html


@pytest.mark.parametrize(
    ("name", "path", "words"),
    [
        (
            "rdoc",
            "ruby__rake/README.rdoc",
            ["<h1>RAKE", 'data-language="ruby"', "<h2>Credits</h2>"],
        ),
        ("rdoc", "ruby__rake/History.rdoc", ["<h3>13.2.1</h3>", "<li>"]),
        ("mediawiki", "bitcoin__bips/README.mediawiki", ["<thead><tr><th>Number</th>"]),
        ("textile", "textile__php-textile/README.textile", ["<h1>PHP-Textile</h1>"]),
        ("plain", "id-Software__DOOM/README.TXT", ["<p>Here it is, at long last."]),
        ("plain", "id-Software__DOOM/linuxdoom-1.10/README.b", ["<h2>REMARKS</h2>"]),
        ("plain", "octocat__Hello-World/README", ["<h1>Hello World!</h1>"]),
    ],
)
def test_real_documents_are_readable(corpus: Path, name: str, path: str, words: list[str]) -> None:
    html = render((corpus / path).read_text(encoding="utf-8", errors="replace"), name)
    for word in words:
        assert word in html
