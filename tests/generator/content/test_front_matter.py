"""Metadata above a text is not shown; its title is read."""

from __future__ import annotations

import pytest

from generator.content.front_matter import split_front_matter


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("---\ntitle: A\n---\nx", "A", "x"),
        ('---\ntitle: "A: b" # c\n---\nx', "A: b", "x"),
        ("---\nTitle: 'A'\n...\nx", "A", "x"),
        ("---\ntitle: A # comment\nb: 1\n---\n", "A", ""),
        ('+++\ntitle = "A"\n+++\nx', "A", "x"),
        ("---\n---\nx", None, "x"),
        ("---\n# only a comment\na: 1\n---\nx", None, "x"),
        ("---\ntitle: |\n  long\n---\nx", None, "x"),
        ("\ufeff---\ntitle: A\n---\nx", "A", "x"),
        ("---\ntitle: A\n---", "A", ""),
    ],
)
def test_metadata_is_taken_off(text: str, title: str | None, body: str) -> None:
    assert split_front_matter(text) == (title, body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "---",
        "---\n",
        "---\n\nA rule\n\nno end",
        "---\nJust words\n---\n",
        "x\n---\na: 1\n---\n",
        "---\na: 1\nno end",
    ],
)
def test_a_rule_or_an_unfinished_block_stays(text: str) -> None:
    assert split_front_matter(text) == (None, text)
