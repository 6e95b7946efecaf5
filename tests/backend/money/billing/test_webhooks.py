"""What arrives at `/hooks/stripe`: genuine, forged, stale, repeated, in any order, impossible."""

from __future__ import annotations

import itertools
import threading

import pytest
from starlette.testclient import TestClient

from backend.actions.provider_events import forget_bodies, retry_events
from backend.actions.replaying import replay
from backend.app import create_app
from backend.domain.provider_events import EventState
from backend.domain.tiers import Tier
from backend.errors import Conflict, Invalid, Unavailable
from tests.support.billing import Shop, shuffled
from tests.support.stripe_server import SECRET, sign

MINUTE = 60


def settled(shop: Shop) -> tuple[object, ...]:
    """Return everything that money and tiers are, without when it was worked on."""
    tables = ("payment", "commission", "adjustment", "entitlement", "subscription", "referral")
    rows = [sorted(map(repr, shop.rows(f"SELECT * FROM {table}"))) for table in tables]  # noqa: S608
    return (*rows[1:], shop.payments(), shop.balances())


def post(shop: Shop, body: bytes, header: str) -> tuple[int, str]:
    client = TestClient(create_app(shop.context))
    answer = client.post("/hooks/stripe", content=body, headers={"stripe-signature": header})
    return answer.status_code, answer.json().get("code", answer.json().get("state"))


def test_a_signed_event_is_taken_and_told_what_became_of_it(shop: Shop) -> None:
    shop.subscribe(shop.add_owner())
    paid = next(event for event in shop.books.take_events() if event["type"] == "invoice.paid")
    assert post(shop, *shop.stripe.signed(paid)) == (200, "applied")
    assert post(shop, *shop.stripe.signed(paid)) == (200, "applied")
    assert len(shop.payments()) == 1


def test_a_forged_event_is_refused_before_it_is_read(shop: Shop) -> None:
    shop.subscribe(shop.add_owner())
    (paid,) = [event for event in shop.books.take_events() if event["type"] == "invoice.paid"]
    body, header = shop.stripe.signed(paid)
    at = shop.books.now
    for forged_body, forged_header in [
        (body, ""),
        (body, "t=1,v1="),
        (body, "nonsense"),
        (body, f"t={at},v0={header.rpartition('=')[2]}"),
        (body, f"t=x,v1={header.rpartition('=')[2]}"),
        (body, header.replace(f"t={at}", f"t={at + 1}")),
        (body, sign(body, "whsec_of_somebody_else", at)),
        (body.replace(b"invoice.paid", b"invoice.Paid"), header),
        (b"\xff" + body, header),
        (b"", header),
    ]:
        assert post(shop, forged_body, forged_header) == (403, "forbidden")
    assert shop.rows("SELECT * FROM provider_event") == []
    assert shop.payments() == []


@pytest.mark.parametrize(("seconds", "is_taken"), [(-300, True), (-301, False), (301, False)])
def test_a_signature_is_good_for_five_minutes(shop: Shop, seconds: int, is_taken: bool) -> None:
    shop.subscribe(shop.add_owner())
    (event, *_rest) = shop.books.take_events()
    body, header = shop.stripe.signed(event, at=shop.books.now + seconds)
    assert post(shop, body, header)[0] == (200 if is_taken else 403)


def test_either_secret_is_good_while_one_replaces_the_other(shop: Shop) -> None:
    shop.subscribe(shop.add_owner())
    (event, *_rest) = shop.books.take_events()
    body, _header = shop.stripe.signed(event)
    assert post(shop, body, sign(body, "whsec_new", SECRET, shop.books.now))[0] == 200


def test_a_body_that_is_no_event_is_refused_although_it_is_signed(shop: Shop) -> None:
    for body in (b"[]", b"{}", b"not json", b'{"id": 1}', b"[" * 5_000):
        assert post(shop, body, sign(body, SECRET, shop.books.now)) == (400, "invalid")
    long = b" " * (512 * 1024 + 1)
    assert post(shop, long, sign(long, SECRET, shop.books.now))[0] == 400


def test_the_same_id_with_other_content_changes_nothing(shop: Shop) -> None:
    shop.subscribe(shop.add_owner())
    events = shop.books.take_events()
    shop.deliver(events)
    before = settled(shop)
    (paid,) = [event for event in events if event["type"] == "invoice.paid"]
    again = paid | {"pending_webhooks": 0}
    assert shop.take(again).state is EventState.APPLIED  # it is the same one, delivered later
    other = paid | {"data": {"object": paid["data"]["object"] | {"amount_paid": 999_900}}}
    with pytest.raises(Conflict):
        shop.take(other)
    assert settled(shop) == before


