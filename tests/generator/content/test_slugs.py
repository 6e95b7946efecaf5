"""Anchors are those that npm's github-slugger gives, for every heading there is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.content.document import read_document
from generator.content.slugs import Slugger, slug
from tests.support.links import OpenLinks

NODE = Path(__file__).parents[2] / "support" / "node"
HEADING = re.compile(r"^#{1,6} +(.*?) *#* *$", re.MULTILINE)
SCRIPT = """
import Slugger from 'github-slugger'
let input = ''
for await (const chunk of process.stdin) input += chunk
const answers = JSON.parse(input).map((texts) => {
  const slugger = new Slugger()
  return texts.map((text) => slugger.slug(text))
})
process.stdout.write(JSON.stringify(answers))
"""


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("Hello, World!", "hello-world"),
        ("  spaces  ", "--spaces--"),
        ("a - b", "a---b"),
        ("snake_case & Kebab-Case", "snake_case--kebab-case"),
        ("C++ / C#", "c--c"),
        ("v1.2.3", "v123"),
        ("日本語の見出し。", "日本語の見出し"),
        ("Überschrift ÄÖÜ ß", "überschrift-äöü-ß"),
        ("🚀 Start", "-start"),
        ("⚙️ gear", "️-gear"),
        ("x² ½ Ⅳ ٣", "x--ⅳ-٣"),
        ("हिन्दी", "हिन्दी"),
        ("ΟΔΥΣΣΕΥΣ İ", "οδυσσευς-i̇"),
        ("tab\there", "tabhere"),
        ("Ⓐ circled", "ⓐ-circled"),
        ("…", ""),
    ],
)
def test_anchor_keeps_letters_marks_digits_and_connectors(text: str, anchor: str) -> None:
    assert slug(text) == anchor


def test_repeated_headings_are_numbered_past_anchors_that_exist() -> None:
    slugger = Slugger()
    texts = ["a", "a", "a-1", "a", "", "", "a-1"]
    assert [slugger.slug(text) for text in texts] == [
        "a", "a-1", "a-1-1", "a-2", "", "-1", "a-1-2",
    ]  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["a", "a-1", "a-1-1", "b", ""]), max_size=30))
def test_anchors_of_one_text_never_repeat(texts: list[str]) -> None:
    slugger = Slugger()
    anchors = [slugger.slug(text) for text in texts]
    assert len(set(anchors)) == len(anchors)


def ask_github_slugger(groups: list[list[str]]) -> list[list[str]]:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    if not (NODE / "node_modules" / "github-slugger").is_dir():
        pytest.skip("the packages of tests/support/node are not installed (npm ci there)")
    answer = subprocess.run(
        ["node", "--input-type=module", "--eval", SCRIPT],
        cwd=NODE,
        input=json.dumps(groups),
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=120,
    )
    answers: list[list[str]] = json.loads(answer.stdout)
    return answers


@pytest.mark.node
def test_every_heading_of_the_corpus_gets_github_sluggers_anchor(corpus: Path) -> None:
    files = sorted({*corpus.rglob("*.md"), *corpus.rglob("*.mdx")})
    groups = [HEADING.findall(file.read_text("utf-8", errors="replace")) for file in files]
    ours = []
    for texts in groups:
        slugger = Slugger()
        ours.append([slugger.slug(text) for text in texts])
    assert sum(map(len, groups)) > 10_000
    assert ours == ask_github_slugger(groups)


def test_no_page_of_the_corpus_has_an_anchor_twice(corpus: Path) -> None:
    for file in sorted(corpus.glob("*__*/README.md")):
        text = file.read_text("utf-8-sig").replace("\r\n", "\n")
        document = read_document("README.md", text, links=OpenLinks())
        anchors = [heading.anchor for heading in document.headings]
        assert len(set(anchors)) == len(anchors), file


@pytest.mark.node
def test_every_character_that_both_know_is_kept_or_dropped_alike() -> None:
    """Letters newer than Unicode 13, which the package was made from, are not compared."""
    from unicodedata import ucd_3_2_0  # noqa: PLC0415  only this test asks for old Unicode

    characters = [
        chr(code)
        for code in range(0x20, 0x30000)
        if not 0xD800 <= code < 0xE000 and ucd_3_2_0.category(chr(code)) != "Cn"
    ]
    ours = [slug(f"a{character}b") for character in characters]
    theirs = ask_github_slugger([[f"a{character}b"] for character in characters])
    assert ours == [answer[0] for answer in theirs]
