"""Each platform gets the address it takes a share at, with the share's own link, once an act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.kept_page import KeptPage
from tests.support.share_page import (
    SharePage,
    open_panel,
    serve_share_page,
    share_page,  # noqa: F401
    stay_inside,
    target,
)

pytestmark = pytest.mark.browser

TITLE = "Büße & “50 %” + <b>more</b> #1?"
HTML_TITLE = TITLE.replace("&", "&amp;").replace("<", "&lt;")

# What each platform's page documents: its address, and the parts of its query.
INTENTS = {
    "x": ("https://x.com/intent/post", {"text": "{title}", "url": "{url}"}),
    "linkedin": ("https://www.linkedin.com/sharing/share-offsite/", {"url": "{url}"}),
    "facebook": ("https://www.facebook.com/sharer/sharer.php", {"u": "{url}"}),
    "reddit": ("https://www.reddit.com/submit", {"url": "{url}", "title": "{title}"}),
    "hackernews": ("https://news.ycombinator.com/submitlink", {"u": "{url}", "t": "{title}"}),
    "bluesky": ("https://bsky.app/intent/compose", {"text": "{title}\r\n{url}"}),
    "whatsapp": ("https://wa.me/", {"text": "{title}\r\n{url}"}),
    "telegram": ("https://t.me/share/url", {"url": "{url}", "text": "{title}"}),
}
EVERY = [*INTENTS, "mastodon", "email", "discord", "slack", "copy_link", "native"]


@pytest.fixture(scope="module")
def kept(browser: Browser) -> Iterator[KeptPage]:  # noqa: F811
    # The proxy is a server of ours, which serves no other host.
    with serve_share_page() as nobody:
        proxy = {"server": nobody.origin, "bypass": "127.0.0.1"}
        keeper = KeptPage(browser, prepare=stay_inside, proxy=proxy)
        yield keeper
        keeper.close()


@pytest.fixture
def page(kept: KeptPage, share_page: SharePage) -> Iterator[Page]:  # noqa: F811
    share_page.title = HTML_TITLE
    share_page.attributes = f'data-platforms="{",".join(EVERY)}"'
    with kept.lend() as page:
        yield page


@pytest.fixture
def context(page: Page) -> BrowserContext:
    return page.context


def read(address: str) -> tuple[str, dict[str, str]]:
    """Return an address without its query, and the query decoded as URLs are, not as forms."""
    assert "+" not in urlsplit(address).query, "a plus sign is a blank to some and a plus to others"
    return address.partition("?")[0], dict(parse_qsl(urlsplit(address).query))


def expect(platform: str, url: str) -> tuple[str, dict[str, str]]:
    address, query = INTENTS[platform]
    return address, {key: value.format(title=TITLE, url=url) for key, value in query.items()}


@pytest.mark.parametrize("platform", INTENTS)
def test_target_opens_the_platform_with_the_shares_own_link(
    page: Page,
    share_page: SharePage,  # noqa: F811
    platform: str,
) -> None:
    link = target(open_panel(page, f"{share_page.address}?a=1&b=%C3%BC#part"), platform)
    bare = f"{share_page.address}?a=1&b=%C3%BC"
    assert read(link.get_attribute("href") or "") == expect(platform, bare)
    assert link.get_attribute("rel") == "noopener nofollow"
    with page.expect_popup() as popup:
        link.click()
    popup.value.wait_for_load_state()
    (event,) = share_page.told("share", 1)
    assert event["n"] == platform
    assert event["u"] == bare
    assert read(popup.value.url) == expect(platform, f"{bare}&via={event['i']}")


def test_every_platform_of_the_rules_has_a_target_when_asked_for(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    page.add_init_script("navigator.share = async () => {}; navigator.canShare = () => true")
    panel = open_panel(page, share_page.address)
    assert sorted(EVERY) == sorted(
        panel.locator("[data-platform]").evaluate_all("all => all.map(one => one.dataset.platform)")
    )


def test_eight_targets_are_shown_unless_the_page_says_otherwise(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.attributes = ""
    panel = open_panel(page, share_page.address)
    assert panel.locator("li .label").all_inner_texts() == [
        "X", "LinkedIn", "Reddit", "Hacker News", "Mastodon", "Bluesky", "Facebook", "Email",
    ]  # fmt: skip
    names = panel.get_by_role("link", name="(opens in a new tab)")
    assert names.count() == 6  # not the mail program, nor the question for a server


def test_unknown_and_repeated_names_are_left_out(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.attributes = 'data-platforms="constructor, myspace,reddit ,reddit,twitter,x,,"'
    panel = open_panel(page, share_page.address)
    assert panel.locator("li a").evaluate_all("all => all.map(one => one.dataset.platform)") == [
        "reddit",
        "x",
    ]


def test_middle_click_and_enter_share_like_a_click(
    context: BrowserContext,
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    link = target(open_panel(page, share_page.address), "hackernews")
    acts: list[Callable[[], None]] = [
        lambda: link.click(button="middle"),
        lambda: link.press("Enter"),
    ]
    for count, act in enumerate(acts, start=1):
        with context.expect_page() as opened:
            act()
        opened.value.wait_for_load_state()
        # A tab of the middle button starts before anybody can answer it: its history tells.
        session = context.new_cdp_session(opened.value)
        wanted = session.send("Page.getNavigationHistory")["entries"][-1]["url"]
        shared = f"{share_page.address}?via={share_page.told('share', count)[-1]['i']}"
        assert read(wanted) == expect("hackernews", shared)
    assert len(share_page.told("share", 2)) == 2


def test_each_act_is_a_share_of_its_own_and_looking_is_none(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    link = target(open_panel(page, share_page.address), "x")
    link.hover()
    link.focus()
    link.click(button="right")
    assert share_page.told("share") == []
    for _ in range(2):
        with page.expect_popup() as popup:
            link.click()
        popup.value.close()
    first, second = share_page.told("share", 2)
    assert first["i"] != second["i"]


def test_page_hears_of_a_share(page: Page, share_page: SharePage) -> None:  # noqa: F811
    page.goto(share_page.address)
    page.evaluate(
        "heard = []; addEventListener('foursite:share', ({detail}) => heard.push(detail))"
    )
    with page.expect_popup():
        target(open_panel(page), "telegram").click()
    (event,) = share_page.told("share", 1)
    assert page.evaluate("heard") == [
        {"platform": "telegram", "id": event["i"],
         "url": f"{share_page.address}?via={event['i']}"}
    ]  # fmt: skip


def test_visitor_with_global_privacy_control_shares_the_bare_address(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    panel = open_panel(page, share_page.address)
    with page.expect_popup() as popup:
        target(panel, "linkedin").click()
    popup.value.wait_for_load_state()
    assert read(popup.value.url) == expect("linkedin", share_page.address)
    assert share_page.events == []


def test_mail_has_the_title_as_subject_and_lines_as_mail_has_them(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    link = target(open_panel(page, share_page.address), "email")
    assert link.get_attribute("target") is None  # a mail program is no tab
    link.evaluate("link => link.addEventListener('click', event => event.preventDefault())")
    link.click()
    (event,) = share_page.told("share", 1)
    url = f"{share_page.address}?via={event['i']}"
    assert link.get_attribute("href") == (
        f"mailto:?subject={quote(TITLE, safe='')}&body={quote(TITLE, safe='')}%0D%0A"
        + quote(url, safe="")
    )


@pytest.mark.parametrize("platform", ["discord", "slack"])
def test_platform_without_an_address_gets_the_link_copied_and_says_where_it_goes(
    context: BrowserContext,
    page: Page,
    share_page: SharePage,  # noqa: F811
    platform: str,
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel = open_panel(page, share_page.address)
    target(panel, platform).click()
    panel.get_by_text(f"Link copied. Paste it in {platform.capitalize()}.").wait_for()
    (event,) = share_page.told("share", 1)
    assert event["n"] == platform
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{share_page.address}?via={event['i']}"


@pytest.mark.parametrize("title", ["\\ud83d", "a\\udca1b", "x".ljust(199, "x") + "\\ud83d\\udca1"])
def test_title_with_half_a_character_shares_all_the_same(
    page: Page,
    share_page: SharePage,  # noqa: F811
    title: str,
) -> None:
    page.goto(share_page.address)
    page.evaluate(f"document.title = '{title}'")
    href = target(open_panel(page), "x").get_attribute("href") or ""
    assert "text=" in href
    assert "%EF%BF%BD" in href


def test_long_title_is_cut_so_that_the_address_stays_short(
    page: Page,
    share_page: SharePage,  # noqa: F811
) -> None:
    share_page.title = "word " * 400
    href = target(open_panel(page, share_page.address), "x").get_attribute("href") or ""
    assert len(read(href)[1]["text"]) <= 200
