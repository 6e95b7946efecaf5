"""Pictures of charts: sharp, readable, and never larger than they may be."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from backend.gateways.chart_pictures import MAX_HEIGHT_PX, MAX_WIDTH_PX, draw_picture
from generator.render.charts import Chart, Series


def bars(count: int, name: str = "Country") -> Chart:
    return Chart(
        title=f"{name}, by visitors",
        kind="bars",
        labels=tuple(f"{name} {number}" for number in range(count)),
        series=(Series(name="Visitors", values=tuple(range(count))),),
    )


def opened(raw: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(raw))
    assert picture.format == "PNG"
    return picture.convert("RGB")


def test_it_has_two_pixels_for_each_of_the_drawing() -> None:
    picture = opened(draw_picture(bars(4)))
    assert picture.size == (1_600, 464)


@pytest.mark.parametrize(("is_dark", "ground"), [(False, (255, 255, 255)), (True, (15, 17, 21))])
def test_its_ground_is_that_of_the_page(is_dark: bool, ground: tuple[int, int, int]) -> None:
    picture = opened(draw_picture(bars(4), is_dark=is_dark))
    corners = ((0, 0), (picture.width - 1, 0), (0, picture.height - 1))
    assert {picture.getpixel(corner) for corner in corners} == {ground}
    # Title, legend and axis are written in the upper left part and beside the bars.
    for box in ((0, 0, 600, 90), (0, 90, 400, 130), (0, 160, 300, 380)):
        assert len(picture.crop(box).getcolors(100_000) or ()) > 20


def test_even_a_thousand_bars_are_a_picture_of_bounded_size() -> None:
    picture = opened(draw_picture(bars(1_000)))
    assert picture.width <= MAX_WIDTH_PX == 2_000
    assert picture.height <= MAX_HEIGHT_PX


def test_the_same_chart_is_the_same_bytes_and_another_is_not() -> None:
    assert draw_picture(bars(3)) == draw_picture(bars(3))
    assert draw_picture(bars(3)) != draw_picture(bars(3, "Campaign"))


def test_hostile_names_are_only_letters() -> None:
    # The bell and half a pair of characters cannot stand in XML at all.
    hostile = '"/><image href="file:///etc/passwd"/>&\x07\ud800'
    assert opened(draw_picture(bars(4, hostile))).size == (1_600, 464)
