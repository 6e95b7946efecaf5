"""A batch from its draft to its end, and what the ledger says at each step."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.actions.accounts import suspend
from backend.actions.context import Context
from backend.actions.payees import restrict_payee
from backend.actions.payments import apply_event
from backend.actions.payout_returns import end_by_hand, settle_all
from backend.actions.payout_submission import read_file, submit
from backend.actions.payouts import abort, approve, draft, get_batch, withdraw
from backend.domain.actors import owner_of
from backend.domain.destinations import Method
from backend.domain.payees import Reason
from backend.domain.payouts import BatchState, PayoutState
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.store import commissions
from backend.store.tables.base import TENANT
from tests.support.money import adjusted, balances
from tests.support.payouts import (
    add_earner,
    add_finance,
    add_rates,
    approved,
    drafted,
    earn,
    payouts_of,
)


def states_of(context: Context, account: str) -> list[tuple[str, int]]:
    with context.database.reading() as session:
        found = commissions.list_of_beneficiary(session, TENANT, account)
    return sorted((one.state.value, one.outstanding) for one in found)


def test_sixty_dollars_go_from_available_to_the_owner(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    ann, cleo = add_earner(any_paying), add_finance(any_paying)
    batch = drafted(any_paying, cleo)
    assert (batch.items, batch.total, batch.state) == (1, 6_000, BatchState.DRAFT)
    assert balances(any_paying, ann.account) == {f"payout:{ann.account} USD": -6_000}
    assert states_of(any_paying, ann.account) == [("in_payout", 0)]
    assert approve(any_paying, cleo, batch.id, total=6_000).state is BatchState.APPROVED
    assert submit(any_paying, cleo, batch.id).batch.state is BatchState.SUBMITTED
    (payout,) = payouts_of(any_paying, cleo, batch.id)
    assert payout.state is PayoutState.SENT
    end_by_hand(any_paying, cleo, batch.id, payout.id, outcome="paid", fee=25, reference="PP-1")
    assert balances(any_paying, ann.account) == {}
    money = balances(any_paying)
    assert (money["cash.bank USD"], money["fees USD"]) == (-6_025, 25)
    assert states_of(any_paying, ann.account) == [("paid", 0)]
    assert get_batch(any_paying, cleo, batch.id).batch.state is BatchState.SETTLED


def test_a_failed_payout_returns_its_money_and_can_be_drafted_again(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    ann, cleo = add_earner(any_paying), add_finance(any_paying)
    batch = approved(any_paying, cleo)
    submit(any_paying, cleo, batch.id)
    (payout,) = payouts_of(any_paying, cleo, batch.id)
    for _ in range(2):  # said twice, booked once
        failed = end_by_hand(
            any_paying, cleo, batch.id, payout.id, outcome="failed", reason="account closed"
        )
        assert failed.state is PayoutState.FAILED
        assert balances(any_paying, ann.account) == {f"partner.available:{ann.account} USD": -6_000}
    assert states_of(any_paying, ann.account) == [("available", 6_000)]
    with pytest.raises(Conflict):
        end_by_hand(any_paying, cleo, batch.id, payout.id, outcome="paid")
    again = drafted(any_paying, cleo)
    assert again.id != batch.id
    assert balances(any_paying, ann.account) == {f"payout:{ann.account} USD": -6_000}


def test_below_fifty_dollars_nothing_is_paid(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    cleo = add_finance(any_paying)
    ann = add_earner(any_paying, 24_995)  # a fifth is 49.99
    found = draft(any_paying, cleo, Method.PAYPAL, "USD")
    assert (found.claimed, found.skipped) == (0, ((ann.account, Reason.BELOW_MINIMUM),))
    earn(any_paying, ann, 5)
    assert drafted(any_paying, cleo).total == 5_000


def test_a_later_refund_is_repaid_by_later_earnings_first(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    ann, cleo = add_earner(any_paying, 1), add_finance(any_paying)
    first = earn(any_paying, ann, 40_000)
    batch = approved(any_paying, cleo)
    submit(any_paying, cleo, batch.id)
    settle_all(any_paying, cleo, batch.id)
    apply_event(any_paying, adjusted(40_000, charge=first.replace("in_", "ch_")))
    assert balances(any_paying, ann.account) == {f"partner.receivable:{ann.account} USD": 8_000}
    earn(any_paying, ann, 70_000)
    assert drafted(any_paying, cleo).total == 6_000  # 140 earned, 80 owed
    assert balances(any_paying, ann.account) == {f"payout:{ann.account} USD": -6_000}


def test_a_refund_while_the_payout_is_under_way_and_then_it_fails(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    cleo = add_finance(any_paying)
    ann = add_earner(any_paying, 0 + 1)
    first = earn(any_paying, ann, 40_000)
    batch = approved(any_paying, cleo)
    submit(any_paying, cleo, batch.id)
    apply_event(any_paying, adjusted(10_000, charge=first.replace("in_", "ch_")))
    assert balances(any_paying, ann.account) == {
        f"partner.receivable:{ann.account} USD": 2_000,
        f"payout:{ann.account} USD": -8_000,
    }
    (payout,) = payouts_of(any_paying, cleo, batch.id)
    end_by_hand(any_paying, cleo, batch.id, payout.id, outcome="failed", reason="closed")
    assert balances(any_paying, ann.account) == {f"partner.available:{ann.account} USD": -6_000}


def test_other_currencies_are_converted_and_the_rate_stays_on_the_entry(
    any_paying: Context,
) -> None:
    add_rates(any_paying, USD="1.25", JPY="160")
    cleo = add_finance(any_paying)
    ann = add_earner(any_paying, 30_000, paid_in="EUR")
    earn(any_paying, ann, 64_000, currency="JPY")  # a fifth is 12 800 yen: 80 euro, 100 dollars
    batch = drafted(any_paying, cleo)
    assert batch.total == 7_500 + 10_000
    money = balances(any_paying)
    assert (money["fx EUR"], money["fx JPY"], money["fx USD"]) == (-6_000, -12_800, 17_500)
    (payout,) = payouts_of(any_paying, cleo, batch.id)
    assert [(part.currency, part.rate) for part in payout.parts] == [
        ("EUR", "1.25"), ("JPY", "1.25/160"),
    ]  # fmt: skip
    abort(any_paying, cleo, batch.id)
    assert {name for name in balances(any_paying) if name.startswith("fx")} == set()
    assert balances(any_paying, ann.account) == {
        f"partner.available:{ann.account} EUR": -6_000,
        f"partner.available:{ann.account} JPY": -12_800,
    }


def test_without_a_rate_nobody_is_paid_and_it_is_said(any_paying: Context) -> None:
    cleo = add_finance(any_paying)
    ann = add_earner(any_paying, paid_in="EUR")
    found = draft(any_paying, cleo, Method.PAYPAL, "USD")
    assert found.skipped == ((ann.account, Reason.NO_RATE),)


def test_from_10_000_dollars_on_two_different_administrators_approve(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    cleo, dora = add_finance(any_paying), add_finance(any_paying)
    add_earner(any_paying, 5_000_000)
    batch = drafted(any_paying, cleo)
    assert batch.total == 1_000_000
    assert approve(any_paying, cleo, batch.id, total=batch.total).state is BatchState.DRAFT
    with pytest.raises(Conflict, match="approved this batch already"):
        approve(any_paying, cleo, batch.id, total=batch.total)
    with pytest.raises(Conflict):
        submit(any_paying, cleo, batch.id)
    assert approve(any_paying, dora, batch.id, total=batch.total).state is BatchState.APPROVED


def test_below_the_threshold_one_is_enough(paying: Context) -> None:
    add_rates(paying, USD="1.10")
    cleo = add_finance(paying)
    add_earner(paying, 4_999_995)
    assert approved(paying, cleo).state is BatchState.APPROVED


def test_an_approval_is_of_what_was_seen(paying: Context) -> None:
    add_rates(paying, USD="1.10")
    cleo = add_finance(paying)
    add_earner(paying)
    batch = drafted(paying, cleo)
    add_earner(paying)
    assert drafted(paying, cleo).id == batch.id
    with pytest.raises(Conflict, match="12000"):
        approve(paying, cleo, batch.id, total=batch.total)


def test_what_is_taken_out_needs_the_approvals_anew(paying: Context) -> None:
    add_rates(paying, USD="1.10")
    cleo, dora = add_finance(paying), add_finance(paying)
    ann, _bob = add_earner(paying, 5_000_000), add_earner(paying, 5_000_000)
    batch = drafted(paying, cleo)
    approve(paying, cleo, batch.id, total=batch.total)
    odd = next(one for one in payouts_of(paying, cleo, batch.id) if one.account == ann.account)
    with pytest.raises(Invalid):
        withdraw(paying, cleo, batch.id, odd.id, reason=" ")
    withdraw(paying, cleo, batch.id, odd.id, reason="looks odd")
    report = get_batch(paying, cleo, batch.id)
    assert (report.approvals, report.batch.items, report.batch.total) == ((), 1, 1_000_000)
    assert balances(paying, ann.account) == {f"partner.available:{ann.account} USD": -1_000_000}
    approve(paying, cleo, batch.id, total=1_000_000)
    assert approve(paying, dora, batch.id, total=1_000_000).state is BatchState.APPROVED


@pytest.mark.parametrize("is_approved", [False, True])
def test_aborting_gives_back_and_only_before_submission(
    any_paying: Context, is_approved: bool
) -> None:
    add_rates(any_paying, USD="1.10")
    ann, cleo = add_earner(any_paying), add_finance(any_paying)
    batch = approved(any_paying, cleo) if is_approved else drafted(any_paying, cleo)
    for _ in range(2):
        assert abort(any_paying, cleo, batch.id).state is BatchState.ABORTED
        assert balances(any_paying, ann.account) == {f"partner.available:{ann.account} USD": -6_000}
    with pytest.raises(Conflict):
        approve(any_paying, cleo, batch.id, total=0)
    again = approved(any_paying, cleo)
    submit(any_paying, cleo, again.id)
    with pytest.raises(Conflict):
        abort(any_paying, cleo, again.id)


def test_who_may_not_be_paid_any_more_is_taken_out_at_submission(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    cleo = add_finance(any_paying)
    ann, bob = add_earner(any_paying), add_earner(any_paying)
    batch = approved(any_paying, cleo)
    suspend(any_paying, ann.account)
    done = submit(any_paying, cleo, batch.id)
    assert [one.account for one in done.cancelled] == [ann.account]
    assert (done.batch.items, done.batch.total) == (1, 6_000)
    assert balances(any_paying, ann.account) == {f"partner.available:{ann.account} USD": -6_000}
    assert balances(any_paying, bob.account) == {f"payout:{bob.account} USD": -6_000}
    file, content = read_file(any_paying, cleo, batch.id)
    assert (file.lines, file.total) == (1, 6_000)
    assert content.count(b"60.00") == 1


def test_a_batch_of_which_nothing_is_left_is_aborted(paying: Context) -> None:
    add_rates(paying, USD="1.10")
    ann, cleo = add_earner(paying), add_finance(paying)
    batch = approved(paying, cleo)
    restrict_payee(paying, cleo, ann.account, is_held=True, withheld_bp=0, note="look first")
    assert submit(paying, cleo, batch.id).batch.state is BatchState.ABORTED
    with pytest.raises(NotFound):
        read_file(paying, cleo, batch.id)
    found = draft(paying, cleo, Method.PAYPAL, "USD")
    assert found.skipped == ((ann.account, Reason.HELD),)


def test_what_is_withheld_is_not_sent_and_stays_for_the_tax_office(any_paying: Context) -> None:
    add_rates(any_paying, USD="1.10")
    ann, cleo = add_earner(any_paying), add_finance(any_paying)
    restrict_payee(any_paying, cleo, ann.account, is_held=False, withheld_bp=2_400, note="")
    batch = approved(any_paying, cleo)
    assert batch.total == 4_560
    submit(any_paying, cleo, batch.id)
    settle_all(any_paying, cleo, batch.id)
    money = balances(any_paying)
    assert (money["withheld USD"], money["cash.bank USD"]) == (-1_440, -4_560)


def test_the_file_is_the_same_each_time_and_tells_nothing_in_the_database(paying: Context) -> None:
    add_rates(paying, USD="1.10")
    cleo = add_finance(paying)
    iban = "DE75 5121 0800 1245 1261 99"
    add_earner(
        paying, method=Method.SEPA, currency="EUR", paid_in="EUR",
        fields={"iban": iban, "name": "Ann Example"},
    )  # fmt: skip
    batch = approved(paying, cleo, method=Method.SEPA)
    submit(paying, cleo, batch.id)
    file, content = read_file(paying, cleo, batch.id)
    assert read_file(paying, cleo, batch.id) == (file, content)
    assert b"DE75512108001245126199" in content
    paying.database.close()
    for path in filter(Path.is_file, paying.settings.data_dir.rglob("*")):
        assert b"1245126199" not in path.read_bytes(), path
    with pytest.raises(Conflict):
        submit(paying, cleo, batch.id)


def test_an_owner_may_do_none_of_it(paying: Context) -> None:
    add_rates(paying, USD="1.10")
    ann, cleo = add_earner(paying), add_finance(paying)
    batch = drafted(paying, cleo)
    for work in (
        lambda: draft(paying, ann, Method.PAYPAL, "USD"),
        lambda: approve(paying, ann, batch.id, total=6_000),
        lambda: abort(paying, ann, batch.id),
        lambda: get_batch(paying, ann, batch.id),
        lambda: submit(paying, owner_of(TENANT, ann.account), batch.id),
    ):
        with pytest.raises(Forbidden):
            work()
