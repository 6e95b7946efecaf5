"""Return files: what they settle, and what they may say without any money moving."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.actions.context import Context
from backend.actions.payout_checking import compare_payouts
from backend.actions.payout_returns import apply_returns
from backend.actions.payout_submission import submit
from backend.actions.payouts import get_batch
from backend.domain.actors import Actor
from backend.domain.payouts import BatchState, Payout
from backend.errors import Conflict, Invalid
from tests.support.money import balances
from tests.support.payouts import add_earner, add_finance, add_rates, approved, drafted, payouts_of


@pytest.fixture
def sent(any_paying: Context) -> Iterator[tuple[Context, Actor, list[Payout]]]:
    """Two payouts of sixty dollars that are on their way."""
    add_rates(any_paying, USD="1.10")
    cleo = add_finance(any_paying)
    for _ in range(2):
        add_earner(any_paying)
    batch = approved(any_paying, cleo)
    submit(any_paying, cleo, batch.id)
    yield any_paying, cleo, payouts_of(any_paying, cleo, batch.id)
    assert list(compare_payouts(any_paying)) == []


def returned(*rows: str) -> bytes:
    return "\n".join(["id,status,reason", *rows, ""]).encode()


def test_a_file_says_who_was_paid_and_who_was_not_and_again_changes_nothing(
    sent: tuple[Context, Actor, list[Payout]],
) -> None:
    context, cleo, (one, two) = sent
    content = returned(f"{one.id},paid,", f"{two.id},failed,closed")
    report = apply_returns(context, cleo, one.batch, content)
    assert (report.paid, report.failed, report.waiting) == (1, 1, 0)
    money = balances(context)
    assert money["cash.bank USD"] == -6_000
    assert money[f"partner.available:{two.account} USD"] == -6_000
    assert get_batch(context, cleo, one.batch).batch.state is BatchState.SETTLED
    assert apply_returns(context, cleo, one.batch, content) == report
    again = apply_returns(context, cleo, one.batch, content + b"\n")
    assert (again.paid, again.failed, again.unchanged) == (0, 0, 2)
    assert balances(context) == money


def test_unknown_ids_and_what_contradicts_move_nothing(
    sent: tuple[Context, Actor, list[Payout]],
) -> None:
    context, cleo, (one, two) = sent
    apply_returns(context, cleo, one.batch, returned(f"{one.id},paid,"))
    before = balances(context)
    content = returned(f"{'f' * 32},paid,", f"{one.id},failed,later")
    report = apply_returns(context, cleo, one.batch, content)
    assert (report.unknown, report.differing) == (("f" * 32,), (one.id,))
    assert (report.paid, report.failed, report.waiting) == (0, 0, 1)
    assert balances(context) == before
    assert get_batch(context, cleo, two.batch).batch.state is BatchState.SUBMITTED


def test_another_amount_moves_nothing(sent: tuple[Context, Actor, list[Payout]]) -> None:
    context, cleo, (one, _two) = sent
    before = balances(context)
    content = (
        "Recipient,Transaction Status,Amount,Currency,Unique ID,Reason\n"
        f"{one.masked},Completed,61.00,USD,{one.id},\n"
    )
    try:
        report = apply_returns(context, cleo, one.batch, content.encode())
    except Invalid:
        pass
    else:
        assert (report.paid, report.failed) == (0, 0)
    assert balances(context) == before


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"<Document/>", b"id,status,reason\nx", b"9" * 94, b"{}", b"PK\x03\x04"],
)
def test_a_file_of_another_kind_is_refused(
    sent: tuple[Context, Actor, list[Payout]], content: bytes
) -> None:
    context, cleo, (one, _two) = sent
    before = balances(context)
    with pytest.raises(Invalid):
        apply_returns(context, cleo, one.batch, content)
    assert balances(context) == before


def test_what_was_never_submitted_cannot_come_back(paying: Context) -> None:
    add_rates(paying, USD="1.10")
    cleo = add_finance(paying)
    add_earner(paying)
    batch = drafted(paying, cleo)
    (payout,) = payouts_of(paying, cleo, batch.id)
    with pytest.raises(Conflict):
        apply_returns(paying, cleo, batch.id, returned(f"{payout.id},paid,"))
