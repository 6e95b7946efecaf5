"""The fake Stripe beside the official library: its objects, its keys, its pages, its signatures."""

from __future__ import annotations

import threading
from typing import Any, get_args

import pytest
import stripe
from stripe import StripeClient

from backend.domain.tiers import Tier
from tests.support.billing import Shop
from tests.support.stripe_books import every_object
from tests.support.stripe_server import KEY, SECRET, FakeStripe, sign

CLASSES: dict[str, Any] = {
    "account": stripe.Account,
    "balance_transaction": stripe.BalanceTransaction,
    "billing_portal.session": stripe.billing_portal.Session,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "credit_note": stripe.CreditNote,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "line_item": stripe.InvoiceLineItem,
    "payment_intent": stripe.PaymentIntent,
    "price": stripe.Price,
    "product": stripe.Product,
    "refund": stripe.Refund,
    "subscription": stripe.Subscription,
    "subscription_item": stripe.SubscriptionItem,
    "transfer": stripe.Transfer,
    "transfer_reversal": stripe.TransferReversal,
}
# What the library declares elsewhere, or the fake keeps beside an object for itself.
BESIDE = {"line_items", "subscription_data"}


def client_of(fake: FakeStripe) -> StripeClient:
    return StripeClient(KEY, base_addresses={"api": fake.url}, max_network_retries=0)


def is_required(declared: object) -> bool:
    """Say whether the library declares a member to be there always; types are texts or types."""
    text = str(declared).removeprefix("typing.")
    is_optional = text.startswith("Optional") or type(None) in get_args(declared)
    return not is_optional and not text.startswith("ClassVar")


def test_every_object_has_what_the_library_requires_and_nothing_it_does_not_know(
    shop: Shop,
) -> None:
    ann = shop.add_owner()
    subscription = shop.subscribe(ann, tax=100)
    (invoice,) = shop.books.all("invoice")
    shop.books.credit(invoice, 600, refunded=100, outside=200)
    shop.books.dispute(invoice)
    client = client_of(shop.stripe)
    client.v1.billing_portal.sessions.create({"customer": subscription["customer"]})
    account = client.v1.accounts.create({"type": "express"})
    sent = client.v1.transfers.create({"amount": 500, "currency": "usd", "destination": account.id})
    client.v1.transfers.reversals.create(sent.id, {"amount": 200})
    seen = set()
    for made in every_object(shop.books):
        kind = made["object"]
        declared = CLASSES[kind].__annotations__
        required = {name for name, of_type in declared.items() if is_required(of_type)}
        # The library names an attribute apart where Python has a word of that name.
        assert required - {"items_"} <= set(made), kind
        assert set(made) - BESIDE <= set(declared) | {"id", "items"}, kind
        seen.add(kind)
    assert seen == set(CLASSES)


def test_a_key_makes_one_thing_whatever_is_repeated(shop: Shop) -> None:
    client = client_of(shop.stripe)
    account = client.v1.accounts.create({"type": "express"})
    params: Any = {"amount": 500, "currency": "usd", "destination": account.id}
    first = client.v1.transfers.create(params, {"idempotency_key": "k"})
    again = client.v1.transfers.create(params, {"idempotency_key": "k"})
    assert (first.id, shop.books.balance) == (again.id, 999_500)
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        client.v1.transfers.create(params | {"amount": 501}, {"idempotency_key": "k"})
    assert shop.books.balance == 999_500


def test_a_key_is_refused_while_its_first_request_runs(shop: Shop) -> None:
    client = client_of(shop.stripe)
    shop.stripe.hold = threading.Event()
    first = threading.Thread(
        target=lambda: client.v1.customers.create({}, {"idempotency_key": "k"})
    )
    first.start()
    try:
        while "k" not in shop.stripe.kept:
            pass
        with pytest.raises(stripe.APIError) as caught:
            client.v1.customers.create({}, {"idempotency_key": "k"})
        assert caught.value.http_status == 409
    finally:
        shop.stripe.hold.set()
        first.join()
    assert len(shop.books.all("customer")) == 1


def test_lists_go_on_from_page_to_page(shop: Shop) -> None:
    client = client_of(shop.stripe)
    shop.subscribe(shop.add_owner())
    (invoice,) = shop.books.all("invoice")
    made = [shop.books.refund(invoice, 10)["id"] for _ in range(5)]
    found = client.v1.refunds.list({"limit": 2, "charge": shop.books.charge_of(invoice)["id"]})
    assert (len(found.data), found.has_more) == (2, True)
    assert [each.id for each in found.auto_paging_iter()] == made[::-1]


def test_errors_come_in_the_envelope_of_stripe(shop: Shop) -> None:
    client = client_of(shop.stripe)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.invoices.retrieve("in_0")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.customers.create({"nonsense": "x"})  # type: ignore[typeddict-unknown-key]
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "nonsense")
    with pytest.raises(stripe.AuthenticationError):
        StripeClient("sk_test_other", base_addresses={"api": shop.stripe.url}).v1.customers.create()


def test_the_library_verifies_what_the_fake_signs(shop: Shop) -> None:
    shop.subscribe(shop.add_owner(), Tier.BUSINESS)
    body, _header = shop.stripe.signed(shop.books.take_events()[0])
    header = sign(body, "whsec_old", SECRET, 1_700_000_000)
    event = stripe.Webhook.construct_event(body, header, SECRET, tolerance=10**10)
    assert event.type == "customer.created"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", header, SECRET, tolerance=10**10)
