"""Earnings so far, by the REST interface: sums that agree with the ledger, and each commission."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.actions.payments import apply_event
from backend.actions.tokens import make_token
from backend.app import create_app
from backend.domain.actors import Scope, owner_of
from backend.domain.instants import DAY
from backend.store.tables.base import TENANT
from tests.support.booking import claim, claim_converted, earn, mature, on, settle
from tests.support.money import add_chain, adjusted, balances, paid
from tests.support.service import NOON, add_account


def client_of(context: Context, account: str, *scopes: Scope) -> TestClient:
    made = make_token(
        context, owner_of(TENANT, account), name="test", scopes=scopes or (Scope.REFERRALS_READ,)
    )
    headers = {"authorization": f"Bearer {made.secret}"}
    return TestClient(create_app(context), headers=headers)


def test_summary_tells_what_is_owed_now_and_what_was_since_the_beginning(
    any_context: Context,
) -> None:
    ann = add_account(any_context)
    earn(any_context, ann, 10_000, on(2026, 1))
    earn(any_context, ann, -1_000, on(2026, 2))
    mature(any_context, ann, 6_000, on(2026, 3))
    earn(any_context, ann, 4_000, on(2026, 1), "EUR")
    mature(any_context, ann, 4_000, on(2026, 3), "EUR")
    claim(any_context, ann, 5_000, on(2026, 4))
    claim_converted(any_context, ann, 3_000, 3_300, on(2026, 4), fact="1.1 of 2026-04-01")
    settle(any_context, ann, 5_000, on(2026, 4), withheld=1_200)
    answer = client_of(any_context, ann).get("/api/v1/earnings").json()
    nothing = dict.fromkeys(
        ("earned", "reversed", "exchanged", "paid", "pending", "held", "available", "on_its_way",
         "owed_back"), 0,
    )  # fmt: skip
    euros, dollars = answer["currencies"]
    assert euros == nothing | {
        "currency": "EUR", "earned": 4_000, "exchanged": -3_000, "available": 1_000,
    }  # fmt: skip
    assert dollars == nothing | {
        "currency": "USD", "earned": 10_000, "reversed": -1_000, "exchanged": 3_300, "paid": 5_000,
        "pending": 3_000, "available": 1_000, "on_its_way": 3_300,
    }  # fmt: skip
    for one in (euros, dollars):
        owed = one["pending"] + one["available"] + one["on_its_way"]
        assert one["earned"] + one["reversed"] + one["exchanged"] - one["paid"] == owed


def test_commissions_of_payments_are_listed_newest_first_in_pages(any_context: Context) -> None:
    """29.00 in the first year earns 5.80; half of it given back, 2.90."""
    ann, ben = add_chain(any_context, 2)
    for number in range(5):
        at = NOON - (5 - number) * DAY
        apply_event(any_context, paid(ben, ref=f"in_{number}", at=at))
    apply_event(any_context, adjusted(1_450, charge="ch_4"))
    client = client_of(any_context, ann)
    seen, after = [], None
    for _ in range(3):
        query = {"limit": 2} | ({"after": after} if after else {})
        page = client.get("/api/v1/earnings/commissions", params=query).json()
        seen += page["items"]
        after = page["next"]
    assert after is None
    assert [one["amount"] for one in seen] == [290, 580, 580, 580, 580]
    assert [one["paid_at"][:10] for one in seen] == [
        f"2026-09-0{day}" if day else "2026-08-31" for day in (3, 2, 1, 0)
    ] + ["2026-08-30"]
    assert {(one["level"], one["line"], one["rate_bp"], one["state"]) for one in seen} == {
        (1, "base", 2_000, "pending")
    }
    assert ben not in str(seen)
    (dollars,) = client.get("/api/v1/earnings").json()["currencies"]
    assert (dollars["earned"], dollars["reversed"], dollars["pending"]) == (2_900, -290, 2_610)
    assert balances(any_context, ann) == {f"partner.pending:{ann} USD": -2_610}


def test_who_paid_sees_nothing_of_who_earned(any_context: Context) -> None:
    _ann, ben = add_chain(any_context, 2)
    apply_event(any_context, paid(ben))
    client = client_of(any_context, ben)
    assert client.get("/api/v1/earnings").json() == {"currencies": []}
    assert client.get("/api/v1/earnings/commissions").json() == {"items": [], "next": None}


@pytest.mark.parametrize("after", ["1.x", "f" * 32, f"{'f' * 32}.1.base' OR 1=1"])
def test_cursor_of_another_list_is_refused(context: Context, after: str) -> None:
    client = client_of(context, add_account(context))
    answer = client.get("/api/v1/earnings/commissions", params={"after": after})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_statement_comes_in_pages_that_break_no_entry_apart(context: Context) -> None:
    ann = add_account(context)
    for month in (1, 2, 3):
        earn(context, ann, 1_000, on(2026, month), "EUR")
    mature(context, ann, 3_000, on(2026, 4), "EUR")
    claim_converted(context, ann, 3_000, 3_300, on(2026, 4), fact="1.1 of 2026-04-01")
    client = client_of(context, ann)
    first = client.get("/api/v1/statements/2026", params={"limit": 4}).json()
    assert [line["seq"] for line in first["lines"]] == [0, 1, 2, 4, 4]
    assert (first["next"], first["is_partial"]) == (None, True)
    page = client.get("/api/v1/statements/2026", params={"limit": 2}).json()
    assert ([line["seq"] for line in page["lines"]], page["next"]) == ([0, 1], 1)
    rest = client.get("/api/v1/statements/2026", params={"after": 1}).json()
    assert [line["seq"] for line in rest["lines"]] == [2, 4, 4]
    assert rest["totals"] == first["totals"]
    assert rest["totals"][1]["closing"] == 3_300
    assert (rest["converted"], rest["without_rate"]) == (None, ["EUR"])


@pytest.mark.parametrize(
    ("path", "status"), [("/2019", 404), ("/2030", 404), ("/20", 400), ("/2026?currency=XXX", 400)]
)
def test_statement_of_no_year_or_currency_is_refused(
    context: Context, path: str, status: int
) -> None:
    answer = client_of(context, add_account(context)).get(f"/api/v1/statements{path}")
    assert answer.status_code == status


def test_payee_declares_and_forgets_by_the_interface(context: Context) -> None:
    client = client_of(context, add_account(context), Scope.ACCOUNT_READ, Scope.ACCOUNT_WRITE)
    assert client.get("/api/v1/account/tax").json() == {"declared": None}
    form = {"legal_name": "Ann", "address": "Main St", "tax_number": "123456789"}
    made = client.put("/api/v1/account/tax/w9", json=form).json()
    assert (made["shown"], "123456789" in str(made)) == ("… 6789", False)
    assert client.get("/api/v1/account/tax").json() == {"declared": made}
    assert client.delete("/api/v1/account/tax").status_code == 204
    assert client.get("/api/v1/account/tax").json() == {"declared": None}
