"""One page that the tests of a module use one after the other.

To open a page costs a browser five times what it costs to empty one. So a page is kept as long as
tests do to it what can be undone; after one that did more, the next test gets another. Of what is
stored, cookies go, and what the last page of a test stored for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

# What outlives the document that it is done to. Listeners are taken away again.
_OF_PAGES = ("close", "emulate_media", "set_viewport_size")
_OF_CONTEXTS = ("add_cookies", "grant_permissions", "set_geolocation", "set_offline")
_OF_BOTH = (
    "add_init_script",
    "expose_binding",
    "expose_function",
    "route",
    "set_default_timeout",
    "set_extra_http_headers",
)
_OF_CLOCKS = ("install", "pause_at", "set_fixed_time", "set_system_time")


class KeptPage:
    """Lends its page to one test at a time."""

    def __init__(
        self,
        browser: Browser,
        *,
        prepare: Callable[[BrowserContext], None] = lambda _context: None,
        **options: Any,
    ) -> None:
        self._browser = browser
        self._prepare = prepare
        self._options = options
        self._page: Page | None = None
        self._is_spoilt = False
        self._heard: list[tuple[Any, Callable[..., Any]]] = []

    @contextmanager
    def lend(self) -> Iterator[Page]:
        """Yield an empty page. What is thrown into it, until it has been left, is an error."""
        page = self._page = self._page or self._open()
        thrown: list[str] = []
        page.on("pageerror", lambda error: thrown.append(str(error)))
        try:
            yield page
        except BaseException:
            self.close()
            raise
        if self._is_spoilt:
            self.close()
        else:
            self._empty(page)
        assert thrown == []

    def close(self) -> None:
        """Throw the page away, if there is one."""
        if self._page:
            self._page.context.close()
        self._page = None

    def _open(self) -> Page:
        context = self._browser.new_context(**self._options)
        self._prepare(context)
        page = context.new_page()
        self._is_spoilt = False
        self._heard.clear()
        self._remember_listeners(page)
        for owner, names in (
            (page, _OF_PAGES + _OF_BOTH),
            (context, _OF_CONTEXTS + _OF_BOTH),
            (context.clock, _OF_CLOCKS),
        ):
            for name in names:
                setattr(owner, name, self._spoiling(getattr(owner, name)))
        return page

    def _spoiling(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def spoil(*arguments: Any, **named: Any) -> Any:
            self._is_spoilt = True
            return act(*arguments, **named)

        return spoil

    def _remember_listeners(self, page: Page) -> None:
        listen = page.on

        def remember(event: Any, act: Callable[..., Any]) -> None:
            self._heard.append((event, act))
            listen(event, act)

        setattr(page, "on", remember)  # noqa: B010  an assignment is what mypy refuses

    def _empty(self, page: Page) -> None:
        for other in page.context.pages:
            if other is not page:
                other.close()
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        page.goto("about:blank")
        page.mouse.move(0, 0)
        page.context.clear_cookies()
        developer = page.context.new_cdp_session(page)
        developer.send("Page.resetNavigationHistory")
        developer.send(
            "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"}
        )
        developer.detach()
        while self._heard:
            page.remove_listener(*self._heard.pop())


class KeptPages:
    """Keeps a page for each set of options that contexts are opened with."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._keepers: dict[str, KeptPage] = {}

    def lend(self, **options: Any) -> AbstractContextManager[Page]:
        """Lend an empty page of a context with these options."""
        name = repr(sorted(options.items()))
        keeper = self._keepers.setdefault(name, KeptPage(self._browser, **options))
        return keeper.lend()

    def close(self) -> None:
        """Throw the pages away."""
        for keeper in self._keepers.values():
            keeper.close()
