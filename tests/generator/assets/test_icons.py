"""Icons come from the logo or the initials, at the names that browsers ask for."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.assets.icons import initials, make_icons

LIGHT, DARK = "#fcfcfd", "#0f1114"
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#c00"/></svg>'  # noqa: E501  one drawing
WIDE = SQUARE.replace(b'viewBox="0 0 9 9"', b'viewBox="0 0 90 9"').replace(
    b'width="9"', b'width="90"'
)


def icons(
    name: str = "tool", logo: bytes | None = None, accent: str = "#2f5bd8"
) -> dict[str, bytes]:
    files = make_icons(name=name, logo=logo, accent=accent, light=LIGHT, dark=DARK)
    return {file.path: file.content for file in files}


def png(colour: str, size: tuple[int, int] = (64, 64)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("logo", [None, SQUARE, png("#c00")])
def test_every_icon_has_the_size_its_name_says(logo: bytes | None) -> None:
    made = icons(logo=logo)
    for path, size in (("apple-touch-icon", 180), ("icon-192", 192), ("icon-512", 512)):
        with Image.open(io.BytesIO(made[f"{path}.png"])) as icon:
            assert (icon.size, icon.mode) == ((size, size), "RGB")
    with Image.open(io.BytesIO(made["favicon.ico"])) as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_the_same_logo_gives_the_same_bytes() -> None:
    assert icons(logo=SQUARE) == icons(logo=SQUARE)


def test_the_manifest_works_under_any_base_path() -> None:
    made = icons("An uncommonly long name")
    manifest = json.loads(made["site.webmanifest"])
    assert (manifest["start_url"], manifest["scope"]) == ("./", "./")
    assert manifest["short_name"] == "An uncommonl"
    assert {icon["src"] for icon in manifest["icons"]} <= made.keys()


def test_a_drawn_logo_is_the_vector_icon_and_cannot_act() -> None:
    drawing = icons(logo=SQUARE.replace(b"<rect", b"<script>alert(1)</script><rect"))["icon.svg"]
    assert b"<rect" in drawing
    assert b"alert" not in drawing


def test_a_raster_logo_makes_no_vector_icon() -> None:
    assert "icon.svg" not in icons(logo=png("#c00"))


@pytest.mark.parametrize("logo", [WIDE, png("#c00", (400, 60)), b"broken", b""])
def test_a_wordmark_or_a_broken_logo_gives_way_to_the_initials(logo: bytes) -> None:
    assert icons(logo=logo) == icons(logo=None)


def test_the_maskable_icon_keeps_the_logo_inside_the_safe_circle() -> None:
    with Image.open(io.BytesIO(icons(logo=png("#cc0000"))["icon-512.png"])) as icon:
        assert icon.getpixel((256, 256)) == (204, 0, 0)
        assert icon.getpixel((256 - 160, 256)) == (252, 252, 253)


def test_a_white_logo_stands_on_the_dark_ground() -> None:
    with Image.open(io.BytesIO(icons(logo=png("#ffffff"))["apple-touch-icon.png"])) as icon:
        assert icon.getpixel((1, 1)) == (15, 17, 20)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("got", "G"),
        ("react-router", "RR"),
        ("createApp", "CA"),
        ("HTTPX", "H"),
        ("3d-force-graph", "3F"),
        ("42", "4"),
        ("結巴", "結"),
        ("Ærlig", "Æ"),
        ("", "•"),
        ("<&>", "<"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(max_size=30), st.sampled_from(["#000000", "#ffffff", "#2f5bd8", "#ffe100"]))
@settings(max_examples=25, deadline=None)
def test_any_name_gives_a_well_formed_drawing(name: str, accent: str) -> None:
    ET.fromstring(icons(name, accent=accent)["icon.svg"])  # noqa: S314  our own output
