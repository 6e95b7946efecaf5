"""What referrers get: which reward at which number, as money in the ledger, and taken back."""

from __future__ import annotations

import calendar
from dataclasses import replace

import pytest

from backend.actions.accounts import change_tier, suspend
from backend.actions.context import Context
from backend.actions.exchange import import_rates
from backend.actions.payments import apply_event
from backend.actions.rewards import grant_all, grant_rewards
from backend.actions.subscriptions import end_entitlements
from backend.domain.actors import owner_of
from backend.domain.billing_events import AdjustmentKind, AdjustmentStatus
from backend.domain.earnings import Line
from backend.domain.instants import DAY, Instant, from_datetime, to_datetime
from backend.domain.rewards import (
    REWARDS,
    Conversion,
    Facts,
    Flag,
    Revenue,
    find_reached,
    flags_of,
    tier_above,
    value_of,
)
from backend.domain.tiers import Tier
from backend.store import accounts, commissions
from backend.store.reward_facts import read_facts
from backend.store.tables.base import TENANT
from tests.support.money import add_chain, add_referral, adjusted, balances, paid
from tests.support.rewards import add_customers, grants_of, pass_days
from tests.support.service import NOON, add_account

OPEN, LOST = AdjustmentStatus.OPEN, AdjustmentStatus.LOST
DISPUTE = AdjustmentKind.DISPUTE


def tier_of(context: Context, account: str) -> Tier:
    with context.database.reading() as session:
        return accounts.get_own(session, owner_of(TENANT, account)).tier


def money_of(context: Context, account: str) -> int:
    """Return the cents that an account was given, as credits and as money."""
    with context.database.reading() as session:
        earned = commissions.list_of_beneficiary(session, TENANT, account)
    money = sum(one.booked for one in earned if one.line is Line.REWARD)
    return money - balances(context).get(f"credit:{account} USD", 0)


def conversions(count: int, *, every: int = 0, survived: bool = True) -> Facts:
    return Facts(
        conversions=tuple(
            Conversion(
                referred=f"{number:032x}",
                at=Instant(NOON + number * every),
                survived_at=Instant(NOON + 30 * DAY + number * every) if survived else None,
            )
            for number in range(count)
        )
    )


@pytest.mark.parametrize(
    ("key", "goal", "dollars", "months", "flags"),
    [
        ("milestone_1", 1, 10, 0, set()),
        ("milestone_10", 10, 0, 12, set()),
        ("milestone_50", 50, 500, 0, set()),
        ("milestone_100", 100, 1_000, 0, {Flag.SHOWCASE_PLACE}),
        ("milestone_500", 500, 5_000, 0, {Flag.PARTNER}),
    ],
)
def test_milestones_are_reached_at_their_number_and_never_before(
    key: str, goal: int, dollars: int, months: int, flags: set[Flag]
) -> None:
    reward = REWARDS[key]
    assert (reward.cents, reward.months, set(reward.flags)) == (dollars * 100, months, flags)
    assert find_reached(reward, conversions(goal - 1), NOON) is None
    assert find_reached(reward, conversions(goal, survived=False), NOON) is None
    reached = find_reached(reward, conversions(goal + 7, every=DAY), NOON)
    assert reached is not None
    assert reached.at == NOON + (30 + goal - 1) * DAY
    assert reached.evidence == {"survived_conversions": goal, "last": f"{goal - 1:032x}"}


def test_viral_sensation_is_50_conversions_within_30_days() -> None:
    reward = REWARDS["viral_sensation"]
    assert reward.tier_up == 30 * DAY
    assert find_reached(reward, conversions(49), NOON) is None
    within = 30 * DAY // 49
    assert find_reached(reward, conversions(50, every=within), NOON) is not None
    assert find_reached(reward, conversions(200, every=within + 1), NOON) is None
    assert value_of(reward, conversions(200, every=within + 1)) == 49


def test_money_maker_is_10_000_dollars_of_revenue() -> None:
    revenue = [
        Revenue(payment=str(number), paid_at=Instant(NOON + number), cents=100_000)
        for number in range(10)
    ]
    short = replace(revenue[9], cents=99_999)
    reward = REWARDS["money_maker"]
    assert find_reached(reward, Facts(revenue=(*revenue[:9], short)), NOON) is None
    reached = find_reached(reward, Facts(revenue=tuple(reversed(revenue))), NOON)
    assert reached is not None
    assert (reached.at, reached.evidence["revenue_cents"]) == (NOON + 9, 1_000_000)


