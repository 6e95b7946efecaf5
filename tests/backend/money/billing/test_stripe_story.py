"""From the checkout to the ledger: what Stripe tells becomes payments and tiers."""

from __future__ import annotations

import pytest

from backend.domain.provider_events import EventState
from backend.domain.tiers import Tier
from tests.support.billing import Shop


def test_who_pays_at_the_checkout_gets_the_tier_and_the_ledger_the_money(any_shop: Shop) -> None:
    shop = any_shop
    ann = shop.add_owner()
    shop.subscribe(ann)
    assert shop.tier_of(ann) is Tier.FREE
    states = shop.deliver()
    assert shop.tier_of(ann) is Tier.PRO
    # 2.9 % of 29.00 and 30 cents are Stripe's.
    assert shop.payments() == [(2_900, 0, 114, 0, False)]
    assert shop.balances() == {
        ("cash.stripe", "USD"): 2_786,
        ("fees", "USD"): 114,
        ("sales", "USD"): -2_900,
    }
    assert EventState.FAILED not in states
    assert shop.states()["invoice.paid"] == ["applied"]


def test_tax_is_never_sales(shop: Shop) -> None:
    shop.subscribe(shop.add_owner(), tax=551)
    shop.deliver()
    assert shop.payments() == [(3_451, 551, 130, 0, False)]


def test_the_part_of_the_tax_in_a_partial_payment_is_rounded_up(shop: Shop) -> None:
    ann = shop.add_owner()
    subscription = shop.subscribe(ann)
    shop.deliver()
    shop.move(30)
    # 10.00 of 34.51 come from a credit: 24.51 are paid, with 551 × 2451 ÷ 3451 = 391.3 of tax.
    shop.books.renew(subscription, tax=551, from_balance=1_000)
    shop.deliver()
    assert shop.payments()[1][:2] == (2_451, 392)


def test_an_invoice_paid_from_a_credit_is_no_payment(shop: Shop) -> None:
    subscription = shop.subscribe(shop.add_owner())
    shop.deliver()
    shop.move(30)
    shop.books.renew(subscription, from_balance=2_900)
    shop.deliver()
    assert len(shop.payments()) == 1
    assert shop.states()["invoice.paid"] == ["applied", "ignored"]


def test_a_refund_is_counted_once_though_two_events_tell_of_it(shop: Shop) -> None:
    shop.subscribe(shop.add_owner())
    (invoice,) = shop.books.all("invoice")
    shop.books.refund(invoice, 1_000)
    shop.deliver()
    assert shop.payments() == [(2_900, 0, 114, 1_000, False)]
    refund = shop.books.refund(invoice, 400)
    shop.books.fail_refund(refund)
    shop.deliver()
    assert shop.payments() == [(2_900, 0, 114, 1_000, False)]


@pytest.mark.parametrize(("is_won", "returned"), [(True, 0), (False, 2_900)])
def test_a_chargeback_holds_and_then_is_won_or_lost(
    shop: Shop, is_won: bool, returned: int
) -> None:
    shop.subscribe(shop.add_owner())
    (invoice,) = shop.books.all("invoice")
    dispute = shop.books.dispute(invoice)
    shop.deliver()
    assert shop.payments() == [(2_900, 0, 114, 0, True)]
    shop.move(20)
    shop.books.close_dispute(dispute, is_won=is_won)
    shop.deliver()
    assert shop.payments() == [(2_900, 0, 114, returned, False)]


def test_an_inquiry_of_a_bank_moves_nothing(shop: Shop) -> None:
    shop.subscribe(shop.add_owner())
    shop.deliver()
    (invoice,) = shop.books.all("invoice")
    shop.books.dispute(invoice, status="warning_needs_response")
    assert shop.deliver() == [EventState.IGNORED]
    assert shop.payments() == [(2_900, 0, 114, 0, False)]


def test_of_a_credit_note_only_what_left_outside_of_stripe_counts_beside_its_refunds(
    shop: Shop,
) -> None:
    shop.subscribe(shop.add_owner())
    (invoice,) = shop.books.all("invoice")
    # 5.00 by refund, 3.00 by bank, and 2.00 lower the next invoice by themselves.
    note = shop.books.credit(invoice, 1_000, outside=300, refunded=500)
    shop.deliver()
    assert shop.payments() == [(2_900, 0, 114, 800, False)]
    shop.books.void(note)
    shop.deliver()
    assert shop.payments() == [(2_900, 0, 114, 500, False)]


def test_what_stripe_keeps_is_waited_for(shop: Shop) -> None:
    shop.subscribe(shop.add_owner(), is_settled=False)
    shop.deliver()
    assert shop.states()["invoice.paid"] == ["parked"]
    assert shop.payments() == []
    (charge,) = shop.books.all("charge")
    shop.books.settle(charge["id"])
    shop.deliver()
    assert shop.states()["invoice.paid"] == ["applied"]
    assert shop.payments() == [(2_900, 0, 114, 0, False)]


def test_a_fee_in_another_currency_is_counted_in_that_of_the_payment(shop: Shop) -> None:
    shop.subscribe(shop.add_owner())
    (charge,) = shop.books.all("charge")
    # 29.00 USD came as 25.00 EUR, of which Stripe kept 1.00 EUR: 1.16 USD.
    moved = shop.books.objects[charge["balance_transaction"]]
    moved.update(amount=2_500, currency="eur", fee=100)
    shop.deliver()
    assert shop.payments() == [(2_900, 0, 116, 0, False)]


def test_what_happens_at_a_connected_account_is_no_business_of_ours(shop: Shop) -> None:
    shop.subscribe(shop.add_owner())
    events = [event | {"account": "acct_1"} for event in shop.books.take_events()]
    assert set(shop.deliver(events)) == {EventState.IGNORED}
    assert shop.payments() == []
