"""Sections that a home page shows in a place of their own, or not at all."""

from __future__ import annotations

import pytest

from generator.settings import HomeSettings
from tests.support.readmes import Taker, plain


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
