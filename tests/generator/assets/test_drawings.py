"""Drawings of our own become pixels in which every word can be read."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from generator.assets.drawings import to_png
from generator.assets.typefaces import Family, faces_for


def draw(text: str) -> Image.Image:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="30" viewBox="0 0 200 30">'
        '<style>text{font:16px Inter}</style><rect width="200" height="30" fill="#fff"/>'
        f'<text x="5" y="20">{text}</text></svg>'
    )
    return Image.open(io.BytesIO(to_png(svg, width_px=400, words=text))).convert("L")


@pytest.mark.parametrize(
    ("word", "more"), [("हिन्दी", " campaign"), ("สวัสดี", " x"), ("日本", " – x")]
)
def test_a_script_beside_another_one_is_written_as_when_it_is_alone(word: str, more: str) -> None:
    if not any(face.covers(word[0]) for face in faces_for(word, Family.SANS)):
        pytest.skip("no font here has this script")
    alone, beside = draw(word), draw(word + more)
    ink = alone.point(lambda grey: 255 - grey).getbbox()
    assert ink is not None
    box = (0, 0, ink[2], 60)
    assert beside.crop(box).tobytes() == alone.crop(box).tobytes()
    assert beside.tobytes() != alone.tobytes()


def test_what_no_font_holds_is_left_out() -> None:
    assert draw("a\U0001f680b").tobytes() == draw("ab").tobytes()


def test_it_has_the_width_that_is_asked_for() -> None:
    assert draw("a").size == (400, 60)
