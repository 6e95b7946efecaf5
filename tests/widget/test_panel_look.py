"""The panel looks at home: by day and night, in both directions, in the page's font and colours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.kept_page import KeptPages
from tests.support.share_page import WIDGET, SharePage, open_panel, share_page  # noqa: F401
from tests.support.tools import NODE_FOLDER

pytestmark = pytest.mark.browser

AXE = NODE_FOLDER / "node_modules" / "axe-core" / "axe.min.js"
AUDIT = """async () => {
  const { violations } = await axe.run("foursite-share", { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => [id, nodes.map(({ failureSummary }) => failureSummary)]);
}"""
STYLE = "(one, name) => getComputedStyle(one).getPropertyValue(name)"
DARK, LIGHT = "rgb(28, 30, 36)", "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def pages(browser: Browser) -> Iterator[KeptPages]:  # noqa: F811
    keepers = KeptPages(browser)
    yield keepers
    keepers.close()


def open_page(pages: KeptPages, **options: Any) -> AbstractContextManager[Page]:
    return pages.lend(**{"reduced_motion": "reduce", **options})


@pytest.mark.node
@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440], ids=["phone", "desk"])
def test_axe_finds_no_fault_in_any_view(
    pages: KeptPages,
    share_page: SharePage,  # noqa: F811
    width: int,
    scheme: Any,
    lang: str,
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    every = "x,linkedin,reddit,hackernews,mastodon,bluesky,facebook,email,slack,discord,telegram"
    share_page.lang = lang
    share_page.counts = {"shares": 1284, "likes": 37}
    share_page.attributes = f'data-theme="{scheme}" data-platforms="{every}" data-counts'
    share_page.head = f"<style>:root {{ color-scheme: {scheme} }}</style>"
    with open_page(pages, viewport={"width": width, "height": 800}) as page:
        panel = open_panel(page, share_page.address)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        faults = {"home": page.evaluate(AUDIT)}
        panel.locator("[data-platform=mastodon]").click()
        faults["server"] = page.evaluate(AUDIT)
        panel.locator(".turn").click()
        panel.locator("[data-platform=copy_link]").click()
        panel.locator(".row button", has_text="QR").click()
        faults["code"] = page.evaluate(AUDIT)
    assert faults == {"home": [], "server": [], "code": []}


@pytest.mark.parametrize(
    ("schemes", "theme", "system_and_ground"),
    [
        ("normal", "auto", ("dark", LIGHT)),  # a page without schemes is light whatever one prefers
        ("light dark", "auto", ("light", LIGHT)),
        ("light dark", "auto", ("dark", DARK)),
        ("dark", "auto", ("light", DARK)),
        ("light", "auto", ("dark", LIGHT)),
        ("normal", "dark", ("light", DARK)),
        ("light dark", "light", ("dark", LIGHT)),
    ],
)
def test_panel_is_dark_where_the_page_is(
    pages: KeptPages,
    share_page: SharePage,  # noqa: F811
    schemes: str,
    theme: str,
    system_and_ground: tuple[Any, str],
) -> None:
    system, ground = system_and_ground
    share_page.head = f"<style>:root {{ color-scheme: {schemes} }}</style>"
    share_page.attributes = f'data-theme="{theme}"'
    with open_page(pages, color_scheme=system) as page:
        panel = open_panel(page, share_page.address)
        assert panel.evaluate(STYLE, "background-color") == ground


def test_page_gives_font_colours_and_corners(pages: KeptPages, share_page: SharePage) -> None:  # noqa: F811
    share_page.head = """<style>
      body { font-family: Courier, monospace }
      foursite-share { --foursite-background: #fee; --foursite-text: #300; --foursite-radius: 0 }
      foursite-share::part(title) { letter-spacing: 3px }
      foursite-share::part(target) { opacity: 0.9 }
      foursite-share::part(copy) { opacity: 0.8 }
      foursite-share::part(powered) { opacity: 0.7 }
      foursite-share::part(qr) { outline: 5px solid red }
    </style>"""
    with open_page(pages) as page:
        panel = open_panel(page, share_page.address)
        assert panel.evaluate(STYLE, "font-family") == "Courier, monospace"
        assert panel.evaluate(STYLE, "background-color") == "rgb(255, 238, 238)"
        assert panel.evaluate(STYLE, "color") == "rgb(51, 0, 0)"
        assert panel.evaluate(STYLE, "border-radius") == "0px"
        title = panel.get_by_role("heading")
        assert title.evaluate(STYLE, "letter-spacing") == "3px"
        for part, opacity in (("target", "0.9"), ("copy", "0.8"), ("powered", "0.7")):
            found = panel.locator(f"[part={part}]").first
            assert found.evaluate(STYLE, "opacity") == opacity
        panel.get_by_role("button", name="QR code").click()
        assert panel.locator("[part=qr]").evaluate(STYLE, "outline-width") == "5px"


def test_panel_reads_from_right_to_left_where_its_language_does(
    pages: KeptPages,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.lang = "he"
    with open_page(pages) as page:
        panel = open_panel(page, share_page.address)
        first, second = (panel.locator("li").nth(n).bounding_box() for n in (0, 1))
        title, close = (
            panel.locator(name).bounding_box() for name in ("h2", ".head button >> nth=1")
        )
        assert first
        assert second
        assert title
        assert close
        assert first["x"] > second["x"]
        assert close["x"] < title["x"]
        address = panel.locator("input")
        assert address.evaluate(STYLE, "direction") == "ltr"  # an address never turns round


def test_touch_gets_targets_of_44_pixels(pages: KeptPages, share_page: SharePage) -> None:  # noqa: F811
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with open_page(pages, **options) as page:
        panel = open_panel(page, share_page.address)
        sizes = {
            one.inner_text() or one.get_attribute("aria-label"): one.bounding_box()
            for one in panel.locator("a:visible, button:visible, input").all()
        }
        assert len(sizes) == 13 + 1
        small = {
            name: box
            for name, box in sizes.items()
            if not box or round(min(box["width"], box["height"]), 2) < 44
        }
        assert not small


def test_reduced_motion_moves_nothing(pages: KeptPages, share_page: SharePage) -> None:  # noqa: F811
    moves: dict[str, str] = {}
    for motion in ("reduce", "no-preference"):
        with open_page(pages, reduced_motion=motion) as page:
            panel = open_panel(page, share_page.address)
            moves[motion] = panel.evaluate(STYLE, "animation-name")
    assert moves == {"reduce": "none", "no-preference": "rise"}


@pytest.mark.parametrize(("root", "text"), [("10px", "14px"), ("20px", "17.5px"), ("60px", "20px")])
def test_text_grows_with_the_pages_and_stays_in_bounds(
    pages: KeptPages,
    share_page: SharePage,  # noqa: F811
    root: str,
    text: str,
) -> None:
    share_page.head = f"<style>:root {{ font-size: {root} }}</style>"
    with open_page(pages) as page:
        assert open_panel(page, share_page.address).evaluate(STYLE, "font-size") == text


def test_forced_colours_leave_edges_to_see(pages: KeptPages, share_page: SharePage) -> None:  # noqa: F811
    with open_page(pages, forced_colors="active") as page:
        panel = open_panel(page, share_page.address)
        for part in (".tile", "[part=copy]", ".field"):
            edge, ground = (
                panel.locator(part).first.evaluate(STYLE, name)
                for name in ("border-top-color", "background-color")
            )
            assert edge != ground


def test_opening_the_panel_changes_nothing_about_the_button(
    pages: KeptPages,
    share_page: SharePage,  # noqa: F811
) -> None:
    read = """button => [...getComputedStyle(button)].map(
      (name) => [name, getComputedStyle(button).getPropertyValue(name)])"""
    with open_page(pages) as page:
        page.goto(share_page.address)
        button = page.locator("foursite-share [part=button]")
        before = button.evaluate(read)
        open_panel(page)
        page.get_by_role("heading", name="Share this page").hover()
        page.evaluate("document.querySelector('foursite-share').shadowRoot.activeElement.blur()")
        assert button.evaluate(read) == before


def test_panel_weighs_at_most_eight_kibibytes() -> None:
    import brotli  # noqa: PLC0415 - only this test weighs

    assert len(brotli.compress((WIDGET / "dist" / "panel.js").read_bytes(), quality=11)) <= 8192
