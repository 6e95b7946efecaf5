"""Which tier an account has: subscriptions, failed payments, grants, and the ends of each."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import pytest

from backend.actions.accounts import sign_up
from backend.actions.billing import read_billing
from backend.actions.erasure import erase_account
from backend.actions.recording import record
from backend.actions.referrals import list_referrals
from backend.actions.subscriptions import end_entitlements, grant_months, grant_until
from backend.domain.actors import Actor, owner_of
from backend.domain.billing_events import Provider, SubscriptionChanged, SubscriptionStatus
from backend.domain.instants import DAY, Instant, from_datetime, to_text
from backend.domain.referrals import ReferralState
from backend.domain.subscriptions import GRACE, Entitlement, add_months, effective_tier, fold
from backend.domain.tiers import Tier
from backend.errors import Unavailable
from backend.store.accounts import find_account
from backend.store.referrals import lock_account
from backend.store.tables.base import TENANT
from tests.support.billing import Shop
from tests.support.facts import an_event
from tests.support.service import NOON, add_site


def at(text: str) -> Instant:
    return from_datetime(datetime.datetime.fromisoformat(text))


def grant_pro(shop: Shop, actor: Actor, key: str = "milestone:10") -> bool:
    """Give what the tenth conversion gives: Pro for twelve months."""
    now = shop.context.clock.now()
    with shop.context.database.transaction() as session:
        lock_account(session, actor)
        return grant_months(
            session, actor, key=key, tier=Tier.PRO, source="milestone", months=12, now=now
        )


def end_day(shop: Shop, key: str) -> str:
    (row,) = shop.rows(f"SELECT until FROM entitlement WHERE key = '{key}'")  # noqa: S608
    return "" if row[0] is None else to_text(Instant(row[0]))[:10]


def test_the_highest_tier_that_holds_counts() -> None:
    now = Instant(NOON)
    earlier, later = Instant(NOON - 1), Instant(NOON + 1)
    assert effective_tier([], now) is Tier.FREE
    held = [
        Entitlement(tier=Tier.PRO, until=None, source="subscription"),
        Entitlement(tier=Tier.BUSINESS, until=later, source="milestone"),
        Entitlement(tier=Tier.ENTERPRISE, until=earlier, source="achievement"),
    ]
    assert effective_tier(held, now) is Tier.BUSINESS
    assert effective_tier(held, later) is Tier.PRO  # an end is not part of the time


def test_months_are_calendar_months_with_the_day_clamped() -> None:
    assert add_months(at("2027-01-31T10:00:00Z"), 1) == at("2027-02-28T10:00:00Z")
    assert add_months(at("2027-12-31T10:00:00Z"), 2) == at("2028-02-29T10:00:00Z")
    assert add_months(at("2026-09-04T12:00:00Z"), 12) == at("2027-09-04T12:00:00Z")


def state(status: SubscriptionStatus, days: float, **more: Any) -> SubscriptionChanged:
    values: dict[str, Any] = {
        "provider": Provider.STRIPE,
        "ref": "sub_1",
        "account": "0" * 32,
        "customer": "cus_1",
        "tier": Tier.PRO,
        "started_at": NOON,
        "period_end": Instant(NOON + 30 * DAY),
        "ends_at": None,
    }
    return SubscriptionChanged(status=status, at=Instant(NOON + int(days * DAY)), **values | more)


def test_states_of_the_same_second_are_ordered_by_how_far_they_are() -> None:
    told = [
        state(SubscriptionStatus.INCOMPLETE, 0),
        state(SubscriptionStatus.ACTIVE, 0),
        state(SubscriptionStatus.PAST_DUE, 30),
        state(SubscriptionStatus.UNPAID, 30, ends_at=None),
        state(SubscriptionStatus.ENDED, 30, ends_at=Instant(NOON + 30 * DAY)),
    ]
    for count, newest in ((2, "active"), (3, "past_due"), (4, "unpaid"), (5, "ended")):
        found = [fold(order) for order in itertools.permutations(told[:count])]
        assert {each.status for each in found} == {newest}
        assert len(set(found)) == 1
    assert found[0].until == NOON + 30 * DAY


def test_the_time_of_grace_counts_from_the_first_word_whatever_comes_first() -> None:
    told = [
        state(SubscriptionStatus.PAST_DUE, 30),
        state(SubscriptionStatus.ACTIVE, 31),
        state(SubscriptionStatus.PAST_DUE, 60),
        state(SubscriptionStatus.PAST_DUE, 63),
        state(SubscriptionStatus.UNPAID, 70),
    ]
    found = {fold(order) for order in itertools.permutations(told)}
    assert {each.unpaid_since for each in found} == {NOON + 60 * DAY}
    assert {each.until for each in found} == {NOON + 74 * DAY}


def test_an_upgrade_holds_at_once_and_rescores_the_sites(shop: Shop) -> None:
    ann = shop.add_owner()
    site, _key = add_site(shop.context, ann.account)
    with shop.context.database.transaction() as session:
        made = an_event(shop.context, site)
        record(session, [made], shop.context.clock.now())
    subscription = shop.subscribe(ann)
    shop.deliver()
    shop.check_out(shop.add_owner(), Tier.BUSINESS)  # makes that price
    shop.move(0.01)
    shop.books.change_price(subscription, shop.books.all("price")[0]["id"])
    shop.deliver()
    assert shop.tier_of(ann) is Tier.BUSINESS
    # 0.1 of a view × 1.2 in the first week × 1.5 of the tier
    assert shop.rows("SELECT score FROM score") == [(18,)]


def test_a_cancelled_subscription_holds_until_what_is_paid_ends(shop: Shop) -> None:
    ann = shop.add_owner()
    subscription = shop.subscribe(ann)
    shop.move(5)
    shop.books.cancel(subscription, at_period_end=True)
    shop.deliver()
    shop.move(24.9)
    end_entitlements(shop.context)
    assert shop.tier_of(ann) is Tier.PRO
    shop.move(0.2)
    # The event that it ended may still be under way: the end is known anyway.
    assert end_entitlements(shop.context) == 1
    assert shop.tier_of(ann) is Tier.FREE
    assert end_entitlements(shop.context) == 0
    shop.books.cancel(subscription)
    shop.deliver()
    assert shop.tier_of(ann) is Tier.FREE


def test_a_failed_payment_leaves_the_tier_for_14_days(shop: Shop) -> None:
    assert GRACE == 14 * DAY
    ann = shop.add_owner()
    subscription = shop.subscribe(ann)
    shop.deliver()
    shop.move(30)
    shop.books.renew(subscription, is_paid=False)
    shop.deliver()
    shop.move(13.9)
    end_entitlements(shop.context)
    assert shop.tier_of(ann) is Tier.PRO
    billing = read_billing(shop.context, ann)
    assert billing.is_unpaid
    assert billing.subscription is not None
    assert billing.subscription.status is SubscriptionStatus.PAST_DUE
    shop.move(0.2)
    end_entitlements(shop.context)
    assert shop.tier_of(ann) is Tier.FREE
    # Stripe's later word that it is still behind prolongs nothing.
    shop.books.emit("customer.subscription.updated", subscription)
    shop.deliver()
    assert shop.tier_of(ann) is Tier.FREE
    subscription["status"] = "unpaid"
    shop.books.bill(subscription)
    shop.deliver()
    assert shop.tier_of(ann) is Tier.PRO


def test_without_news_of_the_next_period_the_tier_ends_14_days_after_the_last(shop: Shop) -> None:
    ann = shop.add_owner()
    shop.subscribe(ann)
    shop.deliver()
    for days, tier in ((30 + 13.9, Tier.PRO), (0.2, Tier.FREE)):
        shop.move(days)
        end_entitlements(shop.context)
        assert shop.tier_of(ann) is tier


def test_the_higher_of_two_subscriptions_counts_and_the_other_takes_over(shop: Shop) -> None:
    ann = shop.add_owner()
    session = shop.check_out(ann)
    high = shop.books.pay(shop.check_out(ann, Tier.ENTERPRISE))
    shop.books.pay(session)
    shop.deliver()
    assert shop.tier_of(ann) is Tier.ENTERPRISE
    shop.move(1)
    shop.books.cancel(high)
    shop.deliver()
    assert shop.tier_of(ann) is Tier.PRO


def test_twelve_months_of_pro_are_granted_once_and_end(any_shop: Shop) -> None:
    shop = any_shop
    ann = shop.add_owner()
    assert grant_pro(shop, ann)
    assert not grant_pro(shop, ann)
    assert shop.tier_of(ann) is Tier.PRO
    assert end_day(shop, "milestone:10") == "2027-09-04"
    shop.move(365)
    assert end_entitlements(shop.context) == 1
    assert shop.tier_of(ann) is Tier.FREE
    assert not grant_pro(shop, ann)
    assert shop.tier_of(ann) is Tier.FREE


def test_the_months_of_who_pays_begin_when_the_subscription_ends(shop: Shop) -> None:
    ann = shop.add_owner()
    subscription = shop.subscribe(ann, Tier.BUSINESS)
    shop.deliver()
    grant_pro(shop, ann)
    assert (shop.tier_of(ann), end_day(shop, "milestone:10")) == (Tier.BUSINESS, "")
    assert [gift.months for gift in read_billing(shop.context, ann).gifts] == [12]
    shop.move(10)
    shop.books.cancel(subscription)
    shop.move(2)
    shop.deliver()
    # It ended on the 14th of September, however late that was told.
    assert (shop.tier_of(ann), end_day(shop, "milestone:10")) == (Tier.PRO, "2027-09-14")


def test_a_tier_for_30_days_lies_over_what_is_paid(shop: Shop) -> None:
    ann = shop.add_owner()
    shop.subscribe(ann)
    shop.deliver()
    now = shop.context.clock.now()
    gift = Entitlement(tier=Tier.BUSINESS, until=Instant(now + 30 * DAY), source="achievement")
    with shop.context.database.transaction() as session:
        assert grant_until(session, ann, key="viral", entitlement=gift, now=now)
        assert not grant_until(session, ann, key="viral", entitlement=gift, now=now)
    assert shop.tier_of(ann) is Tier.BUSINESS
    shop.move(30)
    end_entitlements(shop.context)
    assert shop.tier_of(ann) is Tier.PRO


@pytest.mark.parametrize("is_back", [False, True])
def test_a_referral_churns_with_the_last_subscription_and_comes_back_with_the_next(
    shop: Shop, is_back: bool
) -> None:
    ann = shop.add_owner()
    with shop.context.database.reading() as session:
        referrer = find_account(session, TENANT, ann.account)
    assert referrer is not None
    made = sign_up(
        shop.context, email="bob@example.org", name="", code=referrer.code, is_typed=True,
        touch=None,
    )  # fmt: skip
    bob = owner_of(TENANT, made.id)
    subscription = shop.subscribe(bob)
    shop.move(3)
    shop.books.cancel(subscription)
    # The end is told first, and what was paid last.
    events = shop.books.take_events()[::-1]
    shop.deliver(sorted(events, key=lambda event: bool(event["type"] == "invoice.paid")))
    (found,) = list_referrals(shop.context, ann).referrals
    assert found[1] is ReferralState.CHURNED
    if is_back:
        shop.subscribe(bob)
        shop.deliver()
        (found,) = list_referrals(shop.context, ann).referrals
        assert found[1] is ReferralState.CONVERTED


def test_whoever_is_erased_pays_no_more_and_leaves_no_body_of_an_event(shop: Shop) -> None:
    ann = shop.add_owner(email="ann@example.org")
    subscription = shop.subscribe(ann)
    shop.deliver()
    shop.stripe.broken = 10
    with pytest.raises(Unavailable):
        erase_account(shop.context, ann)
    shop.stripe.broken = 0
    erase_account(shop.context, ann)
    assert subscription["status"] == "canceled"
    bodies = [row[0] or "" for row in shop.rows("SELECT body FROM provider_event")]
    assert bodies
    assert not [body for body in bodies if "ann@example.org" in body]
    # What Stripe still tells of it is taken, and changes nothing; the payment stays.
    shop.deliver()
    assert set(itertools.chain(*shop.states().values())) <= {"applied", "ignored"}
    end_entitlements(shop.context)
    assert end_entitlements(shop.context) == 0
    assert len(shop.payments()) == 1
