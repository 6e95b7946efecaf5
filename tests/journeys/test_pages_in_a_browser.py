"""What a visitor sees and does, in a real browser: served under a base path, and from disk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.kept_page import KeptPage
from tests.support.sites import EXAMPLES, build_everything, build_example, pages_by_kind, serve

pytestmark = pytest.mark.browser

KINDS = {
    "home", "translation", "doc", "changelog", "downloads", "contributors", "license", "paper",
    "funding", "search", "not-found",
}  # fmt: skip
RECORD_FRAMES = """
window.schemesSeen = [];
(function look() {
  if (document.body) window.schemesSeen.push(document.documentElement.dataset.theme || "none");
  if (window.schemesSeen.length < 60) requestAnimationFrame(look);
})();
"""
LINK_COLOUR = "() => getComputedStyle(document.documentElement).getPropertyValue('--color-link')"
BACKGROUND = "() => getComputedStyle(document.documentElement).backgroundColor"


@dataclass(slots=True, kw_only=True)
class Visit:
    """One visitor. `faults` gathers console errors, failed answers and requests to other hosts."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def listen(self) -> Visit:
        page = self.page
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("request", lambda request: self._check_host(request.url))
        page.on("requestfailed", lambda request: self._check_end(request.url, request.failure))
        return self

    def _note(self, level: str, text: str) -> None:
        if level in {"error", "warning"}:
            self.faults.append(f"{level}: {text}")

    def _check_end(self, url: str, failure: str | None) -> None:
        if failure != "net::ERR_ABORTED":  # the visitor went on to the next page
            self.faults.append(f"{failure}: {url}")

    def _check_host(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"file", "data", "blob"} and parts.hostname != "127.0.0.1":
            self.faults.append(f"request to another host: {url}")


