"""What is left of a README is its body: whole, in order, and without empty shells."""

from __future__ import annotations

import re

from tests.support.readmes import BADGE, Taker, plain


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


def test_the_same_readme_gives_the_same_parts(take: Taker) -> None:
    text = (
        "# Acme\n\nIt folds maps well.\n\n## Features\n\n- A: x\n- B: y\n- C: z\n\n## Use\n\nSo.\n"
    )
    assert take(text) == take(text)


def test_deep_nesting_and_many_pieces_end_soon(take: Taker) -> None:
    deep = "<div>" * 400 + "x" + "</div>" * 400
    text = deep + "\n\n" + "<p></p>\n\n" * 3000 + "## A\n\nb\n\n" * 2000
    assert len(take(text).headings) == 2000
