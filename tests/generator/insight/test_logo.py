"""A logo is a squarish picture in a well-known place; its colour becomes the accent."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.insight.accent import choose_color, find_accent, measure_color
from generator.insight.logo import find_logo
from generator.insight.outline import read_outline
from generator.insight.texts import SourceText
from generator.model.report import BuildWarning
from tests.generator.insight.conftest import MakeRepository, MakeTree

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path fill="#3366cc"/></svg>'
BANNER = '<svg viewBox="0 0 640 100"><path fill="#3366cc"/></svg>'


def png(width: int = 32, height: int = 32, color: tuple[int, ...] = (200, 40, 40, 255)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (width, height), color).save(out, "PNG")
    return out.getvalue()


def logo_of(
    make_repository: MakeRepository, contents: dict[str, str | bytes], **more: object
) -> str | None:
    repository = make_repository(contents, **more)
    readme = contents.get("README.md")
    outline = read_outline(SourceText(path="README.md", text=str(readme))) if readme else None
    found = find_logo(repository, outline=outline, chosen=None, warn=lambda _: None)
    return found.value if found else None


@pytest.mark.parametrize(
    ("paths", "logo"),
    [
        (("logo.svg", "logo.png"), "logo.svg"),
        (("icon.svg", "assets/logo.svg"), "assets/logo.svg"),
        (("docs/images/gizmo-logo.svg",), "docs/images/gizmo-logo.svg"),
        (("docs/_static/gizmo-icon.svg",), "docs/_static/gizmo-icon.svg"),
        ((".github/logo.svg", "other.svg"), ".github/logo.svg"),
        (("media/gizmo.svg",), "media/gizmo.svg"),
        (("logo-dark.svg", "logo.svg"), "logo.svg"),
        (("logo-dark.svg", "logo-light.svg"), "logo-light.svg"),
        (("public/favicon.svg", "public/logo.svg"), "public/logo.svg"),
        (("docs/img/acme-logo.svg", "sponsors/logo.svg", "src/deep/er/logo.svg"), None),
        (("screenshot.svg", "logo.gif"), None),
    ],
)
def test_the_logo_is_in_a_well_known_place_under_a_known_name(
    make_repository: MakeRepository, paths: tuple[str, ...], logo: str | None
) -> None:
    assert logo_of(make_repository, dict.fromkeys(paths, SQUARE)) == logo


def test_a_banner_a_broken_file_and_a_pointer_are_no_logo(make_repository: MakeRepository) -> None:
    assert (
        logo_of(make_repository, {"logo.svg": BANNER, "assets/logo.png": png()})
        == "assets/logo.png"
    )
    assert logo_of(make_repository, {"logo.png": b"no picture", "icon.png": png(400, 90)}) is None
    pointed = logo_of(make_repository, {"logo.svg": SQUARE}, lfs_pointers=frozenset({"logo.svg"}))
    assert pointed is None


def test_a_huge_picture_is_not_opened(make_repository: MakeRepository) -> None:
    out = io.BytesIO()
    Image.new("1", (6000, 6000)).save(out, "PNG")
    assert logo_of(make_repository, {"logo.png": out.getvalue()}) is None
    assert logo_of(make_repository, {"logo.svg": SQUARE + " " * 1_100_000}) is None


def test_the_picture_that_the_readme_shows_wins(make_repository: MakeRepository) -> None:
    readme = '# Gizmo\n<img src="./art/deep/gizmo.svg?raw=true" width=80>\n'
    contents: dict[str, str | bytes] = {
        **{"README.md": readme, "logo.svg": SQUARE, "art/deep/gizmo.svg": SQUARE},
    }
    assert logo_of(make_repository, contents) == "art/deep/gizmo.svg"


def test_a_chosen_logo_wins_and_a_missing_one_is_reported(
    make_repository: MakeRepository, warned: list[BuildWarning]
) -> None:
    repository = make_repository({"logo.svg": SQUARE, "x/mark.png": png()})
    chosen = find_logo(repository, outline=None, chosen="./x/mark.png", warn=warned.append)
    assert chosen is not None and (chosen.value, str(chosen.origin)) == ("x/mark.png", "settings")
    find_logo(repository, outline=None, chosen="nope.png", warn=warned.append)
    assert [warning.code for warning in warned] == ["setting_path_missing"]


def accent_of(make_tree: MakeTree, path: str, content: str | bytes) -> str | None:
    found = find_accent(make_tree({path: content}), path, None)
    return found.value if found else None


@pytest.mark.parametrize(
    ("drawing", "accent"),
    [
        (SQUARE, "#3366cc"),
        ('<svg><path fill="#fff"/><path style="fill:#e33"/></svg>', "#ee3333"),
        ('<svg><stop stop-color="rgb(10, 160, 90)"/></svg>', "#0aa05a"),
        ('<svg><path fill="#777"/><path fill="#000"/><path fill="#fff"/></svg>', None),
        ('<svg><path fill="#3366cc"/><image href="data:image/png;base64,AA"/></svg>', None),
        ("<svg></svg>", None),
    ],
)
def test_the_accent_of_a_drawing_is_its_most_telling_colour(
    make_tree: MakeTree, drawing: str, accent: str | None
) -> None:
    assert accent_of(make_tree, "logo.svg", drawing) == accent


def test_the_accent_of_a_raster_ignores_what_is_clear_or_grey(make_tree: MakeTree) -> None:
    assert accent_of(make_tree, "logo.png", png(color=(200, 40, 40, 255))) == "#c82828"
    assert accent_of(make_tree, "logo.png", png(color=(200, 40, 40, 0))) is None
    assert accent_of(make_tree, "logo.png", png(color=(128, 128, 128, 255))) is None
    assert accent_of(make_tree, "logo.png", b"no picture") is None


def test_the_settings_colour_wins(make_tree: MakeTree) -> None:
    found = find_accent(make_tree({"logo.svg": SQUARE}), "logo.svg", "#123456")
    assert found is not None and (found.value, str(found.origin)) == ("#123456", "settings")


def test_grey_has_no_chroma_and_red_has_what_its_definition_says() -> None:
    assert measure_color((128, 128, 128))[1] < 0.001
    lightness, chroma = measure_color((255, 0, 0))
    assert (round(lightness, 3), round(chroma, 3)) == (0.628, 0.258)


colors = st.tuples(*[st.integers(0, 255)] * 3)


@given(st.dictionaries(colors, st.integers(1, 10_000), max_size=20))
@settings(max_examples=150, deadline=None)
def test_an_accent_is_one_of_the_colours_and_never_grey(
    weights: dict[tuple[int, int, int], int],
) -> None:
    found = choose_color(weights)
    if found is not None:
        assert re.fullmatch(r"#[0-9a-f]{6}", found)
        color = (int(found[1:3], 16), int(found[3:5], 16), int(found[5:], 16))
        assert color in weights
        assert measure_color(color)[1] >= 0.05
