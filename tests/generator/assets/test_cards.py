"""A card fits whatever it has to say, and leaves out what it cannot write."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from generator.assets.card import Card, CardColours, card_key
from generator.assets.cards import draw_card
from generator.assets.lettering import Setting, Style, set_text
from generator.assets.typefaces import Family, can_shape, faces_for

LIGHT = CardColours(
    background="#fcfcfd", text="#17191d", muted="#5c616b", line="#dfe1e6", accent="#2f5bd8"
)
THEMES = ("atlas", "press", "terminal", "one nobody knows")
PLAIN = Card(project="tool", title="", text="Does one thing.", theme="atlas", colours=LIGHT)
LONG = " ".join(["A pitch that goes on about everything the project can do for you."] * 5)[:300]
STYLE = Style(family=Family.SANS, weight=600, sizes=((60, 2), (40, 3)), leading=1.1)

needs_shaping = pytest.mark.skipif(not can_shape(), reason="Pillow cannot shape text here (Raqm)")


def picture(card: Card) -> Image.Image:
    with Image.open(io.BytesIO(draw_card(card))) as opened:
        assert (opened.format, opened.mode, opened.size) == ("PNG", "P", (1200, 630))
        return opened.convert("RGB")


def ink_box(card: Card, empty: Card) -> tuple[int, int, int, int] | None:
    """Return where a card differs from the same card without words."""
    difference = ImageChops.difference(picture(card), picture(empty)).convert("L")
    return difference.point(lambda value: 255 * (value > 24)).getbbox()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("project", "title", "text"),
    [
        ("x", "", ""),
        ("extraordinarily-long-project-name-of-40c", "", LONG),
        ("W" * 40, "", "W" * 300),
        ("tool", "An unusually long title of a page that explains much " * 3, LONG),
        ("工具", "设计" * 60, "模式" * 150),
        ("مشروع", "دليل الاستخدام " * 12, "نص طويل جدا " * 25),
    ],
)
def test_words_stay_inside_the_margins(theme: str, project: str, title: str, text: str) -> None:
    card = Card(project=project, title=title, text=text, theme=theme, colours=LIGHT)
    box = ink_box(card, replace(card, project="", title="", text=""))
    if box is not None:
        left, top, right, bottom = box
        assert left >= 60
        assert right <= 1200 - 15
        assert top >= 0
        assert bottom <= 566


@pytest.mark.parametrize("theme", THEMES)
def test_equal_cards_give_equal_bytes_and_are_small(theme: str) -> None:
    card = replace(PLAIN, theme=theme, text=LONG, facts=("v1.2", "MIT"), host="example.org")
    assert draw_card(card) == draw_card(card)
    assert len(draw_card(card)) < 60_000


def test_the_key_changes_with_everything_that_is_drawn() -> None:
    changed = [
        replace(PLAIN, project="other"),
        replace(PLAIN, title="tool", text=""),
        replace(PLAIN, facts=("v1",)),
        replace(PLAIN, host="v1"),
        replace(PLAIN, theme="press"),
        replace(PLAIN, colours=replace(LIGHT, accent="#2f5bd9")),
        replace(PLAIN, logo=b"x"),
    ]
    assert len({card_key(card) for card in [PLAIN, *changed]}) == len(changed) + 1


def test_a_short_name_stands_larger_than_a_long_one() -> None:
    short, long = set_text("tool", STYLE, 800), set_text("tool " * 30, STYLE, 800)
    assert short and long
    assert short.size_px > long.size_px


def test_lines_are_about_equally_long() -> None:
    setting = set_text("Getting started with the very first project", STYLE, 900)
    assert setting
    widths = [setting.width_of(line) for line in setting.lines]
    assert len(widths) == 2
    assert max(widths) < 1.4 * min(widths)


def test_what_is_too_long_ends_with_an_ellipsis() -> None:
    setting = set_text("word " * 100, STYLE, 500)
    assert setting
    assert len(setting.lines) == 3
    assert setting.lines[-1].endswith("word…")


def test_a_long_name_breaks_at_its_hyphens() -> None:
    setting = set_text("a-name-that-is-far-too-long-for-a-line", STYLE, 560)
    assert setting
    assert all(line.endswith("-") for line in setting.lines[:-1])


def test_japanese_never_starts_a_line_with_a_full_stop() -> None:
    setting = set_text("これは。" * 40, STYLE, 300)
    assert setting
    assert not any(line.startswith("。") for line in setting.lines)


def test_emoji_are_left_out_and_the_words_stay() -> None:
    setting = set_text("🚀 Fast ✨ and 👩‍💻 small 🎉", STYLE, 900)
    assert setting
    assert " ".join(setting.lines).replace("✨ ", "") == "Fast and small"


def test_a_text_that_no_font_can_write_is_left_out() -> None:
    assert set_text("", STYLE, 900) is None
    assert set_text("🚀", STYLE, 900) is None
    rare = "\U0002ebd0"
    if any(face.covers(rare) for face in faces_for(rare, Family.SANS)):
        pytest.skip("a font of this machine writes even the rarest character")
    assert set_text(f"rare {rare}", STYLE, 900) is None
    assert draw_card(replace(PLAIN, text=rare)) == draw_card(replace(PLAIN, text=""))


@needs_shaping
def test_hebrew_and_arabic_are_set_from_the_right() -> None:
    for text in ("שלום", "مرحبا"):
        if all(
            face.covers(letter) for face in faces_for(text, Family.SANS)[-1:] for letter in text
        ):
            setting = set_text(text, STYLE, 900)
            assert isinstance(setting, Setting)
            assert setting.is_rtl


def test_a_logo_that_cannot_be_opened_does_not_matter() -> None:
    for logo in (b"", b"GIF89a broken", b"<svg", b"\x89PNG\r\n\x1a\n" + bytes(40)):
        assert picture(replace(PLAIN, logo=logo)).tobytes() == picture(PLAIN).tobytes()


def test_a_svg_logo_is_drawn() -> None:
    square = b'<rect width="9" height="9" fill="#f00"/>'
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">' + square + b"</svg>"
    colours = picture(replace(PLAIN, logo=logo)).crop((75, 75, 135, 135)).getcolors()
    assert colours and max(colours)[1][0] > 240 and max(colours)[1][1] < 20


def test_a_dark_logo_on_a_dark_card_gets_a_light_ground() -> None:
    dark = CardColours(
        background="#0d110e", text="#d8e2d9", muted="#8fa092", line="#2b342d", accent="#5fd38a"
    )
    buffer = io.BytesIO()
    Image.new("RGBA", (80, 80), "#0a0a0a").save(buffer, "PNG")
    card = replace(PLAIN, theme="terminal", colours=dark, logo=buffer.getvalue())
    _, brightest = picture(card).crop((72, 66, 150, 114)).convert("L").getextrema()
    assert brightest > 180


@given(st.text(max_size=120), st.text(max_size=300), st.sampled_from(THEMES))
@settings(max_examples=40, deadline=None)
def test_no_text_breaks_a_card(title: str, text: str, theme: str) -> None:
    picture(Card(project=title[:30], title=title, text=text, theme=theme, colours=LIGHT))
