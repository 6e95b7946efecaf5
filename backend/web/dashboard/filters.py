"""What an owner looks at: which of their sites, and which days. It stands in every link."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

from backend.actions import sites
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.instants import date_of, day_of
from backend.domain.periods import DEFAULT, PRESETS, Period, month_of, previous, read_period
from backend.domain.sites import Site
from generator.render.environment import format_short_day

SITES_OFFERED = 100
_PRESET_WORDS = {
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "365d": "Last 365 days",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the values that a filter offers."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is looked at. `site` is None for all of them; `kept` is what else a page's links carry.

    A page that is about no site has neither `site` nor `sites`, and offers none.
    """

    path: str
    period: Period
    before: Period
    site: Site | None
    sites: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def site_id(self) -> str | None:
        return self.site.id if self.site else None

    @property
    def words(self) -> str:
        """The period as a page says it: `1 Nov 2026 to 15 Nov 2026`."""
        first, last = date_of(self.period.first), date_of(self.period.last)
        if first == last:
            return format_short_day(first)
        return f"{format_short_day(first)} to {format_short_day(last)}"

    def link(self, path: str = "", **values: str) -> str:
        """Return the address of a page (this one, unless named) that looks at the same."""
        own = {"site": self.site_id or "", "period": self.period.key}
        chosen = own | dict(self.kept) | values
        if chosen["period"] == DEFAULT:
            chosen["period"] = ""
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"{path or self.path}?{query}" if query else path or self.path


def read_filter(request: Request, actor: Actor) -> Filter:
    """Return what the request's query asks for.

    Raises Invalid for a period that cannot be, NotFound for a site that is not the actor's own.
    """
    context: Context = request.app.state.context
    today = day_of(context.clock.now())
    period = read_period(request.query_params.get("period", "")[:40], today)
    wanted = request.query_params.get("site", "")[:32]
    site = sites.get_site(context, actor, wanted) if wanted else None
    known = sites.list_sites(context, actor, limit=SITES_OFFERED).sites
    months = {
        month_of(today): "This month",
        previous(read_period(month_of(today), today)).key: "Last month",
    }
    words = _PRESET_WORDS | months
    if period.key not in words:
        words |= {period.key: period.key.replace("..", " to ")}
    return Filter(
        path=request.scope["path"],
        period=period,
        before=previous(period),
        site=site,
        sites=tuple(
            Choice(value=each.id, words=each.title, is_chosen=each.id == wanted) for each in known
        ),
        periods=tuple(
            Choice(value=key, words=said, is_chosen=key == period.key)
            for key, said in words.items()
        ),
    )


assert set(_PRESET_WORDS) == set(PRESETS)  # noqa: S101  a word for each
