"""Cuts text into search terms. `templates/assets/search.js` cuts queries by the same rules.

A term is a run of letters and digits, without accents, in lower case. Scripts written without
spaces become overlapping pairs of characters. `createApp` is found as itself and by its parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

# Signs that belong to the letter before them and that `\w` leaves out (Hebrew to Tibetan).
_SIGNS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0963\u0971-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u0eb1-\u0ebc\u0ec8-\u0ecd\u0f18-\u0fbc\u102b-\u103e\u17b4-\u17d3"
)
# Han, kana, Thai, Lao, Burmese and Khmer put no spaces between words.
_UNSPACED = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff"
    "\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_STRIPPED = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670]+"
)
# Letters that Unicode does not take apart; the text is in lower case by then.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ς": "σ"}
)
_ASCII_WORD = re.compile("[A-Za-z0-9]+")
_ANY_WORD = re.compile(f"[\\w{_SIGNS}]+")
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_CAMEL_PART = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_LONGEST_TERM = 40


def count_terms(text: str) -> tuple[dict[str, int], int]:
    """Return how often each term occurs, and how many words the text has."""
    words = _words_of(text)
    counts: dict[str, int] = Counter(words)
    # Distinct words are few: what costs more than a look-up is done once for each of them.
    unready = [word for word in counts if not (word.isascii() and word.islower())]
    for word, count in [(word, counts.pop(word)) for word in unready]:
        for term in _terms_of(word):
            counts[term] = counts.get(term, 0) + count
    return counts, len(words)


def _words_of(text: str) -> list[str]:
    if text.isascii():
        return _ASCII_WORD.findall(text)
    return _ANY_WORD.findall(text.replace("_", " "))


def fold(text: str) -> str:
    """Return the text as terms are compared: without accents and in lower case."""
    decomposed = unicodedata.normalize("NFKD", text).lower().translate(_LETTERS)
    return unicodedata.normalize("NFC", _STRIPPED.sub("", decomposed))


@lru_cache(maxsize=1 << 15)
def _terms_of(word: str) -> tuple[str, ...]:
    if word.isascii():
        is_plain = word[1:].islower() or word.isupper() or word.isdigit()
        parts = [] if is_plain else [part.lower() for part in _CAMEL_PART.findall(word)]
        return (word.lower(), *(part for part in parts if len(part) > 1))
    # Folding may open a word (`½` becomes `1⁄2`).
    return tuple(term for part in _words_of(fold(word)) for term in _split_scripts(part))


def _split_scripts(word: str) -> list[str]:
    """Return the word's spaced parts as they are and its unspaced runs as pairs."""
    terms: list[str] = []
    end = 0
    for run in _UNSPACED_RUN.finditer(word):
        terms.append(word[end : run.start()])
        terms.extend(_pairs(run[0]))
        end = run.end()
    terms.append(word[end:])
    return [term for term in terms if term]


def _pairs(run: str) -> list[str]:
    """Return each pair of neighbours, and the last character, which begins no pair."""
    return [*(run[place : place + 2] for place in range(len(run) - 1)), run[-1]]


def is_useful(term: str) -> bool:
    """Tell a word from a hash or another string nobody types."""
    return len(term) <= _LONGEST_TERM
