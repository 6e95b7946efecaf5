"""Payments that an administrator records: by the command line, by the API, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from backend.actions.accounts import change_role
from backend.actions.context import Context
from backend.actions.manual_payments import (
    ManualPayment,
    ManualRefund,
    record_payment,
    record_refund,
)
from backend.actions.replaying import replay
from backend.actions.subscriptions import end_entitlements
from backend.domain.actors import Actor, Role
from backend.domain.instants import DAY, Instant
from backend.domain.tiers import Tier
from backend.errors import Conflict, Invalid, NotFound
from backend.settings import Settings
from cli import main
from tests.support.billing import Shop
from tests.support.billing_desk import BillingDesk
from tests.support.service import NOON


def payment(ann: Actor, **changed: object) -> ManualPayment:
    values: dict[str, object] = {
        "account": ann.account,
        "tier": Tier.PRO,
        "currency": "USD",
        "gross": 2_900,
        "tax": 0,
        "ref": "R-1",
        "paid_at": NOON,
        "period_start": NOON,
    }
    return ManualPayment(**values | changed)  # type: ignore[arg-type]  # as named above


def test_a_recorded_payment_is_booked_and_gives_the_tier_for_its_months(manual_shop: Shop) -> None:
    ann = manual_shop.add_owner()
    result = record_payment(manual_shop.context, payment(ann, tax=463, months=2))
    assert result.is_changed
    assert manual_shop.tier_of(ann) is Tier.PRO
    assert manual_shop.balances() == {
        ("cash.manual", "USD"): 2_900,
        ("sales", "USD"): -2_437,
        ("tax", "USD"): -463,
    }
    # Two months to the 4th of November, and 14 days of grace.
    for days, tier in ((61 + 13.9, Tier.PRO), (0.2, Tier.FREE)):
        manual_shop.move(days)
        end_entitlements(manual_shop.context)
        assert manual_shop.tier_of(ann) is tier


def test_the_same_again_changes_nothing_and_other_figures_are_refused(manual_shop: Shop) -> None:
    ann = manual_shop.add_owner()
    record_payment(manual_shop.context, payment(ann))
    before = manual_shop.balances()
    assert not record_payment(manual_shop.context, payment(ann)).is_changed
    with pytest.raises(Conflict):
        record_payment(manual_shop.context, payment(ann, gross=9_900))
    assert manual_shop.balances() == before
    done = replay(manual_shop.context)
    assert (done.events, done.changed, done.failed) == (1, 0, 0)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"gross": -2_900}, "gross"),
        ({"gross": 0}, "gross"),
        ({"gross": 2**60}, "gross"),
        ({"tax": 2_901}, "tax"),
        ({"tax": -1}, "tax"),
        ({"currency": "XXX"}, "currency"),
        ({"tier": Tier.FREE}, "tier"),
        ({"months": 0}, "months"),
        ({"months": 37}, "months"),
        ({"ref": ""}, "ref"),
        ({"ref": "with a space"}, "ref"),
        ({"paid_at": Instant(NOON + 2 * DAY)}, "at"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_recorded(
    manual_shop: Shop, changed: dict[str, object], field: str
) -> None:
    ann = manual_shop.add_owner()
    with pytest.raises(Invalid) as caught:
        record_payment(manual_shop.context, payment(ann, **changed))
    assert caught.value.field == field
    assert manual_shop.rows("SELECT * FROM provider_event") == []
    assert manual_shop.balances() == {}
    record_payment(manual_shop.context, payment(ann))


def test_a_refund_is_of_a_payment_that_was_recorded_and_not_more_than_it(
    manual_shop: Shop,
) -> None:
    ann = manual_shop.add_owner()
    refund = ManualRefund(payment="R-1", ref="G-1", amount=1_000, at=NOON)
    with pytest.raises(NotFound):
        record_refund(manual_shop.context, refund)
    record_payment(manual_shop.context, payment(ann))
    for amount in (0, -1, 2_901):
        with pytest.raises(Invalid):
            record_refund(manual_shop.context, replace(refund, amount=amount))
    assert record_refund(manual_shop.context, refund).is_changed
    assert not record_refund(manual_shop.context, refund).is_changed
    assert manual_shop.payments() == [(2_900, 0, 0, 1_000, False)]


def test_finance_records_by_the_api_with_a_key(manual_shop: Shop) -> None:
    desk = BillingDesk(manual_shop)
    bob = manual_shop.add_owner()
    body = {"account": bob.account, "tier": "pro", "amount": "29.00", "currency": "USD", "ref": "R"}
    assert desk.send("/finance/payments", body).status_code == 403
    change_role(manual_shop.context, desk.actor.account, Role.FINANCE)
    assert desk.send("/finance/payments", body, key="").status_code == 400
    for _ in range(2):
        answer = desk.send("/finance/payments", body)
        assert (answer.status_code, answer.json()["is_changed"]) == (201, True)
    assert desk.send("/finance/payments", body, key="other").json()["is_changed"] is False
    answer = desk.send("/finance/payments", body | {"amount": "29.001", "ref": "R2"}, key="third")
    assert (answer.status_code, answer.json()["field"]) == (400, "amount")
    answer = desk.send(
        "/finance/refunds", {"payment": "R", "ref": "G", "amount": "29.00"}, key="refund"
    )
    assert answer.status_code == 201
    assert manual_shop.payments() == [(2_900, 0, 0, 2_900, False)]
    status, _answer = desk.ask("POST", "/finance/payments", key="t", **body)
    assert status == 403  # a token never acts in a role


def run(context: Context, *words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("FOURSITE_DATA_DIR", str(context.settings.data_dir))
    return main(["server", *words])


def test_the_command_line_records_and_replays(
    manual_shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(*words: str) -> tuple[int, str]:
        status = run(manual_shop.context, *words, monkeypatch=monkeypatch)
        return status, capsys.readouterr().out

    manual_shop.add_owner(email="ann@example.org")
    words = ["payment", "record", "--account", "ann@example.org", "--tier", "pro"]
    words += ["--amount", "29.00", "--currency", "usd", "--ref", "R-1", "--at", "2026-09-01"]
    assert command(*words) == (0, "Recorded R-1: 29.00 USD of ann@example.org for pro.\n")
    assert "Nothing changed" in command(*words)[1]
    assert manual_shop.payments() == [(2_900, 0, 0, 0, False)]
    refund = ["payment", "refund", "--ref", "R-1", "--refund", "G-1", "--amount", "9"]
    status, text = command(*refund, "--at", "2026-09-02", "--json")
    assert (status, json.loads(text)["is_changed"]) == (0, True)
    assert manual_shop.payments() == [(2_900, 0, 0, 900, False)]
    assert command("replay") == (0, "Nothing changed: 2 events, 2 of them applied before.\n")
    status, text = command("replay", "--since", "2026-09-02", "--json")
    assert (status, json.loads(text)["events"]) == (0, 1)
    status, text = command("replay", "--event", "payment:R-1", "--json")
    assert json.loads(text)["applied"] == 1
    assert run(manual_shop.context, "replay", "--event", "x", monkeypatch=monkeypatch) == 1


@pytest.mark.parametrize("given", ["FOURSITE_STRIPE_KEY", "FOURSITE_STRIPE_WEBHOOK_SECRET"])
def test_a_key_without_the_secret_of_its_webhooks_is_refused_at_the_start(given: str) -> None:
    with pytest.raises(Invalid) as caught:
        Settings.from_env({given: "x"})
    assert caught.value.field == "FOURSITE_STRIPE_WEBHOOK_SECRET"
    both = {"FOURSITE_STRIPE_KEY": "sk_1", "FOURSITE_STRIPE_WEBHOOK_SECRET": "whsec_1 whsec_2"}
    settings = Settings.from_env(both)
    assert settings.stripe_webhook_secrets == ("whsec_1", "whsec_2")
    assert "sk_1" not in repr(settings)
    assert "whsec" not in repr(settings)
