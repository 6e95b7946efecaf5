"""The charts of an audience, each with the table that says the same."""

from __future__ import annotations

from dataclasses import replace

from backend.actions.audience import ScoreHistory
from backend.domain.audience import Audience, PlatformShares
from backend.web.dashboard.audience_tables import change_percent, write_change
from backend.web.dashboard.audience_words import name_platform, write_ratio
from backend.web.dashboard.panels import Panel
from backend.web.dashboard.period_chart import draw_period
from backend.web.dashboard.tables import Column, Table, Value
from generator.render.charts import Chart, Series

_STAGES = (
    ("views", "Views"),
    ("shares", "Shares"),
    ("clicks", "Clicks on shares and links"),
    ("sign_ups", "Sign-ups"),
    ("activated", "Published a site"),
    ("converted", "Paid for the first time"),
)


def draw_visitors(found: Audience) -> Panel:
    """Return the visitors of each day beside those of the period before."""
    now = [day.visitors for day in found.days]
    before = [day.visitors for day in found.days_before]
    first = found.days[0].day
    return draw_period("Visitors", first, now, before, name="visitors", key="visitors")


def draw_scores(history: ScoreHistory) -> Panel:
    """Return the score at each day's end beside the period before."""
    note = "at each day's end"
    if history.has_more:
        note += f", of the {history.sites} with the highest scores"
    made = draw_period(
        "Score" if history.sites == 1 else "Scores added up",
        history.first,
        history.scores,
        history.before,
        name="scores",
        key="score",
        is_sum=False,
        is_hundredths=True,
    )
    has_any = any(history.scores) or any(history.before)
    return replace(
        made,
        table=made.table if has_any else replace(made.table, rows=()),
        chart=made.chart if has_any else None,
        note=note,
        empty="A score begins with the first view.",
    )


def draw_platforms(found: Audience) -> Panel:
    """Return the shares on each platform, with what came of them."""
    before = {one.platform: one for one in found.platforms_before}
    now = {one.platform: one for one in found.platforms}
    names = list(now) + [name for name in before if name not in now]
    pairs = [(now.get(name) or _none(name), before.get(name) or _none(name)) for name in names]
    made = [pair for pair in pairs if pair[0].shares or pair[1].shares]
    chart = Chart(
        title="Shares by platform",
        labels=tuple(name_platform(one.platform) for one, _then in made),
        series=(
            Series(name="This period", values=tuple(one.shares for one, _then in made)),
            Series(
                name="Before",
                values=tuple(then.shares for _one, then in made),
                is_previous=True,
            ),
        ),
        kind="bars",
    )
    return Panel(
        title=chart.title,
        table=Table(
            name="platforms",
            columns=_PLATFORM_COLUMNS,
            rows=tuple(_platform_row(*pair) for pair in pairs),
        ),
        chart=chart if made else None,
        note="a share is proved when somebody came through it",
        empty="Nobody shared a page in these days.",
    )


def draw_funnel(found: Audience) -> Panel:
    """Return how often each stage was reached."""
    now, before = found.funnel, found.funnel_before
    counts = [
        (words, int(getattr(now, name)), int(getattr(before, name))) for name, words in _STAGES
    ]
    return Panel(
        title="From a view to a customer",
        table=Table(
            name="funnel",
            columns=(
                Column(key="stage", words="Stage"),
                Column(key="count", words="Times", is_number=True),
                Column(key="before", words="Before", is_number=True),
                Column(key="change", words="Change", is_number=True),
            ),
            rows=tuple(
                (words, f"{count:,}", f"{then:,}", write_change(count, then))
                for words, count, then in counts
            ),
            raw=tuple(
                (words, count, then, change_percent(count, then)) for words, count, then in counts
            ),
        ),
        note="each counted on the day it was reached",
    )


_PLATFORM_COLUMNS = (
    Column(key="platform", words="Platform"),
    Column(key="shares", words="Shares", is_number=True),
    Column(key="before", words="Before", is_number=True),
    Column(key="counted", words="Count for the score", is_number=True),
    Column(key="clicks", words="Visits through them", is_number=True),
    Column(key="clicks_before", words="Visits before", is_number=True),
    Column(key="clicks_per_share", words="Visits a share", is_number=True),
    Column(key="clicks_per_share_before", words="A share before", is_number=True),
    Column(key="proved", words="Proved", is_number=True),
)


def _platform_row(one: PlatformShares, then: PlatformShares) -> tuple[Value, ...]:
    return (
        name_platform(one.platform),
        one.shares,
        then.shares,
        one.counted,
        one.clicks,
        then.clicks,
        write_ratio(one.clicks, one.shares) if one.shares else None,
        write_ratio(then.clicks, then.shares) if then.shares else None,
        one.proved,
    )


def _none(name: str) -> PlatformShares:
    return PlatformShares(platform=name)
