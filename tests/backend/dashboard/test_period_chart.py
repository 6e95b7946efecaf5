"""A number over a period: each day, or each week of a long one, beside the period before."""

from __future__ import annotations

from backend.domain.instants import day_of
from backend.domain.periods import previous, read_period
from backend.web.dashboard.period_chart import DAYS_DRAWN, draw_period, fold, spread
from tests.support.service import NOON

TODAY = day_of(NOON)


def test_up_to_92_days_are_drawn_each_and_longer_periods_by_the_week() -> None:
    assert DAYS_DRAWN == 92
    assert len(fold([1] * 92)) == 92
    assert fold([1] * 93) == (2,) + (7,) * 13
    year = read_period("365d", TODAY)
    weeks = fold(spread({TODAY: 2, year.first: 1}, year))
    assert (len(weeks), weeks[0], weeks[-1], sum(number or 0 for number in weeks)) == (53, 1, 2, 3)


def test_a_week_is_what_is_known_of_it_and_of_a_level_its_last_day() -> None:
    values = [None, 1, 2, None, None, None, None, *[None] * 7, *[5] * 84]
    assert fold(values)[:3] == (3, None, 35)
    assert fold(values, is_sum=False)[:3] == (2, None, 5)


def test_rows_and_chart_say_the_same_beside_the_period_before() -> None:
    month = read_period("2026-09", TODAY)  # four days of it are over or open
    before = previous(month)  # the 31 days of August
    made = draw_period(
        "Views",
        month.first,
        spread({month.last: 9}, month),
        spread({before.first: 4}, before),
        name="views",
        key="views",
    )
    assert made.title == "Views a day"
    assert [column.key for column in made.table.columns] == ["day", "views", "before"]
    assert made.table.rows == (
        ("1 Sep 2026", 0, 4), ("2 Sep 2026", 0, 0), ("3 Sep 2026", 0, 0), ("4 Sep 2026", 9, 0),
    )  # fmt: skip
    assert made.chart is not None
    assert [series.values for series in made.chart.series] == [(0, 0, 0, 9), (4, 0, 0, 0)]


def test_a_shorter_period_before_is_drawn_as_far_as_it_goes() -> None:
    march, february = read_period("2026-03", TODAY), read_period("2026-02", TODAY)
    made = draw_period(
        "Views", march.first, [1] * march.days, [2] * february.days, name="v", key="v"
    )
    assert [row[2] for row in made.table.rows[-4:]] == [2, None, None, None]


def test_a_week_that_is_not_whole_is_in_the_table_alone() -> None:
    made = draw_period("Views", TODAY, [1] * 100, [2] * 100, name="v", key="v")
    assert made.title == "Views a week"
    assert made.table.columns[0].words == "Week from"
    assert [row[0] for row in made.table.rows[:3]] == ["4 Sep 2026", "6 Sep 2026", "13 Sep 2026"]
    assert [row[1:] for row in made.table.rows[:2]] == [(2, 4), (7, 14)]
    assert made.chart is not None
    assert [series.values[:2] for series in made.chart.series] == [(None, 7), (None, 14)]
    whole = draw_period("Views", TODAY, [1] * 98, [2] * 98, name="v", key="v")
    assert whole.chart is not None
    assert whole.chart.series[0].values == (7,) * 14


def test_scores_are_points_of_their_hundredths_and_no_sums() -> None:
    made = draw_period(
        "Score", TODAY, [150, None], [5, 123_456], name="scores", key="score", is_sum=False,
        is_hundredths=True,
    )  # fmt: skip
    assert made.title == "Score"
    assert [row[1:] for row in made.table.rows] == [("1.50", "0.05"), (None, "1,234.56")]
    assert made.chart is not None
    assert made.chart.series[0].values == (1.5, None)
    assert [made.chart.show(points) for points in (1.5, 1_234.0)] == ["1.50", "1,234"]
