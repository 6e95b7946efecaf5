"""Nothing in a repository's text runs in a reader's browser, even without the page's CSP."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page

from generator.content.document import read_document
from generator.content.pieces import Pieces
from generator.content.trusted import trust
from generator.model.forge import Forge, ForgeKind
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.links import OpenLinks

FORGE = Forge(kind=ForgeKind.GITHUB, base="https://github.com", owner="ada", name="engine")
TECHNIQUES = sorted(Path(__file__).with_name("payloads").glob("*.txt"), key=lambda file: file.name)
NAMES = (
    "script style iframe frame object embed form base meta link svg template textarea select button"
    " title plaintext xmp noscript noembed noframes marquee dialog audio portal foreignobject"
    " annotation-xml"
)
FORBIDDEN = frozenset(NAMES.split())
SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
ALLOWED_SCHEMES = {"http:", "https:", "mailto:", "xmpp:", "irc:", "ircs:", "tel:", "ftp:"}
RECORDER = """
window.hits = [];
window.hit = (name) => { window.hits.push(String(name)); };
window.alert = window.confirm = window.prompt = window.hit;
null;
"""
POKE = """
() => {
  const events = ['click', 'mouseover', 'mouseenter', 'pointerenter', 'focus', 'load', 'error',
    'toggle', 'animationstart', 'begin', 'scrollend', 'start'];
  document.addEventListener('click', (event) => event.preventDefault(), true);
  for (const element of document.querySelectorAll('body *')) {
    for (const name of events) {
      element.dispatchEvent(new Event(name, {bubbles: false, cancelable: true}));
    }
  }
  return window.hits;
}
"""
FIND_DANGER = """
() => {
  const found = [];
  const safe = /^(https?|mailto|xmpp|ircs?|tel|ftp|about|):?$/;
  for (const element of document.querySelectorAll('body *')) {
    for (const name of element.getAttributeNames()) {
      if (name.startsWith('on') || ['style', 'srcdoc', 'formaction'].includes(name)) {
        found.push(element.outerHTML);
      }
    }
    if (element.protocol && !safe.test(element.protocol)) {
      found.push(element.outerHTML);
    }
  }
  return found;
}
"""


def read_payloads(technique: Path) -> list[str]:
    return technique.read_text(encoding="utf-8").removesuffix("\n").split("\n%%\n")


def render_both(payload: str) -> list[str]:
    """Return the payload's HTML as a Markdown text's, and as that of another input format."""
    document = read_document("README.md", payload, links=OpenLinks((8, 8)), forge=FORGE)
    raw = trust(payload, links=OpenLinks((8, 8)), pieces=Pieces(payload), forge=FORGE)
    return [str(document.html), str(raw)]


class Inspector(HTMLParser):
    """Collects everything in a fragment that must not be there."""

    def __init__(self, *, is_drawn: bool) -> None:
        """`is_drawn` says that a diagram of ours may be there."""
        super().__init__(convert_charrefs=True)
        self.forbidden = FORBIDDEN - {"svg"} if is_drawn else FORBIDDEN
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.forbidden:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            text = value or ""
            if name.startswith("on") or name in {"style", "srcdoc", "formaction", "action", "form"}:
                self.found.append(f"{tag} {name}={text}")
            if name in {"href", "src", "poster", "cite"} and not has_safe_scheme(text):
                self.found.append(f"{tag} {name}={text}")


def has_safe_scheme(address: str) -> bool:
    scheme = SCHEME.match(re.sub(r"[\x00-\x20]", "", address))
    return scheme is None or scheme[0].lower() in ALLOWED_SCHEMES


def test_there_are_many_payloads() -> None:
    assert sum(len(read_payloads(technique)) for technique in TECHNIQUES) >= 250


@pytest.mark.parametrize("technique", TECHNIQUES, ids=lambda file: file.stem)
def test_no_payload_leaves_a_forbidden_element_attribute_or_address(technique: Path) -> None:
    survivors = []
    for payload in read_payloads(technique):
        for html in render_both(payload):
            inspector = Inspector(is_drawn="```mermaid" in payload)
            inspector.feed(html)
            survivors += [(payload, each) for each in inspector.found]
    assert survivors == []


def test_a_text_cannot_dress_as_a_part_of_the_page() -> None:
    payload = '<div class="callout table-scroll" id="Site-search" style="inset:0">x</div>'
    assert render_both(payload) == ["<div>x</div>", "<div>x</div>"]


@pytest.mark.browser
@pytest.mark.parametrize("technique", TECHNIQUES, ids=lambda file: file.stem)
def test_no_payload_runs_in_a_browser(browser: Browser, technique: Path) -> None:  # noqa: F811
    page, dialogs = open_page(browser)
    for payload in read_payloads(technique):
        for html in render_both(payload):
            page.set_content(f"<!doctype html><body>{html}</body>", wait_until="load")
            assert page.evaluate(POKE) == [], payload
            assert page.evaluate(FIND_DANGER) == [], payload
    page.wait_for_timeout(100)
    assert page.evaluate("window.hits") == []
    assert dialogs == []
    page.context.close()


@pytest.mark.browser
def test_the_same_payloads_do_run_when_they_are_not_cleaned(browser: Browser) -> None:  # noqa: F811
    """Shows that the browser and the recorder would notice."""
    page, _ = open_page(browser)
    running = 0
    technique = next(file for file in TECHNIQUES if file.stem == "event_handlers")
    for payload in read_payloads(technique):
        page.set_content(f"<!doctype html><body>{payload}</body>", wait_until="load")
        running += bool(page.evaluate(POKE))
    assert running > 25
    page.context.close()


def open_page(browser: Browser) -> tuple[Page, list[str]]:  # noqa: F811
    """Return a page that records calls of `hit` and dialogs, and reaches no network."""
    context = browser.new_context()
    context.route("**/*", lambda route: route.abort())
    context.add_init_script(RECORDER)
    page = context.new_page()
    page.goto("about:blank")
    page.evaluate(RECORDER)
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    return page, dialogs
