"""What is kept, compared with what follows from the facts: one comparison a function.

Each yields a `Difference` for each value that is not what it should be, and nothing when all is
well. A value is compared with what stands one step below it, so that one wrong value is one
difference.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from backend.domain.featuring import SHARES_PER_FEATURING, Featuring
from backend.domain.instants import HOUR, Day, Instant, date_of, to_text
from backend.domain.shares import COUNT_WINDOW, EarlierShare, counts, share_points
from backend.domain.standing import DayTally, Standing, has_changed, renew, rescore
from backend.domain.tiers import TERMS

LATEST = 26 * HOUR
"""How late a daily job may be before what it leaves undone is a difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value that is not what the facts say: `what` is its table and column, `where` its row."""

    what: str
    where: str
    stored: str
    computed: str

    def __str__(self) -> str:
        return f"{self.what} of {self.where} is {self.stored}, computed {self.computed}."


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRecord:
    """A day of a site as it is kept, and what its raw events add up to.

    `has_shares` says whether the raw rows of its shares still exist, so that those that count can
    be told. Visitors are None while the day is open.
    """

    site: str
    day: Day
    stored: DayTally
    raw: DayTally
    has_shares: bool
    visitors: int | None
    raw_visitors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRecord:
    """A share as it is kept, with the clicks among the raw events that came through it.

    `is_held` says that it belongs to a case, and nobody has cleared that.
    """

    site: str
    id: str
    share: EarlierShare
    visitors: tuple[str, ...]
    is_held: bool
    is_counted: bool
    points: int
    clicks: int
    raw_clicks: int
    proved_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRecord:
    """A standing as it is kept, and what the days of the site add up to.

    `window_points` covers the engagement window that ends with the standing's `window_day`,
    `due_points` the one that ends with the day of `due_at`. `place` is the row in the showcase,
    `card` what of the site it should show.
    """

    standing: Standing
    total: DayTally
    window_points: int
    due_points: int
    featurings: Sequence[Featuring]
    place: Mapping[str, object] | None
    card: Mapping[str, object]


def due_at(now: Instant) -> Instant:
    """Return the instant by which daily jobs have taken note of everything before it."""
    return Instant(now - LATEST)


def compare_day(record: DayRecord) -> Iterator[Difference]:
    """Compare a day with the raw events of it."""
    where = f"site {record.site} on {date_of(record.day)}"
    for field in fields(DayTally):
        if field.name in {"counted_shares", "share_points"} and not record.has_shares:
            continue
        stored, raw = getattr(record.stored, field.name), getattr(record.raw, field.name)
        yield from unless_equal(f"site_day.{field.name}", where, stored, raw)
    if record.visitors is not None:
        yield from unless_equal("site_day.visitors", where, record.visitors, record.raw_visitors)


def compare_standing(record: StandingRecord) -> Iterator[Difference]:
    """Compare a standing with the days of its site, and its score with the formula."""
    standing, total = record.standing, record.total
    where = f"site {standing.site}"
    for name, computed in (
        ("views", total.views),
        ("likes", total.likes),
        ("comments", total.comments),
        ("shares", total.counted_shares),
        ("share_points", total.share_points),
        ("engagement_points", record.window_points),
    ):
        yield from unless_equal(f"score.{name}", where, getattr(standing, name), computed)
    computed = rescore(standing, standing.as_of).score
    yield from unless_equal("score.score", where, standing.score, computed)


def compare_age(record: StandingRecord, now: Instant) -> Iterator[Difference]:
    """Tell whether ageing should have changed the score since it was computed."""
    standing, due = record.standing, due_at(now)
    if standing.as_of < due and has_changed(standing, renew(standing, record.due_points, due)):
        yield Difference(
            what="score.as_of",
            where=f"site {standing.site}",
            stored=to_text(standing.as_of),
            computed=f"not before {to_text(due)}",
        )


def compare_featurings(record: StandingRecord) -> Iterator[Difference]:
    """Compare featurings with the counted shares, and each end with the one before it.

    The tier of that time is not kept, so an end may be that of any tier.
    """
    standing, begun = record.standing, record.featurings
    where = f"site {standing.site}"
    step = SHARES_PER_FEATURING
    yield from unless_equal(
        "featuring.threshold",
        where,
        [featuring.threshold for featuring in begun],
        list(range(step, standing.shares + 1, step)),
    )
    end: Instant | None = None
    for featuring in begun:
        start = featuring.starts_at if end is None else max(featuring.starts_at, end)
        ends = [start + terms.featuring for terms in TERMS.values()]
        if featuring.ends_at not in ends:
            at = f"{where}, threshold {featuring.threshold}"
            yield from unless_equal("featuring.ends_at", at, featuring.ends_at, ends)
        end = featuring.ends_at
    yield from unless_equal("score.featured_until", where, standing.featured_until, end)


def compare_place(record: StandingRecord, now: Instant, *, is_late: bool) -> Iterator[Difference]:
    """Compare a place in the showcase with the rule at `now`.

    A place whose time is over may wait to be cleared away: by the clock it is none. `is_late`
    asks that it does not wait for longer than a day.
    """
    standing, place = record.standing, record.place
    where = f"site {standing.site}"
    listing = standing.listing(now)
    until = None if place is None else place["until"]
    if listing is None:
        earliest = due_at(now) if is_late else 0
        has_ended = isinstance(until, int) and earliest < until <= now
        if place is not None and not has_ended:
            yield Difference(what="showcase", where=where, stored="a place", computed="none")
        return
    if place is None:
        yield Difference(what="showcase", where=where, stored="no place", computed="one")
        return
    expected: dict[str, object] = {
        "rank_score": -standing.score,
        "rank_shares": -standing.shares,
        "until": listing.until,
        "featured_until": standing.featured_until,
        "tier": standing.tier.value,
        **record.card,
    }
    for name, computed in expected.items():
        yield from unless_equal(f"showcase.{name}", where, place[name], computed)


def compare_shares(shares: Iterable[ShareRecord], since: Instant) -> Iterator[Difference]:
    """Replay the rule of what counts over the shares of sites, each site's in order of time.

    Before `since` earlier shares may be forgotten, so nothing can be said of that time.
    """
    recent = _Recent()
    for record in shares:
        share = record.share
        where = f"share {record.id} of site {record.site}"
        earlier = recent.turn_to(record)
        if share.at >= since:
            is_due = counts(share.platform, share.page, share.at, earlier)
            yield from unless_equal("share.is_due", where, share.is_due, is_due)
        is_counted = share.is_due and not record.is_held
        yield from unless_equal("share.is_counted", where, record.is_counted, is_counted)
        points = share_points(share.platform) if record.is_counted else 0
        yield from unless_equal("share.points", where, record.points, points)
        yield from unless_equal("share.clicks", where, record.clicks, record.raw_clicks)
        is_proved = record.proved_at is not None
        yield from unless_equal("share.proved_at", where, is_proved, record.clicks > 0)


class _Recent:
    """The shares of the last 24 hours before the one that is looked at, by their visitors."""

    def __init__(self) -> None:
        self._site = ""
        self._times: deque[tuple[Instant, str]] = deque()
        self._by_visitor: dict[str, deque[EarlierShare]] = {}

    def turn_to(self, record: ShareRecord) -> list[EarlierShare]:
        """Return the earlier shares of a share's visitor, then remember it as well."""
        if record.site != self._site:
            self._site = record.site
            self._times.clear()
            self._by_visitor.clear()
        while self._times and self._times[0][0] <= record.share.at - COUNT_WINDOW:
            _at, visitor = self._times.popleft()
            self._by_visitor[visitor].popleft()
            if not self._by_visitor[visitor]:
                del self._by_visitor[visitor]
        earlier = [
            share for visitor in record.visitors for share in self._by_visitor.get(visitor, ())
        ]
        visitor = record.visitors[0]
        self._times.append((record.share.at, visitor))
        self._by_visitor.setdefault(visitor, deque()).append(record.share)
        return earlier


def unless_equal(what: str, where: str, stored: object, computed: object) -> Iterator[Difference]:
    """Give the difference between two values, if there is one."""
    if stored != computed:
        yield Difference(what=what, where=where, stored=str(stored), computed=str(computed))
