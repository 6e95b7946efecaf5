"""Names reach a bank in letters it takes: written otherwise, never cut and never thinned out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import Invalid
from backend.gateways.payout_files.texts import to_capitals, to_latin

BASIC_LATIN = re.compile(r"[A-Za-z0-9/?:().,'+ -]*")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Jörg Müller & Söhne", "Jorg Muller + Sohne"),
        ("Zoe\u0308  O’Brien", "Zoe O'Brien"),
        ("Łukasz Żółw", "Lukasz Zolw"),
        ("Дмитрий", "Dmitriy"),
        ("王明", "WangMing"),
        ("Ann_Lee [GmbH] {x}", "Ann-Lee (GmbH) (x)"),
        ("//A\\\\B//", "A/B"),
        ("Ann\u200b\u00a0Lee\n", "Ann Lee"),
        ("ﬁne Ａnn", "fine Ann"),
        ("=1+1;@Ann", ".1+1,.Ann"),
    ],
)
def test_letters_outside_the_set_are_written_with_letters_of_it(name: str, written: str) -> None:
    assert to_latin(name, field="name", length=70) == written


@pytest.mark.parametrize("name", ["", "   ", "\U0001f600", "Ann \U0001f600", "...", "\x00", "///"])
def test_what_has_no_letters_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        to_latin(name, field="name", length=70)
    assert caught.value.field == "name"


def test_a_name_is_never_cut() -> None:
    assert to_latin("x" * 70, field="name", length=70) == "x" * 70
    with pytest.raises(Invalid, match="name has 71 letters in a payment file; 70 is the most"):
        to_latin("x" * 71, field="name", length=70)
    with pytest.raises(Invalid, match="24 letters"):
        to_capitals("ß" * 12, field="name", length=22)


@given(st.text(max_size=100))
def test_any_text_is_written_in_the_set_or_refused(text: str) -> None:
    try:
        written = to_latin(text, field="name", length=70)
    except Invalid:
        return
    assert BASIC_LATIN.fullmatch(written)
    assert 0 < len(written) <= 70
    assert written == " ".join(written.split())
    assert "//" not in written
    assert not written.startswith("/")
    assert not written.endswith("/")
