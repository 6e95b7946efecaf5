"""Pages fit every screen in every theme, and say all they have to say without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from generator.render.theme import list_themes
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.sites import build_everything

pytestmark = pytest.mark.browser

_THEMES = sorted(theme.name for theme in list_themes())
_WIDTHS_PX = (320, 390, 820, 1100, 1440)

# Elements that stick out of the page and that nothing around them scrolls or clips; "?" when the
# page scrolls and none does.
_STICKING_OUT = """
() => {
  const found = [...document.querySelectorAll("body *")].filter(element => {
    const { left, right, width } = element.getBoundingClientRect();
    if (!width || (left >= -1 && right <= innerWidth + 1)) return false;
    for (let above = element; above !== document.body; above = above.parentElement) {
      const { overflowX, position } = getComputedStyle(above);
      if (overflowX !== "visible" || position === "absolute") return false;
    }
    return true;
  }).map(element => `${element.tagName}.${element.className}`);
  return found.length || document.documentElement.scrollWidth <= innerWidth ? found : ["?"];
}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return where the site with every kind of page is, built once a theme."""
    folder = tmp_path_factory.mktemp("look")
    made: dict[str, Path] = {}

    def get(theme: str) -> Path:
        if theme not in made:
            made[theme] = build_everything(folder, theme=theme)
        return made[theme]

    return get


@pytest.mark.parametrize("theme", _THEMES)
def test_no_page_is_wider_than_its_screen(
    browser: Browser,  # noqa: F811
    site: Callable[[str], Path],
    theme: str,
) -> None:
    context = browser.new_context()
    page = context.new_page()
    wide = []
    for file in sorted(site(theme).rglob("*.html")):
        page.goto(file.as_uri())
        for width in _WIDTHS_PX:
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(_STICKING_OUT):
                wide.append((file.parent.name, width, found[:3]))
    context.close()
    assert not wide


@pytest.mark.parametrize("theme", _THEMES)
@pytest.mark.parametrize("width", [390, 1440])
def test_without_scripts_every_install_command_and_the_navigation_can_be_reached(
    browser: Browser,  # noqa: F811
    site: Callable[[str], Path],
    theme: str,
    width: int,
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.goto((site(theme) / "index.html").as_uri())
    panels = page.locator("[data-tab]")
    assert panels.count() > 1
    assert all(panel.is_visible() for panel in panels.all())
    assert page.locator("[data-scheme]").first.is_hidden()
    if width < 1000:
        page.locator(".bar-menu > summary").click()
    assert page.get_by_role("navigation", name="Site").get_by_text("Docs").is_visible()
    context.close()


def test_a_choice_of_colours_outlives_the_page_and_returns_to_the_system(
    browser: Browser,  # noqa: F811
    site: Callable[[str], Path],
) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    address = (site("atlas") / "index.html").as_uri()
    page.goto(address)
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    page.goto(address)
    assert page.evaluate(ground) == dark != light
    page.get_by_role("button", name="As the system").click()
    page.goto(address)
    assert page.evaluate(ground) == light
    context.close()


def test_arrow_keys_walk_through_the_tabs(
    browser: Browser,  # noqa: F811
    site: Callable[[str], Path],
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto((site("atlas") / "index.html").as_uri())
    tabs = page.get_by_role("tab")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert tabs.nth(1).get_attribute("aria-selected") == "true"
    assert page.get_by_role("tabpanel").count() == 1
    page.keyboard.press("Home")
    assert tabs.first.get_attribute("aria-selected") == "true"
    context.close()
