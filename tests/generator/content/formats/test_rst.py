"""reStructuredText: Sphinx's own words degrade readably, and nothing is read from disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.content.formats.rst import to_html
from generator.content.pieces import Pieces


def render(text: str) -> str:
    pieces = Pieces(text)
    return pieces.fill(to_html(text, "README.rst", pieces))


def test_sections_become_headings_of_their_depth() -> None:
    html = render("Title\n=====\n\nPart\n----\n\ntext\n\nOther\n-----\n")
    assert html == "<h1>Title</h1>\n<h2>Part</h2>\n<p>text</p>\n<h2>Other</h2>\n"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (":func:`os.path.join`", "<code>os.path.join</code>"),
        (":class:`~a.b.Name`", "<code>Name</code>"),
        (":ref:`The guide <guide>`", "The guide"),
        (":issue:`12`", "<code>12</code>"),
        (":no-such-role:`x y`", "<code>x y</code>"),
        ("`x`:no-suffix-role:", "<code>x</code>"),
        ("``code <b>``", "<code>code &lt;b&gt;</code>"),
        ("H\\ :sub:`2`\\ O", "H<sub>2</sub>O"),
        ("`text <https://x.example>`__", '<a href="https://x.example">text</a>'),
    ],
)
def test_roles_are_read_or_shown_as_code(source: str, html: str) -> None:
    assert render(source) == f"<p>{html}</p>\n"


def test_unknown_directive_shows_its_content() -> None:
    html = render(".. no-such-thing:: Name\n   :option: 1\n\n   Some *content*.\n")
    assert html == "<p><strong>Name</strong></p>\n<p>Some <em>content</em>.</p>\n"


def test_directives_that_only_sphinx_can_fill_leave_nothing() -> None:
    assert (
        render("a\n\n.. toctree::\n   :maxdepth: 2\n\n   b\n\n.. automodule:: c\n") == "<p>a</p>\n"
    )


def test_version_notes_and_callouts_keep_their_words() -> None:
    assert render(".. versionadded:: 2.0\n   A thing.\n") == (
        "<p><em>New in version 2.0: </em>A thing.</p>\n"
    )
    html = render(".. warning:: Be **careful**.\n")
    assert 'class="callout callout-warning"' in html
    assert "<p>Be <strong>careful</strong>.</p>" in html


def test_code_is_coloured_with_caption_and_marks() -> None:
    html = render(".. code-block:: python\n   :caption: x.py\n   :emphasize-lines: 1\n\n   a = 1\n")
    assert 'data-language="python"><figcaption>x.py</figcaption>' in html
    assert '<span class="line mark">' in html
    assert 'data-language="pycon"' in render(">>> 1\n1\n")


def test_formulas_become_mathml() -> None:
    assert "<math><msup>" in render(":math:`x^2`")
    assert '<math display="block">' in render(".. math:: x^2\n")


def test_tables_lists_and_notes() -> None:
    assert render("== ==\nA  B\n== ==\n1  2\n== ==\n").startswith(
        "<table><thead><tr><th>A</th><th>B</th></tr>"
    )
    assert render("- a\n- b\n\n  - c\n") == (
        "<ul><li>a</li>\n<li>b<ul><li>c</li>\n</ul>\n</li>\n</ul>\n"
    )
    html = render("Text [1]_\n\n.. [1] A note.\n")
    assert 'href="#footnote-1">[1]</a></sup>' in html
    assert '<a href="#footnote-reference-1">[1]</a> A note.</p>' in html


def test_badges_stand_on_one_line() -> None:
    html = render(
        ".. image:: a.svg\n   :target: https://x.example\n\n.. image:: b.svg\n   :alt: B\n"
    )
    assert html == (
        '<p><a href="https://x.example"><img src="a.svg" alt=""></a> '
        '<img src="b.svg" alt="B"></p>\n'
    )


def test_nothing_is_read_from_disk(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret", encoding="utf-8")
    for source in (
        f".. include:: {secret}\n",
        f".. raw:: html\n   :file: {secret}\n",
        f".. csv-table::\n   :file: {secret}\n",
        f".. literalinclude:: {secret}\n",
        f".. image:: {secret}\n   :loading: embed\n",
        f".. code:: python\n   :file: {secret}\n",
    ):
        assert "top secret" not in render(source)


def test_raw_html_is_not_passed_on() -> None:
    assert "<script" not in render(".. raw:: html\n\n   <script>alert(1)</script>\n\ntext\n")


@pytest.mark.parametrize(
    "text", ["", "*", "`", "|a", ".. ", "::", "=\n=", "a\n==", ".. a::\n" * 50]
)
def test_broken_text_is_still_shown(text: str) -> None:
    assert "Traceback" not in render(text)


@pytest.mark.parametrize("name", ["README.rst", "CHANGES.rst", "docs/contributing.rst"])
def test_real_documents_have_headings_and_no_leftovers(corpus: Path, name: str) -> None:
    text = (corpus / "aio-libs__aiohttp" / name).read_text(encoding="utf-8")
    html = render(text)
    assert html.count("<h2>") >= 3
    assert ":issue:" not in html
    assert ".. code" not in html
    assert len(html) > 0.8 * len(text)
