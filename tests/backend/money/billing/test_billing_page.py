"""The page of a plan, its forms and its twin in the API."""

from __future__ import annotations

import pytest

from backend.domain.tiers import Tier
from tests.support.billing import Shop
from tests.support.billing_desk import PAGE, BillingDesk


@pytest.fixture
def desk(shop: Shop) -> BillingDesk:
    return BillingDesk(shop)


@pytest.fixture
def manual_desk(manual_shop: Shop) -> BillingDesk:
    return BillingDesk(manual_shop)


def test_a_plan_is_chosen_at_stripe_and_shown_once_it_is_paid(desk: BillingDesk) -> None:
    page = desk.see()
    assert "$29" in page
    assert "Cards and invoices" not in page
    status, url = desk.press("plan", tier="pro")
    assert status == 303
    assert url.startswith("https://checkout.stripe.com/")
    desk.shop.books.pay(url.rpartition("/")[2])
    assert "Your payment is on its way" in desk.see("?paid=1")
    desk.shop.deliver()
    page = desk.see("?paid=1")
    assert "Your payment is on its way" not in page
    assert "Renews" in page
    assert "4 Oct 2026" in page
    assert "Change to Business" in page


def test_the_same_press_twice_is_one_checkout(desk: BillingDesk) -> None:
    for key in ("k", "a\r\nb: c", "ключ"):  # whatever a form can hold
        urls = {desk.press("plan", tier="pro", key=key)[1] for _ in range(3)}
        assert len(urls) == 1
    assert len(desk.shop.books.all("customer")) == 1
    assert len(desk.shop.books.all("price")) == 1


def test_who_has_a_subscription_changes_it_and_never_gets_a_second_one(desk: BillingDesk) -> None:
    subscription = desk.shop.subscribe(desk.actor)
    desk.shop.deliver()
    status, url = desk.press("plan", tier="business")
    assert (status, url.split("/p/")[0]) == (303, "https://billing.stripe.com")
    (portal,) = desk.shop.books.all("billing_portal.session")
    assert portal["flow"]["subscription_update"] == {"subscription": subscription["id"]}
    assert desk.press("portal")[0] == 303


@pytest.mark.parametrize("tier", ["free", "gold", ""])
def test_what_cannot_be_bought_is_said_on_the_page(desk: BillingDesk, tier: str) -> None:
    status, page = desk.press("plan", tier=tier)
    assert status == 400
    assert 'role="alert"' in page


def test_a_failed_payment_is_said_with_what_to_do(desk: BillingDesk) -> None:
    subscription = desk.shop.subscribe(desk.actor)
    desk.shop.deliver()
    desk.shop.move(13)
    desk.shop.books.renew(subscription, is_paid=False)
    desk.shop.deliver()
    page = desk.see()
    assert "A payment failed on" in page
    assert "Nothing changes until" in page
    assert "Change the card" in page


def test_stripe_without_an_answer_is_said_on_the_page(desk: BillingDesk) -> None:
    desk.shop.stripe.broken = 10
    status, page = desk.press("plan", tier="pro")
    assert status == 503
    assert "Stripe gives no answer" in page


def test_the_policy_lets_the_forms_lead_to_stripe_alone(desk: BillingDesk) -> None:
    policy = desk.client.get(PAGE).headers["content-security-policy"]
    wanted = "form-action 'self' https://checkout.stripe.com https://billing.stripe.com;"
    assert wanted in policy


def test_a_service_without_keys_says_so(manual_desk: BillingDesk) -> None:
    page = manual_desk.see()
    assert "This service takes no payments by itself" in page
    assert "Choose Pro" not in page
    code = manual_desk.ask("POST", "/billing/checkout", key="k", tier="pro")
    assert (code[0], code[1]["code"]) == (409, "billing_off")


def test_the_api_tells_the_plan_and_where_to_pay(desk: BillingDesk) -> None:
    assert desk.ask("GET", "/billing")[1] == {
        "tier": "free",
        "status": None,
        "period_end": None,
        "until": None,
        "is_ending": False,
        "is_unpaid": False,
        "is_manual": False,
    }
    status, answer = desk.ask("POST", "/billing/checkout", tier="business")
    assert (status, answer["field"]) == (400, "Idempotency-Key")
    status, answer = desk.ask("POST", "/billing/checkout", key="k", tier="business")
    again = desk.ask("POST", "/billing/checkout", key="k", tier="business")
    assert (status, answer) == again
    desk.shop.books.pay(answer["url"].rpartition("/")[2])
    desk.shop.deliver()
    told = desk.ask("GET", "/billing")[1]
    assert (told["tier"], told["status"]) == (Tier.BUSINESS, "active")
    assert told["period_end"] == "2026-10-04T12:00:00Z"
    assert told["until"] == "2026-10-18T12:00:00Z"
    assert desk.ask("POST", "/billing/portal")[0] == 200
