"""What people pay with at Stripe: one card of several accounts holds, cards of their own do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.actions.checking import check
from backend.actions.fraud_referrals import watch_referrals
from backend.actions.fraud_review import clear_case
from backend.actions.maturing import mature_commissions
from backend.actions.replaying import replay
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.fraud_cases import Case, CaseState
from backend.domain.instants import SECOND
from backend.domain.provider_events import EventState
from backend.store import fraud
from backend.store.tables.base import TENANT
from tests.support.billing import Shop, shuffled
from tests.support.money import add_referral
from tests.support.service import NOON, add_account, make_context
from tests.support.stripe_server import run_stripe

CARD = "Xt5EWLLDS7FJjR1c"


@pytest.fixture
def shop(tmp_path: Path, any_database: str | None) -> Iterator[Shop]:
    with run_stripe(NOON // SECOND) as stripe:
        context = make_context(tmp_path, any_database, environment=stripe.environment())
        yield Shop(context=context, stripe=stripe)
        context.database.close()


def pay(shop: Shop, actor: Actor, card: str | None = None) -> None:
    """Let somebody pay at the checkout, by a card of their own if none is named."""
    session = shop.check_out(actor)
    if card is not None:
        shop.books.cards[shop.books.objects[session]["customer"]] = card
    shop.books.pay(session)


def a_referrer(shop: Shop, referred: int) -> tuple[Actor, list[Actor]]:
    referrer = shop.add_owner()
    customers = [shop.add_owner() for _ in range(referred)]
    for customer in customers:
        add_referral(shop.context, referrer.account, customer.account)
    return referrer, customers


def cases_of(shop: Shop, actor: Actor) -> list[Case]:
    with shop.context.database.reading() as session:
        return fraud.list_of_account(session, TENANT, actor.account)


def states_of(shop: Shop) -> set[str]:
    return {str(state) for (state,) in shop.rows("SELECT DISTINCT state FROM commission")}


def test_two_referred_accounts_with_one_card_wait_before_their_money_is_payable(
    shop: Shop,
) -> None:
    referrer, (ann, ben, eve) = a_referrer(shop, 3)
    for customer, card in ((ann, CARD), (ben, CARD), (eve, None)):
        pay(shop, customer, card)
    shop.deliver()
    assert states_of(shop) == {"pending"}
    assert watch_referrals(shop.context) == 1
    (case,) = cases_of(shop, referrer)
    assert (case.state, case.held) == (CaseState.OPEN, 2)
    assert case.rules == {"one_instrument"}
    assert case.signals[0].evidence == {"accounts": 2, "instruments": 1, "of_the_referrer": 0}
    shop.move(40)
    mature_commissions(shop.context)
    assert "available" not in states_of(shop)
    reviewer = owner_of(TENANT, add_account(shop.context), Role.REVIEWER)
    clear_case(shop.context, reviewer, case.id, "One company")
    mature_commissions(shop.context)
    assert states_of(shop) == {"available"}
    assert check(shop.context) == []


def test_a_referrers_own_card_is_a_self_referral(shop: Shop) -> None:
    referrer, (ann, ben) = a_referrer(shop, 2)
    for payer, card in ((referrer, CARD), (ann, CARD), (ben, None)):
        pay(shop, payer, card)
    shop.deliver()
    watch_referrals(shop.context)
    (case,) = cases_of(shop, referrer)
    assert (case.state, case.held) == (CaseState.OPEN, 1)
    assert case.signals[0].evidence == {"accounts": 1, "instruments": 1, "of_the_referrer": 1}


def test_cards_of_their_own_are_nothing(shop: Shop) -> None:
    referrer, customers = a_referrer(shop, 4)
    for payer in (referrer, *customers):
        pay(shop, payer)
    shop.deliver()
    assert watch_referrals(shop.context) == 0
    assert cases_of(shop, referrer) == []


def test_repeats_any_order_and_a_replay_remember_the_same(shop: Shop) -> None:
    _referrer, (ann, ben) = a_referrer(shop, 2)
    pay(shop, ann, CARD)
    shop.move(1)
    pay(shop, ben, CARD)
    events = shop.books.take_events()
    for event in shuffled(events, 7):
        assert shop.take(event).state is not EventState.FAILED
    shop.deliver(events)
    query = "SELECT account, kind, value, at FROM fraud_trace ORDER BY account, value"
    before = shop.rows(query)
    assert [row[0] for row in before] == sorted([ann.account, ben.account])
    assert len({row[2] for row in before}) == 1
    replay(shop.context)
    assert shop.rows(query) == before


def test_what_stripe_calls_a_card_is_kept_nowhere(shop: Shop) -> None:
    _referrer, (ann,) = a_referrer(shop, 1)
    pay(shop, ann, CARD)
    events = shop.books.take_events()
    assert any(CARD in str(event) for event in events)
    shop.deliver(events)
    kept = shop.rows("SELECT body, told FROM provider_event")
    kept += shop.rows("SELECT value, kind FROM fraud_trace")
    assert kept
    assert CARD not in str(kept)
