"""A README of any shape is taken apart so that every piece is found, and nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from generator.content.badge_words import is_badge_address, words_of
from generator.content.document import read_document
from generator.content.html_tree import parse_html
from generator.content.linkmap import LinkMap
from generator.content.readme import compose
from generator.content.readme_head import cut_sentences
from generator.model.files import FileTree
from generator.model.forge import parse_forge
from generator.model.page import PageKind, Place
from generator.model.readme import ReadmeParts
from generator.model.repository import Repository
from generator.settings import HomeSettings
from tests.support import corpus as corpus_place

PICTURES = {
    "logo.png": (300, 120),
    "dark.png": (300, 120),
    "screenshot.png": (1200, 700),
    "wide.png": (1280, 720),
    "demo.gif": (900, 500),
}
_FORMATS = {".md", ".rst", ".adoc", ".txt", ""}
BADGE = "https://img.shields.io"


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> FileTree:
    root = tmp_path_factory.mktemp("pictures")
    sizes = {"README.md": 0, "README.de.md": 0, "README.ja.md": 0, "LICENSE": 0}
    for name, side in PICTURES.items():
        content = BytesIO()
        Image.new("1", side).save(content, "GIF" if name.endswith("gif") else "PNG")
        (root / name).write_bytes(content.getvalue())
        sizes[name] = len(content.getvalue())
    for name in ("README.md", "README.de.md", "README.ja.md", "LICENSE"):
        (root / name).write_text("", encoding="utf-8")
    return FileTree(root=root, sizes=sizes)


class Taker:
    """Renders a README and takes it apart."""

    def __init__(self, files: FileTree) -> None:
        self._files = files

    def __call__(
        self,
        text: str,
        *,
        path: str = "README.md",
        commands: Sequence[str] = (),
        settings: HomeSettings | None = None,
        remote: Mapping[str, str] | None = None,
        shown_pitch: str | None = None,
    ) -> ReadmeParts:
        repository = Repository(
            name="acme", files=self._files, forge=parse_forge("https://github.com/acme/acme"),
            ref="main", default_branch="main",
        )  # fmt: skip
        places = [
            Place(url="", kind=PageKind.HOME, source="README.md"),
            Place(url="de/", kind=PageKind.HOME, source="README.de.md", language="de"),
            Place(url="ja/", kind=PageKind.HOME, source="README.ja.md", language="ja"),
        ]
        links = LinkMap(
            repository, places, asset_url=lambda path: f"assets/{path}", remote=remote or {}
        )
        resolver = links.resolver(path=path, url="")
        document = read_document(path, text, links=resolver, forge=repository.forge)
        return compose(
            document,
            settings=settings or HomeSettings(),
            install_commands=commands,
            links=links.resolver(path=path, url=""),
            shown_pitch=shown_pitch,
        )


@pytest.fixture
def take(pictures: FileTree) -> Taker:
    return Taker(pictures)


def plain(html: str) -> str:
    return parse_html(html).text


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


def test_a_table_of_contents_is_left_to_the_page(take: Taker) -> None:
    toc = "- [One](#one)\n- [Two](#two)\n  - [Deep](#deep)\n"
    body = "## One\n\nFirst.\n\n## Two\n\nSecond.\n\n### Deep\n\nThird.\n"
    parts = take(f"# Acme\n\nIt folds maps well.\n\n## Table of Contents\n\n{toc}\n{body}")
    assert [heading.text for heading in parts.headings] == ["One", "Two", "Deep"]
    assert "Contents" not in parts.body
    folded = f"<details>\n<summary>Table of contents</summary>\n\n{toc}\n</details>\n"
    assert "<details" not in take(f"# Acme\n\nIt folds maps.\n\n{folded}\n{body}").body


def test_lines_that_lead_back_to_the_top_are_gone(take: Taker) -> None:
    parts = take(
        '# Acme\n\nIt folds maps well.\n\n## Use\n\nSo.\n\n<p align="right">(<a href="#readme-top">'
        "back to top</a>)</p>\n\n## More\n\nMore.\n\n[⬆ Back to Top](#acme)\n"
    )
    assert "top" not in plain(parts.body).lower()


def test_a_list_of_features_becomes_cards(take: Taker) -> None:
    parts = take(
        "# Acme\n\nIt folds maps well.\n\n## ✨ Features\n\nAcme offers:\n\n"
        "- 🚀 **Fast**: folds *ten* maps a second\n- **Small** — one file\n"
        "- [Open](https://example.org): all of it\n- Quiet: makes no noise\n\n## Use\n\nSo.\n"
    )
    assert parts.features_title == "✨ Features"
    assert parts.features_anchor
    assert [(card.title, plain(card.html), card.href) for card in parts.features] == [
        ("Fast", "folds ten maps a second", ""),
        ("Small", "one file", ""),
        ("Open", "all of it", "https://example.org"),
        ("Quiet", "makes no noise", ""),
    ]
    assert "<em>ten</em>" in parts.features[0].html
    assert plain(parts.body) == "Use So."


@pytest.mark.parametrize(
    "items",
    [
        "- One thing\n- Two things\n",
        "- [x] Done\n- [ ] Not done\n- [ ] Later\n",
        "- **A**: x\n  - nested\n- **B**: y\n- **C**: z\n",
        "- A: x\n- B: y\n- C: " + "long " * 90 + "\n",
        "- A: x\n- B: y\n- C: z\n\nAnd a paragraph that would be lost.\n",
    ],
)
def test_a_list_that_is_more_than_cards_stays_in_the_body(take: Taker, items: str) -> None:
    parts = take(f"# Acme\n\nIt folds maps well.\n\n## Features\n\n{items}")
    assert parts.features == ()
    assert parts.headings[0].text == "Features"


def test_install_leaves_the_body_only_when_its_commands_are_shown(take: Taker) -> None:
    text = (
        "# Acme\n\nIt folds maps well.\n\n## Installation\n\nWith pip:\n\n```console\n"
        "$ pip install acme\n```\n\n### npm\n\n```sh\n# global\nnpm i -g acme\n```\n\n"
        "## Use\n\nSo.\n"
    )
    shown = ["pip install acme", "npm i -g acme"]
    parts = take(text, commands=shown)
    assert plain(parts.body) == "Use So."
    assert parts.install_anchor == "installation"
    assert "pip install" in take(text, commands=shown[:1]).body
    assert "pip install" in take(text).body
    assert "pip install" in take(text, commands=shown, settings=HomeSettings(install=False)).body


def test_install_with_more_to_say_stays(take: Taker) -> None:
    text = (
        "# Acme\n\nIt folds maps well.\n\n## Install\n\n```sh\npip install acme\n```\n\n"
        "Then see [the notes](https://example.org/notes).\n"
    )
    assert "pip install acme" in take(text, commands=["pip install acme"]).body


def test_the_first_example_with_code_is_the_quick_start(take: Taker) -> None:
    parts = take(
        "# Acme\n\nIt folds maps well.\n\n## Notes\n\nNone.\n\n## Quick Start 🚀\n\nType this:\n\n"
        "```python\nimport acme\n```\n\n## Usage\n\n```python\nacme.fold()\n```\n"
    )
    assert parts.quick_start_title == "Quick Start 🚀"
    assert parts.quick_start is not None
    assert "acme" in plain(parts.quick_start)
    assert parts.quick_start_anchor == "quick-start-"
    assert [heading.text for heading in parts.headings] == ["Notes", "Usage"]


def test_a_usage_section_without_code_or_too_long_stays(take: Taker) -> None:
    assert take("# Acme\n\n## Usage\n\nJust look at it.\n").quick_start is None
    long = "Much to read here. " * 300
    assert take(f"# Acme\n\n## Usage\n\n```\nx\n```\n\n{long}\n").quick_start is None


def test_a_screenshot_is_the_demo_and_a_logo_the_banner(take: Taker) -> None:
    parts = take(
        "# Acme\n\n![Acme](logo.png)\n\nIt folds maps well.\n\n![Screenshot](screenshot.png)\n\n"
        "## Use\n\nSo.\n"
    )
    assert parts.banner is not None
    assert "logo.png" in parts.banner.html
    assert parts.demo is not None
    assert (parts.demo.alt, parts.demo.width_px) == ("Screenshot", 1200)
    assert "<img" not in parts.body


def test_a_section_that_is_only_a_film_is_the_demo(take: Taker) -> None:
    parts = take("# Acme\n\nIt folds maps.\n\n## Demo\n\n![](demo.gif)\n\n## Use\n\nSo.\n")
    assert parts.demo is not None
    assert "demo.gif" in parts.demo.html
    assert [heading.text for heading in parts.headings] == ["Use"]


def test_pictures_for_light_and_dark_stay_together(take: Taker) -> None:
    parts = take(
        "# Acme\n\n![Acme](logo.png#gh-light-mode-only)\n"
        "![Acme](dark.png#gh-dark-mode-only)\n\nIt folds maps.\n"
    )
    assert parts.banner is not None
    assert parts.banner.html.count("<img") == 2


def test_pictures_in_the_text_stay_in_the_text(take: Taker) -> None:
    parts = take(
        "# Acme\n\nIt folds maps well.\n\n## How\n\nFirst.\n\n"
        "![Step one](screenshot.png)\n\nThen.\n"
    )
    assert parts.demo is None
    assert "screenshot.png" in parts.body


def test_sections_under_first_level_headings_move_down_one_level(take: Taker) -> None:
    parts = take("# Acme\n\nIt folds maps well.\n\n# Use\n\nSo.\n\n## Deep\n\nDeeper.\n")
    assert [(heading.level, heading.text) for heading in parts.headings] == [
        (2, "Use"),
        (3, "Deep"),
    ]
    assert '<h2 id="use"' in parts.body
    assert "<h1" not in parts.body


def test_a_stray_first_level_heading_does_not_push_the_others_down(take: Taker) -> None:
    parts = take("## Acme\n\nIt folds maps well.\n\n## Use\n\nSo.\n\n# License\n\nMIT\n")
    assert [(heading.level, heading.text) for heading in parts.headings] == [
        (2, "Acme"), (2, "Use"), (2, "License"),
    ]  # fmt: skip


def test_sections_of_the_third_level_move_up(take: Taker) -> None:
    parts = take("# Acme\n\nIt folds maps well.\n\n### Use\n\nSo.\n\n#### Deep\n\nDeeper.\n")
    assert [heading.level for heading in parts.headings] == [2, 3]


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


def test_chinese_and_japanese_read_as_well(take: Taker) -> None:
    parts = take(
        "# 折图\n\n一个把地图折叠起来的小工具。\n\n## 特性\n\n"
        "- **快速**：每秒十张\n- **小巧**：一个文件\n"
        "- **安静**：没有声音\n\n## 快速开始\n\n```sh\nfold map\n```\n\n## 許可\n\nMIT\n"
    )
    assert parts.title == "折图"
    assert parts.pitch == "一个把地图折叠起来的小工具。"
    assert [card.title for card in parts.features] == ["快速", "小巧", "安静"]
    assert parts.quick_start_title == "快速开始"
    assert plain(parts.body) == "許可 MIT"


def test_right_to_left_text_keeps_its_direction(take: Taker) -> None:
    parts = take(
        '<div dir="rtl">\n\n# نقشه\n\n'
        "ابزاری کوچک برای تا کردن نقشه‌ها.\n\n## نصب\n\nبگیرید.\n\n</div>\n"
    )
    assert parts.title == "نقشه"
    assert parts.pitch == "ابزاری کوچک برای تا کردن نقشه‌ها."
    assert parts.body.startswith('<div dir="rtl">')


def test_a_readme_in_a_table_is_left_whole(take: Taker) -> None:
    parts = take("| Acme | Maps |\n|---|---|\n| folds | well |\n| unfolds | badly |\n")
    assert (parts.title, parts.pitch) == (None, None)
    assert plain(parts.body) == "Acme Maps folds well unfolds badly"


def test_no_empty_shells_are_left(take: Taker) -> None:
    parts = take(
        '---\n<div align="center">\n<img src="logo.png" alt="Acme logo"><br>\n<br>\n</div>\n\n'
        "<h1></h1>\n\n"
        f"# Acme\n\n<p align='center'>\n<!-- badges -->\n<img src='{BADGE}/badge/a-b-c'>\n</p>"
        "\n\n---\n\n"
        "It folds maps well.\n\n---\n\n## Use\n\nSo.\n\n---\n"
    )
    assert re.sub(r"\s+", "", parts.body).startswith('<h2id="use"')
    assert not re.search(r"<(p|div)[^>]*>\s*</\1>|<hr>|<br>", parts.body)


def test_advertisements_in_the_head_are_neither_title_nor_pitch(take: Taker) -> None:
    parts = take(
        '<div align="center">\n<a href="https://ad.example"><div><p>Buy this now.</p>'
        "<p>The best thing that anyone ever sold.</p></div></a>\n</div>\n\n"
        "# Acme\n\nIt folds maps well.\n"
    )
    assert (parts.title, parts.pitch) == ("Acme", "It folds maps well.")
    assert "Buy this now" in parts.body


def test_the_same_readme_gives_the_same_parts(take: Taker) -> None:
    text = (
        "# Acme\n\nIt folds maps well.\n\n## Features\n\n- A: x\n- B: y\n- C: z\n\n## Use\n\nSo.\n"
    )
    assert take(text) == take(text)


def test_deep_nesting_and_many_pieces_end_soon(take: Taker) -> None:
    deep = "<div>" * 400 + "x" + "</div>" * 400
    text = deep + "\n\n" + "<p></p>\n\n" * 3000 + "## A\n\nb\n\n" * 2000
    assert len(take(text).headings) == 2000


def test_sentences_are_cut_where_they_end() -> None:
    assert cut_sentences("One. Two.") == "One. Two."
    long = "x" * 90
    assert (
        cut_sentences(f"A {long} e.g. this. Then {long}. And {long}.")
        == f"A {long} e.g. this. Then {long}."
    )
    assert cut_sentences("y" * 300) is None
    assert cut_sentences(f"{long}, and {long}, and {long}") == f"{long}, and {long}…"


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
