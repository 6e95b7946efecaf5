"""The site's own search index: a small manifest and shards by first letters, loaded on use.

`search/index.json` has a fixed name, so that a changed page does not change every other page; it
names the script that searches and the shards, which carry their hash. Two kinds of shard:

- terms: `[terms, postings]`, both texts of equal many parts, separated by a space. A posting is
  `width` digits of base 92 for `page * 8 + level`; the level says how much the page is about
  the term. Levels depend on the page alone, so an edit touches only the shards of its words.
- pages: `[[url, title, kind number], …]`, 64 pages each, in URL order.

Excerpts are not in here: the script reads them from the pages it is about to show.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from generator.assets.words import count_terms, is_useful
from generator.model.output import OutputFile, hashed_name
from generator.places import TEMPLATES

MANIFEST = "search/index.json"

_FOLDER = "assets/search"
_PAGES_PER_SHARD = 64
# Raw bytes of a term shard; about half of it travels. Larger ones only inside three equal letters.
_SHARD_BYTES = 10 * 1024

# 92 printable characters that JSON leaves as they are, without the space.
_DIGITS = "".join(chr(code) for code in range(33, 127) if chr(code) not in '"\\')
_LEVELS = 8
_IN_TITLE, _IN_HEADING_OFTEN, _IN_HEADING = 7, 6, 5

# BM25's saturation with a fixed average length, so that one page's levels depend on no other.
_AVERAGE_WORDS = 400
_K1, _B = 1.2, 0.75
_COMMON = 32

# Beyond this nobody's page is better found for it, and hostile texts end here.
_TEXT_LIMIT = 100_000
_TITLE_LIMIT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSection:
    """A stretch of a page under one heading; the page's opening has no anchor and no title."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEntry:
    """One page. `url` is relative to the site's root; `kind` is a label such as `Docs`."""

    url: str
    title: str
    kind: str
    sections: tuple[SearchSection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedEntry:
    """A page reduced to its terms: one line for each level, terms separated by spaces.

    It depends on the entry alone, so a worker may make it and a cache may keep it.
    """

    url: str
    title: str
    kind: str
    terms: str


def build_search(entries: Iterable[SearchEntry]) -> tuple[OutputFile, ...]:
    """Return the files of the index and the script that reads it, the manifest last."""
    return merge_search([pack_entry(entry) for entry in entries])


def pack_entry(entry: SearchEntry) -> PackedEntry:
    """Find the page's terms and how much it is about each."""
    text = "\n".join(section.text for section in entry.sections)[:_TEXT_LIMIT]
    counts, length = count_terms(text)
    level_by_count = _levels(length)
    lines: list[list[str]] = [[] for _ in range(_LEVELS)]
    in_title, _ = count_terms(entry.title[:_TITLE_LIMIT])
    titles = "\n".join(section.title for section in entry.sections)[:_TEXT_LIMIT]
    in_headings, _ = count_terms(titles)
    for term in in_title:
        lines[_IN_TITLE].append(term)
        counts.pop(term, None)
    for term in in_headings:
        if term not in in_title:
            is_often = level_by_count[min(counts.pop(term, 0), _COMMON)] >= 2
            lines[_IN_HEADING_OFTEN if is_often else _IN_HEADING].append(term)
    for term, count in counts.items():
        lines[level_by_count[count if count < _COMMON else _COMMON]].append(term)
    packed = "\n".join(map(" ".join, lines))
    return PackedEntry(url=entry.url, title=entry.title, kind=entry.kind, terms=packed)


def merge_search(entries: Sequence[PackedEntry]) -> tuple[OutputFile, ...]:
    """Return what `build_search` does, over pages packed before."""
    script = (TEMPLATES / "assets" / "search-engine.js").read_bytes()
    engine = OutputFile(path=hashed_name(f"{_FOLDER}/engine.js", script), content=script)
    pages = sorted(entries, key=lambda entry: entry.url)
    kinds = sorted({page.kind for page in pages})
    width = _width(len(pages))
    page_files = [
        _file("pages", [[page.url, page.title, kinds.index(page.kind)] for page in shard])
        for shard in _chunks(pages, _PAGES_PER_SHARD)
    ]
    term_files: list[OutputFile] = []
    starts: list[str] = []
    for terms, postings in _shards(_invert(pages, width)):
        starts.append(terms[0])
        term_files.append(_file("terms", [" ".join(terms), " ".join(postings)]))
    manifest = {
        "engine": engine.path,
        "count": len(pages),
        "width": width,
        "kinds": kinds,
        "pages": [file.path for file in page_files],
        "perPages": _PAGES_PER_SHARD,
        "starts": starts,
        "terms": [file.path for file in term_files],
    }
    index = OutputFile(path=MANIFEST, content=_json(manifest))
    return (engine, *page_files, *term_files, index)


def _levels(length: int) -> list[int]:
    """Return the level for each count up to `_COMMON`, in a page of `length` words."""
    slack = _K1 * (1 - _B + _B * length / _AVERAGE_WORDS)
    return [min(4, int(5 * count / (count + slack))) for count in range(_COMMON + 1)]


def _invert(pages: Sequence[PackedEntry], width: int) -> dict[str, list[str]]:
    index: defaultdict[str, list[str]] = defaultdict(list)
    for number, page in enumerate(pages):
        for level, line in enumerate(page.terms.split("\n")):
            code = _code(number * _LEVELS + level, width)
            for term in line.split():
                index[term].append(code)
    return index


def _shards(index: dict[str, list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield runs of terms in order, cut where the first two letters change.

    Cuts lie at letters and not at sizes: a few bytes more in one shard leave the others alone.
    """
    terms: list[str] = []
    postings: list[str] = []
    size = 0
    for term in sorted(filter(is_useful, index)):
        is_cut = size >= _SHARD_BYTES and (
            term[:2] != terms[-1][:2] or (size >= 2 * _SHARD_BYTES and term[:3] != terms[-1][:3])
        )
        if is_cut:
            yield terms, postings
            terms, postings, size = [], [], 0
        posting = "".join(index[term])
        terms.append(term)
        postings.append(posting)
        size += len(term) + len(posting) + 2
    if terms:
        yield terms, postings


def _width(pages: int) -> int:
    width = 1
    while len(_DIGITS) ** width < pages * _LEVELS:
        width += 1
    return width


def _code(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _chunks(pages: Sequence[PackedEntry], size: int) -> Iterator[Sequence[PackedEntry]]:
    return (pages[start : start + size] for start in range(0, len(pages), size))


def _file(name: str, value: object) -> OutputFile:
    content = _json(value)
    return OutputFile(path=hashed_name(f"{_FOLDER}/{name}.json", content), content=content)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
