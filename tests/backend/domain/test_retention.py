"""How long what is kept, in the numbers of the rules."""

from __future__ import annotations

from backend.domain.instants import HOUR, MINUTE, Day, Instant, start_of
from backend.domain.retention import (
    ANSWERS_KEPT,
    first_event_day,
    first_open_day,
    first_salt_day,
    first_share_at,
)

TODAY = Day(20_700)
NOW = Instant(start_of(TODAY) + 12 * HOUR)


def test_events_a_year_shares_six_months_answers_two_days() -> None:
    assert first_event_day(NOW) == TODAY - 365
    assert first_share_at(NOW) == start_of(Day(TODAY - 183))
    assert ANSWERS_KEPT == 48 * HOUR


def test_a_salt_lives_for_its_day_and_the_next() -> None:
    assert first_salt_day(start_of(TODAY)) == TODAY - 1
    assert first_salt_day(Instant(start_of(TODAY) - 1)) == TODAY - 2


def test_a_day_stays_open_ten_minutes_longer() -> None:
    midnight = start_of(TODAY)
    assert first_open_day(Instant(midnight + 10 * MINUTE - 1)) == TODAY - 1
    assert first_open_day(Instant(midnight + 10 * MINUTE)) == TODAY
