"""Where the views and shares of a day come from: names with counts, kept for good.

Only the names that were seen most are kept, so that nobody who sends many names makes a day large.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.domain.checking import Difference, unless_equal
from backend.domain.instants import Day, Instant, date_of

TOP = 50
"""How many names of one site, day and kind are kept; the rest is added up."""
REST = "*"
"""The name of the rest."""
UNKNOWN = ""
"""The name of what did not say: no referrer, no country, a share that is not kept any more."""
NAME_CHARACTERS = 300
"""Longer names, which only pages have, are cut."""


class SourceKind(StrEnum):
    """What is counted by name. The first four count views; of the others the names are platforms.

    `clicks` are the day's visits through shares, whenever these were made, and `proved` the shares
    that had their first one on that day.
    """

    REFERRER = "referrer"
    COUNTRY = "country"
    DEVICE = "device"
    PAGE = "page"
    SHARES = "shares"
    COUNTED = "counted"
    CLICKS = "clicks"
    PROVED = "proved"


OF_VIEWS = (SourceKind.REFERRER, SourceKind.COUNTRY, SourceKind.DEVICE, SourceKind.PAGE)
OF_SHARES = (SourceKind.SHARES, SourceKind.COUNTED, SourceKind.CLICKS, SourceKind.PROVED)

Counts = Mapping[tuple[SourceKind, str], int]
"""Counts by kind and name; those of 0 are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """What one UTC day of a site came from, as of `as_of`.

    `seen` is how many of its events the counts are of (`events_seen`), `visitors` how many people
    these were from. Without `has_shares` nothing is said of shares: their raw rows are gone.
    """

    tenant: str
    site: str
    day: Day
    seen: int
    visitors: int
    as_of: Instant
    counts: Counts
    has_shares: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """A closed day's sources as they are kept, None when they are not, and by its raw events."""

    stored: SourceDay | None
    raw: SourceDay


def compare_sources(record: SourceRecord, *, is_late: bool) -> Iterator[Difference]:
    """Compare the sources of a closed day with its raw events.

    Of clicks and proved shares there may be more than the raw rows say by now: the rows of the
    shares go before those of the clicks. `is_late` asks that the day is there at all.
    """
    stored, raw = record.stored, record.raw
    where = f"site {raw.site} on {date_of(raw.day)}"
    if stored is None:
        if is_late:
            yield Difference(what="source_day", where=where, stored="none", computed="one")
        return
    yield from unless_equal("source_day.seen", where, stored.seen, raw.seen)
    yield from unless_equal("source_day.visitors", where, stored.visitors, raw.visitors)
    exact = [*OF_VIEWS, *((SourceKind.SHARES, SourceKind.COUNTED) if raw.has_shares else ())]
    for key in sorted({*stored.counts, *raw.counts}):
        kind, name = key
        kept, computed = stored.counts.get(key, 0), raw.counts.get(key, 0)
        if kind in exact or (raw.has_shares and name != UNKNOWN and kept < computed):
            at = f"{where}, {kind} {name!r}"
            yield from unless_equal("site_source.count", at, kept, computed)
    if raw.has_shares:
        clicks = [_sum(day.counts, SourceKind.CLICKS) for day in (stored, raw)]
        yield from unless_equal("site_source.count", f"{where}, all clicks", *clicks)


def _sum(counts: Counts, wanted: SourceKind) -> int:
    return sum(number for (kind, _name), number in counts.items() if kind is wanted)
