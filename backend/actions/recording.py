"""Events become facts, and facts become scores, featurings and places: one transaction a batch.

This is the only writer of events, shares, days, standings and featurings; what a review restores
goes through `advance_sites` as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from backend.actions.fraud_watch import SentShare, hold_suspects
from backend.actions.notifying import note_featuring
from backend.domain.events import Event, EventKind
from backend.domain.featuring import Featuring
from backend.domain.instants import Day, Instant, day_of
from backend.domain.scores import ENGAGEMENT_DAYS
from backend.domain.shares import EarlierShare, counts, settle
from backend.domain.standing import TALLIED, DayTally, Standing, add_up, advance, has_moved
from backend.store import events as event_store
from backend.store import scores, shares, showcase
from backend.store.database import Session
from backend.store.events import DayRef
from backend.store.pipelines import pipelined
from backend.store.scores import SiteRef
from backend.store.shares import NewShare, ShareRef, VisitorRef


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChange:
    """What a batch did to one site: the standing after it, and what was added."""

    standing: Standing
    added: DayTally
    is_newly_featured: bool


def record(session: Session, events: Sequence[Event], now: Instant) -> list[SiteChange]:
    """Store a batch of events with all that follows from them. Repeats change nothing.

    Events of sites that no longer exist are dropped. What comes out does not depend on how events
    were put into batches.
    """
    # Should the clock have been set back meanwhile, no event may lie in the future.
    now = max([now, *(event.at for event in events)])
    standings = scores.lock_standings(session, ((event.tenant, event.site) for event in events))
    known = _first_of_each(event for event in events if (event.tenant, event.site) in standings)
    fresh = event_store.insert_new(session, _without_known_shares(session, known))
    fresh += event_store.insert_new(session, _clicks_of(session, fresh))
    # Shares first: clicks may be on shares of this batch.
    counted = _record_shares(session, standings, fresh)
    shares.add_clicks(session, (event for event in fresh if event.kind is EventKind.REFERRAL_CLICK))
    return advance_sites(session, standings, tally(fresh, counted), now)


def tally(events: Sequence[Event], counted: Mapping[ShareRef, int]) -> dict[DayRef, DayTally]:
    """Return what fresh events add to each day of each site. `counted` has the points of the
    shares that count.
    """
    numbers = Counter(
        [(event.tenant, event.site, day_of(event.at), event.kind) for event in events]
    )
    days: defaultdict[DayRef, DayTally] = defaultdict(DayTally)
    for (tenant, site, at, kind), number in numbers.items():
        setattr(days[tenant, site, at], TALLIED[kind], number)
    for event in events:
        if event.seconds:
            days[event.tenant, event.site, day_of(event.at)].engaged_seconds += event.seconds
        if event.kind is EventKind.SHARE:
            points = counted.get((event.tenant, event.site, event.id), 0)
            day = days[event.tenant, event.site, day_of(event.at)]
            day.counted_shares += bool(points)
            day.share_points += points
    return days


def _without_known_shares(session: Session, events: Sequence[Event]) -> list[Event]:
    """Drop shares whose id exists: an id from another day would not be noticed as a repeat."""
    sent = [event for event in events if event.kind is EventKind.SHARE]
    if not sent:
        return list(events)
    known = shares.find_known(session, ((event.tenant, event.site, event.id) for event in sent))
    return [
        event
        for event in events
        if event.kind is not EventKind.SHARE or (event.tenant, event.site, event.id) not in known
    ]


def _first_of_each(events: Iterable[Event]) -> list[Event]:
    """Drop repeats within a batch, also those that midnight has parted."""
    first: dict[ShareRef, Event] = {}
    for event in events:
        first.setdefault((event.tenant, event.site, event.id), event)
    return list(first.values())


def _clicks_of(session: Session, events: Sequence[Event]) -> list[Event]:
    """Return a referral click for each fresh visit that came through a share of its site.

    An unknown share leaves a plain visit, and so does one that is made later in the batch.
    """
    arrived = [event for event in events if event.via and event.kind is EventKind.VIEW]
    if not arrived:
        return []
    known = shares.find_known(
        session, ((event.tenant, event.site, event.via or "") for event in arrived)
    )
    found: list[Event] = []
    for event in events:
        if event.kind is EventKind.SHARE:
            known.add((event.tenant, event.site, event.id))
        elif event.kind is EventKind.VIEW and (event.tenant, event.site, event.via) in known:
            found.append(replace(event, id=f"{event.id}.click", kind=EventKind.REFERRAL_CLICK))
    return found


def _record_shares(
    session: Session, standings: Mapping[SiteRef, Standing], events: Sequence[Event]
) -> dict[ShareRef, int]:
    """Record the shares among fresh events; return the points of those that count."""
    sent = [event for event in events if event.kind is EventKind.SHARE]
    if not sent:
        return {}
    settled = _settle(standings, sent, shares.find_earlier(session, sent))
    held = hold_suspects(session, settled)
    made: dict[ShareRef, NewShare] = {}
    for share in settled:
        ref = (share.event.tenant, share.event.site, share.event.id)
        made[ref] = NewShare(
            event=share.event, at=share.at, is_due=share.is_due, case=held.get(ref)
        )
    shares.insert_shares(session, made.values())
    return {ref: share.points for ref, share in made.items() if share.is_counted}


def _settle(
    standings: Mapping[SiteRef, Standing],
    sent: Iterable[Event],
    earlier: Mapping[VisitorRef, list[EarlierShare]],
) -> list[SentShare]:
    """Decide in their order which shares are due to count, and remember each for the next."""
    settled: list[SentShare] = []
    for event in sent:
        if event.platform is None:
            continue
        before = [
            share
            for visitor in shares.hashes_of(event)
            for share in earlier[event.tenant, event.site, visitor]
        ]
        at = settle(event.at, before)
        is_due = counts(event.platform, event.page, at, before)
        earlier[event.tenant, event.site, event.visitor].append(
            EarlierShare(platform=event.platform, page=event.page, at=at, is_due=is_due)
        )
        account = standings[event.tenant, event.site].account
        settled.append(SentShare(event=event, account=account, at=at, is_due=is_due, before=before))
    return settled


def advance_sites(
    session: Session,
    standings: Mapping[SiteRef, Standing],
    tallies: Mapping[DayRef, DayTally],
    now: Instant,
) -> list[SiteChange]:
    """Add tallies to the days of their sites and to their locked standings."""
    added: dict[SiteRef, dict[Day, DayTally]] = {}
    for (tenant, site, day), day_tally in tallies.items():
        added.setdefault((tenant, site), {})[day] = day_tally
    moved = [ref for ref in added if has_moved(standings[ref], now)]
    points = scores.window_points(session, moved, now)
    changes: list[SiteChange] = []
    featurings: list[tuple[Standing, Featuring]] = []
    newest: list[tuple[Standing, Featuring]] = []
    for ref, days in added.items():
        old, total = standings[ref], add_up(days.values())
        window = (old.window_day, old.engagement_points)
        if ref in points:
            window = (day_of(now), points[ref])
        standing, begun = advance(old, total, window=_widen(window, days), now=now)
        featurings += [(standing, featuring) for featuring in begun]
        newest += [(standing, featuring) for featuring in begun[-1:]]
        changes.append(SiteChange(standing=standing, added=total, is_newly_featured=bool(begun)))
    advanced = [change.standing for change in changes]
    with pipelined(session):
        event_store.add_days(session, tallies)
        scores.save_standings(session, advanced)
        scores.add_featurings(session, featurings)
        showcase.place(session, advanced, now)
    for standing, featuring in newest:
        note_featuring(session, standing, featuring, now)
    return changes


def _widen(window: tuple[Day, int], days: Mapping[Day, DayTally]) -> tuple[Day, int]:
    """Return an engagement window, its last day and its points, with what days add to it: those
    before it, which a clock that was set back may bring, add nothing.
    """
    last, points = window
    first = last - ENGAGEMENT_DAYS + 1
    more = sum([added.engagement_points for day, added in days.items() if day >= first])
    return last, points + more
