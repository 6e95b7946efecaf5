"""A crash between any two statements leaves nothing behind, and trying again ends the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.maturing import mature_commissions
from backend.actions.payments import apply_event
from backend.domain.instants import DAY
from tests.support.crashes import Crash, crashing
from tests.support.deliveries import NEVER, events_of
from tests.support.facts import clock_of
from tests.support.money import add_chain, balances

MOST = 60
"""More statements than anything here needs."""


def crash_everywhere(
    context: Context, act: Callable[[], object], after: dict[str, int] | None = None
) -> int:
    """Do it with a crash before its first statement, its second, and so on, until it is done.

    Return how many crashes that were. Nothing is left behind, or else all that leads to `after`.
    """
    before = balances(context)
    for number in range(1, MOST):
        try:
            with crashing(context, number):
                act()
        except Crash:
            assert balances(context) in (before, after)
        else:
            return number - 1
    raise AssertionError("it never ends")


def test_a_crash_between_any_two_statements_leaves_nothing_behind(any_context: Context) -> None:
    *_above, payer = add_chain(any_context, 2)
    crashes = [
        crash_everywhere(any_context, partial(apply_event, any_context, told))
        for told in events_of(payer)
    ]
    assert min(crashes) >= 5, "each of them books or keeps something"
    assert check(any_context) == []
    clock_of(any_context).move(200 * DAY)
    matured = balances_without_crashes(any_context)
    crashes_of_job = crash_everywhere(
        any_context, partial(mature_commissions, any_context), matured
    )
    assert crashes_of_job >= 8
    assert check(any_context, is_late=True) == []
    assert balances(any_context) == matured


def balances_without_crashes(context: Context) -> dict[str, int]:
    """Return what the events come to, reckoned by hand for the people of this context."""
    (owner,) = {name.partition(":")[2].split()[0] for name in balances(context) if ":" in name}
    # 2900 less 1000 earns 380; 2901 was charged back; 2902 earns 580. Fees are 90 each.
    return {
        "cash.stripe USD": 2_900 - 1_000 + 2_902 - 3 * 90,
        "fees USD": 270,
        "sales USD": -(1_900 + 2_902),
        "commission USD": 380 + 580,
        f"partner.available:{owner} USD": -(380 + 580),
    }


def run_process(context: Context, payer: str, seed: int, die_at: int) -> subprocess.Popen[bytes]:
    folder = str(context.settings.data_dir)
    url = "" if context.database.is_sqlite else context.settings.database_url
    words = ["-m", "tests.support.deliveries", folder, url, payer, str(seed), str(die_at)]
    return subprocess.Popen([sys.executable, *words])


def test_a_process_that_is_killed_half_way_leaves_nothing_half_done(context: Context) -> None:
    _ann, payer = add_chain(context, 2)
    for die_at in (28, 75):
        process = run_process(context, payer, 3, die_at)
        assert process.wait(60) == -signal.SIGKILL
        assert check(context) == []
    process = run_process(context, payer, 3, NEVER)
    assert process.wait(60) == 0
    clock_of(context).move(200 * DAY)
    mature_commissions(context)
    assert check(context) == []
    assert balances(context) == balances_without_crashes(context)


@pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)
def test_processes_that_deliver_the_same_book_each_once(any_context: Context) -> None:
    _ann, payer = add_chain(any_context, 2)
    processes = [run_process(any_context, payer, seed, NEVER) for seed in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    clock_of(any_context).move(200 * DAY)
    mature_commissions(any_context)
    assert check(any_context) == []
    assert balances(any_context) == balances_without_crashes(any_context)
