"""The panel speaks the page's language: every language is whole, and English is always there."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from playwright.sync_api import Page, Route

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.share_page import WIDGET, SharePage, open_panel, share_page  # noqa: F401

WORDS = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((WIDGET / "src" / "words").glob("*.json"))
}
RIGHT_TO_LEFT = {"ar", "he"}
# The same in many languages: names, and what people say in English.
SAME_AS_ENGLISH = {"email", "qr"}


def test_at_least_twelve_languages_are_there() -> None:
    assert len(WORDS) >= 12
    assert WORDS.keys() >= {
        "en", "de", "fr", "es", "pt", "it", "nl", "pl", "ru", "uk", "zh", "ja", "ko", "ar", "he",
        "tr", "hi",
    }  # fmt: skip


@pytest.mark.parametrize("lang", WORDS)
def test_language_has_every_word_with_its_place_for_a_name(lang: str) -> None:
    words, english = WORDS[lang], WORDS["en"]
    assert list(words) == list(english)
    for key, text in words.items():
        assert text == text.strip() != "", key
        assert text == unicodedata.normalize("NFC", text), key
        assert text.count("{}") == english[key].count("{}"), key
        assert not re.search(r"[!<>\n…]|\.\.\.", text), key
        if lang != "en" and key not in SAME_AS_ENGLISH:
            assert text != english[key], key


@pytest.mark.browser
@pytest.mark.parametrize("lang", WORDS)
def test_panel_speaks_the_pages_language(page: Page, share_page: SharePage, lang: str) -> None:  # noqa: F811
    share_page.lang = {"zh": "zh-CN", "pt": "pt_BR"}.get(lang, lang)
    panel = open_panel(page, share_page.address)
    words = WORDS[lang]
    page.get_by_role("dialog", name=words["title"]).wait_for()
    assert panel.get_by_role("button", name=words["copy"]).is_visible()
    assert panel.get_attribute("lang") == lang
    assert panel.get_attribute("dir") == ("rtl" if lang in RIGHT_TO_LEFT else "ltr")
    fetched = [path for path in share_page.requests if "/words." in path]
    assert fetched == ([] if lang == "en" else [f"/dist/words.{lang}.js"])


@pytest.mark.browser
def test_words_are_fetched_once(page: Page, share_page: SharePage) -> None:  # noqa: F811
    share_page.attributes = 'data-lang="ja"'
    panel = open_panel(page, share_page.address)
    panel.get_by_role("button", name=WORDS["ja"]["close"]).click()
    open_panel(page)
    assert share_page.requests.count("/dist/words.ja.js") == 1


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["xx", "constructor", "../panel", "eo-001"])
def test_language_we_do_not_speak_is_answered_in_english(
    page: Page,
    share_page: SharePage,  # noqa: F811
    lang: str,
) -> None:
    share_page.lang = lang
    panel = open_panel(page, share_page.address)
    page.get_by_role("dialog", name="Share this page").wait_for()
    assert panel.get_attribute("lang") == "en"
    assert not [path for path in share_page.requests if "/words." in path]


@pytest.mark.browser
def test_missing_words_leave_the_panel_english_from_left_to_right(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.lang = "ar"
    share_page.missing.add("/dist/words.ar.js")
    panel = open_panel(page, share_page.address)
    page.get_by_role("dialog", name="Share this page").wait_for()
    assert panel.get_attribute("dir") == "ltr"


def hold_words(page: Page) -> list[Route]:
    """Keep requests for German words waiting; return them as they come."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/words.de.js", hold)
    return held


@pytest.mark.browser
def test_words_that_do_not_come_are_not_waited_for(page: Page, share_page: SharePage) -> None:  # noqa: F811
    held = hold_words(page)
    share_page.lang = "de"
    open_panel(page, share_page.address)
    page.get_by_role("dialog", name="Share this page").wait_for(timeout=5000)
    # When they come at last, the panel that is read stays as it is.
    held[0].continue_()
    page.wait_for_function(
        "performance.getEntriesByName(location.origin + '/dist/words.de.js').length"
    )
    page.get_by_role("dialog", name="Share this page").wait_for()
    page.keyboard.press("Escape")
    open_panel(page)
    page.get_by_role("dialog", name=WORDS["de"]["title"]).wait_for()


@pytest.mark.browser
def test_panel_closed_before_its_words_came_stays_closed(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    held = hold_words(page)
    share_page.lang = "de"
    page.goto(share_page.address)
    button = page.get_by_role("button", name=WORDS["de"]["share"], exact=True)
    button.click()
    page.wait_for_function("!!customElements.get('foursite-share').panel")
    button.click()
    held[0].continue_()
    page.wait_for_function(
        "performance.getEntriesByName(location.origin + '/dist/words.de.js').length"
    )
    assert page.get_by_role("dialog").count() == 0
