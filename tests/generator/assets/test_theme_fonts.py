"""The themes' fonts are small, open, and stand where their style sheets say."""

from __future__ import annotations

import re

import pytest

from generator.places import THEMES

BUDGET_BYTES = {"atlas": 30_000, "press": 35_000 + 22_000, "terminal": 25_000}


@pytest.mark.parametrize("theme", sorted(BUDGET_BYTES))
def test_a_theme_ships_the_fonts_it_names_and_their_licence(theme: str) -> None:
    css = (THEMES / theme / "fonts.css").read_text(encoding="utf-8")
    named = set(re.findall(r'url\("([^"]+)"\)', css))
    shipped = {path.name for path in (THEMES / theme / "assets").glob("*.woff2")}
    assert named == shipped
    assert "SIL Open Font License" in (THEMES / theme / "assets" / "OFL.txt").read_text()


@pytest.mark.parametrize("theme", sorted(BUDGET_BYTES))
def test_a_themes_fonts_keep_to_their_budget(theme: str) -> None:
    fonts = list((THEMES / theme / "assets").glob("*.woff2"))
    assert all(font.read_bytes().startswith(b"wOF2") for font in fonts)
    assert sum(font.stat().st_size for font in fonts) <= BUDGET_BYTES[theme]


@pytest.mark.parametrize("theme", sorted(BUDGET_BYTES))
def test_every_web_font_swaps_and_has_a_measured_stand_in(theme: str) -> None:
    css = (THEMES / theme / "fonts.css").read_text(encoding="utf-8")
    faces = re.findall(r"@font-face \{(.*?)\}", css, re.DOTALL)
    families = {re.search(r'font-family: "([^"]+)"', face)[1] for face in faces}  # type: ignore[index]  # a face has one
    for face in faces:
        if "url(" in face:
            assert "font-display: swap" in face
        else:
            assert {"size-adjust", "ascent-override", "descent-override"} <= set(
                re.findall(r"[\w-]+(?=:)", face)
            )
    assert {f"{name} fallback" for name in families if not name.endswith("fallback")} <= families