@pytest.mark.parametrize(
    ("people", "depth", "is_reached"),
    [(999, 5, False), (1_000, 4, False), (1_000, 5, True), (9_000, 7, True)],
)
def test_empire_builder_is_a_network_of_1_000_and_depth_5(
    people: int, depth: int, *, is_reached: bool
) -> None:
    reached = find_reached(REWARDS["empire_builder"], Facts(people=people, depth=depth), NOON)
    assert (reached is not None) is is_reached
    assert REWARDS["empire_builder"].flags == {Flag.AI_COACH, Flag.PRIORITY_SUPPORT}


def test_a_first_customer_gives_100_credits_and_10_dollars_after_30_days(
    any_context: Context,
) -> None:
    ann = add_account(any_context)
    add_customers(any_context, ann, 1)
    assert [grant.key for grant in grant_rewards(any_context, ann)] == ["ambassador"]
    assert money_of(any_context, ann) == 100
    assert balances(any_context)["rewards USD"] == 100
    pass_days(any_context, 29)
    assert grant_rewards(any_context, ann) == ()
    pass_days(any_context, 1)
    (milestone,) = grant_rewards(any_context, ann)
    assert (milestone.key, milestone.at) == ("milestone_1", NOON + 30 * DAY)
    assert money_of(any_context, ann) == 1_100
    assert grant_rewards(any_context, ann) == ()
    assert balances(any_context)["rewards USD"] == 1_100


