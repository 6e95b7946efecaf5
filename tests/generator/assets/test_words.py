"""Text becomes the terms that people type."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.assets.words import count_terms, fold


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Install the tool", {"install", "the", "tool"}),
        ("read_file(path)", {"read", "file", "path"}),
        ("createApp", {"createapp", "create", "app"}),
        ("HTTPServer v1.2", {"httpserver", "http", "server", "v1", "2"}),
        ("Café São Łódź", {"cafe", "sao", "lodz"}),
        ("Straße ŒUVRE", {"strasse", "oeuvre"}),
        ("ΟΔΟΣ οδός", {"οδοσ"}),
        ("Привет, ёлка", {"привет", "елка"}),
        ("検索エンジン", {"検索", "索エ", "エン", "ンジ", "ジン", "ン"}),
        ("Python入門", {"python", "入門", "門"}),
        ("한국어 문서", {"한국어", "문서"}),
        ("السَّلام", {"السلام"}),
        ("हिन्दी में", {"हिन्दी", "में"}),
        ("½ ﬁne", {"1", "2", "fine"}),
        ("--no-cache", {"no", "cache"}),
        ("😀 !?", set()),
    ],
)
def test_terms_of(text: str, terms: set[str]) -> None:
    assert set(count_terms(text)[0]) == terms


def test_terms_are_counted_whatever_their_case() -> None:
    assert count_terms("Cache cache CACHE")[0] == {"cache": 3}


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_a_term_finds_itself(text: str) -> None:
    for term in count_terms(text)[0]:
        assert " " not in term
        assert "\n" not in term
        assert fold(term) == term
