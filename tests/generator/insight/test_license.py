"""A licence is known by its text, by what a manifest declares, or by the forge: in this order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.insight.license import (
    find_license,
    name_license,
    normalise_license,
    recognise_license,
)
from generator.insight.license_texts import LICENSE_ALIASES, LICENSE_NAMES, LICENSE_TEXTS
from generator.insight.manifests.read import read_manifests
from generator.insight.papers import find_papers
from generator.model.files import FileTree
from generator.model.insight import LicenseFact
from generator.model.repository import ForgeFacts
from generator.settings import SourceSettings
from tests.generator.insight.conftest import MakeTree

MIT = (
    "The MIT License (MIT)\n\nCopyright (c) 2024 Ada\n\n"
    "Permission is hereby granted, free of charge, to any person obtaining a copy\n"
    "of this software and associated documentation files to deal in the Software …\n"
    "… The above copyright notice shall be included in all copies.\n"
)
APACHE = "                 Apache License\n           Version 2.0, January 2004\n"
BSD = (
    "Copyright Ada\n\nRedistribution and use in source and binary forms, with or without\n"
    "modification, are permitted …"
)
EXCERPTS = {
    "AGPL-3.0": "GNU AFFERO GENERAL PUBLIC LICENSE\n   Version 3, 19 November 2007\n",
    "GPL-3.0": "GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n",
    "GPL-2.0": "GNU GENERAL PUBLIC LICENSE\n   Version 2, June 1991\n",
    "LGPL-3.0": "GNU LESSER GENERAL PUBLIC LICENSE\n  Version 3, 29 June 2007\n"
    "… of version 3 of the GNU General Public License …",
    "LGPL-2.1": "GNU LESSER GENERAL PUBLIC LICENSE\n  Version 2.1, February 1999\n",
    "Apache-2.0": APACHE,
    "MPL-2.0": "Mozilla Public License Version 2.0\n=====\n",
    "EPL-2.0": "Eclipse Public License - v 2.0\n",
    "EUPL-1.2": "European Union Public Licence\nV. 1.2\n… the GNU General Public License v. 2 …",
    "BSL-1.0": "Boost Software License - Version 1.0 - August 17th, 2003\n",
    "BUSL-1.1": "Business Source License 1.1\n\nParameters\n",
    "CC0-1.0": "CC0 1.0 Universal\n",
    "CC-BY-4.0": "Attribution 4.0 International\n",
    "CC-BY-SA-4.0": "Attribution-ShareAlike 4.0 International\n",
    "Unlicense": "This is free and unencumbered software released into the public domain.\n",
    "WTFPL": "DO WHAT THE FUCK YOU WANT TO PUBLIC LICENSE\n",
    "OFL-1.1": "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007\n",
    "MIT": MIT,
    "MIT-0": MIT.replace(" The above copyright notice shall be included in all copies.", ""),
    "BSD-2-Clause": BSD,
    "BSD-3-Clause": BSD + " Neither the name of Ada nor the names of its contributors may …",
    "ISC": "Permission to use, copy, modify, and/or distribute this software for any\n"
    "purpose with or without fee is hereby granted, provided that the above copyright notice\n"
    "and this permission notice appear in all copies.",
    "0BSD": "Permission to use, copy, modify, and/or distribute this software for any\n"
    "purpose with or without fee is hereby granted.\n",
    "Zlib": "Altered source versions must be plainly marked as such …",
}


@pytest.mark.parametrize("spdx", EXCERPTS)
def test_a_text_is_recognised_by_its_own_words(spdx: str) -> None:
    assert recognise_license(EXCERPTS[spdx]) == spdx
    commented = "\n".join(f" * {line}" for line in EXCERPTS[spdx].upper().splitlines())
    assert recognise_license(commented) == spdx


@pytest.mark.parametrize("text", ["", "All rights reserved.", "See the website.", "BSD", "MIT"])
def test_other_texts_are_not_recognised(text: str) -> None:
    assert recognise_license(text) is None


def test_of_several_licences_in_one_file_the_first_is_the_projects() -> None:
    assert recognise_license(MIT + "\nParts of it:\n" + EXCERPTS["LGPL-2.1"]) == "MIT"


def test_a_licence_mentioned_far_down_is_not_the_texts_own() -> None:
    assert recognise_license("word " * 2000 + EXCERPTS["GPL-3.0"]) is None
    assert recognise_license("Copyright Ada\n" * 2000 + MIT) == "MIT"


def test_every_identifier_has_a_name() -> None:
    assert {text.spdx for text in LICENSE_TEXTS} <= set(LICENSE_NAMES)
    for alias in LICENSE_ALIASES.values():
        assert normalise_license(alias) == alias


@pytest.mark.parametrize(
    ("declared", "expression"),
    [
        *(("MIT", "MIT"), ("mit", "MIT"), ("MIT/Apache-2.0", "MIT OR Apache-2.0")),
        *(("MIT OR Apache-2.0", "MIT OR Apache-2.0"), ("(MIT or isc)", "(MIT OR ISC)")),
        *(("GPL-3.0-or-later", "GPL-3.0-or-later"), ("GPL-3.0+", "GPL-3.0+")),
        *(("Apache Software License", "Apache-2.0"), ("MIT License", "MIT")),
        *(("Apache-2.0 AND MIT", "Apache-2.0 AND MIT"), ("SEE LICENSE IN LICENSE", None)),
        *(("Proprietary", None), ("UNLICENSED", None), ("", None), ("Custom; ask", None)),
    ],
)
def test_a_declaration_is_an_expression_or_free_text(declared: str, expression: str | None) -> None:
    assert normalise_license(declared) == expression


def test_expressions_are_named_in_words() -> None:
    assert name_license("MIT OR Apache-2.0") == "MIT License or Apache License 2.0"
    assert name_license("GPL-3.0-or-later") == "GNU General Public License 3.0 or later"


def license_of(files: FileTree, forge: ForgeFacts | None = None) -> LicenseFact | None:
    papers = find_papers(files, SourceSettings(), warn=lambda _: None)
    manifests = read_manifests(files, name="gizmo", warn=lambda _: None)
    return find_license(files, papers.licenses, manifests=manifests, forge=forge)


def expression_of(make_tree: MakeTree, contents: dict[str, str]) -> tuple[str | None, str]:
    found = license_of(make_tree(contents))
    assert found is not None
    return found.spdx, str(found.origin)


def test_a_manifest_that_agrees_says_it_more_exactly(make_tree: MakeTree) -> None:
    package = '{\n  "name": "gizmo",\n  "license": "GPL-3.0-or-later"\n}'
    contents = {"LICENSE": EXCERPTS["GPL-3.0"], "package.json": package}
    assert expression_of(make_tree, contents) == ("GPL-3.0-or-later", "package.json:3")


def test_a_text_wins_over_a_manifest_that_disagrees(make_tree: MakeTree) -> None:
    contents = {"LICENSE": MIT, "package.json": '{"name": "gizmo", "license": "ISC"}'}
    assert expression_of(make_tree, contents) == ("MIT", "LICENSE")


def test_two_files_named_as_a_choice_are_a_choice(make_tree: MakeTree) -> None:
    contents = {"LICENSE-MIT": MIT, "LICENSE-APACHE": APACHE}
    assert expression_of(make_tree, contents)[0] == "Apache-2.0 OR MIT"


def test_of_other_files_the_plain_one_speaks(make_tree: MakeTree) -> None:
    contents = {"LICENSE": APACHE, "LICENSE-MIT": MIT}
    assert expression_of(make_tree, contents) == ("Apache-2.0", "LICENSE")


def test_a_manifest_or_the_forge_alone_is_enough(make_tree: MakeTree) -> None:
    files = make_tree({"package.json": '{"name": "gizmo", "license": "MIT"}'})
    found = license_of(files)
    assert found is not None and found.paths == ()
    known = license_of(
        make_tree({"README.md": "x"}) and FileTree(root=files.root), ForgeFacts(license_spdx="MIT")
    )
    assert known is not None and str(known.origin) == "forge"


def test_an_unknown_text_keeps_its_own_title(make_tree: MakeTree) -> None:
    found = license_of(make_tree({"LICENSE": "# The Gizmo Licence\n\nDo good.\n"}))
    assert found is not None
    assert (found.spdx, found.name) == (None, "The Gizmo Licence")


def test_no_licence_is_none_and_noassertion_is_none(make_tree: MakeTree) -> None:
    assert license_of(make_tree({"README.md": "x"}), ForgeFacts(license_spdx="NOASSERTION")) is None


def test_the_licence_files_of_real_repositories_are_recognised(corpus: Path) -> None:
    """Two differ on purpose: the guess of the corpus takes a list of compatible licences in the
    EUPL for the licence, and gives LGPL no version."""
    expected = {"getzola__zola": ["EUPL-1.2", "MIT"], "VOICEVOX__voicevox_engine": ["LGPL-3.0"]}
    compared = 0
    for facts in sorted(corpus.glob("*__*/facts.json")):
        folder = facts.parent
        sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
        files = FileTree(root=folder, sizes=sizes)
        papers = find_papers(files, SourceSettings(), warn=lambda _: None)
        texts = [files.read_text(path) for path in papers.licenses]
        found = sorted({spdx for text in texts if (spdx := recognise_license(text))})
        guess = json.loads(facts.read_text(encoding="utf-8"))["license_guess"]
        assert found == expected.get(folder.name, sorted(guess)), folder.name
        compared += 1
    assert compared == 50
