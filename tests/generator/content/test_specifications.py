"""The engine against the specifications' examples and against GitHub's own renderer.

Everything in which the output differs from an example is in `DIFFERENCES`, with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest
from cmarkgfm.cmark import (  # type: ignore[import-untyped]  # it has no types
    Options,
    markdown_to_html_with_extensions,
)

from generator.content.markdown import EXTENSIONS, render_specified

NESTED_STRONG = "cmark-gfm no longer marks strong text inside strong text again"
COMMENTS = "CommonMark 0.31 reads more as a comment, and cmark-gfm followed"
FOOTNOTES = "cmark-gfm's footnotes have other ids and several links back today"
NO_OUTPUT = "the example only asks not to crash"
BOXES = "off upstream, as GitHub writes these boxes by other means: the attributes' order"

DIFFERENCES: dict[str, dict[int, str]] = {
    "commonmark-0.31.2": {},
    "gfm-0.29": {
        **dict.fromkeys((279, 280), BOXES),
        **dict.fromkeys((398, 426, 434, 435, 436, 473, 474, 475, 477), NESTED_STRONG),
        **dict.fromkeys((645, 646), COMMENTS),
    },
    "gfm-extensions": {20: NO_OUTPUT, 23: FOOTNOTES},
    "gfm-regression": {13: FOOTNOTES},
}
COUNTS = {
    "commonmark-0.31.2": 652,
    "gfm-0.29": 673,
    "gfm-extensions": 28,
    "gfm-regression": 19,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    number: int
    markdown: str
    html: str
    extensions: Collection[str] | None


def read_examples(corpus: Path, name: str) -> list[Example]:
    file = json.loads((corpus / "spec" / f"{name}.json").read_text(encoding="utf-8"))
    return [
        Example(
            number=example["example"],
            markdown=example["markdown"],
            html=example["html"],
            extensions=choose_extensions(name, example),
        )
        for example in file["examples"]
    ]


def choose_extensions(name: str, example: dict[str, object]) -> Collection[str] | None:
    """Return what the example turns on, as the corpus describes it for each file."""
    if name.startswith("commonmark"):
        return None
    if name == "gfm-extensions":
        return EXTENSIONS
    named = example.get("extensions") or (["tasklist"] if example.get("disabled") else [])
    return list(named) if isinstance(named, list) else []


def render_by_github(example: Example) -> str:
    extensions = set(example.extensions or ())
    options = Options.CMARK_OPT_UNSAFE
    if "footnotes" in extensions:
        options |= Options.CMARK_OPT_FOOTNOTES
        extensions.remove("footnotes")
    html: str = markdown_to_html_with_extensions(
        example.markdown, options=options, extensions=sorted(extensions)
    )
    return html


@pytest.mark.parametrize("name", DIFFERENCES)
def test_examples_are_rendered_as_specified_but_for_known_differences(
    corpus: Path, name: str
) -> None:
    examples = read_examples(corpus, name)
    differing = {
        example.number
        for example in examples
        if render_specified(example.markdown, example.extensions).strip() != example.html.strip()
    }
    assert len(examples) == COUNTS[name]
    assert differing == set(DIFFERENCES[name])


@pytest.mark.parametrize("name", [name for name in DIFFERENCES if name.startswith("gfm")])
def test_every_gfm_example_is_rendered_as_githubs_own_renderer_does_today(
    corpus: Path, name: str
) -> None:
    for example in read_examples(corpus, name):
        ours = render_specified(example.markdown, example.extensions)
        assert ours.strip() == render_by_github(example).strip(), example.number


def test_readmes_are_rendered_as_githubs_own_renderer_does(corpus: Path) -> None:
    """Only indentation inside a raw tag is kept here and dropped there."""
    for file in sorted(corpus.glob("*__*/README.md")):
        text = file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        example = Example(number=0, markdown=text, html="", extensions=EXTENSIONS)
        ours, theirs = render_specified(text, EXTENSIONS), render_by_github(example)
        assert strip_lines(ours) == strip_lines(theirs), file


def strip_lines(html: str) -> list[str]:
    return [line.strip() for line in html.strip().split("\n")]
