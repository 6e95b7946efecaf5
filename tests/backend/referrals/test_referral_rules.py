"""The rules of referrals, with their numbers: codes, windows, states, milestones."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.instants import DAY, Instant
from backend.domain.referrals import (
    MILESTONES,
    PENDING_LIFETIME,
    TOUCH_WINDOW,
    Basis,
    Claim,
    Referral,
    ReferralState,
    choose_claim,
    has_survived,
    k_factor,
    milestone_progress,
    read_custom_code,
    state_of,
)
from backend.errors import Invalid
from backend.ids import CODE_ALPHABET, SeededIds, new_referral_code
from tests.support.service import NOON


def later(days: float) -> Instant:
    return Instant(NOON + int(days * DAY))


def make_claim(
    code: str = "LANTERN", *, basis: Basis = Basis.CLICK, days_ago: float = 1, **values: object
) -> Claim:
    known = {
        "referrer": f"account of {code}",
        "email_key": f"{code}@people.example",
        "joined_at": later(-1_000),
    }
    return Claim(code=code, basis=basis, at=later(-days_ago), **(known | values))  # type: ignore[arg-type]  # named above


def choose(*claims: Claim) -> str | None:
    found = choose_claim(
        claims, account="newcomer", email_key="new@people.example", signed_up_at=NOON
    )
    return None if found is None else found.code


def make_referral(
    *,
    activated: float | None = None,
    converted: float | None = None,
    churned: float | None = None,
) -> Referral:
    """Return a referral that signed up at noon; what followed is in days after that."""
    return Referral(
        tenant="default",
        referred="newcomer",
        referrer="ann",
        code="LANTERN",
        basis=Basis.CLICK,
        touched_at=NOON,
        signed_up_at=NOON,
        activated_at=None if activated is None else later(activated),
        converted_at=None if converted is None else later(converted),
        churned_at=None if churned is None else later(churned),
    )


def test_codes_from_sign_up_are_short_and_hold_nothing_that_looks_like_something_else() -> None:
    ids = SeededIds(1)
    codes = [new_referral_code(ids) for _ in range(500)]
    assert {len(code) for code in codes} == {8}
    assert len(set(codes)) == 500
    # An earlier implementation used Base64 and made codes like `b/PV/ORD`.
    assert set("".join(codes)) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert not set("01OILU") & set(CODE_ALPHABET)


@pytest.mark.parametrize("code", ["LANTERN", "lantern", " ann-2345 ", "A2B3", "X" * 24])
def test_custom_code_has_4_to_24_letters_digits_and_hyphens(code: str) -> None:
    assert read_custom_code(code) == code.strip().upper()


@pytest.mark.parametrize(
    "code",
    [
        "", "ABC", "X" * 25, "ANN-2010", "AB CD", "ÄNNE", "ANN_2", "-ANN", "ANN-", "A--B", "A/B+C",
        "<B>BOLD", "AN\nNE", "admin", "SIGN-UP", "foursite", "ıııı",
    ],
)  # fmt: skip
def test_code_that_is_malformed_or_reserved_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_custom_code(code)
    assert refused.value.field == "code"


def test_click_counts_for_30_days_and_not_a_moment_longer() -> None:
    assert TOUCH_WINDOW == 30 * DAY
    assert choose(make_claim(days_ago=30)) == "LANTERN"
    late = make_claim(days_ago=30)
    late = Claim(**{name: getattr(late, name) for name in Claim.__slots__} | {"at": late.at - 1})
    assert choose(late) is None
    assert choose(make_claim(days_ago=-1)) is None


def test_last_click_wins_and_a_typed_code_beats_it() -> None:
    first, last = make_claim("FIRST", days_ago=9), make_claim("LAST", days_ago=2)
    typed = make_claim("TYPED", basis=Basis.TYPED, days_ago=20)
    for order in permutations([first, last]):
        assert choose(*order) == "LAST"
    for order in permutations([first, last, typed]):
        assert choose(*order) == "TYPED"


def test_nobody_refers_themselves() -> None:
    assert choose(make_claim(referrer="newcomer")) is None
    assert choose(make_claim(email_key="new@people.example")) is None
    # What remains of the claims still counts.
    own = make_claim("OWN", basis=Basis.TYPED, referrer="newcomer")
    assert choose(own, make_claim("OTHER")) == "OTHER"


def test_referrer_signed_up_before_the_referred() -> None:
    assert choose(make_claim(joined_at=later(1))) is None
    assert choose(make_claim(joined_at=later(0))) == "LANTERN"


claims = st.lists(
    st.builds(
        make_claim,
        st.sampled_from(["ANN22", "BEN33", "CID44", "DAN55"]),
        basis=st.sampled_from(Basis),
        days_ago=st.integers(-5, 40),
        referrer=st.sampled_from(["ann", "ben", "newcomer"]),
        joined_at=st.integers(-50, 10).map(later),
    ),
    max_size=5,
)


@given(claims, st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_attribution_does_not_depend_on_the_order_of_processing(
    found: list[Claim], random: object
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random
    assert choose(*found) == choose(*shuffled)


def test_referral_goes_from_pending_to_churned() -> None:
    referral = make_referral(activated=10, converted=40, churned=200)
    at = [state_of(referral, later(days)) for days in (0, 9.9, 10, 39.9, 40, 199.9, 200, 5_000)]
    assert [state.value for state in at] == [
        "pending", "pending", "activated", "activated", "converted", "converted", "churned",
        "churned",
    ]  # fmt: skip


def test_pending_referral_expires_after_90_days_for_good() -> None:
    assert PENDING_LIFETIME == 90 * DAY
    assert state_of(make_referral(), later(89.99)) is ReferralState.PENDING
    assert state_of(make_referral(), later(90)) is ReferralState.EXPIRED
    late = make_referral(activated=90, converted=91)
    assert state_of(late, later(100)) is ReferralState.EXPIRED
    assert state_of(make_referral(activated=89.9), later(5_000)) is ReferralState.ACTIVATED


STEPS = st.one_of(st.none(), st.floats(0, 200))
ORDER = ["pending", "activated", "converted", "churned"]


@given(STEPS, STEPS, STEPS, st.lists(st.floats(0, 400), min_size=2, max_size=6))
@settings(max_examples=200)
def test_state_never_goes_backwards(
    activated: float | None, converted: float | None, churned: float | None, days: list[float]
) -> None:
    referral = make_referral(activated=activated, converted=converted, churned=churned)
    states = [state_of(referral, later(day)).value for day in sorted(days)]
    for before, after in pairwise(states):
        if after == "expired":
            assert before in {"pending", "expired"}
        else:
            assert before != "expired"
            assert ORDER.index(before) <= ORDER.index(after)


def test_conversion_counts_for_milestones_once_it_stood_for_30_days() -> None:
    referral = make_referral(activated=1, converted=5)
    assert not has_survived(referral, later(34.9))
    assert has_survived(referral, later(35))
    assert not has_survived(make_referral(activated=1), later(500))
    assert not has_survived(make_referral(activated=1, converted=5, churned=34.9), later(500))
    assert has_survived(make_referral(activated=1, converted=5, churned=35.1), later(500))
    assert not has_survived(make_referral(activated=95, converted=96), later(500))


def test_milestones_are_at_1_10_50_100_and_500_conversions() -> None:
    assert MILESTONES == (1, 10, 50, 100, 500)
    reached = {count: milestone_progress(count) for count in (0, 1, 9, 10, 49, 50, 99, 500, 9_999)}
    assert {count: len(progress.reached) for count, progress in reached.items()} == {
        0: 0, 1: 1, 9: 1, 10: 2, 49: 2, 50: 3, 99: 3, 500: 5, 9_999: 5,
    }  # fmt: skip
    assert (reached[9].next, reached[9].missing) == (10, 1)
    assert (reached[500].next, reached[500].missing) == (None, 0)


def test_k_factor_is_an_exact_fraction() -> None:
    assert k_factor(sign_ups=1, active=3) == Fraction(1, 3)
    assert k_factor(sign_ups=0, active=3) == 0
    assert k_factor(sign_ups=4, active=0) is None
