"""Every fact that people hear of is told by the action that makes it, once, in its transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backend.actions.building import begin_next, recover_lost
from backend.actions.builds import start_build
from backend.actions.context import Context
from backend.actions.disputes import Opening, Ruling, ask, decide, expire_disputes, open_dispute
from backend.actions.erasure import erase_account
from backend.actions.exports import export_account
from backend.actions.limit_watch import watch_limits
from backend.actions.maturing import mature_commissions
from backend.actions.notifications import (
    Choices,
    choose,
    count_unread,
    forget_old,
    list_notifications,
    mark_read,
)
from backend.actions.notifying import note, notify
from backend.actions.payments import apply_event
from backend.actions.payout_returns import end_by_hand
from backend.actions.payout_submission import submit
from backend.actions.rewards import grant_rewards
from backend.actions.subscriptions import apply_change
from backend.clock import FixedClock
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.billing_events import Provider, SubscriptionChanged, SubscriptionStatus
from backend.domain.builds import LEASE, BuildCause
from backend.domain.disputes import DisputeKind
from backend.domain.events import EventKind
from backend.domain.instants import DAY, Instant
from backend.domain.notifications import Kind, News, Notification, Way
from backend.domain.tiers import Tier
from backend.store.tables.base import TENANT
from tests.support.builds import add_built_site, make_build_context, serve_forge
from tests.support.facts import an_event, clock_of, record_now, shares_of
from tests.support.money import add_referral, paid
from tests.support.payouts import add_earner, add_finance, approved, make_paying, payouts_of
from tests.support.service import NOON, add_account, add_site


class Heard:
    """Remembers what was published, and whether it could be read by then."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, object]]] = []

    def publish(self, channel: str, values: Any) -> None:
        self.told.append((channel, dict(values)))


@pytest.fixture
def paying(tmp_path: Path, any_database: str | None) -> Iterator[Context]:
    """A service on each database that pays by PayPal."""
    made = make_paying(tmp_path, any_database)
    yield made
    made.database.close()


def owner(context: Context, **more: str) -> Actor:
    return owner_of(TENANT, add_account(context, **more))


def told(context: Context, actor: Actor) -> list[Notification]:
    """Return what somebody was told, the oldest first."""
    return list(reversed(list_notifications(context, actor).notifications))


def kinds(context: Context, actor: Actor) -> list[Kind]:
    return [each.kind for each in told(context, actor)]


def choose_way(context: Context, actor: Actor, kind: Kind, way: Way) -> None:
    choose(context, actor, Choices(language="en", ways={kind: way}))


def test_a_conversion_its_reward_and_its_commission_are_told_once(any_context: Context) -> None:
    ann, bob = owner(any_context), add_account(any_context)
    heard = Heard()
    context = replace(any_context, live=heard)
    add_referral(context, ann.account, bob)
    for _repeat in range(2):
        apply_event(context, paid(bob))
    apply_event(context, paid(bob, ref="in_2"))
    assert kinds(context, ann) == [Kind.REFERRAL_CONVERTED]
    assert heard.told[0] == (f"account:{ann.account}", {"notification": "referral_converted"})
    for _repeat in range(2):
        grant_rewards(context, ann.account)
    clock_of(context).move(31 * DAY)
    for _repeat in range(2):
        mature_commissions(context)
    converted, granted, *available = told(context, ann)
    assert granted.kind is Kind.REWARD_GRANTED
    assert granted.facts == {"reward": "ambassador"}
    # Twenty per cent of two payments of 29 dollars, in one line.
    assert [each.facts for each in available] == [{"amount": 1_160, "currency": "USD"}]
    # Nothing says who paid.
    assert bob not in json.dumps([dict(each.facts) for each in (converted, granted, *available)])


def test_nothing_is_told_of_what_was_rolled_back(any_context: Context) -> None:
    ann = owner(any_context)
    heard = Heard()
    context = replace(any_context, live=heard)
    news = News(account=ann.account, kind=Kind.REWARD_GRANTED, key="a", facts={"reward": "a"})
    with pytest.raises(ZeroDivisionError), context.database.transaction() as session:
        notify(session, context, [news])
        _ = 1 / 0
    assert (told(context, ann), heard.told) == ([], [])


