"""Tax reports: the thresholds of the law, what payees declare, and the report of a year."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy import text

from backend.actions.context import Context
from backend.actions.erasure import erase_account
from backend.actions.exchange import import_rates
from backend.actions.tax import declare, forget_profile, get_profile, tax_report
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.tax import (
    EUROPEAN_UNION,
    FIELDS,
    REGIMES,
    REQUIRED,
    Form,
    regime_of,
    report_for,
)
from backend.errors import Forbidden, Invalid
from backend.store.tables.base import TENANT
from tests.support.booking import claim, earn, mature, on, settle
from tests.support.service import add_account

GOOD = {"legal_name": "Ann Lee", "address": "1 Main St, Springfield", "tax_number": "123-45-6789"}
FINANCE = owner_of(TENANT, "f" * 32, Role.FINANCE)


def owner(account: str) -> Actor:
    return owner_of(TENANT, account)


def pay(
    context: Context, account: str, amount: int, month: int, currency: str = "USD", **costs: int
) -> None:
    """Have somebody earn an amount and be paid it."""
    at = on(2026, month)
    earn(context, account, amount, at, currency)
    mature(context, account, amount, at, currency)
    claim(context, account, amount, at, currency)
    settle(context, account, amount, at, currency=currency, **costs)


def report(context: Context, year: int = 2026) -> dict[str, dict[str, str]]:
    content = tax_report(context, FINANCE, year).decode()
    return {row["account"]: row for row in csv.DictReader(io.StringIO(content))}


@pytest.mark.parametrize(
    ("year", "paid", "is_reportable"),
    [
        (2025, 59_999, False),
        (2025, 60_000, True),  # $600 through 2025
        (2026, 60_000, False),
        (2026, 199_999, False),
        (2026, 200_000, True),  # $2 000 from 2026
    ],
)
def test_payee_of_the_us_is_reported_from_600_dollars_and_from_2000_since_2026(
    year: int, paid: int, is_reportable: bool
) -> None:
    found = report_for(year, "US", paid)
    assert found.regime is not None
    assert (found.regime.name, found.is_reportable) == ("1099-NEC", is_reportable)


def test_payee_of_the_union_is_reported_from_the_first_cent_since_2023() -> None:
    assert len(EUROPEAN_UNION) == 27
    assert not report_for(2022, "DE", 10**9).is_reportable
    for country in EUROPEAN_UNION:
        found = report_for(2023, country, 1)
        assert found.regime is not None
        assert (found.regime.name, found.is_reportable) == ("DAC7", True)
    assert not report_for(2026, "DE", 0).is_reportable


def test_no_report_is_known_for_the_rest_of_the_world() -> None:
    assert report_for(2026, "JP", 10**9).regime is None
    assert report_for(2026, "JP", 10**9).is_reportable is False


def test_regimes_do_not_overlap_and_name_their_source_and_fields() -> None:
    for regime in REGIMES:
        assert regime.source
        assert set(regime.fields) <= set(FIELDS)
        for country in regime.countries:
            for year in range(regime.first_year, (regime.last_year or 2030) + 1):
                assert regime_of(year, country) is regime


def test_number_is_sealed_and_only_its_end_is_shown(any_context: Context) -> None:
    ann = add_account(any_context)
    made = declare(any_context, owner(ann), Form.W9, country="US", fields=GOOD)
    assert (made.country, made.shown) == ("US", "… 6789")
    assert get_profile(any_context, owner(ann)) == made
    with any_context.database.reading() as session:
        row = session.connection().execute(text("SELECT * FROM tax_profile")).one()
    assert "6789" in str(row.shown)
    for secret in ("123-45-6789", "123456789", "Ann Lee", "Main St"):
        assert secret not in str(tuple(row))


def test_later_form_takes_the_place_of_the_earlier_one(any_context: Context) -> None:
    ann = add_account(any_context)
    declare(any_context, owner(ann), Form.W9, country="US", fields=GOOD)
    declare(
        any_context, owner(ann), Form.W8BEN, country="JP",
        fields={"legal_name": "Ann", "address": "Tokyo"},
    )  # fmt: skip
    found = get_profile(any_context, owner(ann))
    assert found is not None
    assert (found.country, found.form, found.shown) == ("JP", "w8ben", "")
    assert forget_profile(any_context, owner(ann))
    assert not forget_profile(any_context, owner(ann))
    assert get_profile(any_context, owner(ann)) is None


@pytest.mark.parametrize(
    ("country", "form", "changed", "field"),
    [
        ("USA", "w9", {}, "country"),
        ("DE", "w9", {}, "country"),
        ("US", "w8ben", {}, "country"),
        ("de", "w8ben", {}, "country"),
        ("JP", "dac7", {}, "country"),
        ("US", "w9", {"tax_number": "12345678"}, "tax_number"),
        ("US", "w9", {"tax_number": ""}, "tax_number"),
        ("US", "w9", {"legal_name": " "}, "legal_name"),
        ("US", "w9", {"legal_name": "x" * 121}, "legal_name"),
        ("US", "w9", {"address": "a\nb"}, "address"),
        ("DE", "dac7", {}, "birth_or_registration"),
        ("DE", "dac7", {"birth_or_registration": "1", "tax_number": "=1+1"}, "tax_number"),
        ("DE", "dac7", {"birth_or_registration": "+1+1"}, "birth_or_registration"),
    ],
)
def test_form_that_cannot_be_is_refused_by_its_field(
    context: Context, country: str, form: str, changed: dict[str, str], field: str
) -> None:
    account = add_account(context)
    with pytest.raises(Invalid) as refused:
        declare(context, owner(account), Form(form), country=country, fields={**GOOD, **changed})
    assert refused.value.field == field
    assert get_profile(context, owner(account)) is None


def test_every_form_asks_for_fields_that_there_are() -> None:
    assert {name for names in REQUIRED.values() for name in names} <= set(FIELDS)


def test_report_holds_whoever_reaches_the_threshold_and_whoever_declared_nothing(
    any_context: Context,
) -> None:
    import_rates(any_context, b"Date,USD\n2026-05-01,1.10\n2026-02-27,1.25\n")
    ann, bob, cid, dan, eve = (add_account(any_context) for _ in range(5))
    for account in (ann, bob):
        declare(any_context, owner(account), Form.W9, country="US", fields=GOOD)
    declare(
        any_context, owner(cid), Form.DAC7, country="DE",
        fields={**GOOD, "tax_number": "12 345 678 901", "birth_or_registration": "1990-12-31"},
    )  # fmt: skip
    declare(
        any_context, owner(dan), Form.W8BEN, country="JP",
        fields={"legal_name": "Dan", "address": "Kyoto"},
    )  # fmt: skip
    pay(any_context, ann, 150_000, 1)
    pay(any_context, ann, 40_000, 5, "EUR", withheld=9_600)  # 440 dollars
    pay(any_context, ann, 6_000, 6, fee=100)
    pay(any_context, bob, 199_999, 1)
    pay(any_context, cid, 1_100, 5)  # 10 euros
    pay(any_context, dan, 900_000, 1)
    pay(any_context, eve, 500, 7)
    found = report(any_context)
    assert set(found) == {ann, cid, eve}
    assert found[ann] == {
        **found[ann], "country": "US", "form": "w9", "report": "1099-NEC", "threshold": "2000.00",
        "currency": "USD", "paid": "2000.00", "quarter_1": "1500.00", "quarter_2": "500.00",
        "quarter_3": "0.00", "withheld": "105.60", "note": "", "legal_name": "Ann Lee",
        "tax_number": "123-45-6789",
    }  # fmt: skip
    assert (found[cid]["paid"], found[cid]["currency"], found[cid]["quarter_2"]) == (
        "10.00", "EUR", "10.00",
    )  # fmt: skip
    assert (found[eve]["paid"], found[eve]["note"]) == ("5.00", "declared nothing")
    assert report(any_context, 2025) == {}


def test_payout_without_a_rate_is_in_the_report_with_a_note(context: Context) -> None:
    ann = add_account(context)
    declare(context, owner(ann), Form.W9, country="US", fields=GOOD)
    pay(context, ann, 100, 3, "EUR")
    assert (report(context)[ann]["note"], report(context)[ann]["paid"]) == (
        "no rate into USD: EUR", "",
    )  # fmt: skip


def test_formula_is_no_name_and_what_cannot_be_printed_is_left_out(context: Context) -> None:
    ann = add_account(context)
    with pytest.raises(Invalid):
        declare(
            context, owner(ann), Form.W9, country="US",
            fields={**GOOD, "legal_name": "=cmd|' /C calc'!A0"},
        )  # fmt: skip
    named = {**GOOD, "legal_name": "Ann\x00\u202e  Lee"}
    declare(context, owner(ann), Form.W9, country="US", fields=named)
    pay(context, ann, 200_000, 3)
    assert report(context)[ann]["legal_name"] == "Ann Lee"


@pytest.mark.parametrize("role", [Role.OWNER, Role.REVIEWER, Role.SUPPORT])
def test_report_is_for_finance_alone_and_never_for_a_token(context: Context, role: Role) -> None:
    with pytest.raises(Forbidden):
        tax_report(context, replace(FINANCE, role=role), 2026)
    with pytest.raises(Forbidden):
        tax_report(context, replace(FINANCE, is_session=False), 2026)
    assert tax_report(context, replace(FINANCE, role=Role.ADMIN), 2026)


def test_erased_person_leaves_no_declaration(context: Context) -> None:
    ann = add_account(context, email="ann@people.example")
    declare(context, owner(ann), Form.W9, country="US", fields=GOOD)
    erase_account(context, owner(ann))
    assert get_profile(context, owner(ann)) is None