def test_every_order_of_a_story_with_repeats_ends_the_same(shop: Shop) -> None:
    wanted = {"invoice.paid", "refund.created", "refund.failed", "customer.subscription.deleted"}
    for order in itertools.permutations(range(4)):
        subscription = shop.subscribe(shop.add_owner())
        invoice = shop.books.objects[subscription["latest_invoice"]]
        shop.move(0.01)
        shop.books.fail_refund(shop.books.refund(invoice, 1_000))
        shop.books.cancel(subscription)
        story = [event for event in shop.books.take_events() if event["type"] in wanted]
        told = [story[place] for place in order]
        shop.deliver([*told, *told[:2]])
    assert shop.payments() == [(2_900, 0, 114, 0, False)] * 24
    assert {row[0] for row in shop.rows("SELECT tier FROM account")} == {"free"}
    assert len(set(shop.rows("SELECT status, until - since FROM entitlement, subscription"))) == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_story_out_of_order_ends_as_in_order(shop: Shop, other_shop: Shop, seed: int) -> None:
    ends = []
    for place, mix in ((shop, False), (other_shop, True)):
        ann = place.add_owner()
        subscription = place.subscribe(ann, tax=551)
        (first,) = place.books.all("invoice")
        place.move(2)
        place.books.refund(first, 500)
        place.move(28)
        place.books.renew(subscription)
        place.move(1)
        dispute = place.books.dispute(place.books.all("invoice")[0])
        place.move(10)
        place.books.close_dispute(dispute, is_won=False)
        place.books.renew(subscription, is_paid=False)
        place.move(1)
        place.books.cancel(subscription)
        events = place.books.take_events()
        place.deliver(shuffled(events, seed) if mix else events)
        assert set(itertools.chain(*place.states().values())) <= {"applied", "ignored"}
        ends.append((place.tier_of(ann), settled(place)[:1], settled(place)[-2:]))
        assert place.tier_of(ann) is Tier.FREE
    assert ends[0] == ends[1]


def test_what_an_unknown_customer_paid_waits_until_somebody_says_who_that_is(shop: Shop) -> None:
    ann = shop.add_owner()
    shop.check_out(ann)  # makes the price
    customer = shop.books.add({"id": "cus_x", "object": "customer", "metadata": {}})
    (price,) = shop.books.all("price")
    shop.books.bill(shop.books.subscribe(customer["id"], price["id"]))
    shop.deliver()
    assert shop.states()["invoice.paid"] == ["parked"]
    (reason,) = shop.rows("SELECT reason FROM provider_event WHERE type = 'invoice.paid'")
    assert reason == ("Nobody here is the customer cus_x.",)
    assert (shop.payments(), shop.tier_of(ann)) == ([], Tier.FREE)
    customer["metadata"]["account"] = ann.account
    shop.books.emit("customer.updated", customer)
    shop.deliver()
    assert shop.states()["invoice.paid"] == ["applied"]
    assert (len(shop.payments()), shop.tier_of(ann)) == (1, Tier.PRO)


def test_a_customer_cannot_be_given_to_another_account(shop: Shop) -> None:
    ann, bob = shop.add_owner(), shop.add_owner()
    subscription = shop.subscribe(ann)
    shop.deliver()
    customer = shop.books.objects[subscription["customer"]]
    customer["metadata"]["account"] = bob.account
    shop.books.emit("customer.updated", customer)
    shop.deliver()
    shop.move(30)
    shop.books.renew(subscription)
    shop.deliver()
    assert {row[0] for row in shop.rows("SELECT account FROM payment")} == {ann.account}
    assert shop.tier_of(bob) is Tier.FREE


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"currency": "xxx"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"amount_paid": 2**60}, "gross"),
        ({"total_excluding_tax": 5_000}, "tax"),
        ({"total_excluding_tax": -5_000}, "tax"),
    ],
)
def test_impossible_amounts_and_currencies_move_nothing(
    shop: Shop, changed: dict[str, object], field: str
) -> None:
    shop.subscribe(shop.add_owner())
    (invoice,) = shop.books.all("invoice")
    right = {name: invoice[name] for name in changed}
    invoice.update(changed)
    (paid,) = [event for event in shop.books.take_events() if event["type"] == "invoice.paid"]
    with pytest.raises(Invalid) as caught:
        shop.take(paid)
    assert caught.value.field == field
    assert shop.states() == {"invoice.paid": ["failed"]}
    assert (shop.payments(), shop.balances()) == ([], {})
    assert post(shop, *shop.stripe.signed(paid)) == (400, "invalid")
    invoice.update(right)
    assert replay(shop.context).mended == 1
    assert len(shop.payments()) == 1