def test_a_payout_is_told_when_it_is_sent_and_when_it_fails(paying: Context) -> None:
    ann, cleo = add_earner(paying), add_finance(paying, Role.ADMIN)
    before = len(told(paying, ann))
    batch = approved(paying, cleo)
    submit(paying, cleo, batch.id)
    (payout,) = payouts_of(paying, cleo, batch.id)
    end_by_hand(paying, cleo, batch.id, payout.id, outcome="failed", reason="the account is closed")
    found = {each.kind: each for each in told(paying, ann)}
    sent, failed = found[Kind.PAYOUT_SENT], found[Kind.PAYOUT_FAILED]
    assert len(told(paying, ann)) == before + 2
    assert (sent.facts["amount"], sent.facts["currency"]) == (payout.net, "USD")
    assert failed.facts["reason"] == "the account is closed"
    assert kinds(paying, cleo) == []


def test_a_payout_that_arrives_is_not_told_again(paying: Context) -> None:
    ann, cleo = add_earner(paying), add_finance(paying, Role.ADMIN)
    batch = approved(paying, cleo)
    submit(paying, cleo, batch.id)
    (payout,) = payouts_of(paying, cleo, batch.id)
    end_by_hand(paying, cleo, batch.id, payout.id, outcome="paid")
    assert kinds(paying, ann).count(Kind.PAYOUT_SENT) == 1


def test_a_site_is_featured_at_its_fifth_share_and_told_so(any_context: Context) -> None:
    ann = owner(any_context)
    site, key = add_site(any_context, ann.account, title="Lantern")
    record_now(any_context, shares_of(any_context, site, 4))
    assert kinds(any_context, ann) == []
    record_now(any_context, shares_of(any_context, site, 6, first=4))
    (featured,) = told(any_context, ann)
    assert featured.kind is Kind.SITE_FEATURED
    assert (featured.facts["title"], featured.facts["key"]) == ("Lantern", key)


def test_a_month_over_the_limit_is_told_once_for_each_tier(any_context: Context) -> None:
    """The rules: 10 000 page views a month on the free tier."""
    ann, cleo = owner(any_context), owner(any_context, tier="enterprise")
    for one in (ann, cleo):
        site, _key = add_site(any_context, one.account)
        record_now(any_context, [an_event(any_context, site, EventKind.VIEW)])
    with any_context.database.transaction() as session:
        session.execute(text("UPDATE site_day SET views = 10000"))
    assert watch_limits(any_context) == 0
    with any_context.database.transaction() as session:
        session.execute(text("UPDATE site_day SET views = 10001"))
    assert [watch_limits(any_context) for _repeat in range(2)] == [1, 1]
    (limit,) = told(any_context, ann)
    assert limit.facts == {"views": 10_001, "allowed": 10_000}
    assert kinds(any_context, cleo) == []


def test_a_payment_that_failed_is_told_once_each_time_somebody_falls_behind(
    any_context: Context,
) -> None:
    ann = owner(any_context)

    def change(status: SubscriptionStatus, days: int) -> None:
        now = any_context.clock.now()
        told = SubscriptionChanged(
            provider=Provider.STRIPE, ref="sub_1", account=ann.account, customer="cus_1",
            tier=Tier.PRO, status=status, started_at=now, period_end=Instant(now + 30 * DAY),
            ends_at=None, at=Instant(now + days * DAY),
        )  # fmt: skip
        apply_change(any_context, told)

    change(SubscriptionStatus.ACTIVE, 0)
    assert kinds(any_context, ann) == []
    for days in (1, 1, 2):
        change(SubscriptionStatus.PAST_DUE, days)
    assert kinds(any_context, ann) == [Kind.PAYMENT_FAILED]
    change(SubscriptionStatus.ACTIVE, 3)
    change(SubscriptionStatus.PAST_DUE, 40)
    assert kinds(any_context, ann) == [Kind.PAYMENT_FAILED] * 2


