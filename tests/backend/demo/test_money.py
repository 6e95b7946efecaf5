"""The demo world's money: every kind of thing happened, and its owner sees all of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import text

from backend.actions import (
    accounts,
    billing,
    disputes,
    earnings,
    payees,
    rewards,
    statements,
    transparency,
)
from backend.actions.context import Context
from backend.demo.bills import PRICES
from backend.demo.cast import HEROINE
from backend.demo.paydays import WISHES
from backend.demo.world import email_of
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.billing_events import SubscriptionStatus
from backend.domain.earnings import CommissionState
from backend.domain.instants import DAY, to_datetime
from backend.domain.payees import PayeeState
from backend.domain.statements import LineKind
from backend.domain.tiers import Tier


@pytest.fixture(scope="module")
def heroine(world: Context) -> Actor:
    account = accounts.find_account(world, email=email_of(HEROINE))
    assert account is not None
    return owner_of(account.tenant, account.id)


def found(context: Context, query: str) -> list[Sequence[object]]:
    with context.database.reading() as session:
        return [tuple(row) for row in session.connection().execute(text(query))]


def test_subscriptions_were_paid_for_fourteen_months_in_three_currencies(world: Context) -> None:
    rows = found(world, "SELECT currency, gross, paid_at FROM payment ORDER BY paid_at")
    prices = {(currency, gross) for currency, gross, _at in rows}
    assert {currency for currency, _gross in prices} == {"USD", "EUR", "JPY"}
    assert prices <= {(code, one) for code, tiers in PRICES.items() for one in tiers.values()}
    first, last = rows[0][2], rows[-1][2]
    assert isinstance(first, int) and isinstance(last, int)
    assert last - first > 420 * DAY


def test_commissions_are_in_every_state_also_hers(world: Context, heroine: Actor) -> None:
    states = {str(state) for (state,) in found(world, "SELECT DISTINCT state FROM commission")}
    assert states == set(CommissionState)
    own = earnings.list_commissions(world, heroine, after=None, limit=200).commissions
    assert {one.state for one in own} == set(CommissionState)


def test_several_levels_earn_only_since_that_plan_was_chosen(world: Context) -> None:
    rows = found(
        world,
        "SELECT p.paid_at >= s.since, max(c.level) FROM commission c JOIN payment p"
        " ON p.id = c.payment CROSS JOIN programme s GROUP BY 1 ORDER BY 1",
    )
    (before, one), (after, several) = rows
    assert (bool(before), bool(after), one) == (False, True, 1)
    assert several == 2


def test_payments_went_wrong_in_every_way(world: Context) -> None:
    rows = found(world, "SELECT DISTINCT kind, status FROM adjustment")
    assert set(rows) == {
        ("refund", "succeeded"),
        ("refund", "failed"),
        ("dispute", "open"),
        ("dispute", "lost"),
    }


def test_batches_were_settled_by_two_methods_and_one_payout_came_back(world: Context) -> None:
    batches = set(found(world, "SELECT DISTINCT method, state FROM payout_batch"))
    assert batches == {(way, state) for way in ("paypal", "wise") for state in ("settled", "draft")}
    failed = found(world, "SELECT reason FROM payout WHERE state = 'failed'")
    assert failed == [("The recipient's account was closed.",)]


def test_money_goes_to_nobody(world: Context) -> None:
    assert all(wish.fields["email"].endswith(".example") for wish in WISHES)
    for masked, sealed in found(world, "SELECT masked, sealed FROM payee"):
        assert str(masked)[1:3] == "…@"
        assert "example" not in str(sealed)


def test_all_of_it_is_in_the_log(world: Context) -> None:
    assert not transparency.is_behind(world)
    size = transparency.find_checkpoint(world).size
    assert size == found(world, "SELECT count(*) FROM ledger_txn")[0][0]
    assert transparency.prove_leaf(world, size - 1).size == size


def test_its_owner_has_a_plan_that_was_paid_and_a_confirmed_destination(
    world: Context, heroine: Actor
) -> None:
    plan = billing.read_billing(world, heroine)
    assert plan.tier is Tier.BUSINESS
    assert plan.subscription is not None
    assert plan.subscription.status is SubscriptionStatus.ACTIVE
    assert plan.subscription.period_end > world.clock.now()
    payee = payees.get_report(world, heroine).payee
    assert payee is not None
    assert (payee.state, payee.masked) == (PayeeState.CONFIRMED, "a…@purse.example")
    assert {one.key for one in rewards.read_rewards(world, heroine).grants} == {
        "ambassador",
        "milestone_1",
    }


def test_her_statement_of_last_year_has_all_its_rates(world: Context, heroine: Actor) -> None:
    year = to_datetime(world.clock.now()).year
    last = statements.read_statement(world, heroine, str(year - 1)).statement
    assert {line.kind for line in last.lines} >= {LineKind.EARNED, LineKind.PAID}
    this = statements.read_statement(world, heroine, str(year)).statement
    assert {line.kind for line in this.lines} >= {
        LineKind.EARNED, LineKind.REVERSED, LineKind.EXCHANGED, LineKind.PAID,
    }  # fmt: skip
    assert last.converted is not None
    assert this.converted is not None


def test_two_people_look_after_the_finances(world: Context) -> None:
    roles = found(world, "SELECT role FROM account WHERE role <> 'owner' ORDER BY role")
    assert roles == [(Role.ADMIN.value,), (Role.FINANCE.value,)]


def test_disputes_were_upheld_and_rejected_and_one_waits(world: Context, heroine: Actor) -> None:
    rows = set(found(world, "SELECT kind, state, amount FROM dispute"))
    assert rows == {
        ("commission", "upheld", 1_495),
        ("payout", "rejected", 0),
        ("attribution", "evidence", 0),
    }
    (newest, *_older) = disputes.list_own(world, heroine)
    _same, said = disputes.get_own(world, heroine, newest.id)
    assert [message.is_owner for message in said] == [True, False, True]
