"""A year of payments, refunds, chargebacks and payouts, on both databases and by hand.

`TEST_YEAR_OWNERS=2000` lives it on a larger scale.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.transparency import find_checkpoint
from backend.domain.ledger import fold
from backend.domain.payouts import PayoutState
from backend.store import ledger
from backend.store.tables.base import TENANT
from backend.store.tables.payouts import PayoutLineRow, PayoutRow
from tests.support.money import balances
from tests.support.payouts import make_paying
from tests.support.postgresql import PostgreSQL
from tests.support.year import make_deliveries, make_owners
from tests.support.year_by_hand import earned_by, money_by_currency
from tests.support.year_lived import live_through, settle_in

OWNERS = int(os.environ.get("TEST_YEAR_OWNERS", "40"))
SEED = int(os.environ.get("TEST_YEAR_SEED", "4"))


@pytest.fixture
def contexts(tmp_path: Path, postgresql: PostgreSQL) -> Iterator[tuple[Context, Context]]:
    """Give two services with nothing in common but their seeds: on SQLite, and on PostgreSQL."""
    made = (
        make_paying(tmp_path / "one"),
        make_paying(tmp_path / "other", postgresql.new_database()),
    )
    yield made
    for context in made:
        context.database.close()


def by_owner(context: Context, ids: list[str]) -> dict[tuple[int, str], int]:
    """Return what owners earned by all that is kept: balances, and what was claimed of them."""
    sums: defaultdict[tuple[int, str], int] = defaultdict(int)
    place_of = {account: place for place, account in enumerate(ids)}
    for name, amount in balances(context).items():
        account, _, currency = name.partition(" ")
        kind, _, owner = account.partition(":")
        if kind.startswith("partner."):
            sums[place_of[owner], currency] -= amount
    with context.database.reading() as session:
        lines = session.execute(
            select(PayoutRow.account, PayoutLineRow.currency, PayoutLineRow.amount)
            .join(PayoutRow, PayoutRow.id == PayoutLineRow.payout)  # type: ignore[arg-type]  # a column
            .where(PayoutRow.state == PayoutState.PAID.value)
        ).all()
    for account, currency, amount in lines:
        sums[place_of[account], currency] += amount
    return {key: amount for key, amount in sums.items() if amount}


def test_a_year_ends_as_it_does_by_hand_and_the_same_on_both_databases(
    contexts: tuple[Context, Context],
) -> None:
    owners = make_owners(OWNERS, SEED)
    deliveries = make_deliveries(owners, SEED)
    roots, paid_out = [], []
    for context in contexts:
        ids = settle_in(context, owners)

        def look(month: int, context: Context = context) -> None:
            assert (month, check(context)) == (month, [])

        live_through(context, ids, deliveries, look)
        assert by_owner(context, ids) == earned_by(owners, deliveries)
        there = balances(context)
        for currency, (net, tax, fees) in money_by_currency(deliveries).items():
            assert there.get(f"sales {currency}", 0) == -net
            assert there.get(f"tax {currency}", 0) == -tax
            assert there.get(f"fees {currency}", 0) == fees
        with context.database.reading() as session:
            folded = fold(placed.entry for placed in ledger.walk(session, TENANT))
            assert folded == ledger.read_balances(session, TENANT)
        roots.append(find_checkpoint(context).root)
        paid_out.append({name: n for name, n in there.items() if name.startswith("cash.bank")})
    assert roots[0] == roots[1]
    assert paid_out[0] == paid_out[1] != {}
