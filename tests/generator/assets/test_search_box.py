"""A visitor searches with the keyboard, in a dialog or on the search page, under a base path."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from generator.assets.search import SearchEntry, SearchSection, build_search
from generator.assets.words import count_terms, fold
from generator.places import TEMPLATES
from tests.support.kept_page import KeptPage

pytestmark = pytest.mark.browser

ENTRIES = (
    (
        "",
        "Home",
        "Guide",
        [("", "", "A small tool that keeps a cache."), ("use", "Use", "Run it.")],
    ),
    (
        "docs/configuration/",
        "Configuration",
        "Docs",
        [
            ("", "", "Every option has a default."),
            ("cache-size", "Cache size", "How many megabytes the cache may take, at most."),
            ("proxy", "Proxy", "Requests pass through a proxy when one is set."),
        ],
    ),
    ("docs/deploy/", "Deployment", "Docs", [("", "", "Café servers need a deployment plan.")]),
    ("docs/ja/", "設定", "Docs", [("", "", "このツールは検索エンジンを作ります。")]),
    ("changelog/", "Changelog", "Releases", [("", "", "Faster cache; new proxy option.")]),
)

BOX = """
  <form role="search" action="{root}search/">
    <label for="q{n}">Search</label><input id="q{n}" type="search" name="q">
  </form>
  <p data-search-status></p><ul data-search-results></ul>"""


def page_html(
    title: str, sections: list[tuple[str, str, str]], *, root: str, is_search: bool
) -> str:
    body = "".join(
        (f'<h2 id="{anchor}">{heading}</h2>' if anchor else "") + f"<p>{text}</p>"
        for anchor, heading, text in sections
    )
    box = f"<div data-search>{BOX.format(root=root, n=2)}</div>" if is_search else ""
    return f"""<!doctype html><html lang="en" data-root="{root}"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self';
  connect-src 'self'; require-trusted-types-for 'script'">