@pytest.mark.parametrize("amount", [-2_900, 0])
def test_an_invoice_paid_with_less_than_nothing_is_ignored(shop: Shop, amount: int) -> None:
    shop.subscribe(shop.add_owner())
    shop.books.all("invoice")[0]["amount_paid"] = amount
    shop.deliver()
    assert shop.states()["invoice.paid"] == ["ignored"]
    assert shop.balances() == {}


@pytest.mark.parametrize("amount", [-1_000, 0])
def test_a_refund_of_nothing_or_less_moves_nothing(shop: Shop, amount: int) -> None:
    shop.subscribe(shop.add_owner())
    shop.deliver()
    shop.books.refund(shop.books.all("invoice")[0], amount)
    (created, _refunded) = shop.books.take_events()
    with pytest.raises(Invalid):
        shop.take(created)
    assert shop.payments() == [(2_900, 0, 114, 0, False)]


def test_stripe_without_an_answer_loses_nothing(shop: Shop) -> None:
    ann = shop.add_owner()
    shop.subscribe(ann)
    (paid,) = [event for event in shop.books.take_events() if event["type"] == "invoice.paid"]
    shop.stripe.broken = 10
    with pytest.raises(Unavailable):
        shop.take(paid)
    assert shop.states() == {"invoice.paid": ["failed"]}
    assert retry_events(shop.context) == 0  # Stripe's own next delivery comes first
    shop.stripe.broken = 0
    shop.move(0.1)
    assert retry_events(shop.context) == 1
    assert len(shop.payments()) == 1


@pytest.mark.parametrize("times", [4])
def test_two_deliveries_at_the_same_moment_book_once(any_shop: Shop, times: int) -> None:
    shop = any_shop
    shop.subscribe(shop.add_owner())
    events = shop.books.take_events()
    barrier, problems = threading.Barrier(times), list[BaseException]()

    def deliver() -> None:
        barrier.wait()
        try:
            shop.deliver(events)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=deliver) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert shop.payments() == [(2_900, 0, 114, 0, False)]
    assert shop.states()["invoice.paid"] == ["applied"]


def test_a_replay_changes_nothing_when_all_is_well(any_shop: Shop) -> None:
    shop = any_shop
    subscription = shop.subscribe(shop.add_owner())
    shop.books.refund(shop.books.all("invoice")[0], 1_000)
    shop.move(30)
    shop.books.renew(subscription)
    shop.deliver()
    before, asked = settled(shop), len(shop.stripe.asked)
    done = replay(shop.context)
    assert (done.changed, done.mended, done.failed) == (0, 0, 0)
    assert done.applied > 4
    assert settled(shop) == before
    assert len(shop.stripe.asked) == asked  # what was told is kept


def test_a_replay_brings_back_what_was_lost(shop: Shop) -> None:
    subscription = shop.subscribe(shop.add_owner())
    shop.deliver()
    before = shop.rows("SELECT * FROM subscription")
    with shop.context.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM subscription")
    assert replay(shop.context).changed > 0
    assert shop.rows("SELECT * FROM subscription") == before
    assert subscription["status"] == "active"


def test_bodies_are_forgotten_after_90_days_and_a_replay_still_works(shop: Shop) -> None:
    ann = shop.add_owner()
    shop.subscribe(ann)
    shop.deliver()
    assert forget_bodies(shop.context) == 0
    shop.move(89.9)
    assert forget_bodies(shop.context) == 0
    shop.move(0.2)
    assert forget_bodies(shop.context) == len(shop.rows("SELECT id FROM provider_event"))
    hashes = shop.rows("SELECT hash FROM provider_event WHERE body IS NULL AND hash <> ''")
    assert len(hashes) == len(shop.rows("SELECT id FROM provider_event"))
    done = replay(shop.context)
    assert (done.changed, done.failed) == (0, 0)


def test_a_service_without_keys_has_no_such_door(manual_shop: Shop) -> None:
    body = b"{}"
    assert post(manual_shop, body, sign(body, SECRET, 1)) == (404, "not_found")
