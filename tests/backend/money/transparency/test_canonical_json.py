"""One spelling for each value, against an implementation of others."""

from __future__ import annotations

import json
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.canonical_json import LARGEST, encode

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS,
    lambda some: st.lists(some, max_size=4) | st.dictionaries(TEXTS, some, max_size=5),
    max_leaves=12,
)


@given(VALUES)
def test_spelling_is_that_of_another_implementation_and_reads_back(value: object) -> None:
    assert encode(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # its own recursive type
    assert json.loads(encode(value)) == value


def test_keys_are_in_the_order_of_their_utf16_units_at_every_depth() -> None:
    # The example of RFC 8785, 3.2.3; by code points the two last would change places.
    keys = ["€", "\r", "\ufb33", "1", "😀", "\u0080", "ö"]
    ordered = ["\r", "1", "\u0080", "ö", "€", "😀", "\ufb33"]
    assert list(json.loads(encode(dict.fromkeys(keys)))) == ordered
    assert list(json.loads(encode([{"a": dict.fromkeys(keys)}]))[0]["a"]) == ordered
    assert encode({"b": 1, "a": {"d": 2, "c": [3]}}) == b'{"a":{"c":[3],"d":2},"b":1}'


def test_only_control_characters_quotes_and_backslashes_are_escaped() -> None:
    assert encode('\x00\x1f\b\t\n\f\r"\\/\x7f€') == (
        '"\\u0000\\u001f\\b\\t\\n\\f\\r\\"\\\\/\x7f€"'.encode()
    )


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    "value", [1.5, LARGEST + 1, -LARGEST - 1, {1: 2}, "\ud800", {"a": b""}, {1, 2}, Colour.RED]
)
def test_values_without_a_spelling_are_refused(value: object) -> None:
    with pytest.raises(ValueError):
        encode({"z": 1, "b": [value]})
