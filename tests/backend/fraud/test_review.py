"""A review gives back exactly what would have been, or leaves it out for good."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from backend.actions.checking import check
from backend.actions.context import Context
from backend.actions.fraud_review import clear_case, confirm_case
from backend.actions.retention import purge
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.events import Event
from backend.domain.fraud_cases import Case, CaseState, write_signals
from backend.domain.instants import DAY, HOUR, SECOND
from backend.domain.standing import Standing
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.store import fraud, fraud_shares
from backend.store.scores import read_standings
from backend.store.tables.base import TENANT
from backend.store.tables.events import ShareRow
from backend.store.tables.sites import FeaturingRow
from tests.support.facts import clock_of, record_now
from tests.support.service import add_account, add_site
from tests.support.sharing import a_share


def a_farm(context: Context, site: str, number: int = 20) -> list[Event]:
    """Return shares from one network by visitors who never looked at a page."""
    now = context.clock.now()
    return [a_share(site, f"farm{n}", now + n * SECOND, network="one") for n in range(number)]


def run_farm(context: Context, number: int = 20) -> tuple[str, str, Case]:
    account = add_account(context)
    site, _key = add_site(context, account)
    for event in a_farm(context, site, number):
        record_now(context, [event])
    with context.database.reading() as session:
        (case,) = fraud.list_of_account(session, TENANT, account)
    return account, site, case


def score_of(context: Context, site: str) -> Standing:
    with context.database.reading() as session:
        return next(one for one in read_standings(session, limit=50) if one.site == site)


def thresholds_of(context: Context, site: str) -> list[int]:
    with context.database.reading() as session:
        wanted = select(FeaturingRow.threshold).where(col(FeaturingRow.site) == site)
        return sorted(session.exec(wanted).all())


def reviewer(context: Context) -> Actor:
    return owner_of(TENANT, add_account(context), Role.REVIEWER)


def test_shares_of_a_farm_wait_from_the_tenth_on(any_context: Context) -> None:
    _account, site, case = run_farm(any_context)
    assert (case.state, case.held) == (CaseState.OPEN, 11)
    assert score_of(any_context, site).shares == 9
    assert thresholds_of(any_context, site) == [5]
    assert check(any_context) == []


def test_a_cleared_case_counts_as_if_nothing_had_been(any_context: Context) -> None:
    _account, site, case = run_farm(any_context)
    clock_of(any_context).move(5 * HOUR)
    now = any_context.clock.now()
    clear_case(any_context, reviewer(any_context), case.id, "A class with one address")
    row = score_of(any_context, site)
    assert row.shares == 20
    assert row.share_points == 20 * 7_500
    assert thresholds_of(any_context, site) == [5, 10, 15, 20]
    with any_context.database.reading() as session:
        later = select(FeaturingRow.starts_at).where(col(FeaturingRow.threshold) > 5)
        assert set(session.exec(later).all()) == {now}
        assert set(session.exec(select(ShareRow.is_counted, ShareRow.points)).all()) == {
            (True, 7_500)
        }
    assert check(any_context) == []


def test_a_confirmed_case_leaves_its_shares_out_for_good(any_context: Context) -> None:
    _account, site, case = run_farm(any_context)
    confirm_case(any_context, reviewer(any_context), case.id, "One machine")
    assert score_of(any_context, site).shares == 9
    assert check(any_context) == []
    with pytest.raises(Conflict):
        clear_case(any_context, reviewer(any_context), case.id, "Changed my mind")


def test_a_cleared_case_answers_for_the_same_pattern_for_a_day(context: Context) -> None:
    _account, site, case = run_farm(context)
    clear_case(context, reviewer(context), case.id, "A class with one address")
    clock_of(context).move(HOUR)
    record_now(context, [a_share(site, "another", context.clock.now(), network="one")])
    assert score_of(context, site).shares == 21


def test_only_a_reviewer_decides_and_says_why(context: Context) -> None:
    account, _site, case = run_farm(context)
    with pytest.raises(Forbidden):
        clear_case(context, owner_of(TENANT, account), case.id, "Let me")
    with pytest.raises(Forbidden):
        clear_case(context, owner_of(TENANT, account, Role.FINANCE), case.id, "Let me")
    with pytest.raises(Invalid):
        clear_case(context, reviewer(context), case.id, "  ")
    with pytest.raises(NotFound):
        clear_case(context, reviewer(context), "0" * 32, "Nothing there")


def test_nobody_decides_a_case_of_their_own(context: Context) -> None:
    account, _site, case = run_farm(context)
    own = owner_of(TENANT, account, Role.REVIEWER)
    for act in (clear_case, confirm_case):
        with pytest.raises(Conflict, match="their own"):
            act(context, own, case.id, "It was me")
    assert clear_case(context, reviewer(context), case.id, "A class").state is CaseState.CLEARED


def test_evidence_holds_no_hash_of_anybody(context: Context) -> None:
    _account, _site, case = run_farm(context)
    kept = write_signals(case.signals)
    assert {type(value) for signal in case.signals for value in signal.evidence.values()} == {int}
    assert "farm" not in kept


SPOILT = {
    "share.is_due": "UPDATE share SET is_due = (points < 0)",
    "share.is_counted": "UPDATE share SET is_counted = (points = 0)",
    "fraud_case.held": "UPDATE fraud_case SET held = held + 1",
    "share.fraud_case": "UPDATE share SET fraud_case = 'none'",
}


@pytest.mark.parametrize("what", SPOILT)
def test_the_check_names_what_is_spoilt(context: Context, what: str) -> None:
    run_farm(context)
    with context.database.transaction() as session:
        session.connection().exec_driver_sql(SPOILT[what])
    assert what in {difference.what for difference in check(context)}


def test_shares_of_an_open_case_are_kept_until_it_is_decided(context: Context) -> None:
    _account, site, case = run_farm(context)
    clock_of(context).move(200 * DAY)
    purge(context)
    with context.database.reading() as session:
        assert fraud_shares.count_held(session, TENANT, case.id) == 11
    clear_case(context, reviewer(context), case.id, "It took us long")
    assert score_of(context, site).shares == 20
    purge(context)
    assert check(context) == []
