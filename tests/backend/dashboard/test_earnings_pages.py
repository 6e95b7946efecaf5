"""What an owner sees of their money: sums, each commission with its reason, and disputes."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from backend.actions import disputes
from backend.actions.context import Context
from backend.actions.disputes import Ruling
from backend.actions.earnings import earnings_of, history_of, list_commissions
from backend.actions.maturing import mature_commissions
from backend.actions.payees import set_destination
from backend.actions.payments import apply_event
from backend.actions.payout_returns import settle_all
from backend.actions.payout_submission import submit
from backend.actions.plans import acknowledge_plan, use_plan
from backend.actions.rewards import grant_all
from backend.actions.transparency import integrate
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.destinations import Method
from backend.domain.earning_stories import explain_split
from backend.domain.instants import DAY, day_of
from backend.domain.own_earnings import EarnedDay
from backend.store.tables.base import TENANT
from tests.support.booking import claim, earn, mature, on, settle
from tests.support.earner import Desk, Seat, open_desk
from tests.support.money import add_chain, add_referral, adjusted, paid
from tests.support.payouts import add_finance, add_rates, approved, confirm, pass_days
from tests.support.service import NOON, add_account

PAGE = "/dashboard/earnings"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


@pytest.fixture
def ann(desk: Desk) -> Seat:
    return desk.enter("ann@people.example")


def bring(context: Context, referrer: str) -> str:
    friend = add_account(context)
    add_referral(context, referrer, friend)
    return friend


def wait_a_month(desk: Desk) -> Seat:
    """Let 31 days go by, after which commissions are available and sessions have ended."""
    pass_days(desk.context, 31)
    mature_commissions(desk.context)
    return desk.enter("ann@people.example")


def own_link(context: Context, actor: Actor) -> str:
    (one,) = list_commissions(context, actor, after=None, limit=5).commissions
    return f"{PAGE}/{one.payment}-{one.level}"


def words_of(page: str) -> str:
    """Return the text of a page's main part as a reader has it."""
    main = page.partition("<main")[2].partition("</main>")[0]
    plain = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", main, flags=re.DOTALL))
    return " ".join(html.unescape(plain).split())


