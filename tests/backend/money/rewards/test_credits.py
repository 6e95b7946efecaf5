"""Credits on invoices, rewards under many hands at once, the interface, and the check."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.actions.accounts import change_role, change_tier
from backend.actions.context import Context
from backend.actions.credits import return_credits, usable_credits, use_credits
from backend.actions.ledger import post
from backend.actions.payments import apply_event
from backend.actions.rewards import grant_all, grant_rewards
from backend.actions.rewards_checking import compare_rewards
from backend.domain.actors import Role
from backend.domain.ledger import Entry, EntryKind, Posting
from backend.domain.rewards import REWARDS, Conversion, Facts, find_reached
from backend.domain.tiers import Tier
from backend.errors import Conflict, Invalid
from backend.ids import SystemIds
from tests.support.money import adjusted, balances
from tests.support.people import Person, open_world
from tests.support.rewards import add_customers, grants_of, pass_days
from tests.support.service import NOON, add_account


def use(context: Context, account: str, amount: int, ref: str = "in_9") -> int:
    with context.database.transaction() as session:
        return use_credits(session, context, account, amount, ref)


def give_back(context: Context, account: str, ref: str = "in_9") -> int:
    with context.database.transaction() as session:
        return return_credits(session, context, account, ref)


def usable(context: Context, account: str) -> int:
    with context.database.reading() as session:
        return usable_credits(session, context, account)


def rewarded(context: Context) -> tuple[str, str]:
    """Store a referrer with 100 credits, 30 days later, and their customer."""
    ann = add_account(context)
    (bob,) = add_customers(context, ann, 1)
    grant_rewards(context, ann)
    pass_days(context, 30)
    grant_rewards(context, ann)
    return ann, bob


def test_credits_can_be_used_after_30_days_and_once_for_an_invoice(any_context: Context) -> None:
    ann = add_account(any_context)
    add_customers(any_context, ann, 1)
    grant_rewards(any_context, ann)
    assert usable(any_context, ann) == 0
    pass_days(any_context, 30)
    assert usable(any_context, ann) == 100
    assert use(any_context, ann, 70, "in_1") == 70
    assert use(any_context, ann, 2_900, "in_1") == 70
    assert balances(any_context)["rewards USD"] == 30
    assert balances(any_context, ann)[f"credit:{ann} USD"] == -30
    assert use(any_context, ann, 2_900, "in_2") == 30
    assert use(any_context, ann, 2_900, "in_3") == 0
    with pytest.raises(Conflict):
        use(any_context, add_account(any_context), 1, "in_1")
    with pytest.raises(Invalid):
        use(any_context, ann, 0, "in_4")


def test_what_an_unpaid_invoice_used_comes_back_once(any_context: Context) -> None:
    ann, _bob = rewarded(any_context)
    use(any_context, ann, 60)
    assert give_back(any_context, ann) == 60
    assert give_back(any_context, ann) == 60
    assert give_back(any_context, ann, "in_unknown") == 0
    assert usable(any_context, ann) == 100


def test_what_was_used_is_not_taken_back(any_context: Context) -> None:
    ann, bob = rewarded(any_context)
    pass_days(any_context, 30)
    assert use(any_context, ann, 60) == 60
    apply_event(any_context, adjusted(2_900, charge=f"ch_{bob}"))
    grant_all(any_context)
    assert balances(any_context, ann) == {}
    assert sum(grant.booked for grant in grants_of(any_context, ann).values()) == 60
    assert list(compare_rewards(any_context)) == []


def test_twenty_at_once_give_each_reward_once(any_context: Context) -> None:
    ann = add_account(any_context)
    change_tier(any_context, ann, Tier.ENTERPRISE)
    add_customers(any_context, ann, 10)
    pass_days(any_context, 30)
    shared = replace(any_context, ids=SystemIds())
    with ThreadPoolExecutor(20) as pool:
        given = list(pool.map(lambda _number: grant_rewards(shared, ann), range(20)))
    assert sorted(grant.key for some in given for grant in some) == [
        "ambassador",
        "milestone_1",
        "milestone_10",
    ]
    assert balances(any_context, ann)[f"credit:{ann} USD"] == -100
    assert balances(any_context)["rewards USD"] == 1_100
    assert list(compare_rewards(any_context)) == []


def test_twenty_at_once_use_no_more_than_there_is(any_context: Context) -> None:
    ann, _bob = rewarded(any_context)
    shared = replace(any_context, ids=SystemIds())
    with ThreadPoolExecutor(20) as pool:
        used = list(pool.map(lambda number: use(shared, ann, 30, f"in_{number}"), range(20)))
    assert sorted(used) == [0] * 16 + [10] + [30] * 3


def test_the_check_names_a_grant_that_the_ledger_does_not_know(any_context: Context) -> None:
    ann, _bob = rewarded(any_context)
    assert list(compare_rewards(any_context)) == []
    with any_context.database.transaction() as session:
        session.connection().execute(text("UPDATE reward_grant SET booked = 7 WHERE cents = 100"))
        session.connection().execute(
            text("UPDATE reward_grant SET evidence = '{}' WHERE cents = 1000")
        )
    assert {one.what for one in compare_rewards(any_context)} == {
        "reward_grant.booked",
        "reward_grant.evidence",
    }
    with any_context.database.transaction() as session:
        session.connection().execute(text("DELETE FROM reward_grant WHERE cents = 100"))
    found = [one for one in compare_rewards(any_context) if one.what == "reward_grant"]
    assert [one.where for one in found] == [f"entry reward:{ann}:ambassador:1"]


def test_the_check_names_an_entry_that_nobody_noted(context: Context) -> None:
    ann, _bob = rewarded(context)
    entry = Entry(
        kind=EntryKind.REWARD,
        key=f"reward:{ann}:ambassador:2",
        at=NOON,
        postings=[
            Posting(account="rewards", currency="USD", amount=100),
            Posting(account=f"credit:{ann}", currency="USD", amount=-100),
        ],
        ref="ambassador",
    )
    with context.database.transaction() as session:
        post(session, context, [entry])
    assert {one.what for one in compare_rewards(context)} == {
        "reward_grant.booked",
        "reward_grant.revision",
    }


def test_an_owner_sees_what_was_granted_and_what_comes_next(tmp_path: Path) -> None:
    world = open_world(tmp_path, "ann")
    ann = world.people["ann"]
    add_customers(world.context, ann.actor.account, 1)
    pass_days(world.context, 30)
    grant_all(world.context)
    browser = world.browser(ann)
    browser.cookies.clear()
    bearer = {"authorization": f"Bearer {ann.token}"}
    told = browser.get("/api/v1/rewards", headers=bearer).json()
    granted = {one["key"]: one for one in told["granted"]}
    assert set(granted) == {"ambassador", "milestone_1"}
    assert granted["milestone_1"]["evidence"]["survived_conversions"] == 1
    assert (told["credits"], told["usable_credits"]) == (100, 0)
    assert (granted["milestone_1"]["cents"], granted["milestone_1"]["is_paid_out"]) == (1_000, True)
    following = {one["key"]: (one["value"], one["goal"]) for one in told["progress"]}
    assert following["milestone_10"] == (1, 10)
    assert following["money_maker"] == (2_900, 1_000_000)
    world.close()


def test_finance_lowers_an_invoice_that_is_written_by_hand(tmp_path: Path) -> None:
    world = open_world(tmp_path, "ann", "bob")
    ann, bob = world.people["ann"], world.people["bob"]
    change_role(world.context, ann.actor.account, Role.FINANCE)
    pass_days(world.context, -30)
    add_customers(world.context, bob.actor.account, 1)
    grant_all(world.context)
    pass_days(world.context, 30)
    bill = {"account": bob.actor.account, "ref": "2026-17", "amount": 60}
    back = {"account": bob.actor.account, "ref": "2026-17"}

    def post(person: Person, path: str, body: Mapping[str, object]) -> tuple[int, object]:
        answer = world.browser(person).post(
            f"/api/v1/finance/credits/{path}",
            json=body,
            headers={"x-csrf-token": person.csrf, "origin": world.context.settings.base_url},
        )
        return answer.status_code, answer.json()

    taken = (200, {"used": 60, "usable_credits": 40})
    assert [post(ann, "uses", bill) for _ in range(2)] == [taken, taken]
    assert post(bob, "uses", bill)[0] == post(bob, "returns", back)[0] == 403
    assert post(ann, "uses", {**bill, "account": "0" * 32})[0] == 404
    assert post(ann, "uses", {**bill, "account": ann.actor.account})[0] == 409
    assert post(ann, "uses", {**bill, "amount": -5})[0] == 400
    assert post(ann, "returns", back) == (200, {"used": -60, "usable_credits": 100})
    world.close()


def test_facts_do_not_depend_on_their_order() -> None:
    conversions = tuple(
        Conversion(referred=str(number), at=NOON, survived_at=NOON) for number in range(60)
    )
    for reward in REWARDS.values():
        forward = find_reached(reward, Facts(conversions=conversions), NOON)
        assert forward == find_reached(reward, Facts(conversions=conversions[::-1]), NOON)
