"""`/api/v1/sites/{site}/…`: score, days and shares of one's own sites."""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import Meta

from backend.actions import statistics
from backend.actions.usage import get_usage
from backend.domain.actors import Scope
from backend.domain.instants import Day, date_of, day_of, from_datetime, to_text
from backend.domain.statistics import Share, SiteDay
from backend.domain.tiers import TERMS
from backend.web.api.fields import Page, PageQuery, Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output


class StretchQuery(Input, frozen=True):
    """UTC days, both included; without them the last 30."""

    first: datetime.date | None = None
    last: datetime.date | None = None


class DayAnswer(Output, frozen=True):
    """One UTC day; `visitors` are counted every ten minutes; null where nobody knows."""

    date: datetime.date
    views: int
    visitors: int | None
    engagements: int
    engaged_seconds: int
    shares: int
    counted_shares: int
    referral_clicks: int
    likes: int
    comments: int
    conversions: int
    copies: int
    powered_clicks: int


class DaysAnswer(Output, frozen=True):
    """The days that saw anything, in their order."""

    days: list[DayAnswer]


class ScoreAnswer(Output, frozen=True):
    """A site's score, as text with two decimals, and what it is made of."""

    score: Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]{2}$")]
    as_of: Time
    views: int
    likes: int
    comments: int
    counted_shares: int
    featured_until: Time | None


class ShareAnswer(Output, frozen=True):
    """One share. `proved_at` is when somebody first arrived through it; no part of the score."""

    id: str
    platform: str
    page: str
    at: Time
    is_counted: bool
    clicks: int
    proved_at: Time | None


class UsageAnswer(Output, frozen=True):
    """What your tier holds and what you used; null means no limit. Views are of this month."""

    tier: str
    sites: int
    sites_allowed: int | None
    views: int
    views_allowed: int | None


class LevelAnswer(Output, frozen=True):
    """Your boost level by counted shares of all your sites; shown, and in no score."""

    shares: int
    level: str
    coefficient: Annotated[str, Meta(pattern=r"^[0-9]\.[0-9]$")]


def list_days(call: Call) -> DaysAnswer:
    found = statistics.list_days(
        call.context,
        call.owner,
        call.path["site"],
        first=_day(call.query.first),
        last=_day(call.query.last),
    )
    return DaysAnswer(days=[_day_answer(day) for day in found])


def read_score(call: Call) -> ScoreAnswer:
    standing = statistics.get_standing(call.context, call.owner, call.path["site"])
    return ScoreAnswer(
        score=f"{standing.score // 100}.{standing.score % 100:02d}",
        as_of=to_text(standing.as_of),
        views=standing.views,
        likes=standing.likes,
        comments=standing.comments,
        counted_shares=standing.shares,
        featured_until=time_of(standing.featured_until),
    )


def list_shares(call: Call) -> Page[ShareAnswer]:
    page = statistics.list_shares(
        call.context,
        call.owner,
        call.path["site"],
        after=call.query.after,
        limit=call.query.limit,
    )
    return Page(items=[_share_answer(share) for share in page.shares], next=page.after)


def read_share(call: Call) -> ShareAnswer:
    share = statistics.get_share(call.context, call.owner, call.path["site"], call.path["share"])
    return _share_answer(share)


def read_level(call: Call) -> LevelAnswer:
    found = statistics.get_level(call.context, call.owner)
    coefficient = f"{found.coefficient_hundredths / 100:.2f}".removesuffix("0")
    return LevelAnswer(shares=found.shares, level=found.level, coefficient=coefficient)


def read_usage(call: Call) -> UsageAnswer:
    used = get_usage(call.context, call.owner)
    return UsageAnswer(
        tier=used.tier,
        sites=used.sites,
        sites_allowed=TERMS[used.tier].sites,
        views=used.views,
        views_allowed=used.views_allowed,
    )


def _day(date: datetime.date | None) -> Day | None:
    if date is None:
        return None
    return day_of(from_datetime(datetime.datetime.combine(date, datetime.time(), datetime.UTC)))


def _day_answer(day: SiteDay) -> DayAnswer:
    tally = day.tally
    return DayAnswer(
        date=date_of(day.day),
        views=tally.views,
        visitors=day.visitors,
        engagements=tally.engagements,
        engaged_seconds=tally.engaged_seconds,
        shares=tally.shares,
        counted_shares=tally.counted_shares,
        referral_clicks=tally.referral_clicks,
        likes=tally.likes,
        comments=tally.comments,
        conversions=tally.conversions,
        copies=tally.copies,
        powered_clicks=tally.powered_clicks,
    )


def _share_answer(share: Share) -> ShareAnswer:
    return ShareAnswer(
        id=share.id,
        platform=share.platform,
        page=share.page,
        at=to_text(share.at),
        is_counted=share.is_counted,
        clicks=share.clicks,
        proved_at=time_of(share.proved_at),
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/sites/{site}/days",
        name="list_days",
        summary="What each day of a site adds up to",
        tag="statistics",
        run=list_days,
        scope=Scope.STATS_READ,
        query=StretchQuery,
        result=DaysAnswer,
    ),
    Operation(
        method="GET",
        path="/sites/{site}/score",
        name="read_score",
        summary="A site's score and what it is made of",
        tag="statistics",
        run=read_score,
        scope=Scope.STATS_READ,
        result=ScoreAnswer,
    ),
    Operation(
        method="GET",
        path="/sites/{site}/shares",
        name="list_shares",
        summary="A site's shares, the newest first",
        tag="statistics",
        run=list_shares,
        scope=Scope.STATS_READ,
        query=PageQuery,
        result=Page[ShareAnswer],
    ),
    Operation(
        method="GET",
        path="/sites/{site}/shares/{share}",
        name="read_share",
        summary="One share of a site",
        tag="statistics",
        run=read_share,
        scope=Scope.STATS_READ,
        result=ShareAnswer,
    ),
    Operation(
        method="GET",
        path="/level",
        name="read_level",
        summary="Your boost level",
        tag="statistics",
        run=read_level,
        scope=Scope.STATS_READ,
        result=LevelAnswer,
    ),
    Operation(
        method="GET",
        path="/usage",
        name="read_usage",
        summary="What your tier holds, and what you used of it",
        tag="statistics",
        run=read_usage,
        scope=Scope.STATS_READ,
        result=UsageAnswer,
    ),
)
