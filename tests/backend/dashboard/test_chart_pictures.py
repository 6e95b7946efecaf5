"""Each chart of a page can be taken along as a picture, light or dark as the page is."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from tests.support.people import World, open_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("pictures"), "ann") as world:
        yield world


@pytest.fixture
def client(world: World) -> TestClient:
    return world.browser(world.people["ann"])


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/audience", "/dashboard/referrals"])
def test_each_chart_offers_a_picture_for_light_and_dark_pages(
    client: TestClient, path: str
) -> None:
    page = HTMLParser(client.get(path, headers={"accept": "text/html"}).text)
    charts = len(page.css("[data-chart]"))
    assert charts
    for name, is_dark in (("only-light", False), ("only-dark", True)):
        links = [str(link.attributes["href"]) for link in page.css(f".downloads .{name}")]
        assert len(links) == charts
        answer = client.get(links[0])
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-disposition"].endswith("-dark.png" if is_dark else ".png")
        picture = Image.open(io.BytesIO(answer.content)).convert("L")
        ground = 17 if is_dark else 255
        assert (picture.width, picture.getpixel((0, 0))) == (1_600, ground)


def test_no_picture_is_made_of_what_is_no_chart(client: TestClient) -> None:
    for name in ("none.png", "-dark.png", "views-dark.csv", "views.gif", "views-dark-dark.png"):
        assert client.get(f"/dashboard?download={name}").status_code == 404
    assert client.get("/dashboard/leaderboards?download=places.png").status_code == 404