def title_of(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return html.unescape(found[1]).replace("\N{NO-BREAK SPACE}", " ")


def test_whoever_earned_nothing_is_told_how_to_begin(ann: Seat) -> None:
    page = ann.read(PAGE)
    assert title_of(page) == "You have not earned anything yet"
    assert 'href="/dashboard/referrals"' in page and 'href="/account/payout-method"' in page
    assert ann.read(f"{PAGE}?download=earnings.csv").startswith("day,currency,earned_minor")


def test_title_says_what_a_month_brought_beside_the_one_before(desk: Desk, ann: Seat) -> None:
    """29.00 earns 5.80 in the first year: once in August, twice in September."""
    friend = bring(desk.context, ann.actor.account)
    for number, at in enumerate((NOON - 20 * DAY, NOON - 2 * DAY, NOON - DAY)):
        apply_event(desk.context, paid(friend, ref=f"in_{number}", at=at))
    page = ann.read(f"{PAGE}?period=2026-09")
    assert title_of(page) == "You earned $11.60 in September 2026, 100 % more than in August"
    assert title_of(ann.read(f"{PAGE}?period=2026-07")) == "You earned nothing in July 2026"
    last = title_of(ann.read(f"{PAGE}?period=30d"))
    assert last == "You earned $17.40 in the last 30 days, the first after a time without any"


def test_figures_and_downloads_agree_with_the_ledger(desk: Desk, ann: Seat) -> None:
    account = ann.actor.account
    earn(desk.context, account, 10_000, on(2026, 9, 1))
    earn(desk.context, account, -1_000, on(2026, 9, 2))
    mature(desk.context, account, 2_000, on(2026, 9, 3))
    claim(desk.context, account, 2_000, on(2026, 9, 3))
    settle(desk.context, account, 2_000, on(2026, 9, 3))
    text = words_of(ann.read(f"{PAGE}?period=2026-09"))
    assert "Pending $70.00" in text and "Paid out $20.00" in text and "Taken back $10.00" in text
    rows = json.loads(ann.read(f"{PAGE}?period=2026-09&download=earnings.json"))
    assert [row["earned_minor"] for row in rows] == [10_000, 0, 0, 0]
    assert [row["taken_back_minor"] for row in rows] == [0, 1_000, 0, 0]
    assert ann.read(f"{PAGE}?download=earnings.svg").startswith("<svg")
    assert "pending,held" in ann.read(f"{PAGE}?download=currencies.csv")


def test_several_currencies_stand_beside_each_other(desk: Desk, ann: Seat) -> None:
    for code, amount in (("EUR", 3_000), ("USD", 5_000), ("JPY", 700)):
        earn(desk.context, ann.actor.account, amount, on(2026, 9, 1), code)
    page = ann.read(f"{PAGE}?period=2026-09&currency=EUR")
    assert title_of(page) == "You earned $50.00, €30.00 and ¥700 in September 2026"
    text = words_of(page)
    assert "Earnings in EUR" in text and "By currency" in text and "¥700" in text
    assert 'name="currency" value="EUR"' in page  # so that another period keeps it
    ann.read(f"{PAGE}?currency=CHF", 400)


def test_days_are_added_up_on_both_databases(any_context: Context) -> None:
    account = add_account(any_context)
    earn(any_context, account, 10_000, on(2026, 1, 5, 0))
    earn(any_context, account, 500, on(2026, 1, 5, 23))
    earn(any_context, account, -1_000, on(2026, 1, 6))
    mature(any_context, account, 2_000, on(2026, 1, 6))
    claim(any_context, account, 2_000, on(2026, 1, 6))
    settle(any_context, account, 2_000, on(2026, 1, 6))
    first = day_of(on(2026, 1, 5))
    last = day_of(on(2026, 1, 6))
    history = history_of(any_context, owner_of(TENANT, account))
    assert history.days(first, last) == [
        EarnedDay(day=first, currency="USD", earned=10_500),
        EarnedDay(day=last, currency="USD", reversed=1_000, paid=2_000),
    ]
    assert history.totals() == earnings_of(any_context, owner_of(TENANT, account))
    stood, stands = history.standing(first)["USD"], history.standing(last)["USD"]
    assert (stood.pending, stood.available) == (10_500, 0)
    assert (stands.pending, stands.available, stands.on_its_way) == (7_500, 0, 0)


def test_list_is_narrowed_by_state_and_period_and_goes_on_in_pages(desk: Desk, ann: Seat) -> None:
    friend = bring(desk.context, ann.actor.account)
    for number in range(30):
        at = NOON - number * 3_600_000_000
        apply_event(desk.context, paid(friend, ref=f"in_{number}", at=at))
    apply_event(desk.context, adjusted(2_900, charge="ch_3"))
    page = ann.read(PAGE)
    assert page.count("why this amount") == 25
    older = re.search(r'href="([^"]*after=[^"]*)#Earnings-list" rel="next"', page)
    assert older
    assert ann.read(html.unescape(older[1])).count("why this amount") == 5
    assert ann.read(f"{PAGE}?state=reversed").count("why this amount") == 1
    assert ann.read(f"{PAGE}?state=paid").count("why this amount") == 0
    assert ann.read(f"{PAGE}?period=2026-08").count("why this amount") == 0
    for wrong in ("state=rich", "period=99999d", "after=x", "download=other.csv"):
        ann.read(f"{PAGE}?{wrong}", 404 if "download" in wrong else 400)


def test_next_payout_says_what_is_missing_and_where_it_goes(desk: Desk, ann: Seat) -> None:
    """11.60 are available of 50.00."""
    friend = bring(desk.context, ann.actor.account)
    for number in range(2):
        apply_event(desk.context, paid(friend, ref=f"in_{number}", at=NOON))
    assert "nowhere yet" in words_of(ann.read(PAGE))
    fields = {"email": "ann@purse.example"}
    set_destination(desk.context, ann.actor, method=Method.PAYPAL, currency="USD", fields=fields)
    assert "is not confirmed" in words_of(ann.read(PAGE))
    confirm(desk.context, ann.actor)
    ann = wait_a_month(desk)
    text = words_of(ann.read(PAGE))
    assert "Amount so far $11.60 Lacks to the minimum $38.40 of $50.00" in text
    assert "Goes to PayPal" in text and "ann@purse.example" not in text


def test_a_changed_destination_rests_and_the_page_says_until_when(desk: Desk, ann: Seat) -> None:
    for email in ("one@purse.example", "two@purse.example"):
        set_destination(
            desk.context, ann.actor, method=Method.PAYPAL, currency="USD", fields={"email": email}
        )
        confirm(desk.context, ann.actor)
    assert "Rests until 11 Sep 2026" in words_of(ann.read(PAGE))


def test_why_this_amount_shows_the_rule_and_the_arithmetic(desk: Desk, ann: Seat) -> None:
    """9.99 under `seven-level` with all levels filled: 1.99, 1.50, 1.00, 0.80, 0.50, 0.30, 0.20."""
    admin = add_finance(desk.context, Role.ADMIN)
    acknowledge_plan(desk.context, admin, "seven-level")
    use_plan(desk.context, admin, "seven-level")
    chain = add_chain(desk.context, 4)
    add_referral(desk.context, chain[-1], ann.actor.account)
    below = [ann.actor.account]
    for _ in range(3):
        below.append(bring(desk.context, below[-1]))
    apply_event(desk.context, paid(below[-1], 1_299, tax=300, fee=40))
    integrate(desk.context)
    link = own_link(desk.context, ann.actor)
    page = ann.read(link)
    text = words_of(page)
    assert title_of(page) == "Why this is $1.00: 10 % of $9.99"
    assert "Gross $12.99" in text and "Tax in it $3.00" in text and "Net, what counts $9.99" in text
    assert "level 3 above whoever paid; 7 of the plan’s 7 levels are filled" in text
    assert "seven-level, version 1" in text and "1,000 basis points of $9.99" in text
    for row in ("1 20 % 199.8000 199 – $1.99", "2 15 % 149.8500 149 +1 $1.50"):
        assert row in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Entry 0 and its proof" in text and 'href="/log/entry/0"' in page
    for other in (*chain, *below[1:]):
        assert other not in page


def test_split_is_explained_as_it_is_made() -> None:
    shares = explain_split(999, (2_000, 1_500, 1_000, 800, 500, 300, 200), [True] * 7, 2)
    assert [one.amount for one in shares] == [199, 150, 100, 80, 50, 30, 20]
    assert [one.extra for one in shares] == [0, 1, 1, 1, 1, 1, 1]
    half = explain_split(999, (2_000, 1_500, 1_000), [True, False], 1)
    assert [(one.amount, one.is_filled) for one in half] == [(199, True), (0, False), (0, False)]


def test_history_has_the_payout_and_its_exchange_rate(desk: Desk, ann: Seat) -> None:
    context, treasurer = desk.context, add_finance(desk.context)
    add_rates(context, USD="1.10")
    fields = {"email": "ann@purse.example"}
    set_destination(context, ann.actor, method=Method.PAYPAL, currency="USD", fields=fields)
    confirm(context, ann.actor)
    friend = bring(context, ann.actor.account)
    apply_event(context, paid(friend, 30_000, at=NOON, currency="EUR"))
    ann = wait_a_month(desk)
    batch = approved(context, treasurer)
    submit(context, treasurer, batch.id)
    settle_all(context, treasurer, batch.id)
    integrate(context)
    text = words_of(ann.read(own_link(context, ann.actor)))
    story = ("The payment came", "Available: the wait is over", "Taken into a payout", "arrived")
    places = [text.index(words) for words in story]
    assert places == sorted(places)
    assert "€60.00 Paid, a" in text
    assert "exchanged at 1.1 USD for 1 EUR" in text
    history = words_of(ann.read(PAGE))
    assert "$66.00 Paid" in history and "€60.00 at 1.1" in history


def test_a_commission_is_disputed_on_its_page_and_held(desk: Desk, ann: Seat) -> None:
    apply_event(desk.context, paid(bring(desk.context, ann.actor.account)))
    link = own_link(desk.context, ann.actor)
    wrong = ann.send(link, 400, text="It is too little.", link="http://evil.example")
    assert "A link begins with https://" in wrong and "It is too little." in wrong
    place = ann.send(link, text="It is <too> little.", link="https://proof.example/1")
    page = ann.read(place)
    assert "It is &lt;too&gt; little." in page
    assert 'href="https://proof.example/1" rel="noreferrer nofollow noopener"' in page
    again = ann.read(link)
    assert "Under review" in again and "Open the dispute" not in again
    treasurer = add_finance(desk.context)
    dispute = place.rpartition("/")[2]
    disputes.ask(desk.context, treasurer, dispute, "Which invoice was it?")
    assert "Evidence until" in words_of(ann.read(place))
    ann.send(f"{place}/evidence", text="The one of May.")
    ruling = Ruling(is_upheld=False, reason="The plan says so.")
    disputes.decide(desk.context, treasurer, dispute, ruling)
    ended = words_of(ann.read(place))
    assert "Rejected: The plan says so." in ended and "Add evidence" not in ended
    assert "only" not in ann.send(f"{place}/evidence", 409, text="Wait.")


def test_a_dispute_can_be_withdrawn_and_another_kind_opened(desk: Desk, ann: Seat) -> None:
    place = ann.send(f"{PAGE}/disputes", text="Bob came by me.")
    assert title_of(ann.read(f"{PAGE}/disputes")) == "1 of your disputes is open"
    ann.send(f"{place}/withdraw")
    assert title_of(ann.read(f"{PAGE}/disputes")) == "None of your disputes is open"
    assert title_of(ann.read(place)).endswith(": withdrawn")
    assert "A text has 1 to" in ann.send(f"{PAGE}/disputes", 400, text="  ")


def test_others_see_nothing_of_a_commission_or_a_dispute(desk: Desk, ann: Seat) -> None:
    apply_event(desk.context, paid(bring(desk.context, ann.actor.account)))
    link = own_link(desk.context, ann.actor)
    place = ann.send(link, text="It is too little.")
    bob = desk.enter("bob@people.example")
    for path in (link, place):
        bob.read(path, 404)
    bob.send(link, 404, text="Mine.")
    bob.send(f"{place}/withdraw", 404)
    for odd in ("x", f"{'0' * 32}-00", f"{'0' * 32}-1", f"{link}0"):
        ann.read(f"{PAGE}/{odd.rpartition('/')[2]}", 404)


def test_a_milestones_money_has_a_page_without_a_payment(desk: Desk, ann: Seat) -> None:
    friend = bring(desk.context, ann.actor.account)
    apply_event(desk.context, paid(friend))
    ann = wait_a_month(desk)
    grant_all(desk.context)
    found = list_commissions(desk.context, ann.actor, after=None, limit=5).commissions
    reward = next(one for one in found if one.line == "reward")
    page = ann.read(f"{PAGE}/{reward.payment}-{reward.level}")
    assert title_of(page) == "$10.00 for a milestone"
    assert "Dispute this commission" not in page