def test_a_dispute_is_told_when_it_has_a_question_and_when_it_ends(any_context: Context) -> None:
    ann, finance = owner(any_context), add_finance(any_context)
    one, other = (
        open_dispute(any_context, ann, Opening(kind=DisputeKind.ATTRIBUTION, text="Bob is mine."))
        for _number in range(2)
    )
    ask(any_context, finance, one.id, "Which mail says so?")
    ask(any_context, finance, other.id, "Which mail says so?")
    decide(any_context, finance, one.id, Ruling(is_upheld=False, reason="He came by another."))
    clock_of(any_context).move(15 * DAY)
    assert expire_disputes(any_context) == 1
    found = told(any_context, ann)
    assert [each.kind for each in found].count(Kind.DISPUTE_ANSWERED) == 2
    ends = {each.facts["dispute"]: each.facts["state"] for each in found if "state" in each.facts}
    assert ends == {one.id: "rejected", other.id: "expired"}


def test_a_build_that_was_lost_too_often_is_told(tmp_path: Path) -> None:
    with serve_forge(tmp_path) as forge:
        made = make_build_context(tmp_path / "data", forge)
        context = replace(made, clock=FixedClock(NOON))
        ann, site, _key = add_built_site(context, forge.address)
        build = start_build(context, ann, site, cause=BuildCause.BUTTON)
        for _try in range(2):
            assert begin_next(context, "w1") is not None
            clock_of(context).move(LEASE + DAY)
            recover_lost(context)
        (failed,) = told(context, ann)
        assert failed.kind is Kind.BUILD_FAILED
        assert (failed.facts["build"], failed.facts["site"]) == (build.id, site)
        context.database.close()


def test_what_somebody_turned_off_is_not_kept(any_context: Context) -> None:
    ann, bob = owner(any_context), add_account(any_context)
    choose_way(any_context, ann, Kind.REFERRAL_CONVERTED, Way.OFF)
    add_referral(any_context, ann.account, bob)
    apply_event(any_context, paid(bob))
    assert kinds(any_context, ann) == []


def test_reading_one_leaves_the_others_and_everybody_elses(any_context: Context) -> None:
    ann, bob = owner(any_context), owner(any_context)
    news = [
        News(account=one.account, kind=Kind.REWARD_GRANTED, key=key, facts={"reward": key})
        for one in (ann, bob)
        for key in ("ambassador", "money_maker", "empire_builder")
    ]
    with any_context.database.transaction() as session:
        assert len(note(session, [*news, *news], any_context.clock.now())) == 6
        assert note(session, news, any_context.clock.now()) == []
    first = told(any_context, ann)[0]
    assert mark_read(any_context, bob, first.id) == 0
    assert mark_read(any_context, ann, first.id) == 1
    assert (count_unread(any_context, ann), count_unread(any_context, bob)) == (2, 3)
    assert mark_read(any_context, ann) == 2


def test_pages_of_the_list_meet_without_a_gap(any_context: Context) -> None:
    ann = owner(any_context)
    news = [
        News(account=ann.account, kind=Kind.REWARD_GRANTED, key=str(number), facts={"reward": "x"})
        for number in range(120)
    ]
    with any_context.database.transaction() as session:
        note(session, news, any_context.clock.now())
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = list_notifications(any_context, ann, after)
        found += [each.id for each in page.notifications]
        after = page.after
    assert len(found) == len(set(found)) == 120


def test_notifications_go_after_180_days_and_with_the_account(any_context: Context) -> None:
    ann, bob = owner(any_context), owner(any_context)
    clock = clock_of(any_context)
    for one in (ann, bob):
        choose_way(any_context, one, Kind.BUILD_FAILED, Way.APP)
        news = News(account=one.account, kind=Kind.REWARD_GRANTED, key="a", facts={"reward": "a"})
        with any_context.database.transaction() as session:
            note(session, [news], clock.now())
    assert b"notifications.csv" in export_account(any_context, ann)
    erase_account(any_context, ann)
    assert told(any_context, ann) == []
    with any_context.database.transaction() as session:
        assert note(session, [replace(news, account=ann.account)], clock.now()) == []
        for table in ("notification", "notification_way", "reader"):
            left = session.execute(text(f"SELECT account FROM {table}")).scalars()  # noqa: S608
            assert set(left) == {bob.account}
    clock.move(180 * DAY)
    assert forget_old(any_context) == 0
    clock.move(1)
    assert forget_old(any_context) == 1
