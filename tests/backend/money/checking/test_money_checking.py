"""The check finds nothing about money that is right, and names every value that was spoilt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.maturing import mature_commissions
from backend.actions.payments import apply_event
from backend.clock import FixedClock
from backend.domain.billing_events import AdjustmentKind, AdjustmentStatus
from backend.domain.instants import DAY, Instant
from backend.settings import Settings
from backend.store import ledger
from backend.store.database import Database
from backend.store.tables.base import TENANT
from tests.support.facts import clock_of
from tests.support.money import add_chain, adjusted, paid
from tests.support.service import NOON, make_context
from tests.support.spoilt_money import SPOILT


@dataclass(frozen=True, slots=True, kw_only=True)
class Payers:
    """Ann brought Bob. Of his four payments one matured, one was partly refunded, one is charged
    back and one waits.
    """

    context: Context
    ann: str
    bob: str
    payments: tuple[str, ...]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Payers:
    context = make_context(tmp_path_factory.mktemp("payers"))
    made = make_payers(context)
    context.database.close()
    return made


@pytest.fixture
def payers(made: Payers, tmp_path: Path) -> Iterator[Payers]:
    """The same payers in a copy of their database."""
    before = made.context
    shutil.copytree(before.settings.data_dir, tmp_path, dirs_exist_ok=True)
    settings = Settings.from_env({"FOURSITE_DATA_DIR": str(tmp_path)})
    database = Database(settings)
    clock = FixedClock(before.clock.now())
    yield replace(made, context=replace(before, settings=settings, database=database, clock=clock))
    database.close()


@pytest.fixture
def any_payers(any_context: Context) -> Payers:
    return make_payers(any_context)


def make_payers(context: Context) -> Payers:
    ann, bob = add_chain(context, 2)
    payments = []
    for number in range(4):
        at = Instant(NOON + number * 31 * DAY)
        clock_of(context).set(at)
        applied = apply_event(context, paid(bob, 3_451, ref=f"in_{number}", at=at, tax=551, fee=99))
        payments.append(str(applied.payment))
        mature_commissions(context)
    apply_event(context, adjusted(1_000, ref="re_1", charge="ch_1"))
    apply_event(
        context,
        adjusted(
            3_451,
            ref="du_2",
            charge="ch_2",
            kind=AdjustmentKind.DISPUTE,
            status=AdjustmentStatus.OPEN,
            at=clock_of(context).now(),
        ),
    )
    return Payers(context=context, ann=ann, bob=bob, payments=tuple(payments))


def spoil(payers: Payers, statement: str) -> None:
    """Change what is never changed: without the triggers that forbid it."""
    database = payers.context.database
    with database.transaction() as session:
        run = session.connection().execute
        if database.is_sqlite:
            for table in ("ledger_txn", "ledger_posting"):
                for change in ("update", "delete"):
                    run(text(f"DROP TRIGGER IF EXISTS {table}_{change}"))
        else:
            for table in ("ledger_txn", "ledger_posting"):
                run(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        names = {"ann": payers.ann, "bob": payers.bob}
        names |= {f"p{number}": one for number, one in enumerate(payers.payments)}
        wanted = {name: value for name, value in names.items() if f":{name}" in statement}
        done = run(text(statement), wanted)
        assert done.rowcount == 1, "it should spoil one row"


def found(payers: Payers, *, is_late: bool = False) -> list[str]:
    return [str(difference) for difference in check(payers.context, is_late=is_late)]


def names_of(payers: Payers) -> set[str]:
    return {difference.what for difference in check(payers.context)}


def test_nothing_differs_in_money_that_is_right(any_payers: Payers) -> None:
    assert found(any_payers, is_late=True) == []


@pytest.mark.parametrize("name", SPOILT)
def test_what_was_spoilt_is_named(payers: Payers, name: str) -> None:
    statement, expected = SPOILT[name]
    spoil(payers, statement)
    assert names_of(payers) == expected


@pytest.mark.parametrize(
    "name", ["the amount of a posting", "a lost balance", "what is booked", "a lost adjustment"]
)
def test_postgresql_is_checked_alike(any_payers: Payers, name: str) -> None:
    statement, expected = SPOILT[name]
    spoil(any_payers, statement)
    assert names_of(any_payers) == expected


def test_an_entry_that_vanished_is_named_by_its_place(payers: Payers) -> None:
    last = len(found(payers))  # nothing yet
    assert last == 0
    with payers.context.database.transaction() as session:
        run = session.connection().execute
        run(text("DROP TRIGGER ledger_txn_delete"))
        run(text("DROP TRIGGER ledger_posting_delete"))
        run(text("DELETE FROM ledger_posting WHERE seq = 2"))
        run(text("DELETE FROM ledger_txn WHERE seq = 2"))
    assert "ledger_txn.seq of entry 3 is 3, computed 2." in found(payers)


def test_a_payment_that_vanished_is_named(context: Context) -> None:
    (bob,) = add_chain(context, 1)
    applied = apply_event(context, paid(bob))
    with context.database.transaction() as session:
        session.connection().execute(text("DELETE FROM payment"))
    assert [str(each) for each in check(context)] == [
        f"payment of entry 0 is none, computed payment {applied.payment}."
    ]


def test_a_commission_that_the_job_forgot_is_named_when_it_is_late(payers: Payers) -> None:
    clock_of(payers.context).move(32 * DAY)
    assert found(payers) == []
    assert len(found(payers, is_late=True)) == 1
    mature_commissions(payers.context)
    assert found(payers, is_late=True) == []


def test_without_the_salt_of_somebody_erased_the_rest_of_a_leaf_is_still_compared(
    payers: Payers,
) -> None:
    with payers.context.database.transaction() as session:
        ledger.destroy_salt(session, TENANT, payers.ann)
        session.connection().execute(
            text("UPDATE account SET erased_at = :now WHERE id = :ann"),
            {"ann": payers.ann, "now": payers.context.clock.now() + 1},
        )
    assert found(payers) == []
    spoil(payers, "UPDATE ledger_txn SET leaf = replace(leaf, '580', '581') WHERE seq = 0")
    assert names_of(payers) == {"ledger_txn.leaf", "ledger_txn.leaf_hash"}
