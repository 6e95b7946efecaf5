"""Watches the shares of a batch as they are written: which of them must wait for a review.

Part of the hot path. A site with few shares costs one query for the whole batch; the rest is read
only for sites and owners that have enough of them to break a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from time import perf_counter

from backend.domain.events import Event
from backend.domain.fraud import (
    SHARES_LOOKED_AT,
    WINDOW,
    Glances,
    ShareFacts,
    Trace,
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
from backend.domain.standing import Standing
from backend.metrics import FRAUD_SECONDS
from backend.store import fraud, fraud_facts
from backend.store.database import Session
from backend.store.scores import SiteRef


class ShareWatch:
    """Judges the shares of one batch in their order. The caller holds the locks of their sites."""

    def __init__(
        self, session: Session, standings: Mapping[SiteRef, Standing], sent: Sequence[Event]
    ) -> None:
        began = perf_counter()
        self._session = session
        self._standings = standings
        self._sent = sent
        self._book = fraud.read_book(session, sent[0].tenant)
        self._since = Instant(min(event.at for event in sent) - WINDOW)
        self._last = max(event.at for event in sent)
        self._totals = self._count()
        self._traces: dict[SiteRef, list[Trace]] = {}
        self._owners: dict[str, list[Instant]] = {}
        self._glances: dict[SiteRef, Glances] = {}
        self._cases: dict[SiteRef, Case | None] = {}
        self._changed: dict[SiteRef, Case] = {}
        self._seconds = perf_counter() - began

    def find_case(self, event: Event, at: Instant, before: Sequence[EarlierShare]) -> str | None:
        """Return the case that holds a share made at `at`, None for one that need not wait.

        `before` are the shares that its visitor made of the site within the window.
        """
        began = perf_counter()
        case = self._judge(event, at, before)
        self._seconds += perf_counter() - began
        return case

    def save(self) -> None:
        """Store the cases that the batch began or changed."""
        began = perf_counter()
        fraud.save(self._session, self._changed.values())
        FRAUD_SECONDS.observe(self._seconds + perf_counter() - began)

    def _judge(self, event: Event, at: Instant, before: Sequence[EarlierShare]) -> str | None:
        ref = (event.tenant, event.site)
        facts = self._facts(event, at, before)
        if facts is None:
            return None
        verdict = judge(facts, self._book, partial(self._find_glances, ref))
        if not verdict.signals:
            return None
        case, is_held = follow(self._find_last(ref), verdict, self._begin(event, at))
        if case is not None:
            self._cases[ref] = self._changed[ref] = case
        return case.id if case is not None and is_held else None

    def _facts(
        self, event: Event, at: Instant, before: Sequence[EarlierShare]
    ) -> ShareFacts | None:
        """Return what a share is judged by; None when there are too few for any rule."""
        account = self._account(event)
        mine = self._totals[account]
        own = sorted([*(share.at for share in before), at])
        traces = self._trace(event, at) if mine[event.site] >= self._site_floor else []
        hour = self._count_hour(event.tenant, account, at) if self._is_busy(account) else 0
        if not traces and not hour and len(own) < self._least(INHUMAN_PACE, "least_shares"):
            return None
        recent = [trace for trace in traces if trace.at > at - WINDOW]
        return ShareFacts(at=at, owner_hour=hour, traces=recent[-SHARES_LOOKED_AT:], own=own)

    def _count(self) -> dict[str, dict[str, int]]:
        """Return the shares of two days by account and site, those of the batch among them."""
        since = Day(day_of(self._since))
        found: dict[str, dict[str, int]] = {}
        for event in self._sent:
            found.setdefault(self._account(event), {})
        for tenant in sorted({event.tenant for event in self._sent}):
            stored = fraud_facts.count_shares(self._session, tenant, found, since)
            for (account, site), number in stored.items():
                found[account][site] = number
        for event in self._sent:
            mine = found[self._account(event)]
            mine[event.site] = mine.get(event.site, 0) + 1
        return found

    def _trace(self, event: Event, at: Instant) -> list[Trace]:
        ref = (event.tenant, event.site)
        if ref not in self._traces:
            self._traces[ref] = fraud_facts.list_traces(self._session, *ref, self._since)
        self._traces[ref].append(
            Trace(
                at=at,
                visitor=event.visitor,
                visitor_yesterday=event.visitor_yesterday,
                network=event.network,
                platform=event.platform.value if event.platform else "",
                page=event.page,
            )
        )
        return self._traces[ref]

    def _count_hour(self, tenant: str, account: str, at: Instant) -> int:
        if account not in self._owners:
            since = Instant(self._last - 2 * HOUR)
            self._owners[account] = fraud_facts.list_owner_times(
                self._session, tenant, account, since, self._owner_limit
            )
        times = self._owners[account]
        times.append(at)
        return sum(time > at - HOUR for time in times[-self._owner_limit :])

    def _find_glances(self, ref: SiteRef) -> Glances:
        if ref not in self._glances:
            visitors = {
                hashed
                for one in (*self._traces.get(ref, ()), *self._sent)
                for hashed in (one.visitor, one.visitor_yesterday)
                if hashed
            }
            self._glances[ref] = fraud_facts.read_glances(
                self._session, *ref, visitors, now=self._last
            )
        return self._glances[ref]

    def _find_last(self, ref: SiteRef) -> Case | None:
        if ref not in self._cases:
            self._cases[ref] = fraud.find_last(self._session, *ref)
        return self._cases[ref]

    def _begin(self, event: Event, at: Instant) -> Case:
        return Case(
            tenant=event.tenant,
            id=name_case(event.tenant, event.site, event.id),
            account=self._account(event),
            site=event.site,
            kind=CaseKind.SHARES,
            state=CaseState.NOTED,
            score=0,
            signals=(),
            held=0,
            opened_at=at,
            updated_at=at,
        )

    def _account(self, event: Event) -> str:
        return self._standings[event.tenant, event.site].account

    def _is_busy(self, account: str) -> bool:
        return sum(self._totals[account].values()) > self._least(SHARE_BURST, "more_than")

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
