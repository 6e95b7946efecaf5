"""Watches the shares of a batch as they are written: which of them must wait for a review.

Part of the hot path: each thing is asked once for the whole batch, and only about sites and owners
with enough shares to break a rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from backend.domain.events import Event
from backend.domain.fraud import (
    SHARES_LOOKED_AT,
    WINDOW,
    Glances,
    ShareFacts,
    Trace,
    Verdict,
    find_reasons,
    judge,
)
from backend.domain.fraud_cases import Case, CaseKind, CaseState, follow, name_case
from backend.domain.fraud_rules import (
    FEW_NETWORKS,
    INHUMAN_PACE,
    REGULAR_GAPS,
    SHARE_BURST,
    UNIFORM,
)
from backend.domain.instants import HOUR, Day, Instant, day_of
from backend.domain.shares import EarlierShare
from backend.metrics import FRAUD_SECONDS
from backend.store import fraud, fraud_facts
from backend.store.database import Session
from backend.store.shares import ShareRef


@dataclass(frozen=True, slots=True, kw_only=True)
class SentShare:
    """A share of a batch, and the owner of its site.

    `at` is when it counts as made, `is_due` whether it counts when nothing holds it; `before` is
    what its visitor had shared of the site within the window.
    """

    event: Event
    account: str
    at: Instant
    is_due: bool
    before: Sequence[EarlierShare]


def hold_suspects(session: Session, sent: Sequence[SentShare]) -> dict[ShareRef, str]:
    """Judge shares in their order; return the cases of those that have to wait.

    The caller holds the locks of their sites.
    """
    began = perf_counter()
    held: dict[ShareRef, str] = {}
    for tenant in sorted({share.event.tenant for share in sent}):
        some = [share for share in sent if share.event.tenant == tenant]
        held |= _Watch(session, tenant, some).hold()
    FRAUD_SECONDS.observe(perf_counter() - began)
    return held


class _Watch:
    """Looks at shares of one tenant."""

    def __init__(self, session: Session, tenant: str, sent: Sequence[SentShare]) -> None:
        self._session = session
        self._tenant = tenant
        self._sent = sent
        self._book = fraud.read_book(session, tenant)
        self._last = max(share.event.at for share in sent)
        self._since = Instant(min(share.event.at for share in sent) - WINDOW)

    def hold(self) -> dict[ShareRef, str]:
        """Begin and grow the cases of what looks wrong; return which shares wait with them."""
        judged = [(share, verdict) for share, verdict in self._judge() if verdict.signals]
        sites = {share.event.site for share, _verdict in judged}
        cases = fraud.find_newest(self._session, self._tenant, sites)
        changed: dict[str, Case] = {}
        held: dict[ShareRef, str] = {}
        for share, verdict in judged:
            site = share.event.site
            case, is_held = follow(cases.get(site), verdict, _begin(share))
            if case is not None:
                cases[site] = changed[site] = case
                if is_held:
                    held[self._tenant, site, share.event.id] = case.id
        fraud.save(self._session, changed.values())
        return held

    def _judge(self) -> Iterator[tuple[SentShare, Verdict]]:
        """Give the verdicts on all shares that could break a rule."""
        book = self._book
        traces, times = self._read()
        suspects = [
            (share, facts, find_reasons(facts, book))
            for share, facts in self._gather(traces, times)
        ]
        odd = {share.event.site for share, _facts, reasons in suspects if reasons}
        glances = self._read_glances(traces[site] for site in sorted(odd & traces.keys()))
        for share, facts, reasons in suspects:
            yield share, judge(replace(facts, glances=glances), book, reasons)

    def _read(self) -> tuple[dict[str, list[Trace]], dict[str, list[Instant]]]:
        """Return the newest shares of sites, and when those of owners were made, which have enough
        of them to break a rule with one more.
        """
        totals = self._count()
        sites = {
            share.event.site
            for share in self._sent
            if totals[share.account][share.event.site] >= self._site_floor
        }
        more_than = self._least(SHARE_BURST, "more_than")
        busy = [account for account, mine in totals.items() if sum(mine.values()) > more_than]
        traces = fraud_facts.list_traces(self._session, self._tenant, sites, self._since)
        times = fraud_facts.list_owner_times(
            self._session, self._tenant, busy, Instant(self._last - 2 * HOUR), self._owner_limit
        )
        return traces, times

    def _count(self) -> dict[str, Counter[str]]:
        """Return the shares of two days by account and site, those of the batch among them."""
        found: dict[str, Counter[str]] = {share.account: Counter() for share in self._sent}
        since = Day(day_of(self._since))
        stored = fraud_facts.count_shares(self._session, self._tenant, found, since)
        for (account, site), number in stored.items():
            found[account][site] = number
        for share in self._sent:
            found[share.account][share.event.site] += 1
        return found

    def _gather(
        self, traces: Mapping[str, list[Trace]], times: Mapping[str, list[Instant]]
    ) -> Iterator[tuple[SentShare, ShareFacts]]:
        """Give what each share is judged by, adding it to those before it; pass over those that no
        rule can say anything about.
        """
        for share in self._sent:
            at = share.at
            recent: list[Trace] = []
            hour = 0
            if (of_site := traces.get(share.event.site)) is not None:
                of_site.append(_trace(share))
                recent = [trace for trace in of_site if trace.at > at - WINDOW]
            if (of_owner := times.get(share.account)) is not None:
                of_owner.append(at)
                hour = sum(time > at - HOUR for time in of_owner[-self._owner_limit :])
            own = sorted([*(earlier.at for earlier in share.before), at])
            if recent or hour or len(own) >= self._least(INHUMAN_PACE, "least_shares"):
                newest = recent[-SHARES_LOOKED_AT:]
                yield share, ShareFacts(at=at, owner_hour=hour, traces=newest, own=own)

    def _read_glances(self, traces: Iterable[Sequence[Trace]]) -> Glances | None:
        visitors = {
            hashed
            for of_site in traces
            for trace in of_site
            for hashed in (trace.visitor, trace.visitor_yesterday)
            if hashed
        }
        if not visitors:
            return None
        return fraud_facts.read_glances(self._session, self._tenant, visitors, now=self._last)

    def _least(self, rule: str, limit: str) -> int:
        return self._book.rules[rule].limits[limit]

    @property
    def _site_floor(self) -> int:
        return min(
            self._least(FEW_NETWORKS, "least_shares"),
            self._least(UNIFORM, "least_shares"),
            self._least(REGULAR_GAPS, "least_gaps"),
        )

    @property
    def _owner_limit(self) -> int:
        return max(SHARES_LOOKED_AT, self._least(SHARE_BURST, "more_than") + 1)


def _trace(share: SentShare) -> Trace:
    event = share.event
    return Trace(
        at=share.at,
        visitor=event.visitor,
        visitor_yesterday=event.visitor_yesterday,
        network=event.network,
        platform=event.platform.value if event.platform else "",
        page=event.page,
    )


def _begin(share: SentShare) -> Case:
    event = share.event
    return Case(
        tenant=event.tenant,
        id=name_case(event.tenant, event.site, event.id),
        account=share.account,
        site=event.site,
        kind=CaseKind.SHARES,
        state=CaseState.NOTED,
        score=0,
        signals=(),
        held=0,
        opened_at=share.at,
        updated_at=share.at,
    )
