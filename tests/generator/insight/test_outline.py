"""A README becomes headings and code in every markup, at once and whatever it holds."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.insight.outline import CodeBlock, CodeSpans, Outline, read_outline
from generator.insight.texts import SourceText


def outline_of(text: str, path: str = "README.md") -> Outline:
    return read_outline(SourceText(path=path, text=text))


def code_of(
    text: str, path: str = "README.md"
) -> list[tuple[tuple[str, ...], tuple[str, ...], int]]:
    blocks = outline_of(text, path).blocks
    return [(b.section, b.lines, b.line) for b in blocks if isinstance(b, CodeBlock)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "# Gizmo\n\n## Install\n\n```sh\npip install gizmo\n```\n"),
        ("README.md", "Gizmo\n=====\n\nInstall\n-------\n    pip install gizmo\n"),
        ("README.md", "<h1>Gizmo</h1>\n\n## Install\n\n> ~~~\n> pip install gizmo\n> ~~~\n"),
        ("README.md", "# Gizmo\n## Install\n<pre><code>pip install gizmo</code></pre>\n"),
        ("README.rst", "Gizmo\n=====\n\nInstall\n-------\n\n::\n\n    pip install gizmo\n"),
        (
            "README.rst",
            "Gizmo\n=====\n\nInstall\n~~~~~~~\n\n.. code-block:: sh\n\n   pip install gizmo\n",
        ),
        ("README.adoc", "= Gizmo\n\n== Install\n\n[source,sh]\n----\npip install gizmo\n----\n"),
        ("README.org", "* Gizmo\n** Install\n#+BEGIN_SRC sh\npip install gizmo\n#+END_SRC\n"),
        ("README.textile", "h1. Gizmo\n\nh2. Install\n\nbc. pip install gizmo\n"),
        ("README.rdoc", "= Gizmo\n\n== Install\n\n  pip install gizmo\n"),
    ],
)
def test_every_markup_yields_its_headings_and_code(path: str, text: str) -> None:
    found = code_of(text, path)
    assert len(found) == 1
    section, lines, line = found[0]
    assert section == ("Gizmo", "Install")
    assert [text.strip(" >") for text in lines if text.strip(" >")] == ["pip install gizmo"]
    assert "pip install gizmo" in text.split("\n")[line - 1] or text.split("\n")[line - 1] == ""


def test_the_title_is_the_first_heading_of_the_top_rank() -> None:
    outline = outline_of("## Contents\n\n# Gizmo\n\n# Other\n")
    assert (outline.title, outline.first_heading) == ("Gizmo", "Contents")
    assert outline_of("no heading at all").title is None


def test_spans_with_only_a_break_between_them_stand_together() -> None:
    spans = outline_of("| DNF | `dnf copr enable a/b` <br /> `dnf install b` | `x` |\n").blocks[0]
    assert isinstance(spans, CodeSpans)
    assert spans.groups == (("dnf copr enable a/b", "dnf install b"), ("x",))


def test_an_unclosed_fence_ends_with_the_text() -> None:
    assert code_of("```\na\nb")[0][1] == ("a", "b")


@pytest.mark.parametrize("suffix", ["md", "rst", "org", "adoc", "rdoc", "textile", "txt"])
@pytest.mark.parametrize(
    "piece",
    ["`", "<pre>", "a\n===\n", "~", "    x\n\n", "`a", "=a ", "<h1>", "# # ", "[a](", "$ ", "> "],
)
def test_two_megabytes_of_anything_are_read_in_time(piece: str, suffix: str) -> None:
    text = (piece * (2_000_000 // len(piece)))[:2_000_000]
    started = time.process_time()
    outline_of(text, f"README.{suffix}")
    assert time.process_time() - started < 10


@given(
    st.text(alphabet="`~#=-*> \n\tabc<pre>/$[]|", max_size=400),
    st.sampled_from(["md", "rst", "org", "adoc"]),
)
@settings(max_examples=200, deadline=None)
def test_lines_stand_where_they_are_said_to(text: str, suffix: str) -> None:
    lines = text.split("\n")
    for block in outline_of(text, f"README.{suffix}").blocks:
        assert 1 <= block.line <= len(lines) + 1
