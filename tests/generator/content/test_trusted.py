"""Trusted HTML holds what GitHub allows, with the site's links, ids, classes and sizes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.content.attributes import AttributeFilter
from generator.content.pieces import Pieces
from generator.content.trusted import sanitise, trust
from tests.support.links import OpenLinks

FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "<p>", "</p>", "<a href='x'>", '<a href="javascript:x">', "</a>", "<b>", "</b>", "text",
            "<table>", "<tr>", "<td align=center>", "</table>", "<img src=x onerror=y>", "<br/>",
            "<h2 id=q>", "</h2>", "<script>", "</script>", "<svg>", "<math>", "<style>", "-->",
            "<!--", "&lt;", "&", '"', "'", ">", "<", "<div title='\"><i>'>", "</div>", "\x00",
            "\u00a0", "<![CDATA[", "]]>", "<noscript>", "<template>", "<select>", "<li>", "<pre>\n",
            "\n", "<details open>", "<summary>", "<picture><source srcset='a 1x, b 2x'>", "<input>",
            "</picture>", "<a name=q>", "<p id='a b'>", "<textarea>", "</textarea>", "<title>",
            "<x-y>",
        ]
    ),
    max_size=25,
).map("".join)  # fmt: skip


def show(html: str, *, size: tuple[int, int] | None = None) -> str:
    return str(trust(html, links=OpenLinks(size), pieces=Pieces(html)))


def clean(html: str) -> str:
    pieces = Pieces(html)
    attributes = AttributeFilter(links=OpenLinks(), pieces=pieces)
    return sanitise(html, attributes).replace(attributes.sign, "")


def read_parts(html: str) -> tuple[set[str], str]:
    """Return the opening tags and the text, without the line breaks that parsers drop in <pre>."""
    return set(re.findall(r"<[a-z][^<>]*>", html)), re.sub(r"<[^<>]*>|\s", "", html)


@settings(max_examples=200, deadline=None)
@given(FRAGMENTS)
def test_sanitising_twice_equals_once(html: str) -> None:
    """Nothing is found the second time; only what a table pushed out of itself may move again."""
    once = clean(html)
    assert read_parts(clean(once)) == read_parts(once)


@settings(max_examples=200, deadline=None)
@given(FRAGMENTS)
def test_whatever_comes_in_tags_are_balanced_and_harmless(html: str) -> None:
    shown = show(html)
    assert not re.search(r"<(?:script|style|svg|math|template|select|input)", shown)
    for tag in re.findall(r"<[a-z][^<>]*>", shown):
        for name, value in re.findall(r' ([^\s=]+)="([^"]*)"', tag):
            assert not name.startswith("on")
            assert not value.startswith("javascript:")
    stack: list[str] = []
    for closing, tag in re.findall(r"<(/?)([a-z][a-z0-9]*)[^<>]*>", shown):
        if tag in {"br", "img", "source", "hr", "wbr", "col"}:
            continue
        if closing:
            assert stack.pop() == tag
        else:
            stack.append(tag)
    assert not stack
    ids = re.findall(r'<[^<>]* id="([^"]*)"', shown)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<a href="x.md">x</a>', '<a href="x.md">x</a>'),
        ('<a href="missing">x <b>y</b></a>', "x <b>y</b>"),
        ('<a href="a&amp;b">x</a>', '<a href="a&amp;b">x</a>'),
        ('<a id="x" name="y"></a>', '<a id="x"></a>'),
        ('<p id="Site-x">x</p>', "<p>x</p>"),
        ('<p id="x">1</p><p id="x">2</p>', '<p id="x">1</p><p>2</p>'),
        ('<p align="CENTER">x</p>', '<p class="align-center">x</p>'),
        ('<p align="x y">x</p>', "<p>x</p>"),
        ("<center>x</center>", '<div class="align-center">x</div>'),
        ('<blockquote cite="javascript:x">x</blockquote>', "<blockquote>x</blockquote>"),
        ("<source srcset='//x'>", ""),
    ],
)
def test_attributes_are_settled(html: str, shown: str) -> None:
    assert show(html) == shown


@pytest.mark.parametrize(
    ("attributes", "width", "height"),
    [
        ("", "40", "20"),
        (' width="80"', "80", "40"),
        (' height="10px"', "20", "10"),
        (' width="8" height="9"', "8", "9"),
        (' width="50%"', "40", "20"),
        (' width="x"', "40", "20"),
    ],
)
def test_a_picture_gets_the_size_the_author_left_open(
    attributes: str, width: str, height: str
) -> None:
    html = show(f'<img src="a.png" alt="A"{attributes}>', size=(40, 20))
    assert f'width="{width}"' in html
    assert f'height="{height}"' in html
    assert 'loading="lazy" decoding="async"' in html


def test_a_size_in_per_cent_becomes_a_class() -> None:
    assert 'class="width-50"' in show('<img src="a.png" width="49%">')
    assert show('<table><tr><td width="33%">x</table>').count('class="width-33"') == 1


def test_a_picture_that_cannot_be_shown_becomes_a_link_or_its_text() -> None:
    remote = '<img src="https://example.org/a_b.png" alt="{}">'
    assert show(remote.format("A")) == (
        '<a class="image-link" href="https://example.org/a_b.png">A</a>'
    )
    assert ">a b</a>" in show(remote.format(""))
    assert (
        show('<a href="x">' + remote.format("A") + "</a>")
        == '<a href="x"><span class="image-text" data-src="https://example.org/a_b.png">A</span></a>'
    )
    assert show('<img src="missing.png" alt="gone">') == "gone"
    assert show('<img src="javascript:x" alt="bad">') == "bad"
    assert show('<img alt="nothing">') == "nothing"


def test_a_link_around_a_nameless_picture_is_named_after_the_file() -> None:
    assert 'alt="build status"' in show('<a href="x"><img src="i/build-status.svg"></a>')
    assert 'alt=""' in show('<a href="x"><img src="i/build-status.svg"> Build</a>')
    assert 'alt=""' in show('<img src="i/build-status.svg">')


def test_candidates_of_a_srcset_are_resolved_one_by_one() -> None:
    html = '<img src="a.png" srcset="b.png 2x,c.png 3x, https://x.org/d.png 4x, missing 5x">'
    assert 'srcset="b.png 2x, c.png 3x"' in show(html)


def test_a_table_can_be_scrolled_by_keyboard_and_has_a_name() -> None:
    html = show("<table><thead><tr><th>A &amp; <b>B</b></th><th>C</th></tr></thead></table>")
    label = 'role="group" aria-label="Table: A &amp; B, C" tabindex="0"'
    assert html.startswith(f'<div class="table-scroll" {label}><table>')
    assert html.endswith("</table></div>")


def test_nested_tables_stay_nested() -> None:
    html = show("<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>")
    assert html.count("<div") == html.count("</div>") == 2


def test_a_hostile_file_name_cannot_become_a_scheme() -> None:
    class Hostile(OpenLinks):
        def link(self, _target: str) -> str | None:
            return "java\tscript:hit()"

        def image(self, _target: str) -> str | None:
            return "data:text/html,x"

    html = '<a href="x">x</a><img src="y" srcset="z 1x"><video src="x" poster="y"></video>'
    shown = str(trust(html, links=Hostile(), pieces=Pieces(html)))
    assert "script:" not in shown
    assert "data:" not in shown


def test_links_never_stand_in_links() -> None:
    html = show('<a href="x"><h1>Title</h1> <p>@ada</p></a><a name="n"><table><a href="y">z')
    assert html.startswith('<a href="x"><h1 id="title">Title</h1> <p>@ada</p></a>')
    assert not re.search(r"<a[^<>]*>(?:(?!</a>).)*<a", html, re.DOTALL)


def test_details_without_a_summary_get_one() -> None:
    assert show("<details>x</details>") == "<details><summary>Details</summary>x</details>"
    assert show("<details>\n<summary>s</summary></details>").count("<summary>") == 1


def test_html_nested_beyond_reason_is_shown_as_text() -> None:
    html = show("<div>" * 40_000 + "x")
    assert html.count("<div>") <= 1000
    assert html.count("&lt;div&gt;") >= 39_000
