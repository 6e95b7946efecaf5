"""The button: where it is, what it says, what it looks like, and what pressing it does."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.support.collector import DIST, Answer, Collector
from tests.support.embedding import SITE_KEY, embed, settle, share_button

pytestmark = pytest.mark.browser

ELEMENT = "<p>Share it: <foursite-share></foursite-share></p>"
WINDOW_PX = {"width": 1000, "height": 700}
MARGIN_PX = 16
STYLE = "(one, name) => getComputedStyle(one).getPropertyValue(name)"


def visit(page: Page, site: Collector, html: str) -> None:
    page.goto(site.page("/", html))
    share_button(page).first.wait_for()


def margins(page: Page) -> dict[str, float]:
    box = share_button(page).bounding_box()
    assert box
    return {
        "left": box["x"],
        "right": WINDOW_PX["width"] - box["x"] - box["width"],
        "bottom": WINDOW_PX["height"] - box["y"] - box["height"],
    }


def test_a_page_without_the_element_gets_one_that_floats_above_its_end(
    page: Page, site: Collector
) -> None:
    visit(page, site, embed(None, body="<p>Text</p>" * 99))
    for _ in range(2):
        assert margins(page)["right"] == pytest.approx(MARGIN_PX)
        assert margins(page)["bottom"] == pytest.approx(MARGIN_PX)
        page.mouse.wheel(0, 500)
        page.wait_for_function("scrollY > 0")


@pytest.mark.parametrize(
    ("position", "root", "side"),
    [
        ("bottom-right", "", "right"),
        ("bottom-left", "", "left"),
        ("bottom-right", "dir=rtl", "left"),
        ("bottom-left", "dir=rtl", "right"),
    ],
)
def test_the_side_follows_the_direction_of_the_page(
    page: Page, site: Collector, position: str, root: str, side: str
) -> None:
    visit(page, site, embed(None, attributes=f'data-position="{position}"', root=root))
    assert margins(page)[side] == pytest.approx(MARGIN_PX)


def test_elements_are_buttons_in_the_text_and_then_nothing_floats(
    page: Page, site: Collector
) -> None:
    visit(page, site, embed(None, body=ELEMENT * 2))
    expect(share_button(page)).to_have_count(2)
    assert "fixed" not in page.locator("foursite-share").evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).position)"
    )


def test_an_element_that_comes_later_replaces_the_one_that_floats_and_back(
    page: Page, site: Collector
) -> None:
    visit(page, site, embed(None))
    page.evaluate("document.querySelector('h1').append(document.createElement('foursite-share'))")
    expect(page.locator("foursite-share")).to_have_count(1)
    expect(page.locator("h1 foursite-share")).to_have_count(1)
    page.evaluate("document.querySelector('h1').remove()")
    expect(page.locator("body > foursite-share")).to_have_count(1)


def test_an_owner_who_wants_no_floating_button_says_inline(page: Page, site: Collector) -> None:
    page.goto(site.page("/", embed(None, attributes='data-position="inline"')))
    settle(page)
    assert page.locator("foursite-share").count() == 0


def test_an_element_parsed_after_the_script_has_run_works_too(page: Page, site: Collector) -> None:
    html = f"<!doctype html><title>A</title><script src='/widget.js'></script>{ELEMENT}"
    visit(page, site, html)
    expect(share_button(page)).to_have_count(1)
    share_button(page).click()
    page.locator("foursite-share dialog").wait_for()


@pytest.mark.parametrize(
    ("root", "attributes", "body", "label", "lang"),
    [
        ('lang="en-GB"', "", "", "Share", "en"),
        ('lang="de-AT"', "", "", "Teilen", "de"),
        ('lang="DE"', 'lang="fr"', "", "Partager", "fr"),
        ('lang="de"', 'data-lang="fr"', "<foursite-share lang=ja></foursite-share>", "共有", "ja"),
        ('lang="de"', "", "<p lang=ru><foursite-share></foursite-share></p>", "Поделиться", "ru"),
        ("", "", "", "Share", "en"),
        ('lang="tlh"', "", "", "Share", "en"),
    ],
)
def test_the_button_speaks_the_language_around_it(  # noqa: PLR0917
    page: Page, site: Collector, root: str, attributes: str, body: str, label: str, lang: str
) -> None:
    visit(page, site, embed(None, root=root, attributes=attributes, body=body))
    button = page.get_by_role("button", name=label, exact=True)
    assert button.get_attribute("lang") == lang


def test_letters_are_right_though_page_and_server_name_another_charset(
    page: Page, site: Collector
) -> None:
    code = (DIST / "widget.js").read_bytes()
    site.answers["/widget.js"] = Answer(body=code, content_type="text/javascript; charset=latin1")
    html = embed(None, root='lang="ar"').replace("<meta charset=utf-8>", "")
    site.answers["/"] = Answer(body=html.encode("latin1"), content_type="text/html;charset=latin1")
    page.goto(f"{site.url}/")
    expect(share_button(page)).to_have_text("مشاركة")


def test_the_button_is_reached_and_pressed_by_keyboard_and_says_its_state(
    page: Page, site: Collector
) -> None:
    visit(page, site, embed(None))
    page.keyboard.press("Tab")
    assert share_button(page).evaluate("(one) => one.matches(':focus-visible')")
    assert share_button(page).evaluate(STYLE, "outline-style") == "solid"
    assert share_button(page).get_attribute("aria-haspopup") == "dialog"
    assert share_button(page).get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    page.locator("foursite-share dialog").wait_for()
    assert share_button(page).get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    expect(page.locator("foursite-share dialog")).to_have_count(0)
    assert share_button(page).get_attribute("aria-expanded") == "false"


def test_a_second_press_closes_what_the_first_opened(page: Page, site: Collector) -> None:
    visit(page, site, embed(None))
    for count in (1, 0, 1):
        share_button(page).click()
        expect(page.locator("foursite-share dialog")).to_have_count(count)


def test_the_button_borrows_font_and_scheme_and_takes_the_owners_properties(
    page: Page, site: Collector
) -> None:
    head = """<style>body { font-family: Georgia }
      .own { --foursite-background: rgb(1, 2, 3); --foursite-text: rgb(4, 5, 6);
        --foursite-radius: 5px; --foursite-border: red; --foursite-size: 60px;
        --foursite-font: monospace }
      .own::part(button) { font-weight: 700 } .own::part(label) { color: rgb(7, 8, 9) }
      .dark { color-scheme: dark }</style>"""
    body = """<foursite-share></foursite-share><foursite-share class=own></foursite-share>
      <p class=dark><foursite-share></foursite-share></p>"""
    visit(page, site, embed(None, head=head, body=body))
    plain, own, dark = share_button(page).all()
    assert plain.evaluate(STYLE, "font-family") == "Georgia"
    assert plain.evaluate(STYLE, "background-color") == "rgb(255, 255, 255)"
    assert dark.evaluate(STYLE, "background-color") == "rgb(18, 18, 18)"
    assert dark.evaluate(STYLE, "color") == "rgb(255, 255, 255)"
    wanted = {
        "background-color": "rgb(1, 2, 3)", "color": "rgb(4, 5, 6)", "font-weight": "700",
        "border-top-left-radius": "5px", "border-top-color": "rgb(255, 0, 0)", "height": "60px",
        "font-family": "monospace",
    }  # fmt: skip
    assert {name: own.evaluate(STYLE, name) for name in wanted} == wanted
    assert own.locator("[part=label]").evaluate(STYLE, "color") == "rgb(7, 8, 9)"


@pytest.mark.parametrize(
    ("attributes", "theme", "ground"),
    [
        ('data-theme="dark"', "", "rgb(18, 18, 18)"),
        ('data-theme="dark"', "light", "rgb(255, 255, 255)"),
        ("", "dark", "rgb(18, 18, 18)"),
        ("", "auto", "rgb(255, 255, 255)"),
        ("", "}b{}", "rgb(255, 255, 255)"),
    ],
)
def test_a_theme_is_the_elements_else_the_scripts_else_the_pages(
    page: Page, site: Collector, attributes: str, theme: str, ground: str
) -> None:
    page.emulate_media(color_scheme="dark")
    element = f'<foursite-share theme="{theme}"></foursite-share>' if theme else ""
    visit(page, site, embed(None, attributes=attributes, body=element))
    assert share_button(page).evaluate(STYLE, "background-color") == ground


def counts(text: str) -> Answer:
    return Answer(
        body=text.encode(),
        content_type="application/json",
        headers={"Access-Control-Allow-Origin": "*"},
    )


COUNTS_PATH = f"/widget/counts/{SITE_KEY}.json"


def test_counts_are_asked_for_once_and_only_where_they_are_wanted(
    page: Page, site: Collector, service: Collector
) -> None:
    service.answers[COUNTS_PATH] = counts('{"shares": 12, "likes": 3}')
    visit(page, site, embed(service))
    page.wait_for_timeout(1300)
    assert service.paths() == []
    visit(page, site, embed(service, body="<foursite-share counts></foursite-share>" * 3))
    expect(page.get_by_role("button", name="Share 12")).to_have_count(3)
    assert service.paths() == [COUNTS_PATH]


@pytest.mark.parametrize(
    "text",
    ["<p>", "null", "{}", "[]", '{"shares": "<b>", "likes": {}}', '{"shares": 0, "likes": 0}'],
)
def test_counts_that_are_none_show_nothing(
    page: Page, site: Collector, service: Collector, text: str
) -> None:
    service.answers[COUNTS_PATH] = counts(text)
    visit(page, site, embed(service, attributes="counts"))
    page.wait_for_timeout(1300)
    assert service.paths() == [COUNTS_PATH]
    assert share_button(page).inner_text() == "Share"


def test_what_the_panel_is_handed_is_what_the_page_says(
    page: Page, site: Collector, service: Collector
) -> None:
    site.script("/panel.js", HANDED)
    service.answers[COUNTS_PATH] = counts('{"shares": 12, "likes": 3}')
    body = """<foursite-share platforms="reddit, x" theme=dark lang=pt-BR powered-by=off counts>
      </foursite-share>"""
    visit(page, site, embed(service, body=body))
    page.get_by_role("button", name="12").click()
    page.wait_for_function("window.handed")
    assert json.loads(page.evaluate("handed")) == {
        "options": {
            "platforms": "reddit, x", "theme": "dark", "lang": "pt-BR", "poweredBy": "off",
            "counts": {"shares": 12, "likes": 3}, "service": service.url, "floating": False,
        },
        "page": {"url": f"{site.url}/", "title": "A page"},
        "src": f"{site.url}/",
    }  # fmt: skip


def test_what_the_page_does_not_say_is_the_default(page: Page, site: Collector) -> None:
    site.script("/panel.js", HANDED)
    visit(page, site, embed(None))
    share_button(page).click()
    page.wait_for_function("window.handed")
    assert json.loads(page.evaluate("handed"))["options"] == {
        "platforms": None, "theme": None, "lang": "en", "poweredBy": None, "floating": True,
    }  # fmt: skip


HANDED = """customElements.get("foursite-share").panel = (host) => {
  window.handed = JSON.stringify({ options: host.options, page: host.page(), src: host.src });
  return { close() {}, focus() {} };
};"""
