"""Exchange rates from outside: a provider behind one interface, the European Central Bank as it.

The bank publishes its reference rates on working days at about 16:00 in Frankfurt. The last 90 days
are fetched each time, so that days on which the service was down fill up by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from backend.errors import FetchFailed, Invalid
from backend.gateways.fetching import fetch
from backend.gateways.public_addresses import Resolver, resolve_by_system
from backend.gateways.rate_files import FILE_BYTES, RateFile, read_rates
from backend.settings import Settings

TIMEOUT_SECONDS = 30.0


class RateProvider(Protocol):
    """Where rates come from. `name` is kept with every rate."""

    @property
    def name(self) -> str: ...

    def fetch(self) -> RateFile:
        """Return the newest rates. Raises FetchFailed."""
        ...


class EuropeanCentralBank:
    """The bank's reference rates, or the same format from another address."""

    name = "ecb"

    def __init__(self, settings: Settings, resolve: Resolver = resolve_by_system) -> None:
        self._settings = settings
        self._resolve = resolve

    def fetch(self) -> RateFile:
        url = self._settings.rates_url
        if url is None:
            raise FetchFailed(
                "Fetching exchange rates is off.",
                hint="Unset FOURSITE_RATES_URL, or import a file: 4site server rates import FILE",
            )
        answer = fetch(
            url,
            self._settings,
            max_bytes=FILE_BYTES,
            timeout_seconds=TIMEOUT_SECONDS,
            resolve=self._resolve,
        )
        if answer.status != 200 or not answer.is_whole:
            reason = f"status {answer.status}" if answer.is_whole else "more than a file of rates"
            raise FetchFailed(f"{url} answered with {reason}.", hint="Look at FOURSITE_RATES_URL.")
        try:
            return read_rates(answer.body, provider=self.name)
        except Invalid as error:
            raise FetchFailed(f"{url}: {error.message}", hint=error.hint) from error


class KnownRates:
    """Rates that are known beforehand: the provider's twin in memory."""

    def __init__(self, file: RateFile, *, name: str = "ecb") -> None:
        self._file = file
        self.name = name

    def fetch(self) -> RateFile:
        return self._file


PROVIDERS: Mapping[str, type[EuropeanCentralBank]] = {"ecb": EuropeanCentralBank}
"""The providers that can be fetched from, by name."""


def open_provider(settings: Settings) -> RateProvider:
    """Return the provider that rates are fetched from."""
    return PROVIDERS["ecb"](settings)
