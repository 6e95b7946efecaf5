"""The browser for the tests beside this file."""

from tests.support.browser import browser

__all__ = ["browser"]