@pytest.fixture(scope="module")
def kept(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    keeper = KeptPage(browser, viewport={"width": 1280, "height": 900}, color_scheme="light")
    yield keeper
    keeper.close()


@pytest.fixture
def visit(kept: KeptPage) -> Iterator[Visit]:
    with kept.lend() as page:
        yield Visit(page=page).listen()


@pytest.fixture(scope="module")
def kept_without_scripts(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    keeper = KeptPage(browser, java_script_enabled=False)
    yield keeper
    keeper.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sites of this module."""
    return tmp_path_factory.mktemp("built")


@pytest.fixture(scope="module")
def everything(built: Path) -> Path:
    """Return a site with every kind of page."""
    return build_everything(built, url="https://example.org/base/path/")


@pytest.fixture(scope="module")
def everything_url(everything: Path) -> Iterator[str]:
    with serve(everything) as url:
        yield url


def test_the_site_of_these_tests_has_every_kind_of_page(everything: Path) -> None:
    assert set(pages_by_kind(everything)) == KINDS


def _address(file: str) -> str:
    return file.removesuffix("index.html")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_page_over_http_has_no_fault_and_asks_no_other_host(
    visit: Visit, everything: Path, everything_url: str, kind: str
) -> None:
    visit.page.goto(everything_url + _address(pages_by_kind(everything)[kind]))
    expect(visit.page.locator("h1")).to_have_count(1)
    visit.page.wait_for_load_state("networkidle")
    assert visit.faults == []


@pytest.mark.parametrize("kind", sorted(KINDS - {"not-found"}))
def test_page_from_disk_has_no_fault_and_is_styled(
    visit: Visit, everything: Path, kind: str
) -> None:
    visit.page.goto((everything / pages_by_kind(everything)[kind]).as_uri())
    expect(visit.page.locator("h1")).to_have_count(1)
    assert visit.page.evaluate(LINK_COLOUR).strip()
    assert visit.faults == []


def test_unknown_address_deep_in_the_site_shows_a_page_that_works(
    visit: Visit, everything_url: str
) -> None:
    visit.page.goto(f"{everything_url}no/such/page/")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("There is no page here")
    assert [fault for fault in visit.faults if "404" not in fault] == []
    visit.page.get_by_role("link", name=re.compile("home page")).click()
    assert visit.page.url == everything_url


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("is_online", [True, False], ids=["over-http", "from-disk"])
def test_every_page_of_an_example_is_without_fault(
    visit: Visit, built: Path, name: str, is_online: bool
) -> None:
    site = build_example(name, built / str(is_online), is_online=is_online)
    with serve(site) as url:
        files = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
        for file in files:
            if file != "404.html":  # made for the address that the site was built for
                visit.page.goto(url + _address(file) if is_online else (site / file).as_uri())
    assert visit.faults == []


def test_links_lead_on_from_disk(visit: Visit, everything: Path) -> None:
    visit.page.goto((everything / "index.html").as_uri())
    menu = visit.page.get_by_role("navigation", name="Site")
    for label, file in (("Docs", r"docs/.*index\.html"), ("Changelog", r"changelog/index\.html")):
        menu.get_by_role("link", name=label).click()
        expect(visit.page).to_have_url(re.compile(file + "$"))
        expect(visit.page.locator("h1")).to_have_count(1)
    visit.page.locator(".bar-brand").click()
    expect(visit.page).to_have_url((everything / "index.html").as_uri())
    assert visit.faults == []


def test_chosen_scheme_holds_on_the_next_page_and_does_not_flash(
    visit: Visit, everything_url: str
) -> None:
    page = visit.page
    page.goto(everything_url)
    light = page.evaluate(BACKGROUND)
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(BACKGROUND)
    assert dark != light

    def answer_late(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.add_init_script(RECORD_FRAMES)
    page.route(re.compile(r"/site\.\w+\.js$"), answer_late)
    page.goto(f"{everything_url}changelog/")
    assert page.evaluate(BACKGROUND) == dark
    page.wait_for_timeout(100)
    assert set(page.evaluate("window.schemesSeen")) == {"dark"}
    page.get_by_role("button", name="As the system").click()
    assert page.evaluate(BACKGROUND) == light
    page.reload()
    assert page.evaluate(BACKGROUND) == light


def test_chosen_scheme_holds_from_disk(visit: Visit, everything: Path) -> None:
    page = visit.page
    page.goto((everything / "index.html").as_uri())
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(BACKGROUND)
    page.reload()
    page.wait_for_function(f"dark => ({BACKGROUND})() === dark", arg=dark)


def test_pictures_follow_the_chosen_scheme(visit: Visit, everything_url: str) -> None:
    page = visit.page
    page.goto(f"{everything_url}docs/pictures/")
    picture = page.locator("picture img").first
    by_day, by_night = page.get_by_alt_text("Only by day"), page.get_by_alt_text("Only by night")
    for scheme, other in (("Dark", "light"), ("Light", "dark"), ("Dark", "light")):
        page.get_by_role("button", name=scheme).click()
        name = re.compile(f"/{scheme.lower()}\\.")
        page.wait_for_function(
            "([image, name]) => image.currentSrc.includes(name)",
            arg=[picture.element_handle(), f"/{scheme.lower()}."],
        )
        assert name.search(picture.evaluate("image => image.currentSrc")), other
        expect(by_night).to_be_visible() if scheme == "Dark" else expect(by_night).to_be_hidden()
        expect(by_day).to_be_hidden() if scheme == "Dark" else expect(by_day).to_be_visible()


def test_install_tabs_answer_to_arrow_keys(visit: Visit, everything_url: str) -> None:
    page = visit.page
    page.goto(everything_url)
    tabs = page.get_by_role("tablist", name="Ways to install").get_by_role("tab")
    panels = page.locator(".hero-install [role=tabpanel]")
    assert tabs.count() > 1
    tabs.first.focus()
    for key, chosen in (("ArrowRight", 1), ("ArrowLeft", 0), ("End", -1), ("Home", 0)):
        page.keyboard.press(key)
        expect(tabs.nth(chosen)).to_be_focused()
        expect(tabs.nth(chosen)).to_have_attribute("aria-selected", "true")
        expect(panels.nth(chosen)).to_be_visible()
        expect(page.locator(".hero-install [role=tabpanel]:visible")).to_have_count(1)


def test_copy_button_leaves_the_prompt_out(visit: Visit, everything_url: str) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(everything_url)
    page.locator(".hero-install .tab-panel:visible .copy").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == "cargo install lantern-look"
    page.goto(f"{everything_url}docs/pictures/")
    page.locator("figure.code", has_text="lantern list").get_by_role("button").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "lantern list" in copied
    assert "$" not in copied


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_page_is_whole_without_javascript(
    kept_without_scripts: KeptPage, everything: Path, everything_url: str, kind: str
) -> None:
    with kept_without_scripts.lend() as page:
        page.goto(everything_url + _address(pages_by_kind(everything)[kind]))
        check_is_whole_without_scripts(page)


def check_is_whole_without_scripts(page: Page) -> None:
    expect(page.locator("h1")).to_be_visible()
    for panel in page.locator(".tab-panel").all():
        expect(panel).to_be_visible()
        expect(panel.locator(".tab-label")).to_be_visible()
    # What only a script can do is not offered.
    for button in page.locator("[data-scheme], .needs-script, [data-tabs-list]").all():
        expect(button).to_be_hidden()
    shares = page.locator("foursite-share a").all()
    assert len(shares) == 8
    for share in shares:
        expect(share).to_be_visible()
        assert urlsplit(share.get_attribute("href") or "").scheme in {"https", "mailto"}


def test_search_finds_a_word_over_http(visit: Visit, everything_url: str) -> None:
    page = visit.page
    page.goto(f"{everything_url}changelog/")
    page.keyboard.press("/")
    page.get_by_role("dialog").get_by_role("combobox").fill("underscores")
    option = page.get_by_role("dialog").get_by_role("option").first
    expect(option).to_contain_text("Pictures")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(everything_url) + "docs/pictures/"))
    assert visit.faults == []


def test_search_from_disk_says_that_it_needs_http(visit: Visit, everything: Path) -> None:
    visit.page.goto((everything / "search/index.html").as_uri())
    visit.page.get_by_role("combobox").fill("folder")
    expect(visit.page.locator("main [data-search-status]")).to_contain_text("needs HTTP")
    assert visit.faults == []


def test_downloads_of_the_visitors_system_come_first(
    browser: Browser,  # noqa: F811
    everything_url: str,
) -> None:
    for platform, first in (("Win32", "windows"), ("MacIntel", "macos"), ("Linux x86_64", "linux")):
        context = browser.new_context()
        context.add_init_script(
            f"Object.defineProperty(navigator, 'platform', {{get: () => '{platform}'}});"
            "Object.defineProperty(navigator, 'userAgentData', {get: () => undefined});"
        )
        page = context.new_page()
        page.goto(f"{everything_url}downloads/")
        groups = page.locator("[data-platform]")
        expect(groups.first).to_have_attribute("data-platform", first)
        expect(groups.first.get_by_text("your system")).to_be_visible()
        assert groups.count() == 3
        context.close()


def test_keyboard_reaches_the_content_at_once(visit: Visit, everything_url: str) -> None:
    page = visit.page
    page.goto(everything_url)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    assert skip.bounding_box()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("place", ["served", "from disk"])
def test_share_button_takes_the_place_of_the_links_and_opens_its_panel(
    visit: Visit, everything: Path, everything_url: str, place: str
) -> None:
    page = visit.page
    page.goto(everything_url if place == "served" else (everything / "index.html").as_uri())
    expect(page.locator("foursite-share ul")).to_be_hidden()
    page.locator("foursite-share").get_by_role("button", name="Share").click()
    panel = page.get_by_role("dialog", name="Share this page")
    expect(panel).to_be_visible()
    expect(panel.get_by_text("Mastodon")).to_be_visible()
    assert visit.faults == []


def test_panel_speaks_the_language_of_the_page(visit: Visit, everything: Path) -> None:
    page = visit.page
    page.goto((everything / "de" / "index.html").as_uri())
    page.locator("foursite-share").get_by_role("button").click()
    expect(page.locator("foursite-share").get_by_role("dialog")).to_have_attribute("lang", "de")
    assert visit.faults == []


def test_site_with_a_service_tells_it_and_nobody_else(
    browser: Browser,  # noqa: F811
    tmp_path: Path,
) -> None:
    service = ("--service", "https://share.example", "--site-key", "Xk3vT9bQ2m")
    site = build_example("lantern", tmp_path, *service)
    context = browser.new_context()
    page = context.new_page()
    told: list[dict[str, object]] = []
    faults: list[str] = []

    def answer(route: Route) -> None:
        told.append(json.loads(route.request.post_data or "{}"))
        route.fulfill(status=202, headers={"Access-Control-Allow-Origin": "*"})

    def note(request: Request) -> None:
        if urlsplit(request.url).hostname not in {"127.0.0.1", "share.example"}:
            faults.append(request.url)

    page.on("console", lambda message: faults.append(message.text))
    page.route("https://share.example/**", answer)
    page.on("request", note)
    with serve(site) as url:
        page.goto(url)
        page.locator(".install .copy >> visible=true").first.click()
        page.goto(f"{url}license/")
        page.wait_for_timeout(300)
    assert [event["t"] for event in told if event["t"] != "engage"] == ["view", "copy", "view"]
    assert {event["s"] for event in told} == {"Xk3vT9bQ2m"}
    assert told[0]["u"] == url
    assert faults == []
    context.close()
