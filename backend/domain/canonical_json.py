"""JSON with one spelling for each value, so that everybody hashes the same bytes: RFC 8785.

Without fractions, which the RFC writes as JavaScript does and which money never has.
"""

from __future__ import annotations

import json
from typing import Any

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 7493)."""


def encode(value: object) -> bytes:
    """Return `value` in its one spelling: no spaces, keys in the order of their UTF-16 units.

    Raises ValueError for what has none here: a float, a whole number beyond ±(2⁵³-1), a key that is
    no text, half a surrogate pair, and everything that JSON does not know.
    """
    if not _check(value):
        value = _in_order(value)
    # UnicodeEncodeError, for half a surrogate pair, is a ValueError.
    return _write(value).encode()


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_PLAIN = frozenset({str, bool, type(None)})


def _check(value: Any) -> bool:
    """Refuse what has no spelling, and tell whether all keys are in order already."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise ValueError(f"{value} is beyond what every reader of JSON keeps exactly")
        return True
    if kind is list or kind is tuple:
        return False not in [_check(each) for each in value]  # all of them, to refuse any
    if kind is not dict:
        raise ValueError(f"a {kind.__name__} has no spelling in canonical JSON")
    last, is_ordered = "", True
    for key, each in value.items():
        if type(key) is not str:
            raise ValueError(f"a key of JSON is a text, not {key!r}")
        # In other scripts the order of code points may not be that of UTF-16 units.
        is_ordered = _check(each) and is_ordered and key.isascii() and last <= key
        last = key
    return is_ordered


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _in_order(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_in_order(each) for each in value]
    return value
