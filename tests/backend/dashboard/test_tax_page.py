"""The page of what an owner declares for tax reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.actions.tax import get_profile
from backend.domain.ledger import EntryKind, own
from tests.backend.dashboard.test_earnings_pages import title_of, words_of
from tests.support.booking import book, claim, earn, mature, on
from tests.support.earner import Desk, Seat, open_desk

PAGE = "/dashboard/tax"
US = {"form": "w9", "legal_name": "Ann Oak", "address": "1 Oak St", "tax_number": "123-45-6789"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


@pytest.fixture
def ann(desk: Desk) -> Seat:
    return desk.enter("ann@people.example")


def test_thresholds_of_the_year_are_said_in_words(ann: Seat) -> None:
    text = words_of(ann.read(PAGE))
    assert title_of(ann.read(PAGE)) == "Your tax details are missing"
    assert "people and companies of the United States, from $2,000.00 in a year on" in text
    assert "people and companies of the European Union, whatever the amount" in text
    assert "Nothing was paid to you in 2026" in text


def test_a_form_is_kept_and_only_the_end_of_its_number_shown(desk: Desk, ann: Seat) -> None:
    assert ann.send(PAGE, 303, **US) == PAGE
    page = ann.read(PAGE)
    assert title_of(page) == "Your tax details are here"
    assert "… 6789" in page and "123-45" not in page and "1 Oak St" not in page
    assert "1099-NEC yours" in words_of(page)
    ann.send(f"{PAGE}/forget")
    assert get_profile(desk.context, ann.actor) is None


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(ann: Seat) -> None:
    page = ann.send(PAGE, 400, **US | {"tax_number": "12"})
    assert 'aria-invalid="true"' in page and 'value="Ann Oak"' in page
    assert "That cannot be a tax_number." in page
    assert "There is no such form." in ann.send(PAGE, 400, form="w4")
    foreign = {"form": "w8ben", "country": "US", "legal_name": "A", "address": "B"}
    assert "is not for" in ann.send(PAGE, 400, **foreign)


def test_each_form_asks_for_what_it_needs(ann: Seat) -> None:
    assert 'value="DE"' in ann.read(f"{PAGE}?form=dac7")
    assert 'name="vat_number"' in ann.read(f"{PAGE}?form=dac7")
    assert 'name="country"' in ann.read(f"{PAGE}?form=w8ben")
    assert 'name="country"' not in ann.read(f"{PAGE}?form=nonsense")


def test_what_was_paid_this_year_stands_beside_the_thresholds(desk: Desk, ann: Seat) -> None:
    account = ann.actor.account
    earn(desk.context, account, 20_000, on(2026, 1))
    mature(desk.context, account, 20_000, on(2026, 2))
    claim(desk.context, account, 20_000, on(2026, 3))
    book(
        desk.context,
        EntryKind.SETTLEMENT,
        on(2026, 3),
        (own("payout", account), "USD", 20_000),
        ("cash.bank", "USD", -20_000),
    )
    assert "You were paid $200.00 in 2026." in words_of(ann.read(PAGE))
