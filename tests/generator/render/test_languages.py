"""Languages are named by themselves and read in their own direction."""

from __future__ import annotations

import pytest

from generator.render.environment import format_short_day
from generator.render.languages import language_name, text_direction


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("de", "Deutsch"),
        ("zh-CN", "简体中文"),
        ("pt_BR", "Português (Brasil)"),
        ("fr-CA", "Français"),
    ],
)
def test_a_language_is_called_what_its_speakers_call_it(tag: str, name: str) -> None:
    assert language_name(tag) == name


def test_an_unknown_tag_is_shown_as_it_is() -> None:
    assert language_name("tlh") == "tlh"


@pytest.mark.parametrize("tag", ["ar", "fa", "fa-IR", "he", "ur_PK", "ku-Arab", "ckb"])
def test_scripts_that_run_from_the_right_are_known(tag: str) -> None:
    assert text_direction(tag) == "rtl"


@pytest.mark.parametrize("tag", ["en", "ja", "ku", "faroese", "arn", ""])
def test_everything_else_runs_from_the_left(tag: str) -> None:
    assert text_direction(tag) == "ltr"


def test_a_day_fits_a_narrow_place() -> None:
    assert format_short_day("2026-09-02") == "2 Sep 2026"
