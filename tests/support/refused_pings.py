"""Bodies and values that no ping may have, for every place that takes pings."""

from __future__ import annotations

from tests.support.service import SITE_URL

BODIES = {
    "nothing": b"",
    "half of it": b'{"s":"',
    "no JSON": b"s=1&t=view",
    "a number": b"7",
    "null": b"null",
    "text": b'"view"',
    "no events": b"[]",
    "lists in lists": b"[" * 4000,
    "broken UTF-8": b'{"s":"\xff\xfe"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "two bodies": b"{}{}",
}

LETTERS: dict[str, dict[str, object]] = {
    "no key": {"s": None},
    "short key": {"s": "abc"},
    "key with a quote": {"s": "abcdefg'--"},
    "key and a line": {"s": "abcdefgh1234\n"},
    "key of a wrong type": {"s": 7},
    "no id": {"i": None},
    "short id": {"i": "abc"},
    "id with other characters": {"i": "abc/def.hij"},
    "no type": {"t": None},
    "unknown type": {"t": "purchase"},
    "type of another case": {"t": "View"},
    "no page": {"u": None},
    "page without scheme": {"u": "lantern.example/"},
    "page of a script": {"u": "javascript:alert(1)"},
    "page with a NUL": {"u": f"{SITE_URL}a\0b"},
    "page with a line": {"u": f"{SITE_URL}\n"},
    "page with half a character": {"u": f"{SITE_URL}\ud800"},
    "page too long": {"u": SITE_URL + "a" * 2000},
    "referrer too long": {"r": "https://news.example/" + "a" * 2000},
    "referrer of a wrong type": {"r": ["https://news.example/"]},
    "via with other characters": {"v": "' OR 1=1 --"},
    "unknown letter": {"x": 1},
    "whole word": {"site": "lantern"},
    "platform of a view": {"n": "x"},
    "seconds of a view": {"d": 3},
    "depth of a view": {"p": 3},
    "share without platform": {"t": "share"},
    "share on an unknown platform": {"t": "share", "n": "myspace"},
    "share with a referrer": {"t": "share", "n": "x", "r": "https://news.example/"},
    "like through a share": {"t": "like", "v": "share000001"},
    "engagement of a day and a second": {"t": "engage", "d": 86_401},
    "negative engagement": {"t": "engage", "d": -1},
    "engagement in fractions": {"t": "engage", "d": 1.5},
    "engagement as text": {"t": "engage", "d": "9"},
    "endless engagement": {"t": "engage", "d": 10**30},
    "deeper than the page": {"t": "engage", "p": 101},
    "seconds of a copy": {"t": "copy", "d": 1},
}