def test_the_tenth_gives_pro_for_twelve_months_once(any_context: Context) -> None:
    ann = add_account(any_context)
    add_customers(any_context, ann, 10)
    pass_days(any_context, 30)
    assert "milestone_10" in {grant.key for grant in grant_rewards(any_context, ann)}
    assert tier_of(any_context, ann) is Tier.PRO
    begin = to_datetime(any_context.clock.now())
    last = calendar.monthrange(begin.year + 1, begin.month)[1]
    end = from_datetime(begin.replace(year=begin.year + 1, day=min(begin.day, last)))
    pass_days(any_context, (end - any_context.clock.now()) // DAY - 1)
    end_entitlements(any_context)
    assert tier_of(any_context, ann) is Tier.PRO
    pass_days(any_context, 1)
    end_entitlements(any_context)
    assert tier_of(any_context, ann) is Tier.FREE
    add_customers(any_context, ann, 2)
    pass_days(any_context, 31)
    assert grant_rewards(any_context, ann) == ()
    assert tier_of(any_context, ann) is Tier.FREE


def test_each_tier_but_the_highest_has_one_above() -> None:
    above = [tier_above(tier) for tier in Tier]
    assert above == [Tier.PRO, Tier.BUSINESS, Tier.ENTERPRISE, None]


def test_viral_sensation_lifts_the_tier_for_30_days(context: Context) -> None:
    ann = add_account(context)
    change_tier(context, ann, Tier.PRO)
    add_customers(context, ann, 50)
    granted = {grant.key: grant for grant in grant_rewards(context, ann)}
    assert granted["viral_sensation"].until == NOON + 30 * DAY
    assert tier_of(context, ann) is Tier.BUSINESS
    assert money_of(context, ann) == 100


def test_viral_sensation_gives_an_enterprise_1_000_credits(context: Context) -> None:
    ann = add_account(context, tier="enterprise")
    add_customers(context, ann, 50)
    grant_rewards(context, ann)
    assert tier_of(context, ann) is Tier.ENTERPRISE
    assert money_of(context, ann) == 100 + 1_000


def test_a_refund_of_everything_takes_the_money_back_and_a_part_does_not(
    any_context: Context,
) -> None:
    ann = add_account(any_context)
    (bob,) = add_customers(any_context, ann, 1)
    pass_days(any_context, 30)
    grant_rewards(any_context, ann)
    charge = f"ch_{bob}"
    apply_event(any_context, adjusted(2_899, ref="re_1", charge=charge))
    grant_all(any_context)
    assert money_of(any_context, ann) == 1_100
    apply_event(any_context, adjusted(1, ref="re_2", charge=charge))
    grant_all(any_context)
    assert money_of(any_context, ann) == 0
    assert "rewards USD" not in balances(any_context)
    apply_event(any_context, adjusted(1, ref="re_2", charge=charge, status=AdjustmentStatus.FAILED))
    assert grant_all(any_context) == 0
    assert money_of(any_context, ann) == 1_100
    assert {grant.revision for grant in grants_of(any_context, ann).values()} == {3}


def test_an_open_chargeback_gives_nothing_and_takes_nothing(context: Context) -> None:
    ann, eve = add_account(context), add_account(context)
    (bob,) = add_customers(context, ann, 1)
    (zoe,) = add_customers(context, eve, 1)
    grant_rewards(context, ann)
    for number, customer in enumerate((bob, zoe)):
        charge = f"ch_{customer}"
        opened = adjusted(2_900, ref=f"du_{number}", charge=charge, kind=DISPUTE, status=OPEN)
        apply_event(context, opened)
    grant_all(context)
    assert (money_of(context, ann), money_of(context, eve)) == (100, 0)
    lost = adjusted(2_900, ref="du_0", charge=f"ch_{bob}", kind=DISPUTE, status=LOST)
    apply_event(context, lost)
    grant_all(context)
    assert (money_of(context, ann), money_of(context, eve)) == (0, 0)


def test_milestones_stay_within_the_month_s_budget_and_wait_for_the_next(
    context: Context,
) -> None:
    tight = replace(context, settings=replace(context.settings, rewards_budget=15))
    ann, eve = add_account(context), add_account(context)
    for referrer in (ann, eve):
        add_customers(context, referrer, 1)
    pass_days(context, 30)
    grant_all(tight)
    assert sorted(money_of(context, one) for one in (ann, eve)) == [100, 1_100]
    grant_all(tight)
    assert sorted(money_of(context, one) for one in (ann, eve)) == [100, 1_100]
    pass_days(context, 31)
    grant_all(tight)
    assert [money_of(context, one) for one in (ann, eve)] == [1_100, 1_100]


def test_money_maker_raises_what_comes_after_it_in_a_line_of_its_own(
    any_context: Context,
) -> None:
    top, ann, bob = add_chain(any_context, 3)
    apply_event(any_context, paid(bob, 1_000_000))
    assert "money_maker" in {grant.key for grant in grant_rewards(any_context, ann)}
    assert "money_maker" not in {grant.key for grant in grant_rewards(any_context, top)}
    late = apply_event(any_context, paid(bob, ref="in_2", at=NOON))
    early = apply_event(any_context, paid(bob, ref="in_3", at=NOON - 1))
    lines = {}
    with any_context.database.reading() as session:
        for name, applied in (("late", late), ("early", early)):
            assert applied.payment is not None
            found = commissions.list_of_payment(session, TENANT, applied.payment)
            lines[name] = {(one.level, one.line.value): one.booked for one in found}
    assert lines == {"late": {(1, "base"): 580, (1, "bonus"): 29}, "early": {(1, "base"): 580}}


def test_a_network_is_counted_level_by_level_without_who_expired(any_context: Context) -> None:
    chain = add_chain(any_context, 9)
    wide = chain[1]
    for _ in range(4):
        add_referral(any_context, wide, add_account(any_context))
    with any_context.database.reading() as session:
        found = read_facts(session, TENANT, [chain[0], wide], any_context.clock.now())
    assert (found[chain[0]].people, found[chain[0]].depth) == (7 + 4, 7)
    assert (found[wide].people, found[wide].depth) == (7 + 4, 7)


def test_revenue_in_another_currency_counts_once_its_rate_is_known(context: Context) -> None:
    ann, bob = add_chain(context, 2)
    apply_event(context, paid(bob, 10_000, currency="EUR"))

    def cents() -> list[int]:
        with context.database.reading() as session:
            facts = read_facts(session, TENANT, [ann], context.clock.now())[ann]
        return [one.cents for one in facts.revenue]

    assert cents() == []
    import_rates(context, b"Date,USD\n2026-09-04,1.1\n", provider="own")
    assert cents() == [11_000]


def test_a_closed_account_gets_nothing(context: Context) -> None:
    ann = add_account(context)
    add_customers(context, ann, 1)
    suspend(context, ann)
    assert grant_rewards(context, ann) == ()
    assert grant_rewards(context, "f" * 32) == ()


def test_flags_come_with_what_was_granted(context: Context) -> None:
    ann = add_account(context)
    add_customers(context, ann, 1)
    pass_days(context, 30)
    grant_rewards(context, ann)
    granted = list(grants_of(context, ann).values())
    assert flags_of(granted) == set()
    assert flags_of([replace(granted[0], key="milestone_100")]) == {Flag.SHOWCASE_PLACE}
