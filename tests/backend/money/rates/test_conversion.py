"""Converting money: exact, rounded once, at the rate of its day."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.exchange import (
    MAX_AGE_DAYS,
    CrossRate,
    Rate,
    Rates,
    choose_rates,
    convert,
    convert_at,
    make_rate,
    read_ratio,
)
from backend.domain.instants import Day
from backend.domain.money import CURRENCIES, LARGEST
from backend.errors import Invalid, RateMissing

TODAY = Day(20_778)  # 2026-11-21, a Saturday
FRIDAY = Day(TODAY - 1)


def rate(currency: str, per_euro: str, day: Day = TODAY, provider: str = "ecb") -> Rate:
    return make_rate(currency=currency, day=day, per_euro=per_euro, provider=provider)


RATES = choose_rates(
    TODAY,
    [
        rate("USD", "1.0723"),
        rate("JPY", "157.30"),
        rate("KWD", "0.3302"),
        rate("GBP", "0.8", FRIDAY),
    ],
)


@pytest.mark.parametrize(
    ("amount", "source", "target", "converted", "text"),
    [
        (10_000, "EUR", "USD", 10_723, "1.0723"),
        (10_723, "USD", "EUR", 10_000, "1/1.0723"),
        (5_000, "USD", "JPY", 7_335, "157.3/1.0723"),  # 50 dollars are 7 334.70 yen
        (1_500, "JPY", "USD", 1_023, "1.0723/157.3"),
        (1_000, "EUR", "KWD", 3_302, "0.3302"),  # 10 euros are 3.302 dinars
        (3_302, "KWD", "EUR", 1_000, "1/0.3302"),
        (-10_000, "EUR", "USD", -10_723, "1.0723"),
        (1, "JPY", "EUR", 1, "1/157.3"),  # 0.64 cents
        (0, "USD", "JPY", 0, "157.3/1.0723"),
        (77, "USD", "USD", 77, "1"),
    ],
)
def test_amount_is_converted_by_way_of_the_euro_and_rounded_once(
    amount: int, source: str, target: str, converted: int, text: str
) -> None:
    found = convert(amount, source, target, RATES)
    assert (found.amount, found.rate.text) == (converted, text)


@pytest.mark.parametrize(("cents", "pounds"), [(50, 0), (150, 2), (250, 2), (350, 4), (-150, -2)])
def test_half_a_unit_goes_to_the_even_one(cents: int, pounds: int) -> None:
    """A hundredth of a pound for a cent: 50 cents are half a penny."""
    rates = choose_rates(TODAY, [rate("GBP", "0.01")])
    found = convert(cents, "EUR", "GBP", rates)
    assert (found.amount, abs(found.remainder)) == (pounds, Fraction(1, 2))


def test_rate_says_its_day_and_its_sources() -> None:
    manual = rate("KES", "138.5", FRIDAY, "manual")
    rates = choose_rates(TODAY, [rate("USD", "1.0723"), manual])
    found = rates.between("USD", "KES")
    assert (found.day, found.providers) == (FRIDAY, ("ecb", "manual"))
    assert rates.between("EUR", "USD").providers == ("ecb",)


currencies = st.sampled_from(sorted(CURRENCIES))
ratios = st.decimals("0.0001", "30000", places=6).map(str)


@given(
    amount=st.integers(-(10**12), 10**12), source=currencies, target=currencies,
    above=ratios, below=ratios,
)  # fmt: skip
def test_conversion_is_off_by_half_a_unit_at_most_and_says_by_how_much(
    amount: int, source: str, target: str, above: str, below: str
) -> None:
    cross = CrossRate(
        source=source, target=target, text=f"{above}/{below}", day=TODAY, providers=("ecb",)
    )
    scale = Fraction(10 ** CURRENCIES[target], 10 ** CURRENCIES[source])
    exact = amount * Fraction(above) / Fraction(below) * scale
    if abs(exact) > LARGEST:
        with pytest.raises(Invalid):
            convert_at(amount, cross)
        return
    found = convert_at(amount, cross)
    assert found.amount + found.remainder == exact
    assert abs(found.remainder) <= Fraction(1, 2)
    assert abs(found.remainder) < Fraction(1, 2) or found.amount % 2 == 0


@given(amount=st.integers(0, 10**10), target=st.sampled_from(["USD", "JPY", "KWD", "GBP"]))
def test_round_trip_loses_at_most_what_rounding_may_take(amount: int, target: str) -> None:
    there = convert(amount, "EUR", target, RATES)
    back = convert(there.amount, target, "EUR", RATES)
    one_unit = Fraction(10 ** CURRENCIES["EUR"], 10 ** CURRENCIES[target])
    worth = one_unit / there.rate.fraction  # of a unit of the target, in cents
    assert abs(back.amount - amount) <= worth / 2 + Fraction(1, 2)


@given(first=st.integers(0, 10**9), second=st.integers(0, 10**9))
def test_more_money_is_never_worth_less(first: int, second: int) -> None:
    less, more = sorted((first, second))
    assert convert(less, "USD", "JPY", RATES).amount <= convert(more, "USD", "JPY", RATES).amount


def test_weekend_has_the_rate_of_the_friday_before() -> None:
    found = choose_rates(TODAY, [rate("USD", "1.08", FRIDAY)]).between("EUR", "USD")
    assert (found.text, found.day) == ("1.08", FRIDAY)


def test_rate_is_good_for_seven_days_and_then_there_is_none() -> None:
    assert MAX_AGE_DAYS == 7
    old = rate("USD", "1.08", Day(TODAY - 7))
    assert choose_rates(TODAY, [old]).between("EUR", "USD").text == "1.08"
    with pytest.raises(RateMissing) as refused:
        choose_rates(Day(TODAY + 1), [old]).between("EUR", "USD")
    assert refused.value.message == "There is no rate of USD for 2026-11-22 or the 7 days before."
    assert refused.value.code == "rate_missing"


def test_rate_of_a_later_day_is_never_used() -> None:
    with pytest.raises(RateMissing):
        convert(100, "USD", "EUR", choose_rates(FRIDAY, [rate("USD", "1.08", TODAY)]))


def test_newest_day_wins_and_of_one_day_the_last() -> None:
    given_rates = [rate("USD", "1.1"), rate("USD", "1.2", FRIDAY), rate("USD", "1.3", TODAY, "new")]
    assert choose_rates(TODAY, given_rates).between("EUR", "USD").text == "1.3"


def test_equal_rates_are_equal_texts() -> None:
    assert rate("USD", "1.0690") == rate("USD", "01.069")
    assert rate("USD", "2.000").per_euro == "2"
    assert rate("usd", "100").per_euro == "100"


@pytest.mark.parametrize(
    "text", ["0", "0.000", "-1", "1e5", "", " 1", "1,5", "1.", ".5", "NaN", "1" * 10, "٣", "1/2"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        rate("USD", text)
    assert refused.value.field == "per_euro"


@pytest.mark.parametrize(
    ("currency", "provider", "field"),
    [("EUR", "ecb", "currency"), ("XXX", "ecb", "currency"), ("USD", "E C B", "provider")],
)
def test_rate_of_nothing_that_is_known_is_refused(currency: str, provider: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rate(currency, "1.1", provider=provider)
    assert refused.value.field == field


def test_amount_beyond_what_is_kept_exactly_is_refused() -> None:
    with pytest.raises(Invalid):
        convert(LARGEST, "EUR", "JPY", Rates(day=TODAY, by_currency={"JPY": rate("JPY", "200")}))


def test_text_of_a_rate_is_read_back() -> None:
    assert read_ratio("157.3/1.0723") == Fraction(1_573_000, 10_723)
    for text in ("", "/", "1/0", "1/2/3", "a", "1/", "1.2.3"):
        with pytest.raises(Invalid):
            read_ratio(text)
