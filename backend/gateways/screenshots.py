"""Pictures of sites, taken by a browser that sees the public web only.

Each picture has a browser process and a profile of its own, which end with it. The page may run
its scripts; it may not open windows, download, ask for permissions, register a service worker or
reach anything but by the checked proxy.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from backend.errors import AddressRefused, FetchFailed, Unavailable
from backend.gateways.checked_proxy import CheckedProxy, run_checked_proxy
from backend.gateways.public_addresses import Resolver, resolve_by_system
from backend.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright, Request, Route

VIEWPORT = (1280, 800)
PICTURE = (640, 400)
LOAD_SECONDS = 20.0
SETTLE_SECONDS = 0.8
"""How long fonts and first drawings may take after the page has loaded."""
PAGE_BYTES = 30 * 1024 * 1024
_QUALITY = 78
_BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--no-first-run",
    # Names are the proxy's business, and sound and pictures take no other way out either.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
# In every frame: no calls past the proxy, no windows.
_TAMED = "delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection; open = () => null"


class NoBrowser(Unavailable):
    """Playwright or a Chromium for it is not installed; no picture can be taken."""


def take_screenshot(
    url: str,
    settings: Settings,
    *,
    resolve: Resolver = resolve_by_system,
    load_seconds: float = LOAD_SECONDS,
) -> bytes:
    """Return the top of the page at `url` as WebP, 640 pixels wide.

    Raises NoBrowser; AddressRefused when the page leads into a private network; FetchFailed when
    it does not answer in time, or with an error.
    """
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  an extra
    except ImportError as error:
        raise NoBrowser("Playwright is not installed.", hint=_HINT) from error
    with (
        run_checked_proxy(settings.private_hosts, resolve, max_bytes=PAGE_BYTES) as (
            address,
            proxy,
        ),
        sync_playwright() as playwright,
    ):
        try:
            return _to_webp(_take(playwright, url, address, load_seconds))
        except (Error, FetchFailed) as error:
            raise _explain(url, proxy, error) from error


_HINT = "Install the extra `thumbnails`, and a Chromium: `playwright install chromium`."


def _take(playwright: Playwright, url: str, proxy: str, load_seconds: float) -> bytes:
    browser = playwright.chromium.launch(
        executable_path=_find_browser(playwright),
        args=list(_ARGUMENTS),
        # The sandbox does not start for root, as in many a container.
        chromium_sandbox=not _is_root(),
        proxy={"server": proxy, "bypass": "<-loopback>"},
        timeout=load_seconds * 1000,
    )
    try:
        context = browser.new_context(
            viewport={"width": VIEWPORT[0], "height": VIEWPORT[1]},
            accept_downloads=False,
            service_workers="block",
            reduced_motion="reduce",
            color_scheme="light",
            locale="en",
        )
        context.set_default_timeout(load_seconds * 1000)
        return _picture(context, url, load_seconds)
    finally:
        browser.close()


def _picture(context: BrowserContext, url: str, load_seconds: float) -> bytes:
    from playwright.sync_api import TimeoutError as TooSlow  # noqa: PLC0415  an extra

    context.add_init_script(_TAMED)
    page = context.new_page()
    # Whatever page comes after the first one is a window that the site opened.
    context.on("page", _close)
    context.route("**/*", lambda route, request: _guard(route, request, page))
    answered = page.goto(url, wait_until="commit")
    if answered is None or answered.status >= 400:
        raise FetchFailed(f"The page answered {answered.status if answered else 'nothing'}.")
    # A page that is never done is shown as far as it came.
    with contextlib.suppress(TooSlow):
        page.wait_for_load_state("load", timeout=load_seconds * 500)
    page.wait_for_timeout(SETTLE_SECONDS * 1000)
    return page.screenshot(type="png", animations="disabled", caret="hide")


def _guard(route: Route, request: Request, page: Page) -> None:
    """Let the first page ask the web, and nothing else ask anything."""
    if request.url.startswith(("http://", "https://")) and _belongs(request, page):
        route.continue_()
    else:
        route.abort()


def _belongs(request: Request, page: Page) -> bool:
    from playwright.sync_api import Error  # noqa: PLC0415  an extra

    try:
        return request.frame.page == page
    except Error:  # a window whose page is not there yet
        return False


def _close(page: Page) -> None:
    page.close()


def _to_webp(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
        small = picture.convert("RGB").resize(PICTURE, Image.Resampling.LANCZOS)
    written = io.BytesIO()
    small.save(written, "WEBP", quality=_QUALITY, method=6)
    return written.getvalue()


def _explain(url: str, proxy: CheckedProxy, error: Exception) -> AddressRefused | FetchFailed:
    """Return what went wrong in words; what the proxy refused says more than the browser knows."""
    if proxy.refused:
        return AddressRefused(
            f"{url} leads to {proxy.refused[0]}, which is in a private network.",
            hint="FOURSITE_PRIVATE_HOSTS names hosts that may be fetched all the same.",
        )
    if isinstance(error, FetchFailed):
        return error
    first = str(error).partition("\n")[0]
    return FetchFailed(f"No picture of {url} could be taken: {first}")


def _find_browser(playwright: Playwright) -> str:
    candidates = (playwright.chromium.executable_path, *map(shutil.which, _BROWSERS))
    found = next((path for path in candidates if path and Path(path).exists()), None)
    if found is None:
        raise NoBrowser("There is no Chromium.", hint=_HINT)
    return found


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
