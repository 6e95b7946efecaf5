"""Exchange rates and conversion: exact fractions, rounded once, at the end, half to even.

A rate says how many units of a currency one euro is on a day. Two other currencies meet by way of
the euro, as one fraction. Source: the rules, "Commission plans" (currency); the reference rates of
the European Central Bank are given that way round.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from backend.domain.instants import Day, date_of
from backend.domain.money import CURRENCIES, LARGEST, check_amount, check_currency
from backend.errors import Invalid, RateMissing

BASE = "EUR"
MAX_AGE_DAYS = 7
"""How old a rate may be. Central banks give none at weekends and holidays, five days in a row at
most (Christmas beside a weekend)."""

_PER_EURO = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,12}))?")
_PROVIDER = re.compile(r"[a-z][a-z0-9-]{0,31}")
_RATIO = re.compile(r"([0-9.]{1,24})(?:/([0-9.]{1,24}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many units of `currency` were one euro on `day`, as `provider` says.

    `per_euro` is decimal digits without zeros that say nothing: equal rates are equal texts.
    """

    currency: str
    day: Day
    per_euro: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossRate:
    """So many units of `target` are one of `source`, and where that comes from.

    `text` is exact: a decimal number, or one divided by another (`157.3/1.0723`). `day` is the
    older one of the two rates in it; `providers` are their names.
    """

    source: str
    target: str
    text: str
    day: Day
    providers: tuple[str, ...]

    @property
    def fraction(self) -> Fraction:
        return read_ratio(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """An amount in another currency. `remainder` is what rounding took, in its minor units."""

    amount: int
    rate: CrossRate
    remainder: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The rates that hold on `day`, by currency; the euro needs none."""

    day: Day
    by_currency: Mapping[str, Rate]

    def between(self, source: str, target: str) -> CrossRate:
        """Return the rate from one currency to another. Raises RateMissing naming the currency."""
        if source == target:
            return CrossRate(source=source, target=target, text="1", day=self.day, providers=())
        known = [self._get(code) for code in (target, source) if code != BASE]
        texts = {rate.currency: rate.per_euro for rate in known}
        above, below = texts.get(target, "1"), texts.get(source, "1")
        return CrossRate(
            source=source,
            target=target,
            text=above if below == "1" else f"{above}/{below}",
            day=min(rate.day for rate in known),
            providers=tuple(sorted({rate.provider for rate in known})),
        )

    def _get(self, currency: str) -> Rate:
        found = self.by_currency.get(currency)
        if found is None:
            raise RateMissing(
                f"There is no rate of {currency} for {date_of(self.day)}"
                f" or the {MAX_AGE_DAYS} days before.",
                hint="Import one with: 4site server rates import FILE",
            )
        return found


def make_rate(*, currency: str, day: Day, per_euro: str, provider: str) -> Rate:
    """Return a rate as it is kept. Raises Invalid naming what cannot be.

    Digits behind the point that say nothing are left out: files write the same rate as `1.0690` and
    `1.069`.
    """
    code = check_currency(currency)
    found = _PER_EURO.fullmatch(per_euro)
    if found is None or not Fraction(per_euro):
        raise Invalid(
            f"{per_euro[:40]!r} is no rate: it has to be digits above 0, with at most 12 decimals.",
            field="per_euro",
            hint="Write it like 1.0723: so many units are one euro.",
        )
    if code == BASE:
        raise Invalid(
            f"{BASE} needs no rate: every rate is for one euro.",
            field="currency",
            hint="Leave it out.",
        )
    decimals = (found[2] or "").rstrip("0")
    whole = str(int(found[1]))
    return Rate(
        currency=code,
        day=day,
        per_euro=f"{whole}.{decimals}" if decimals else whole,
        provider=check_provider(provider),
    )


def check_provider(name: str) -> str:
    """Return the name of where rates come from. Raises Invalid when it cannot be one."""
    if not _PROVIDER.fullmatch(name):
        raise Invalid(
            f"{name[:40]!r} is no name of a provider of rates.",
            field="provider",
            hint="Use 1 to 32 small letters, digits and hyphens, a letter first.",
        )
    return name


def choose_rates(day: Day, found: Iterable[Rate]) -> Rates:
    """Return what holds on `day` of the rates that were `found`, the one to prefer last.

    A currency has the rate of its newest day up to `day`, at most `MAX_AGE_DAYS` before it; of
    several of one day, the last of `found`.
    """
    chosen: dict[str, Rate] = {}
    for rate in found:
        known = chosen.get(rate.currency)
        if day - MAX_AGE_DAYS <= rate.day <= day and (known is None or known.day <= rate.day):
            chosen[rate.currency] = rate
    return Rates(day=day, by_currency=chosen)


class RateBook:
    """The rates of many days, looked up by day. Raises nothing: a day may lack currencies."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        """Take rates in the order of preference, the one to prefer last."""
        self._by_day: defaultdict[int, list[Rate]] = defaultdict(list)
        self._known: dict[Day, Rates] = {}
        for rate in rates:
            self._by_day[rate.day].append(rate)

    def on(self, day: Day) -> Rates:
        """Return what holds on a day."""
        if day not in self._known:
            days = range(day - MAX_AGE_DAYS, day + 1)
            found = [rate for one in days for rate in self._by_day.get(one, ())]
            self._known[day] = choose_rates(day, found)
        return self._known[day]


def convert(amount: int, source: str, target: str, rates: Rates) -> Conversion:
    """Return minor units of `source` as minor units of `target`. Raises RateMissing."""
    return convert_at(amount, rates.between(source, target))


def convert_at(amount: int, rate: CrossRate) -> Conversion:
    """Return an amount at a rate: exact, then rounded once to whole minor units, half to even.

    Raises Invalid when the result is more than can be kept exactly.
    """
    scale = Fraction(10 ** CURRENCIES[rate.target], 10 ** CURRENCIES[rate.source])
    exact = amount * rate.fraction * scale
    rounded = round(exact)
    check_amount(rounded, least=-LARGEST)
    return Conversion(amount=rounded, rate=rate, remainder=exact - rounded)


def read_ratio(text: str) -> Fraction:
    """Return the fraction of a rate's text: `1.0723`, `157.3/1.0723`. Raises Invalid."""
    found = _RATIO.fullmatch(text)
    parts = [part for part in found.groups() if part] if found else []
    if not parts or any(not _PER_EURO.fullmatch(part) or not Fraction(part) for part in parts):
        raise Invalid(f"{text[:60]!r} is no rate.", field="rate")
    whole = Fraction(parts[0])
    return whole / Fraction(parts[1]) if len(parts) > 1 else whole
