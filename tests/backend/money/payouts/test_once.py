"""Nobody is paid twice: by two administrators at once, by a crash, by a provider that is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.payees import set_destination
from backend.actions.payout_returns import apply_returns, end_by_hand
from backend.actions.payout_submission import read_file, send_transfers, submit
from backend.actions.payouts import abort, approve, draft, get_batch, list_batches
from backend.domain.actors import Actor
from backend.domain.destinations import Method
from backend.domain.instants import SECOND
from backend.domain.payouts import BatchState, PayoutState
from backend.errors import Conflict, Unavailable
from tests.support.crashes import Crash, crashing
from tests.support.money import balances
from tests.support.payouts import (
    add_earner,
    add_finance,
    add_rates,
    approved,
    confirm,
    drafted,
    earn,
    make_paying,
    pass_days,
    payouts_of,
)
from tests.support.service import NOON
from tests.support.stripe_server import FakeStripe, run_stripe
from tests.support.stripe_shapes import connected

MOST = 80
"""More statements than anything here needs."""


def together(*work: Callable[[], object]) -> list[object]:
    """Do all of it at the same moment; return what each returned or raised."""
    start = threading.Barrier(len(work))

    def one(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Conflict as error:
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def crash_everywhere(context: Context, act: Callable[[], object]) -> int:
    """Do it with a crash before its first statement, its second, and so on, until it is done."""
    for number in range(1, MOST):
        try:
            with crashing(context, number):
                act()
        except Crash:
            continue
        else:
            return number - 1
    raise AssertionError("it never ends")


def test_two_who_draft_at_once_claim_everybody_once(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    cleo, dora = add_finance(any_paying), add_finance(any_paying)
    owners = [add_earner(any_paying) for _ in range(4)]
    done = together(*(partial(draft, any_paying, by, Method.PAYPAL, "USD") for by in (cleo, dora)))
    assert sum(getattr(one, "claimed", 0) for one in done) == 4
    (batch,) = list_batches(any_paying, cleo, limit=10)
    assert (batch.items, batch.total) == (4, 24_000)
    for owner in owners:
        assert balances(any_paying, owner.account) == {f"payout:{owner.account} USD": -6_000}
    assert check(any_paying) == []


def test_two_who_approve_at_once_are_two_approvals_and_one_is_never_two(
    any_paying: Context,
) -> None:
    add_rates(any_paying, USD="1.10")
    cleo, dora = add_finance(any_paying), add_finance(any_paying)
    add_earner(any_paying, 5_000_000)
    batch = drafted(any_paying, cleo)
    act = partial(approve, any_paying, batch=batch.id, total=batch.total)
    done = together(partial(act, cleo), partial(act, cleo))
    assert sum(isinstance(one, Conflict) for one in done) == 1
    assert get_batch(any_paying, cleo, batch.id).batch.state is BatchState.DRAFT
    together(partial(act, cleo), partial(act, dora))
    report = get_batch(any_paying, cleo, batch.id)
    assert (report.batch.state, len(report.approvals)) == (BatchState.APPROVED, 2)


def test_submitting_and_aborting_at_once_do_one_of_both(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    ann, cleo = add_earner(any_paying), add_finance(any_paying)
    batch = approved(any_paying, cleo)
    done = together(
        partial(submit, any_paying, cleo, batch.id),
        partial(submit, any_paying, cleo, batch.id),
        partial(abort, any_paying, cleo, batch.id),
    )
    assert sum(isinstance(one, Conflict) for one in done) == 2
    is_sent = get_batch(any_paying, cleo, batch.id).batch.state is BatchState.SUBMITTED
    where = "payout" if is_sent else "partner.available"
    assert balances(any_paying, ann.account) == {f"{where}:{ann.account} USD": -6_000}
    assert check(any_paying) == []


def test_a_return_file_and_a_person_at_once_end_a_payout_once(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    ann, cleo = add_earner(any_paying), add_finance(any_paying)
    batch = approved(any_paying, cleo)
    submit(any_paying, cleo, batch.id)
    (payout,) = payouts_of(any_paying, cleo, batch.id)
    content = f"id,status,reason\n{payout.id},failed,closed\n".encode()
    together(
        partial(apply_returns, any_paying, cleo, batch.id, content),
        partial(apply_returns, any_paying, cleo, batch.id, content),
        partial(end_by_hand, any_paying, cleo, batch.id, payout.id, outcome="paid"),
    )
    (after,) = payouts_of(any_paying, cleo, batch.id)
    back = {f"partner.available:{ann.account} USD": -6_000}
    expected = {} if after.state is PayoutState.PAID else back
    assert balances(any_paying, ann.account) == expected
    assert check(any_paying) == []


def test_a_crash_between_any_two_statements_pays_nobody_twice(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    cleo = add_finance(any_paying)
    for _ in range(2):
        add_earner(any_paying)
    crashes = [crash_everywhere(any_paying, lambda: draft(any_paying, cleo, Method.PAYPAL, "USD"))]
    assert check(any_paying) == []
    (batch,) = list_batches(any_paying, cleo, limit=10)
    assert (batch.items, batch.total) == (2, 12_000)
    crashes.append(crash_everywhere(any_paying, lambda: _approve_once(any_paying, cleo, batch.id)))
    crashes.append(crash_everywhere(any_paying, lambda: _submit_once(any_paying, cleo, batch.id)))
    assert check(any_paying) == []
    one, two = payouts_of(any_paying, cleo, batch.id)
    _file, written = read_file(any_paying, cleo, batch.id)
    assert written.count(b"60.00") == 2
    content = f"id,status,reason\n{one.id},paid,\n{two.id},failed,closed\n".encode()
    crashes.append(
        crash_everywhere(any_paying, lambda: apply_returns(any_paying, cleo, batch.id, content))
    )
    assert min(crashes) >= 3, crashes
    assert check(any_paying) == []
    money = balances(any_paying)
    assert money["cash.bank USD"] == -6_000
    assert money[f"partner.available:{two.account} USD"] == -6_000


def _approve_once(context: Context, actor: Actor, batch: str) -> None:
    if get_batch(context, actor, batch).batch.state is BatchState.DRAFT:
        approve(context, actor, batch, total=12_000)


def _submit_once(context: Context, actor: Actor, batch: str) -> None:
    if get_batch(context, actor, batch).batch.state is BatchState.APPROVED:
        submit(context, actor, batch)


def test_a_crash_while_aborting_goes_on_where_it_was(paying: Context) -> None:
    add_rates(paying, USD="1.10")
    ann, cleo = add_earner(paying), add_finance(paying)
    batch = drafted(paying, cleo)
    assert crash_everywhere(paying, lambda: abort(paying, cleo, batch.id)) >= 5
    assert balances(paying, ann.account) == {f"partner.available:{ann.account} USD": -6_000}
    assert check(paying) == []


@pytest.mark.parametrize("where", range(2, 14, 2))
def test_a_crash_around_a_transfer_asks_stripe_under_the_same_key(
    tmp_path: Path, where: int
) -> None:
    with run_stripe(NOON // SECOND) as stripe:
        context = make_paying(tmp_path, **stripe.environment())
        try:
            cleo, batch = _submitted_to_stripe(context, stripe)
            try:
                with crashing(context, where):
                    send_transfers(context, batch)
            except Crash:
                pass
            send_transfers(context, batch)
            assert send_transfers(context, batch) == 0
            transfers = [one for one in stripe.books.objects.values() if _is_transfer(one)]
            assert [one["amount"] for one in transfers] == [6_000]
            (payout,) = payouts_of(context, cleo, batch)
            assert (payout.state, payout.provider_ref) == (PayoutState.PAID, transfers[0]["id"])
            assert balances(context)["cash.stripe USD"] == 30_000 - 6_000
            assert check(context) == []
        finally:
            context.database.close()


def test_what_stripe_refuses_returns_its_money(tmp_path: Path) -> None:
    with run_stripe(NOON // SECOND) as stripe:
        context = make_paying(tmp_path, **stripe.environment())
        try:
            cleo, batch = _submitted_to_stripe(context, stripe)
            stripe.books.balance = 0
            assert send_transfers(context, batch) == 0
            (payout,) = payouts_of(context, cleo, batch)
            assert payout.state is PayoutState.FAILED
            assert "insufficient" in payout.reason
            owed = f"partner.available:{payout.account} USD"
            assert balances(context, payout.account) == {owed: -6_000}
        finally:
            context.database.close()


def test_stripe_away_leaves_a_transfer_to_be_repeated_for_a_day_and_then_to_a_person(
    tmp_path: Path,
) -> None:
    with run_stripe(NOON // SECOND) as stripe:
        context = make_paying(tmp_path, **stripe.environment())
        try:
            cleo, batch = _submitted_to_stripe(context, stripe)
            stripe.broken = 100
            with pytest.raises(Unavailable):
                send_transfers(context, batch)
            (payout,) = payouts_of(context, cleo, batch)
            assert payout.state is PayoutState.SENT
            stripe.broken = 0
            pass_days(context, 1)
            asked = len(stripe.asked)
            assert send_transfers(context, batch) == 0
            assert len(stripe.asked) == asked
            end_by_hand(context, cleo, batch, payout.id, outcome="failed", reason="not in Stripe")
            assert get_batch(context, cleo, batch).batch.state is BatchState.SETTLED
            assert check(context) == []
        finally:
            context.database.close()


def _is_transfer(one: object) -> bool:
    return isinstance(one, dict) and one.get("object") == "transfer"


def _submitted_to_stripe(context: Context, stripe: FakeStripe) -> tuple[Actor, str]:
    """Return who is in charge, and a submitted batch of one transfer of sixty dollars."""
    add_rates(context, USD="1.10")
    cleo = add_finance(context)
    account = stripe.books.add(connected(stripe.books.new_id("acct"), stripe.books.now))
    add_earner(context, method=Method.STRIPE, fields={"id": account["id"]})
    batch = approved(context, cleo, method=Method.STRIPE)
    return cleo, submit(context, cleo, batch.id).batch.id


def test_a_changed_destination_after_the_draft_keeps_the_money(paying: Context) -> None:
    add_rates(paying, USD="1.10")
    ann, cleo = add_earner(paying), add_finance(paying)
    batch = approved(paying, cleo)
    fields = {"email": "thief@pay.example"}
    set_destination(paying, ann, method=Method.PAYPAL, currency="USD", fields=fields)
    confirm(paying, ann)
    pass_days(paying, 8)
    done = submit(paying, cleo, batch.id)
    assert [one.reason for one in done.cancelled] == [
        "The destination was changed after the batch was drafted."
    ]
    assert balances(paying, ann.account) == {f"partner.available:{ann.account} USD": -6_000}
    earn(paying, replace(ann), 100)
    assert drafted(paying, cleo).total == 6_020
