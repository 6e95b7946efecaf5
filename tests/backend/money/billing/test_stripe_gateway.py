"""What the gateway makes of Stripe's answers: transfers that move once, refusals, silence."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domain.provider_events import EventState
from backend.domain.tiers import TERMS, Tier
from backend.errors import BillingOff, Conflict, Refused, Unavailable
from backend.gateways.stripe import Stripe, connect, lookup_key_of
from backend.gateways.stripe_events import translate
from tests.support.billing import Shop
from tests.support.stripe_shapes import connected


def client_of(shop: Shop) -> Stripe:
    return connect(shop.context.settings)


def send(shop: Shop, **changed: Any) -> Any:
    account = shop.books.add(connected("acct_1", shop.books.now))["id"]
    values = {"destination": account, "amount": 5_000, "currency": "USD", "key": "payout:1"}
    return client_of(shop).transfer(**values | changed, facts={"payout": "1"})


def test_a_transfer_moves_once_for_its_key(shop: Shop) -> None:
    first, again = send(shop), send(shop)
    assert (first.id, first.amount, first.currency) == (again.id, 5_000, "USD")
    assert shop.books.balance == 995_000
    with pytest.raises(Conflict):
        send(shop, amount=5_001)
    assert shop.books.balance == 995_000
    shop.books.reverse(shop.books.objects[first.id], 2_000)
    assert client_of(shop).get_transfer(first.id).reversed == 2_000


def test_a_refusal_says_why_and_moves_nothing(shop: Shop) -> None:
    with pytest.raises(Refused) as caught:
        send(shop, amount=1_000_001)
    assert caught.value.reason == "balance_insufficient"
    with pytest.raises(Refused) as caught:
        send(shop, destination="acct_0", key="payout:2")
    assert caught.value.reason == "resource_missing"
    assert shop.books.balance == 1_000_000


def test_without_an_answer_the_same_key_is_safe_to_repeat(shop: Shop) -> None:
    shop.stripe.broken = 2
    with pytest.raises(Unavailable):
        send(shop)
    assert send(shop).amount == 5_000
    assert shop.books.balance == 995_000
    with pytest.raises(Unavailable):
        Stripe("sk_test_other", shop.stripe.url).get_transfer("tr_1")


def test_a_service_without_a_key_says_so(manual_shop: Shop) -> None:
    with pytest.raises(BillingOff):
        connect(manual_shop.context.settings)


def test_prices_are_those_of_the_tiers_and_are_made_once(shop: Shop) -> None:
    for tier, cents in ((Tier.PRO, 2_900), (Tier.BUSINESS, 9_900), (Tier.ENTERPRISE, 29_900)):
        assert TERMS[tier].price_cents == cents
        for _ in range(2):
            shop.check_out(shop.add_owner(), tier)
        (price,) = shop.books.all("price", lookup_key=lookup_key_of(tier))
        assert (price["unit_amount"], price["currency"]) == (cents, "usd")
        assert price["recurring"]["interval"] == "month"


def test_a_service_in_earnest_takes_no_payments_of_tests(shop: Shop) -> None:
    shop.subscribe(shop.add_owner())
    (paid,) = [event for event in shop.books.take_events() if event["type"] == "invoice.paid"]
    body, _header = shop.stripe.signed(paid)
    for key in ("sk_live_1", "rk_live_1"):
        said = translate(Stripe(key, shop.stripe.url), body, lambda _customer: None, str)
        assert said.reason == "It is a test, and this service is not."
    said = translate(client_of(shop), body, lambda _customer: None, str)
    assert said.waits_for == "cus_00000000000001"


def test_a_subscription_to_something_else_gives_no_tier(shop: Shop) -> None:
    ann = shop.add_owner()
    session = shop.check_out(ann)
    (price,) = shop.books.all("price")
    price |= {"lookup_key": "consulting", "metadata": {}}
    shop.books.pay(session)
    shop.deliver()
    assert shop.states()["customer.subscription.created"] == [EventState.IGNORED]
    assert shop.tier_of(ann) is Tier.FREE
    # What was paid is paid all the same.
    assert len(shop.payments()) == 1