<title>{title}</title><script defer src="{root}search.js"></script>
<a href="{root}search/" data-search-open>Search <kbd data-search-shortcut></kbd></a>
<dialog aria-label="Search"><div data-search>{BOX.format(root=root, n=1)}</div></dialog>
<nav>proxy proxy proxy</nav><main><h1>{title}</h1>{body}{box}<textarea></textarea></main></html>"""


def write_site(folder: Path) -> None:
    entries = [
        SearchEntry(
            url=url,
            title=title,
            kind=kind,
            sections=tuple(SearchSection(anchor=a, title=h, text=t) for a, h, t in sections),
        )
        for url, title, kind, sections in ENTRIES
    ]
    for file in build_search(entries):
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
    (folder / "search.js").write_bytes((TEMPLATES / "assets" / "search.js").read_bytes())
    for url, title, sections in [*((u, t, s) for u, t, _, s in ENTRIES), ("search/", "Find", [])]:
        (folder / url).mkdir(parents=True, exist_ok=True)
        html = page_html(title, sections, root="../" * url.count("/"), is_search=url == "search/")
        (folder / url / "index.html").write_text(html, encoding="utf-8")


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing on the test's terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    folder: Path
    url: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    served = tmp_path_factory.mktemp("served")
    folder = served / "base" / "path"
    write_site(folder)
    handler = functools.partial(_QuietHandler, directory=str(served))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield Site(folder=folder, url=f"http://127.0.0.1:{server.server_port}/base/path/")
        server.shutdown()
        thread.join()


@dataclass(slots=True)
class Visit:
    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def type_into(self, box: str, text: str) -> None:
        self.page.locator(f"{box} input[type=search]").fill(text)

    def titles(self) -> list[str]:
        expect(self.page.locator(".search-hit").first).to_be_visible()
        return self.page.locator(".search-title").all_inner_texts()


@pytest.fixture(scope="module")
def kept(browser: Browser) -> Iterator[KeptPage]:
    page = KeptPage(browser, prepare=lambda context: context.set_default_timeout(10_000))
    yield page
    page.close()


@pytest.fixture
def visit(kept: KeptPage) -> Iterator[Visit]:
    with kept.lend() as page:
        made = Visit(page)

        def note_line(line: ConsoleMessage) -> None:
            if line.type == "error":
                made.errors.append(line.text)

        page.on("request", lambda request: made.requests.append(request.url))
        page.on("console", note_line)
        yield made
    assert made.errors == []


def open_dialog(visit: Visit, url: str) -> None:
    visit.page.goto(url)
    visit.page.keyboard.press("/")
    expect(visit.page.locator("dialog input")).to_be_focused()


def search_page(visit: Visit, site: Site, query: str) -> list[str]:
    visit.page.goto(f"{site.url}search/")
    visit.type_into("main", query)
    return visit.titles()


def test_nothing_is_loaded_before_somebody_searches(visit: Visit, site: Site) -> None:
    visit.page.goto(f"{site.url}docs/deploy/")
    assert [url.rpartition("/")[2] for url in visit.requests] == ["", "search.js"]


def test_a_slash_opens_the_dialog_and_enter_goes_to_the_chosen_section(
    visit: Visit, site: Site
) -> None:
    open_dialog(visit, f"{site.url}docs/deploy/")
    visit.page.keyboard.type("cache size")
    section = visit.page.locator("dialog .search-section", has_text="Cache size")
    expect(section).to_be_visible()
    expect(visit.page.locator("dialog [data-search-status]")).to_have_text("1 page")
    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("ArrowDown")
    expect(section).to_have_attribute("aria-selected", "true")
    chosen = visit.page.locator("dialog input").get_attribute("aria-activedescendant")
    assert chosen == section.get_attribute("id")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"{site.url}docs/configuration/#cache-size")


def test_escape_closes_the_dialog_and_gives_the_focus_back(visit: Visit, site: Site) -> None:
    visit.page.goto(site.url)
    visit.page.locator("[data-search-open]").focus()
    visit.page.keyboard.press("Control+k")
    expect(visit.page.locator("dialog")).to_be_visible()
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("dialog")).not_to_be_visible()
    expect(visit.page.locator("[data-search-open]")).to_be_focused()


def test_a_slash_typed_into_a_text_stays_there(visit: Visit, site: Site) -> None:
    visit.page.goto(site.url)
    visit.page.locator("textarea").press("/")
    expect(visit.page.locator("textarea")).to_have_value("/")
    expect(visit.page.locator("dialog")).not_to_be_visible()


def test_the_opener_is_a_plain_link_that_the_script_makes_a_button(
    visit: Visit, site: Site
) -> None:
    visit.page.goto(site.url)
    expect(visit.page.locator("[data-search-shortcut]")).to_have_text("Ctrl K")
    visit.page.locator("[data-search-open]").click()
    expect(visit.page.locator("dialog input")).to_be_focused()


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("configuration", "Configuration"),
        ("configu", "Configuration"),
        ("confguration", "Configuration"),
        ("cofniguration", "Configuration"),
        ("cafe", "Deployment"),
        ("CAFÉ", "Deployment"),
        ("検索エンジン", "設定"),
        ("設", "設定"),
        ("faster proxy", "Changelog"),
    ],
)
def test_the_right_page_is_first(visit: Visit, site: Site, query: str, first: str) -> None:
    assert search_page(visit, site, query)[0] == first


def test_words_are_marked_in_titles_headings_and_excerpts(visit: Visit, site: Site) -> None:
    search_page(visit, site, "proxy")
    group = visit.page.get_by_role("group", name="Configuration")
    expect(group.locator(".search-section mark")).to_have_text(["Proxy", "proxy"])
    expect(group.locator(".search-excerpt")).to_have_text(
        "Requests pass through a proxy when one is set."
    )


def test_text_of_the_navigation_is_no_excerpt(visit: Visit, site: Site) -> None:
    search_page(visit, site, "faster proxy")
    expect(visit.page.locator("main .search-excerpt").first).to_have_text(
        "Faster cache; new proxy option."
    )


def test_nothing_found_is_said_plainly(visit: Visit, site: Site) -> None:
    visit.page.goto(f"{site.url}search/")
    visit.type_into("main", "xylophone")
    expect(visit.page.locator("main [data-search-status]")).to_have_text(
        "Nothing found for “xylophone”."
    )
    expect(visit.page.locator("main input")).to_have_attribute("aria-expanded", "false")


def test_markup_in_a_query_stays_text(visit: Visit, site: Site) -> None:
    visit.page.goto(f"{site.url}search/?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+zzz")
    expect(visit.page.locator("main [data-search-status]")).to_contain_text("<img src=x")
    assert visit.page.locator("main [data-search-status] img").count() == 0


def test_the_search_page_keeps_its_query_in_the_address(visit: Visit, site: Site) -> None:
    visit.page.goto(f"{site.url}search/?q=deployment")
    assert visit.titles() == ["Deployment"]
    visit.type_into("main", "proxy")
    visit.page.wait_for_url(f"{site.url}search/?q=proxy")


def test_a_page_opened_from_disk_says_that_search_needs_http(visit: Visit, site: Site) -> None:
    visit.page.goto((site.folder / "index.html").as_uri())
    visit.page.keyboard.press("/")
    expect(visit.page.locator("dialog [data-search-status]")).to_contain_text("Search needs HTTP")


def test_the_box_is_a_combobox_over_a_listbox(visit: Visit, site: Site) -> None:
    search_page(visit, site, "cache")
    box = visit.page.locator("main")
    expect(box.get_by_role("combobox")).to_have_attribute("aria-expanded", "true")
    results = box.get_by_role("listbox", name="Search results")
    expect(results).to_have_attribute(
        "id", box.get_by_role("combobox").get_attribute("aria-controls") or ""
    )
    assert results.get_by_role("option").count() >= 3
    expect(box.get_by_role("status")).to_have_text("3 pages")


def test_the_script_cuts_queries_as_the_index_was_cut(visit: Visit, site: Site) -> None:
    texts = [
        "Café",
        "Straße",
        "ΟΔΟΣ",
        "ёлка",
        "検索",
        "السَّلام",
        "हिन्दी",
        "½",
        "𝕬b",
        "İstanbul",
        "가나",
    ]
    visit.page.goto(f"{site.url}search/")
    engine = next((site.folder / "assets" / "search").glob("engine.*.js")).name
    found = visit.page.evaluate(
        """async ([engine, texts]) => {
            const { fold, wordsOf, pairsOf } = await import(`../assets/search/${engine}`);
            const cut = ({ text, isUnspaced }) => (isUnspaced ? pairsOf(text) : [text]);
            return texts.map((text) => [fold(text), wordsOf(text).flatMap(cut)]);
        }""",
        [engine, texts],
    )
    for text, (folded, terms) in zip(texts, found, strict=True):
        assert folded == fold(text)
        assert set(terms) <= set(count_terms(text)[0])
