"""Badges leave the text and become a few telling words, or baked pictures."""

from __future__ import annotations

import pytest

from generator.content.badge_words import is_badge_address, words_of
from generator.settings import HomeSettings
from tests.support.readmes import BADGE, Taker, plain


def test_badges_in_the_title_are_lifted_out_of_it(take: Taker) -> None:
    parts = take(
        f"# Acme ![v]({BADGE}/badge/version-1.2-blue) ![]({BADGE}/npm/v/acme)\n\nText here now.\n"
    )
    assert parts.title == "Acme"
    assert [(badge.label, badge.message) for badge in parts.badges] == [("version", "1.2")]


def test_a_wall_of_badges_is_six_chips_the_telling_ones_first(take: Taker) -> None:
    dull = "\n".join(
        f"[![Build {n}](https://ci.example/{n}/badge.svg)](https://ci.example/{n})"
        for n in range(9)
    )
    parts = take(f"# Acme\n\n{dull}\n![x]({BADGE}/badge/license-MIT-red)\n\nText here now.\n")
    assert len(parts.badges) == 6
    assert parts.badges[-1].message == "MIT"
    assert plain(parts.body) == ""
    assert parts.pitch == "Text here now."


def test_badges_on_a_line_of_their_own_leave_the_words_beside_them(take: Taker) -> None:
    parts = take(
        '<p align="center">\n<img src="logo.png" alt="Acme logo"><br>\n'
        '<a href="https://ci.example/acme"><img src="https://ci.example/badge.svg" alt="CI"></a>\n'
        '<a href="https://crates.io/crates/acme"><img src="https://x.example/v" alt="Version"></a>'
        "<br>\nA small tool that folds maps.\n</p>\n"
    )
    assert [badge.label for badge in parts.badges] == ["CI", "Version"]
    assert parts.banner is not None
    assert parts.pitch == "A small tool that folds maps."
    assert parts.body == ""


def test_baked_badges_are_pictures_and_their_address_is_known(take: Taker) -> None:
    remote = {f"{BADGE}/npm/v/acme": "assets/media/acme.1234.svg"}
    parts = take(f"# Acme\n\n[![npm]({BADGE}/npm/v/acme)](https://npmjs.com/acme)\n", remote=remote)
    (badge,) = parts.badges
    assert badge.picture is not None
    assert 'src="assets/media/acme.1234.svg"' in badge.picture.html
    assert (badge.label, badge.href) == ("npm", "https://npmjs.com/acme")
    assert parts.body == ""


def test_badges_stay_where_they_are_when_switched_off(take: Taker) -> None:
    text = f"# Acme\n\n![license]({BADGE}/badge/license-MIT-blue)\n"
    parts = take(text, settings=HomeSettings(badges=False))
    assert parts.badges == ()
    assert parts.body


@pytest.mark.parametrize(
    ("url", "alt", "words"),
    [
        (f"{BADGE}/badge/license-MIT-blue.svg", "", ("license", "MIT")),
        (f"{BADGE}/badge/code--style-very_good-000000", "", ("code-style", "very good")),
        (f"{BADGE}/badge/hello-green", "", ("hello", "")),
        (f"{BADGE}/badge/docs-%E2%9C%93%20ready-blue?style=flat", "", ("docs", "ready")),
        (f"{BADGE}/static/v1?label=a%20b&message=c&color=red", "", ("a b", "c")),
        (f"{BADGE}/npm/v/acme", "npm version badge", ("npm version", "")),
        (f"{BADGE}/github/license/acme/acme", "GitHub", ("License", "")),
        (f"{BADGE}/badge/-only-blue", "", ("only", "")),
        ("https://ci.example/badge.svg", "badge", ("", "")),
    ],
)
def test_a_badge_says_what_its_address_or_description_spells(
    url: str, alt: str, words: tuple[str, str]
) -> None:
    assert is_badge_address(url)
    assert words_of(url, alt) == words
