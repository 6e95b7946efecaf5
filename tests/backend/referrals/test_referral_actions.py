"""Referrals on both databases: from a touch to a churned customer, and what the referrer sees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from backend.actions.accounts import sign_up, suspend
from backend.actions.context import Context
from backend.actions.referrals import (
    activate,
    attribute,
    churn,
    claim_code,
    convert,
    find_touch,
    list_referrals,
    referral_summary,
    touch,
)
from backend.clock import FixedClock
from backend.domain.accounts import Account
from backend.domain.actors import Actor, owner_of
from backend.domain.instants import DAY, Instant
from backend.domain.referrals import Referral, ReferralState, Touch
from backend.errors import Conflict, Invalid, LimitReached
from backend.store.tables.accounts import AccountRow
from backend.store.tables.referrals import ReferralRow, TouchRow
from tests.support.service import NOON, add_site


def join(
    context: Context,
    name: str,
    *,
    code: str | None = None,
    is_typed: bool = False,
    touched: Touch | None = None,
) -> Account:
    return sign_up(
        context,
        email=f"{name}@people.example",
        name=name,
        code=code,
        is_typed=is_typed,
        touch=touched,
    )


def owner(account: Account) -> Actor:
    return owner_of(account.tenant, account.id)


def referral_of(context: Context, account: Account) -> ReferralRow | None:
    with context.database.reading() as session:
        row = session.exec(select(ReferralRow).where(ReferralRow.referred == account.id)).first()
        return None if row is None else row.model_copy()


def move(context: Context, days: float) -> Instant:
    assert isinstance(context.clock, FixedClock)
    context.clock.move(int(days * DAY))
    return context.clock.now()


def test_click_within_30_days_brings_a_sign_up_to_its_referrer(any_context: Context) -> None:
    ann = join(any_context, "ann")
    followed = touch(any_context, ann.code.lower())
    assert followed == Touch(code=ann.code, at=NOON)
    move(any_context, 30)
    ben = join(any_context, "ben", touched=followed)
    found = referral_of(any_context, ben)
    assert found is not None
    assert (found.referrer, found.code, found.basis) == (ann.id, ann.code, "click")
    assert (found.touched_at, found.signed_up_at) == (NOON, NOON + 30 * DAY)


def test_click_older_than_30_days_brings_nobody(any_context: Context) -> None:
    followed = touch(any_context, join(any_context, "ann").code)
    move(any_context, 30.001)
    assert referral_of(any_context, join(any_context, "ben", touched=followed)) is None


def test_typed_code_beats_the_click(any_context: Context) -> None:
    ann, ben = join(any_context, "ann"), join(any_context, "ben")
    followed = touch(any_context, ann.code)
    cid = join(any_context, "cid", code=f" {ben.code.lower()} ", is_typed=True, touched=followed)
    found = referral_of(any_context, cid)
    assert found is not None
    assert (found.referrer, found.basis, found.touched_at) == (ben.id, "typed", None)


def test_code_in_the_link_counts_as_a_click(any_context: Context) -> None:
    ann = join(any_context, "ann")
    found = referral_of(any_context, join(any_context, "ben", code=ann.code))
    assert found is not None
    assert (found.referrer, found.basis) == (ann.id, "click")


@pytest.mark.parametrize("code", ["NOBODY22", "", " ", "\x00", "x" * 500, "É" * 8])
def test_unknown_code_brings_nobody_and_stops_nobody(any_context: Context, code: str) -> None:
    """An earlier implementation fell back to the latest click of anybody."""
    ann = join(any_context, "ann")
    assert touch(any_context, ann.code)
    assert referral_of(any_context, join(any_context, "ben", code=code, is_typed=True)) is None
    assert touch(any_context, code) is None
    assert find_touch(any_context, code) is None


def test_nobody_refers_themselves_by_writing_their_address_differently(
    any_context: Context,
) -> None:
    ann = join(any_context, "ann")
    with any_context.database.transaction() as session:
        session.add(
            AccountRow(tenant="default", id="f" * 32, code="X", created_at=NOON, tier="free")
        )
        session.flush()
        found = attribute(
            session,
            account="f" * 32,
            email_key="ann@people.example",
            code=ann.code,
            is_typed=True,
            touch=None,
            now=NOON,
        )
    assert found is None


def test_code_of_a_closed_account_brings_nobody(any_context: Context) -> None:
    ann = join(any_context, "ann")
    suspend(any_context, ann.id)
    assert touch(any_context, ann.code) is None
    assert referral_of(any_context, join(any_context, "ben", code=ann.code)) is None


def test_first_attribution_is_final(any_context: Context) -> None:
    ann, ben = join(any_context, "ann"), join(any_context, "ben")
    cid = join(any_context, "cid", code=ann.code, is_typed=True)
    with any_context.database.transaction() as session:
        again = attribute(
            session,
            account=cid.id,
            email_key="cid@people.example",
            code=ben.code,
            is_typed=True,
            touch=None,
            now=any_context.clock.now(),
        )
    assert again is None
    found = referral_of(any_context, cid)
    assert found is not None
    assert found.referrer == ann.id


@given(st.lists(st.tuples(st.integers(0, 7), st.booleans()), min_size=2, max_size=8))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_graph_of_referrals_is_a_forest(context: Context, joins: list[tuple[int, bool]]) -> None:
    """Whoever tries to be brought by whomever, in whatever order: no one is their own ancestor."""
    ids = context.ids
    people: list[Account] = []
    for number, (by, is_typed) in enumerate(joins):
        code = people[by % len(people)].code if people else None
        name = f"p{number}-{ids.random_bytes(6).hex()}"
        people.append(join(context, name, code=code, is_typed=is_typed))
    with context.database.transaction() as session:
        for person, (by, _) in zip(people, reversed(joins), strict=True):
            # Somebody who is there already asks to be brought by a later one.
            attribute(
                session,
                account=person.id,
                email_key=f"{person.id}@x.example",
                code=people[by % len(people)].code,
                is_typed=True,
                touch=None,
                now=context.clock.now(),
            )
        rows = session.exec(select(ReferralRow)).all()
        parents = {row.referred: row.referrer for row in rows}
    for person in people:
        seen = {person.id}
        at = person.id
        while at in parents:
            at = parents[at]
            assert at not in seen
            seen.add(at)


def test_referral_goes_through_its_states(any_context: Context) -> None:
    ann = join(any_context, "ann")
    ben = join(any_context, "ben", code=ann.code)
    seen = [state(any_context, ann)]
    for step in (activate, convert, churn):
        now = move(any_context, 10)
        with any_context.database.transaction() as session:
            first = step(session, ben.id, now)
        with any_context.database.transaction() as session:
            # A repeat, however late, changes nothing.
            assert step(session, ben.id, Instant(now + DAY)) == first
        seen.append(state(any_context, ann))
    assert [found.value for found in seen] == ["pending", "activated", "converted", "churned"]
    found = referral_of(any_context, ben)
    assert found is not None
    times = (found.activated_at, found.converted_at, found.churned_at)
    assert times == (NOON + 10 * DAY, NOON + 20 * DAY, NOON + 30 * DAY)


def state(context: Context, referrer: Account) -> ReferralState:
    ((_, found),) = list_referrals(context, owner(referrer)).referrals
    return found


def test_referral_that_expired_stays_so(any_context: Context) -> None:
    ann = join(any_context, "ann")
    ben = join(any_context, "ben", code=ann.code)
    now = move(any_context, 90)
    assert state(any_context, ann) is ReferralState.EXPIRED
    with any_context.database.transaction() as session:
        for step in (activate, convert, churn):
            step(session, ben.id, now)
    assert state(any_context, ann) is ReferralState.EXPIRED
    found = referral_of(any_context, ben)
    assert found is not None
    assert (found.activated_at, found.converted_at, found.churned_at) == (None, None, None)


def test_account_that_nobody_brought_has_no_states(any_context: Context) -> None:
    ann = join(any_context, "ann")
    with any_context.database.transaction() as session:
        assert [step(session, ann.id, NOON) for step in (activate, convert, churn)] == [None] * 3


def test_custom_code_is_shown_and_the_old_one_works_on(any_context: Context) -> None:
    ann = join(any_context, "ann")
    claimed = claim_code(any_context, owner(ann), "ann-lantern")
    assert (claimed.code, claimed.is_custom) == ("ANN-LANTERN", True)
    summary = referral_summary(any_context, owner(ann))
    assert summary.code == "ANN-LANTERN"
    assert summary.link == "http://127.0.0.1:8000/r/ANN-LANTERN"
    assert [code.code for code in summary.codes] == [ann.code, "ANN-LANTERN"]
    for number, code in enumerate((ann.code, "Ann-Lantern")):
        found = referral_of(any_context, join(any_context, f"p{number}", code=code))
        assert found is not None
        assert found.referrer == ann.id
    # One's own code again only shows it.
    assert claim_code(any_context, owner(ann), ann.code).code == ann.code
    assert referral_summary(any_context, owner(ann)).code == ann.code


def test_code_of_somebody_else_is_refused_however_it_is_written(any_context: Context) -> None:
    ann, ben = join(any_context, "ann"), join(any_context, "ben")
    claim_code(any_context, owner(ann), "LANTERN")
    with pytest.raises(Conflict, match="LANTERN is taken"):
        claim_code(any_context, owner(ben), "lantern")
    with pytest.raises(Conflict):
        claim_code(any_context, owner(ben), ann.code)
    with pytest.raises(Invalid):
        claim_code(any_context, owner(ben), "admin")
    assert referral_summary(any_context, owner(ben)).code == ben.code


def test_five_custom_codes_are_all_under_any_concurrency(any_context: Context) -> None:
    ann = owner(join(any_context, "ann"))

    def claim(number: int) -> bool:
        try:
            claim_code(any_context, ann, f"LANTERN-{number}")
        except LimitReached:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(claim, range(22, 29)))
    assert sum(results) == 5


def test_list_is_the_referrers_own_newest_first_and_pages(any_context: Context) -> None:
    ann, eve = join(any_context, "ann"), join(any_context, "eve")
    brought = []
    for number in range(5):
        brought.append(join(any_context, f"p{number}", code=ann.code).id)
        if number % 2:  # some sign up at the same instant
            move(any_context, 1)
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = list_referrals(any_context, owner(ann), after=after, limit=2)
        seen += [referral.referred for referral, _ in page.referrals]
        after = page.after
    assert after is None
    assert sorted(seen) == sorted(brought)
    times = [referral.signed_up_at for referral in all_of(any_context, ann)]
    assert times == sorted(times, reverse=True)
    assert all_of(any_context, eve) == []
    for cursor in (brought[0], "\x00", "nonsense", "f" * 32):
        with pytest.raises(Invalid) as refused:
            list_referrals(any_context, owner(eve), after=cursor)
        assert refused.value.field == "after"


def all_of(context: Context, referrer: Account) -> list[Referral]:
    page = list_referrals(context, owner(referrer), limit=100)
    return [referral for referral, _ in page.referrals]


def test_summary_counts_touches_states_and_conversions_that_stood(any_context: Context) -> None:
    ann, eve = join(any_context, "ann"), join(any_context, "eve")
    _, key = add_site(any_context, ann.id)
    for code in (ann.code, ann.code, key):
        touch(any_context, code)
    people = [join(any_context, f"p{number}", code=ann.code) for number in range(4)]
    with any_context.database.transaction() as session:
        for person in people[:3]:
            activate(session, person.id, NOON)
        for person in people[:2]:
            convert(session, person.id, NOON)
        churn(session, people[1].id, Instant(NOON + DAY))
    summary = referral_summary(any_context, owner(ann))
    assert summary.touches == 3
    assert summary.states == {
        ReferralState.PENDING: 1,
        ReferralState.ACTIVATED: 1,
        ReferralState.CONVERTED: 2,  # the end of one comes tomorrow
        ReferralState.CHURNED: 0,
        ReferralState.EXPIRED: 0,
    }
    assert summary.progress.converted == 0
    move(any_context, 30)
    summary = referral_summary(any_context, owner(ann))
    assert summary.states[ReferralState.CHURNED] == 1
    assert (summary.progress.converted, summary.progress.reached) == (1, (1,))
    assert referral_summary(any_context, owner(eve)).touches == 0


def test_touch_through_a_site_names_the_site_and_the_shown_code(any_context: Context) -> None:
    ann = join(any_context, "ann")
    site, key = add_site(any_context, ann.id)
    claim_code(any_context, owner(ann), "LANTERN")
    assert touch(any_context, key) == Touch(code="LANTERN", at=NOON)
    with any_context.database.reading() as session:
        row = session.exec(select(TouchRow)).one()
        assert (row.site, row.code, row.account) == (site, "LANTERN", ann.id)
