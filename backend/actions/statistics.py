"""What an owner reads about a site: its score, its days, its shares."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.sites import get_own
from backend.domain.actors import Actor
from backend.domain.cursors import make_cursor, read_cursor
from backend.domain.instants import Day, day_of
from backend.domain.periods import Period
from backend.domain.scores import BoostLevel, boost_level
from backend.domain.standing import Standing
from backend.domain.statistics import DAYS_AT_ONCE, Share, SiteDay, fill_days
from backend.errors import NotFound
from backend.store import fraud, statistics
from backend.store.scores import read_own_standings

SHARES_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePage:
    """Some shares, the newest first; `after` is the cursor of the next page, None at the end."""

    shares: tuple[Share, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """An owner's boost level by the counted shares of all their sites; it enters no score.

    `coefficient_hundredths` 150 means 1.5. While a case of high severity is open, it is a tenth of
    what the level gives: `is_reduced`.
    """

    shares: int
    level: BoostLevel
    coefficient_hundredths: int
    is_reduced: bool = False


def get_standing(context: Context, actor: Actor, site: str) -> Standing:
    """Return where an own site stands. Raises NotFound."""
    with context.database.reading() as session:
        get_own(session, actor, site)
        return next(
            standing for standing in read_own_standings(session, actor) if standing.site == site
        )


def get_level(context: Context, actor: Actor) -> Level:
    """Return the actor's boost level."""
    with context.database.reading() as session:
        shares = sum(standing.shares for standing in read_own_standings(session, actor))
        is_reduced = fraud.has_open(session, actor.tenant, actor.account)
    level, tenths = boost_level(shares)
    return Level(
        shares=shares,
        level=level,
        coefficient_hundredths=tenths if is_reduced else tenths * 10,
        is_reduced=is_reduced,
    )


def list_days(
    context: Context, actor: Actor, site: str, *, first: Day | None, last: Day | None
) -> list[SiteDay]:
    """Return the days of an own site from `first` to `last`, both included, that saw anything; else
    those of the last 30.

    At most a year from `first` on. Raises NotFound.
    """
    end = day_of(context.clock.now()) if last is None else last
    begin = Day(end - 29) if first is None else first
    end = min(end, Day(begin + DAYS_AT_ONCE - 1))
    with context.database.reading() as session:
        get_own(session, actor, site)
        return statistics.sum_days(session, actor, site, first=begin, last=end)


def sum_days(context: Context, actor: Actor, site: str | None, period: Period) -> list[SiteDay]:
    """Return every day of a period, added up over one own site or over all; quiet days too.

    Raises NotFound.
    """
    with context.database.reading() as session:
        if site is not None:
            get_own(session, actor, site)
        found = statistics.sum_days(session, actor, site, first=period.first, last=period.last)
    return fill_days(found, period.first, period.last)


def list_shares(
    context: Context, actor: Actor, site: str, *, after: str | None = None, limit: int = 20
) -> SharePage:
    """Return a page of an own site's shares. `after` is an earlier page's cursor.

    Raises NotFound, and Invalid when it is not a cursor.
    """
    size = max(1, min(limit, SHARES_A_PAGE))
    place = None if after is None else read_cursor(after)
    with context.database.reading() as session:
        get_own(session, actor, site)
        found = statistics.list_shares(session, actor, site, after=place, limit=size + 1)
    shown = tuple(found[:size])
    cursor = make_cursor(shown[-1].at, shown[-1].id) if len(found) > size else None
    return SharePage(shares=shown, after=cursor)


def get_share(context: Context, actor: Actor, site: str, share: str) -> Share:
    """Return one share of an own site. Raises NotFound."""
    with context.database.reading() as session:
        get_own(session, actor, site)
        found = statistics.find_share(session, actor, site, share)
    if found is None:
        raise NotFound("There is no such share.")
    return found
