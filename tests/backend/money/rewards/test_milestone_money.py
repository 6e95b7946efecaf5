"""Milestones' money: held 30 days, paid out like commissions, owed back when it falls away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.maturing import mature_commissions
from backend.actions.payments import apply_event
from backend.actions.payout_returns import settle_all
from backend.actions.payout_submission import submit
from backend.actions.rewards import grant_all, grant_rewards
from tests.support.money import adjusted, balances
from tests.support.payouts import add_earner, add_finance, approved, make_paying, pass_days


@pytest.fixture
def paying(tmp_path: Path, any_database: str | None) -> Iterator[Context]:
    context = make_paying(tmp_path, any_database)
    yield context
    context.database.close()


def test_it_waits_is_paid_and_is_owed_back_when_its_conversion_is(paying: Context) -> None:
    ann = add_earner(paying, 30_000)
    account = ann.account
    assert "milestone_1" in {grant.key for grant in grant_rewards(paying, account)}
    assert grant_rewards(paying, account) == ()
    there = balances(paying, account)
    assert there[f"partner.available:{account} USD"] == -6_000
    assert there[f"partner.pending:{account} USD"] == -1_000
    pass_days(paying, 30)
    mature_commissions(paying)
    assert balances(paying, account)[f"partner.available:{account} USD"] == -7_000
    assert balances(paying)["rewards USD"] == 1_100
    cleo = add_finance(paying)
    batch = approved(paying, cleo)
    assert batch.total == 7_000
    submit(paying, cleo, batch.id)
    settle_all(paying, cleo, batch.id)
    assert check(paying) == []
    with paying.database.reading() as session:
        charge = session.connection().exec_driver_sql("SELECT charge FROM payment").scalar_one()
    apply_event(paying, adjusted(30_000, charge=charge, at=paying.clock.now()))
    grant_all(paying)
    assert balances(paying, account) == {f"partner.receivable:{account} USD": 7_000}
    assert check(paying) == []
