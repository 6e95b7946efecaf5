"""The READMEs of real repositories lose no word on the way."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from generator.content.badge_words import is_badge_address
from generator.content.document import read_document
from generator.content.html_tree import parse_html
from generator.content.linkmap import LinkMap
from generator.content.readme import compose
from generator.model.files import FileTree
from generator.model.forge import parse_forge
from generator.model.page import PageKind, Place
from generator.model.repository import Repository
from generator.settings import HomeSettings
from tests.support import corpus as corpus_place
from tests.support.readmes import plain

_FORMATS = {".md", ".rst", ".adoc", ".txt", ""}


def _readmes() -> dict[str, str]:
    """Return the README of each real repository that has one, by the repository's folder."""
    found = {}
    for folder in corpus_place.repositories():
        names = [file.name for file in folder.glob("[Rr][Ee][Aa][Dd][Mm][Ee]*") if file.is_file()]
        if names:
            found[folder.name] = min(names, key=lambda each: (each.count("."), len(each), each))
    return {name: path for name, path in found.items() if Path(path).suffix.lower() in _FORMATS}


@pytest.mark.parametrize("name", sorted(_readmes()) or [""])
def test_a_real_readme_loses_no_word(corpus: Path, name: str) -> None:
    folder, path = corpus / name, _readmes()[name]
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    sizes = {each: size for each, size in facts["tree"] if (folder / each).is_file()}
    files = FileTree(root=folder, sizes=sizes | {path: 1})
    repository = Repository(name=name, files=files, forge=parse_forge(facts["source"]), ref="main")
    links = LinkMap(
        repository, [Place(url="", kind=PageKind.HOME, source=path)], asset_url=str, remote={}
    ).resolver(path=path, url="")
    document = read_document(path, files.read_text(path), links=links, forge=repository.forge)
    parts = compose(document, settings=HomeSettings(), links=links)

    pieces = [parts.title, parts.pitch, parts.features_title, parts.quick_start_title]
    pieces += [plain(html) for html in (parts.body, parts.quick_start) if html]
    pieces += [f"{card.title} {plain(card.html)}" for card in parts.features]
    kept = _words(" ".join(filter(None, pieces)))
    assert _words(plain(document.html)) - kept <= _droppable(document.html)
    assert parts.pitch is None or len(parts.pitch) <= 201
    assert len(parts.badges) <= 6
    assert all(badge.label for badge in parts.badges)
    assert "<h1" not in parts.body
    first = parts.body.partition("</p>")[0]
    assert not any(map(is_badge_address, re.findall(r'src="([^"]*)"', first)))
    assert parts.title is None or parts.title not in [each.text for each in parts.headings[:1]]
    assert parse_html(parts.body).inner_html() == parts.body
    ids = re.findall(r' id="([^"]*)"', parts.body + str(parts.quick_start or ""))
    assert len(ids) == len(set(ids))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _droppable(html: str) -> set[str]:
    """Return the words that may go: those of links (badges, contents, languages, logos that
    cannot be shown), of headings over a table of contents, and of what leads in to a list.
    """
    tree = parse_html(html)
    texts = [element.text for element in tree.find_all("a", "h1", "h2")]
    texts += [element.text for element in tree.find_all("p") if element.text.endswith(":")]
    return _words(" ".join(texts)) | _words("Table of Contents back to top English")
