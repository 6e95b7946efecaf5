"""`/api/v1/audience/…`: where views and shares came from, the funnel and the k-factor."""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from backend.actions import audience
from backend.domain.actors import Scope
from backend.domain.audience import Funnel, NamedCount, PlatformShares, Virality
from backend.domain.instants import Day, date_of, day_of
from backend.domain.periods import LONGEST_DAYS, Period, previous
from backend.domain.sources import REST, SourceKind
from backend.web.api.fields import Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output

_NAMES = 50
_DAYS = 30
_EPOCH = datetime.date(1970, 1, 1)
SiteId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Ratio = Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]{4}$")]


class PeriodQuery(Input, frozen=True):
    """UTC days, both included; without them the last 30. At most three years, up to today."""

    first: datetime.date | UnsetType = UNSET
    last: datetime.date | UnsetType = UNSET


class AudienceQuery(PeriodQuery, frozen=True):
    """Days, of one own site or all of them."""

    site: SiteId | UnsetType = UNSET


class StretchAnswer(Output, frozen=True):
    """UTC days, both included."""

    first: datetime.date
    last: datetime.date


class NameAnswer(Output, frozen=True):
    """A name with its views; `name` is null for what is not known."""

    name: str | None
    views: int
    before: int


class NamesAnswer(Output, frozen=True):
    """The fifty most frequent names, and what all others add up to."""

    names: list[NameAnswer]
    others: int
    others_before: int


class PlatformAnswer(Output, frozen=True):
    """Shares made in the period, those that count, and the clicks that came in it.

    `proved` shares had their first click in it. `platform` is null for clicks on older shares.
    """

    platform: str | None
    shares: int
    counted: int
    clicks: int
    proved: int


class SourcesAnswer(Output, frozen=True):
    """Where views and shares came from; `before` is the period before. `as_of` is when the open
    day was last counted.
    """

    period: StretchAnswer
    before: StretchAnswer
    referrers: NamesAnswer
    countries: NamesAnswer
    devices: NamesAnswer
    pages: NamesAnswer
    platforms: list[PlatformAnswer]
    platforms_before: list[PlatformAnswer]
    as_of: Time | None


class StagesAnswer(Output, frozen=True):
    """How often each stage was reached, by when it was."""

    views: int
    shares: int
    clicks: int
    sign_ups: int
    activated: int
    converted: int


class FunnelAnswer(Output, frozen=True):
    """The stages in a period and in the one before."""

    period: StretchAnswer
    before: StretchAnswer
    now: StagesAnswer
    then: StagesAnswer


class KFactorAnswer(Output, frozen=True):
    """Sign-ups by active people of you and everybody below you; null while nobody was active."""

    k_factor: Ratio | None
    sign_ups: int
    active: int
    k_factor_before: Ratio | None
    period: StretchAnswer
    before: StretchAnswer


def read_sources(call: Call) -> SourcesAnswer:
    period = _period(call)
    found = audience.read_audience(call.context, call.owner, _site(call), period, names=_NAMES)
    return SourcesAnswer(
        period=_stretch(period),
        before=_stretch(previous(period)),
        referrers=_names(found.names[SourceKind.REFERRER]),
        countries=_names(found.names[SourceKind.COUNTRY]),
        devices=_names(found.names[SourceKind.DEVICE]),
        pages=_names(found.names[SourceKind.PAGE]),
        platforms=[_platform(one) for one in found.platforms],
        platforms_before=[_platform(one) for one in found.platforms_before],
        as_of=time_of(found.as_of),
    )


def read_funnel(call: Call) -> FunnelAnswer:
    period, site = _period(call), _site(call)
    before = previous(period)
    return FunnelAnswer(
        period=_stretch(period),
        before=_stretch(before),
        now=_stages(audience.read_funnel(call.context, call.owner, site, period)),
        then=_stages(audience.read_funnel(call.context, call.owner, site, before)),
    )


def read_k_factor(call: Call) -> KFactorAnswer:
    period = _period(call)
    before = previous(period)
    now = audience.read_virality(call.context, call.owner, period)
    then = audience.read_virality(call.context, call.owner, before)
    return KFactorAnswer(
        k_factor=_ratio(now),
        sign_ups=now.sign_ups,
        active=now.active,
        k_factor_before=_ratio(then),
        period=_stretch(period),
        before=_stretch(before),
    )


def _period(call: Call) -> Period:
    today = day_of(call.context.clock.now())
    last = today if call.query.last is UNSET else min(today, _day(call.query.last))
    first = last - _DAYS + 1 if call.query.first is UNSET else _day(call.query.first)
    first = max(min(first, last), last - LONGEST_DAYS + 1)
    return Period(key="", first=Day(first), last=Day(last))


def _site(call: Call) -> str | None:
    return None if call.query.site is UNSET else str(call.query.site)


def _day(date: datetime.date) -> int:
    return (date - _EPOCH).days


def _stretch(period: Period) -> StretchAnswer:
    return StretchAnswer(first=date_of(period.first), last=date_of(period.last))


def _names(counts: tuple[NamedCount, ...]) -> NamesAnswer:
    rest = next((one for one in counts if one.name == REST), None)
    return NamesAnswer(
        names=[
            NameAnswer(name=one.name or None, views=one.count, before=one.before)
            for one in counts
            if one.name != REST
        ],
        others=rest.count if rest else 0,
        others_before=rest.before if rest else 0,
    )


def _platform(one: PlatformShares) -> PlatformAnswer:
    return PlatformAnswer(
        platform=one.platform or None,
        shares=one.shares,
        counted=one.counted,
        clicks=one.clicks,
        proved=one.proved,
    )


def _stages(funnel: Funnel) -> StagesAnswer:
    return StagesAnswer(
        views=funnel.views,
        shares=funnel.shares,
        clicks=funnel.clicks,
        sign_ups=funnel.sign_ups,
        activated=funnel.activated,
        converted=funnel.converted,
    )


def _ratio(virality: Virality) -> str | None:
    """Return the k-factor with four decimals, rounded half up."""
    if virality.k_factor is None:
        return None
    parts = (20_000 * virality.sign_ups + virality.active) // (2 * virality.active)
    return f"{parts // 10_000}.{parts % 10_000:04d}"


OPERATIONS = (
    Operation(
        method="GET",
        path="/audience/sources",
        name="read_sources",
        summary="Where views and shares came from",
        tag="audience",
        run=read_sources,
        scope=Scope.STATS_READ,
        query=AudienceQuery,
        result=SourcesAnswer,
    ),
    Operation(
        method="GET",
        path="/audience/funnel",
        name="read_funnel",
        summary="From a view to a first payment, stage by stage",
        tag="audience",
        run=read_funnel,
        scope=Scope.STATS_READ,
        query=AudienceQuery,
        result=FunnelAnswer,
    ),
    Operation(
        method="GET",
        path="/audience/k-factor",
        name="read_k_factor",
        summary="Sign-ups by active people of you and everybody below you",
        tag="audience",
        run=read_k_factor,
        scope=Scope.STATS_READ,
        query=PeriodQuery,
        result=KFactorAnswer,
    ),
)
