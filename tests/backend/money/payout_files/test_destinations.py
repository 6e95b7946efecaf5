"""Destinations are taken with every check digit right, and with none of them wrong."""

from __future__ import annotations

import pytest

from backend.domain.destinations import (
    AchAccount,
    Destination,
    Method,
    SepaAccount,
    check_method,
    fields_of,
    mask,
    method_of,
)
from backend.errors import Invalid
from backend.gateways.destinations import read_destination
from tests.support.payout_lines import FIELDS


def read(method: Method, **changed: str) -> Destination:
    return read_destination(method, FIELDS[method] | changed)


@pytest.mark.parametrize("method", Method)
def test_a_destination_survives_being_kept_as_texts(method: Method) -> None:
    destination = read(method)
    assert method_of(destination) is method
    assert read_destination(method, fields_of(destination)) == destination
    assert check_method(f" {method.upper()} ") is method


def test_an_optional_bic_and_a_business_survive_too() -> None:
    sepa = read(Method.SEPA, bic="cobadeffxxx")
    wise = read(Method.WISE, is_business="yes")
    assert isinstance(sepa, SepaAccount)
    assert sepa.bic == "COBADEFFXXX"
    assert fields_of(wise)["is_business"] == "yes"
    assert read_destination(Method.SEPA, fields_of(sepa)) == sepa
    assert read_destination(Method.WISE, fields_of(wise)) == wise


@pytest.mark.parametrize(
    "iban",
    ["DE89370400440532013000", "NL91 ABNA 0417 1643 00", "gb29nwbk60161331926819",
     "FR1420041010050500013M02606", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"],
)  # fmt: skip
def test_ibans_of_sepa_countries_are_taken(iban: str) -> None:
    account = read(Method.SEPA, iban=iban)
    assert isinstance(account, SepaAccount)
    assert account.iban == iban.replace(" ", "").upper()
    assert account.country == account.iban[:2]


@pytest.mark.parametrize("place", range(2, 22))
def test_an_iban_with_one_digit_changed_is_refused(place: int) -> None:
    iban = "DE89370400440532013000"
    wrong = iban[:place] + str((int(iban[place]) + 1) % 10) + iban[place + 1 :]
    with pytest.raises(Invalid) as caught:
        read(Method.SEPA, iban=wrong)
    assert caught.value.field == "iban"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"iban": ""}, "iban"),
        ({"iban": "DE8937040044053201300"}, "iban"),  # one digit short
        ({"iban": "XX89370400440532013000"}, "iban"),
        ({"iban": "BR1800360305000010009795493C1"}, "iban"),  # right, and outside the zone
        ({"iban": "x" * 51}, "iban"),
        ({"bic": "COBADEF"}, "bic"),
        ({"bic": "COBAZZFF"}, "bic"),
        ({"name": ""}, "name"),
        ({"name": "x" * 71}, "name"),
        ({"name": "\U0001f600"}, "name"),
    ],
)
def test_sepa_accounts_that_cannot_be_are_refused(changed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(Method.SEPA, **changed)
    assert caught.value.field == field


@pytest.mark.parametrize("routing", ["021000021", "121000248", "011401533", " 0210-0002-1 "])
def test_routing_numbers_with_their_check_digit_are_taken(routing: str) -> None:
    account = read(Method.ACH, routing=routing)
    assert isinstance(account, AchAccount)
    assert account.routing == routing.strip().replace("-", "")


@pytest.mark.parametrize("place", range(9))
def test_a_routing_number_with_one_digit_changed_is_refused(place: int) -> None:
    routing = "121000248"
    wrong = routing[:place] + str((int(routing[place]) + 1) % 10) + routing[place + 1 :]
    with pytest.raises(Invalid) as caught:
        read(Method.ACH, routing=wrong)
    assert caught.value.field == "routing"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"routing": "000000000"}, "routing"),
        ({"routing": "12100024"}, "routing"),
        ({"routing": "١٢١٠٠٠٢٤٨"}, "routing"),
        ({"account": "123"}, "account"),
        ({"account": "1" * 18}, "account"),
        ({"account": "12=34"}, "account"),
        ({"kind": "loan"}, "kind"),
        ({"name": "Wolfeschlegelsteinhausen"}, "name"),
    ],
)
def test_ach_accounts_that_cannot_be_are_refused(changed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(Method.ACH, **changed)
    assert caught.value.field == field


@pytest.mark.parametrize("email", ["=cmd@example.org", "+a@example.org", "-a@example.org", "ann"])
@pytest.mark.parametrize("method", [Method.PAYPAL, Method.WISE])
def test_an_address_that_a_csv_could_not_carry_unchanged_is_refused(
    method: Method, email: str
) -> None:
    with pytest.raises(Invalid) as caught:
        read(method, email=email)
    assert caught.value.field == "email"


@pytest.mark.parametrize("account", ["acct_", "cus_1032D82eZvKYlo2C", "acct_../../x", "=acct_1"])
def test_only_connected_accounts_of_stripe_are_taken(account: str) -> None:
    with pytest.raises(Invalid, match="Stripe"):
        read(Method.STRIPE, id=account)


def test_an_unknown_method_is_named() -> None:
    with pytest.raises(Invalid, match="'cheque' is no way to be paid"):
        check_method("cheque")


@pytest.mark.parametrize(
    ("method", "shown"),
    [
        (Method.SEPA, "DE … 3000"),
        (Method.ACH, "checking … 6789"),
        (Method.PAYPAL, "a…@example.org"),
        (Method.WISE, "l…@example.org"),
        (Method.STRIPE, "acct … lo2C"),
        (Method.CRYPTO, "ethereum 0x5a … eAed"),
    ],
)
def test_a_mask_shows_enough_for_its_owner_alone(method: Method, shown: str) -> None:
    assert mask(read(method)) == shown


def test_a_short_account_is_not_shown_whole() -> None:
    assert mask(read(Method.ACH, account="1234")) == "checking … 34"
