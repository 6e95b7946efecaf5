"""The top of a README: title, pitch, and what is neither."""

from __future__ import annotations

import pytest

from generator.content.readme_head import cut_sentences
from tests.support.readmes import BADGE, Taker, plain


def test_title_and_pitch_leave_the_body(take: Taker) -> None:
    parts = take("# Acme\n\nA small tool that folds maps.\n\nIt was made for sailors.\n")
    assert parts.title == "Acme"
    assert parts.title_anchor == "acme"
    assert parts.pitch == "A small tool that folds maps."
    assert plain(parts.body) == "It was made for sailors."


def test_one_line_is_a_pitch_and_no_body(take: Taker) -> None:
    parts = take("A small tool that folds maps.\n")
    assert (parts.title, parts.pitch, parts.body) == (None, "A small tool that folds maps.", "")


def test_an_empty_readme_has_no_parts(take: Taker) -> None:
    parts = take("\n")
    assert (parts.title, parts.pitch, parts.body, parts.headings) == (None, None, "", ())


def test_a_long_first_paragraph_gives_whole_sentences_and_stays(take: Taker) -> None:
    first = "Acme folds maps, e.g. nautical ones, without a crease. "
    text = first + "It does so slowly, and with the patience of a saint. " * 5
    parts = take(f"# Acme\n\n{text}\n")
    assert parts.pitch is not None
    assert parts.pitch.startswith(first.strip())
    assert parts.pitch.endswith(".")
    assert len(parts.pitch) <= 200
    assert plain(parts.body).startswith(first.strip())


def test_a_first_paragraph_with_links_stays_for_its_links(take: Taker) -> None:
    parts = take("# Acme\n\nAcme folds [maps](https://example.org/maps) for sailors.\n")
    assert parts.pitch == "Acme folds maps for sailors."
    assert "https://example.org/maps" in parts.body


def test_a_centred_head_gives_banner_badges_motto_and_title(take: Taker) -> None:
    parts = take(
        '<p align="center">\n  <img src="logo.png" alt="Acme logo" width="200">\n</p>\n\n'
        '<h1 align="center">Acme</h1>\n\n'
        '<p align="center"><em>Maps that fold <a href="https://example.org">themselves</a>.</em></p>'
        '\n\n<p align="center">\n'
        '  <a href="https://github.com/acme/acme/actions">'
        '<img src="https://github.com/acme/acme/actions/workflows/ci.yml/badge.svg" alt="CI"></a>\n'
        f'  <img src="{BADGE}/badge/license-MIT-blue" alt="License">\n</p>\n\n'
        '<p align="center"><a href="#use">Use</a> · <a href="https://example.org">Site</a></p>\n\n'
        "---\n\n## Use\n\nUnfold it.\n"
    )
    assert parts.title == "Acme"
    assert parts.pitch == "Maps that fold themselves."
    assert parts.banner is not None
    assert (parts.banner.alt, parts.banner.width_px, parts.banner.height_px) == (
        "Acme logo", 200, 80,
    )  # fmt: skip
    assert "lazy" not in parts.banner.html
    assert [(badge.label, badge.message) for badge in parts.badges] == [
        ("CI", ""),
        ("license", "MIT"),
    ]
    assert plain(parts.body) == "Use · Site Use Unfold it."
    assert "<h1" not in parts.body


def test_a_logo_stands_for_a_missing_title(take: Taker) -> None:
    parts = take(
        "![Acme - folds maps](logo.png)\n\nA small tool that folds maps.\n\n## Use\n\nSo.\n"
    )
    assert parts.title == "Acme"
    assert parts.banner is not None
    assert parts.pitch == "A small tool that folds maps."


def test_a_title_that_is_only_a_logo_is_read_from_its_description(take: Taker) -> None:
    parts = take('# <img src="logo.png" alt="Acme logo">\n\nA small tool that folds maps.\n')
    assert parts.title == "Acme"
    assert parts.banner is not None
    assert parts.body == ""


def test_a_readme_that_starts_with_a_section_has_no_title(take: Taker) -> None:
    parts = take("## Installation\n\nRun it.\n\n## Usage\n\nUse it.\n")
    assert parts.title is None
    assert [heading.text for heading in parts.headings] == ["Installation", "Usage"]


def test_a_text_that_says_what_it_is_in_a_section_is_quoted_and_kept(take: Taker) -> None:
    parts = take("# Acme\n\n## Description\n\nAcme folds maps for sailors.\n\n## Use\n\nSo.\n")
    assert parts.pitch == "Acme folds maps for sailors."
    assert "Acme folds maps for sailors." in plain(parts.body)


@pytest.mark.parametrize(
    "line",
    [
        "Go to [the docs](https://example.org) for everything else there is.",
        "[Docs](https://example.org/a) | [Chat](https://example.org/b) | [Blog](https://example.org/c)",
        "Note: this project is looking for a maintainer.",
        "> [!WARNING]\n> This is not ready for use by anyone.",
        "The following folds maps:",
        "Ada Lovelace, Grace Hopper, Mary Shelley",
        "Maps!",
    ],
)
def test_what_is_no_description_is_no_pitch(take: Taker, line: str) -> None:
    parts = take(f"# Acme\n\n{line}\n\n## Use\n\nSo.\n")
    assert parts.pitch is None
    assert "Use So." in plain(parts.body)


def test_a_name_in_front_of_the_pitch_is_not_repeated(take: Taker) -> None:
    assert (
        take("# Acme\n\n**Acme** - *Folds maps for sailors.*\n").pitch == "Folds maps for sailors."
    )


def test_the_pitch_stays_when_the_page_shows_another(take: Taker) -> None:
    text = "# Acme\n\nA small tool that folds maps.\n\n## Use\n\nSo.\n"
    assert "folds maps" in take(text, shown_pitch="Something else").body
    assert "folds maps" not in take(text, shown_pitch="A small tool that folds maps.").body


def test_a_switcher_of_languages_is_left_to_the_site(take: Taker) -> None:
    parts = take(
        "# Acme\n\nEnglish | [Deutsch](README.de.md) | [日本語](README.ja.md)\n\n"
        "It folds maps well.\n"
    )
    assert parts.pitch == "It folds maps well."
    assert parts.body == ""


def test_a_switcher_that_leads_elsewhere_stays_and_is_no_pitch(take: Taker) -> None:
    row = "[Deutsch](https://example.org/de) | [日本語](https://example.org/ja)"
    parts = take(f"# Acme\n\n{row}\n\nIt folds maps well.\n")
    assert parts.pitch == "It folds maps well."
    assert plain(parts.body) == "Deutsch | 日本語"


def test_advertisements_in_the_head_are_neither_title_nor_pitch(take: Taker) -> None:
    parts = take(
        '<div align="center">\n<a href="https://ad.example"><div><p>Buy this now.</p>'
        "<p>The best thing that anyone ever sold.</p></div></a>\n</div>\n\n"
        "# Acme\n\nIt folds maps well.\n"
    )
    assert (parts.title, parts.pitch) == ("Acme", "It folds maps well.")
    assert "Buy this now" in parts.body


def test_sentences_are_cut_where_they_end() -> None:
    assert cut_sentences("One. Two.") == "One. Two."
    long = "x" * 90
    assert (
        cut_sentences(f"A {long} e.g. this. Then {long}. And {long}.")
        == f"A {long} e.g. this. Then {long}."
    )
    assert cut_sentences("y" * 300) is None
    assert cut_sentences(f"{long}, and {long}, and {long}") == f"{long}, and {long}…"
