"""Tax reports about payees: which report a country wants, from which amount on, with what in it.

Numbers are data with their sources; none of it is advice, and which laws bind a service depends on
where it is run. Amounts are what was paid out in a calendar year, before anything was withheld.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from backend.domain.exchange import RateBook, convert
from backend.domain.instants import Instant, day_of, to_datetime
from backend.domain.money import Money
from backend.errors import Invalid, RateMissing

EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip


class Form(StrEnum):
    """What a payee declares: people and companies of the US, of elsewhere, and of the EU."""

    W9 = "w9"
    W8BEN = "w8ben"
    DAC7 = "dac7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A report that payees of some countries are in from `least` on, for the years it holds.

    `source` names the law; `fields` are what it wants of the payee's profile.
    """

    name: str
    countries: frozenset[str]
    first_year: int
    last_year: int | None
    least: Money
    fields: tuple[str, ...]
    source: str


_US = frozenset({"US"})
_US_FIELDS = ("legal_name", "address", "tax_number")
REGIMES: tuple[Regime, ...] = (
    Regime(
        name="1099-NEC",
        countries=_US,
        first_year=2020,
        last_year=2025,
        least=Money(minor=60_000, currency="USD"),
        fields=_US_FIELDS,
        source="26 U.S.C. 6041A(a): $600 or more in a calendar year",
    ),
    Regime(
        name="1099-NEC",
        countries=_US,
        first_year=2026,
        last_year=None,
        least=Money(minor=200_000, currency="USD"),
        fields=_US_FIELDS,
        source="Public Law 119-21, section 70433: $2,000 for payments made after 2025;"
        " adjusted for inflation in later years",
    ),
    Regime(
        name="DAC7",
        countries=EUROPEAN_UNION,
        first_year=2023,
        last_year=None,
        least=Money(minor=1, currency="EUR"),
        fields=(*_US_FIELDS, "vat_number", "birth_or_registration"),
        source="Directive (EU) 2021/514, annex V: by quarter; services have no lower limit",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reportable:
    """Whether a payee of a country is in a report for a year; `regime` None when none is known."""

    regime: Regime | None
    is_reportable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Disbursement:
    """A payout that arrived: `withheld` is part of `amount`, both in minor units."""

    account: str
    at: Instant
    currency: str
    amount: int
    withheld: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidYear:
    """What somebody was paid in a year in the currency of a report, by quarter."""

    quarters: tuple[int, int, int, int] = (0, 0, 0, 0)
    withheld: int = 0

    @property
    def total(self) -> int:
        return sum(self.quarters)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxProfile:
    """What a payee declared. `shown` is the end of the tax number; the rest is sealed elsewhere."""

    account: str
    country: str
    form: Form
    shown: str
    declared_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A checked form: `fields` are texts by name, as `FIELDS` lists them."""

    country: str
    form: Form
    fields: Mapping[str, str] = field(repr=False)


REQUIRED: dict[Form, tuple[str, ...]] = {
    Form.W9: ("legal_name", "address", "tax_number"),
    Form.W8BEN: ("legal_name", "address"),
    Form.DAC7: ("legal_name", "address", "tax_number", "birth_or_registration"),
}
FIELDS: dict[str, int] = {
    "legal_name": 120,
    "address": 300,
    "tax_number": 30,
    "vat_number": 20,
    "birth_or_registration": 40,
}
"""What a profile may hold, and how long each is at most. The last one is a person's date of birth,
or a company's number in its register."""
TEXT = r"^\w[^\n]*$"
NUMBER = r"^[A-Za-z0-9][A-Za-z0-9 ./-]{2,}$"
US_NUMBER = r"^(?:[0-9]{3}-?[0-9]{2}-?[0-9]{4}|[0-9]{2}-[0-9]{7})$"
PATTERNS: dict[str, str] = {
    "legal_name": TEXT,
    "address": TEXT,
    "tax_number": NUMBER,
    "vat_number": NUMBER,
    "birth_or_registration": NUMBER,
}
"""What each field has to look like; of a payee of the US the tax number is a `US_NUMBER`."""
COUNTRIES: dict[Form, str] = {
    Form.W9: "^US$",
    Form.W8BEN: "^(?!US$)[A-Z]{2}$",
    Form.DAC7: f"^(?:{'|'.join(sorted(EUROPEAN_UNION))})$",
}
"""Which countries (ISO 3166) a form is for."""


def regime_of(year: int, country: str) -> Regime | None:
    """Return the report that a payee of a country may be in for a year."""
    return next(
        (
            regime
            for regime in REGIMES
            if country in regime.countries
            and regime.first_year <= year
            and (regime.last_year is None or year <= regime.last_year)
        ),
        None,
    )


def report_for(year: int, country: str, paid: int) -> Reportable:
    """Return whether `paid`, in minor units of the regime's currency, has to be reported."""
    regime = regime_of(year, country)
    return Reportable(
        regime=regime, is_reportable=regime is not None and paid >= regime.least.minor
    )


def add_up(disbursements: Iterable[Disbursement], currency: str, book: RateBook) -> PaidYear | None:
    """Return what one payee was paid in a year in `currency`, each payout at the rate of its day.

    None when a day has no rate.
    """
    quarters: defaultdict[int, int] = defaultdict(int)
    withheld = 0
    for one in disbursements:
        rates = book.on(day_of(one.at))
        try:
            amount = convert(one.amount, one.currency, currency, rates).amount
            withheld += convert(one.withheld, one.currency, currency, rates).amount
        except RateMissing:
            return None
        quarters[(to_datetime(one.at).month - 1) // 3] += amount
    return PaidYear(
        quarters=(quarters[0], quarters[1], quarters[2], quarters[3]), withheld=withheld
    )


def check_declaration(form: Form, country: str, given: Mapping[str, str]) -> Declaration:
    """Return what a payee declares, tidied. Raises Invalid naming the field that cannot be."""
    if not re.fullmatch(COUNTRIES[form], country):
        raise Invalid(
            f"The form {form} is not for {country[:20]!r}.",
            field="country",
            hint="w9 is for the US, dac7 for the European Union, w8ben for all but the US.",
        )
    fields = {name: _check_field(form, name, given[name]) for name in FIELDS if given.get(name)}
    for name in REQUIRED[form]:
        if name not in fields:
            raise Invalid(f"The form needs {name}.", field=name, hint="Fill it in.")
    return Declaration(country=country, form=form, fields=fields)


def shown_of(declaration: Declaration) -> str:
    """Return so much of the tax number that its owner knows it: its last four characters."""
    number = re.sub(r"[^A-Za-z0-9]", "", declaration.fields.get("tax_number", ""))
    return f"… {number[-4:]}" if len(number) > 4 else ""


def _check_field(form: Form, name: str, text: str) -> str:
    pattern = US_NUMBER if (form, name) == (Form.W9, "tax_number") else PATTERNS[name]
    if len(text) > FIELDS[name] or not re.search(pattern, text):
        raise Invalid(
            f"That cannot be a {name}.",
            field=name,
            hint=f"Use at most {FIELDS[name]} characters; a tax number of the US has 9 digits.",
        )
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
