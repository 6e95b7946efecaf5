"""A real browser for tests: the system's Chromium, else the one that Playwright brought.

Use the fixture by importing it: `from tests.support.browser import browser`. Each test opens its
own context (`browser.new_context()`), so that nothing is shared but the process.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

from tests.support.tools import BROWSERS

# The popup of the address bar is two pages of its own, which start with each window and take a
# second of a processor. Of several such switches the last one holds, so what Playwright turns off
# is here as well.
_TURNED_OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades",
    "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding",
    "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip
ARGUMENTS = (
    f"--disable-features={','.join(_TURNED_OFF)}",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)


# An imported fixture is another one in each module, and Playwright runs once at a time in a
# process: so it ends with the module.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield one browser for all tests of a module, or skip with the reason."""
    with running_browser() as running:
        yield running


@contextmanager
def running_browser(*, without: tuple[str, ...] = ()) -> Iterator[Browser]:
    """Run a browser, `without` some of the switches that Playwright sets by itself."""
    with sync_playwright() as playwright:
        path = find_executable(playwright.chromium)
        if path is None:
            pytest.skip("no Chromium: set CHROMIUM, install the system's, or `playwright install`")
        running = playwright.chromium.launch(
            executable_path=path, args=list(ARGUMENTS), ignore_default_args=list(without)
        )
        try:
            yield running
        finally:
            running.close()


def find_executable(chromium: BrowserType) -> str | None:
    """Return the program that tests run, if there is one."""
    candidates = (
        os.environ.get("CHROMIUM"),
        *map(shutil.which, BROWSERS),
        chromium.executable_path,
    )
    return next((path for path in candidates if path and Path(path).exists()), None)
