"""The index is small, split by letters, and the same for the same pages."""

from __future__ import annotations

import json
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.assets.search import (
    MANIFEST,
    SearchEntry,
    SearchSection,
    build_search,
    merge_search,
    pack_entry,
)
from generator.model.output import OutputFile


def entry(url: str, title: str, text: str, *, heading: str = "") -> SearchEntry:
    sections = (SearchSection(anchor="a", title=heading, text=text),)
    return SearchEntry(url=url, title=title, kind="Docs", sections=sections)


def postings_of(files: Iterable[OutputFile]) -> dict[str, dict[str, int]]:
    """Read the index back: term → page URL → level."""
    by_path = {file.path: json.loads(file.content) for file in files if file.path.endswith("json")}
    manifest = by_path[MANIFEST]
    pages = [page for path in manifest["pages"] for page in by_path[path]]
    digits = [chr(code) for code in range(33, 127) if chr(code) not in '"\\']
    found: dict[str, dict[str, int]] = {}
    for path in manifest["terms"]:
        terms, postings = by_path[path]
        for term, posting in zip(terms.split(" "), postings.split(" "), strict=True):
            width = manifest["width"]
            codes = [posting[at : at + width] for at in range(0, len(posting), width)]
            numbers = [
                sum(digits.index(d) * 92**at for at, d in enumerate(reversed(code)))
                for code in codes
            ]
            found[term] = {pages[number // 8][0]: number % 8 for number in numbers}
    return found


def test_a_title_counts_more_than_a_heading_and_a_heading_more_than_text() -> None:
    postings = postings_of(
        build_search(
            [
                entry("a/", "Cache", "words"),
                entry("b/", "Other", "words", heading="The cache"),
                entry("c/", "Third", "a cache among many words " * 9),
                entry("d/", "Fourth", "cache " + "filler words " * 500),
            ]
        )
    )["cache"]
    assert postings["a/"] > postings["b/"] > postings["c/"] > postings["d/"]


def test_the_same_pages_in_another_order_give_the_same_bytes() -> None:
    entries = [entry(f"p{n}/", f"Page {n}", f"text number {n}") for n in range(20)]
    assert build_search(entries) == build_search(reversed(entries))


def test_packing_in_a_worker_and_merging_later_is_the_same() -> None:
    entries = [entry(f"p{n}/", f"Page {n}", f"text number {n}") for n in range(5)]
    assert merge_search([pack_entry(e) for e in entries]) == build_search(entries)


def test_an_edit_leaves_the_shards_of_other_words_alone() -> None:
    def pages(extra: str) -> list[SearchEntry]:
        words = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}word{n}" for n in range(12_000)]
        return [
            entry(f"p{n:03}/", f"Page {n}", " ".join(words[n::100]) + (extra if n == 50 else ""))
            for n in range(100)
        ]

    before = {file.path for file in build_search(pages(""))}
    after = {file.path for file in build_search(pages(" zebra"))}
    assert len(before) > 10
    assert len(before - after) <= 2


def test_a_site_without_pages_has_an_index_all_the_same() -> None:
    assert postings_of(build_search([])) == {}


def test_more_pages_than_two_digits_can_name_are_told_apart() -> None:
    entries = [entry(f"p{n:05}/", "Page", f"word{n}") for n in range(1100)]
    postings = postings_of(build_search(entries))
    assert postings["word1099"].keys() == {"p01099/"}
    assert len(postings["page"]) == 1100


def test_a_huge_page_costs_no_more_than_its_limit() -> None:
    text = " ".join(f"word{n}" for n in range(200_000))
    packed = pack_entry(entry("big/", "Big", text))
    assert len(packed.terms) < 120_000


TEXTS = st.lists(st.text(max_size=60), max_size=6)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_every_page_is_found_by_every_term_it_was_packed_with(texts: list[str]) -> None:
    entries = [entry(f"p{n}/", text[:10], text, heading=text[5:9]) for n, text in enumerate(texts)]
    postings = postings_of(build_search(entries))
    for each in entries:
        for term in pack_entry(each).terms.split():
            assert each.url in postings[term]
