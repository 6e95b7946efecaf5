"""What looked wrong in the demo world, and what reviewers made of it: most of it still waits."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from backend.actions import fraud_queue, fraud_review
from backend.actions.context import Context
from backend.actions.fraud_holds import hold_for_cases
from backend.actions.fraud_referrals import watch_referrals
from backend.actions.instruments import hide_instrument
from backend.actions.recording import record
from backend.actions.visitors import Visitors
from backend.demo.cast import HEROINE
from backend.demo.paydays import TREASURER
from backend.demo.suspects import CARDS, GATHERINGS, SUSPECTS, Gathering
from backend.demo.visits import Stage
from backend.domain.actors import Actor, Role
from backend.domain.events import Event, EventKind
from backend.domain.fraud_cases import Case
from backend.domain.instants import MINUTE, SECOND, Day, Instant, day_of, start_of
from backend.domain.shares import Platform
from backend.ids import KEY_ALPHABET
from backend.store.fraud_referrals import INSTRUMENT, Trace, keep_trace
from backend.store.tables.base import TENANT

WATCHED_SINCE = 0
_SEED = 12
_STAYS = 70
_MILLISECOND = SECOND // 1_000
_SCRIPT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
_REFUNDS_EXPLAINED = "One chargeback and two refunds in a year, and nothing in common."


class Suspicions:
    """Everything about fraud. `people` and `stages` are filled while the world grows."""

    def __init__(
        self, context: Context, people: Mapping[str, Actor], stages: Mapping[str, Stage]
    ) -> None:
        self._context = context
        self._people = people
        self._stages = stages
        self._visitors = Visitors(context)
        self._chance = random.Random(_SEED)  # noqa: S311  repeatable on purpose

    def handle_referrals(self, day: int) -> None:
        """Remember the cards that were paid with today, and look at referrers."""
        for owner in SUSPECTS:
            if owner.login in CARDS and owner.paid == day:
                self._remember(owner.login)
        if day >= WATCHED_SINCE:
            watch_referrals(self._context)
            self._clear(self._people[HEROINE].account, _REFUNDS_EXPLAINED)

    def handle_shares(self, day: int) -> None:
        """Decide what waits since yesterday, then let today's gatherings share."""
        for gathering in GATHERINGS:
            if gathering.day == day - 1:
                self._decide(gathering)
        for gathering in GATHERINGS:
            if gathering.day == day:
                self._share(gathering)
        hold_for_cases(self._context)

    def _remember(self, login: str) -> None:
        trace = Trace(
            account=self._people[login].account,
            kind=INSTRUMENT,
            value=hide_instrument(self._context, CARDS[login]),
            at=self._context.clock.now(),
        )
        with self._context.database.transaction() as session:
            keep_trace(session, TENANT, trace)

    def _clear(self, account: str, reason: str) -> None:
        for case in self._waiting():
            if case.account == account and case.site is None:
                fraud_review.clear_case(self._context, self._reviewer, case.id, reason)

    def _decide(self, gathering: Gathering) -> None:
        site = self._stages[gathering.project].site.id
        for case in self._waiting():
            if case.site == site and gathering.verdict:
                fraud_review.clear_case(self._context, self._reviewer, case.id, gathering.verdict)
            if case.site == site and gathering.proof:
                fraud_review.confirm_case(self._context, self._reviewer, case.id, gathering.proof)

    def _waiting(self) -> list[Case]:
        return [one.case for one in fraud_queue.list_queue(self._context, self._reviewer)]

    @property
    def _reviewer(self) -> Actor:
        return replace(self._people[TREASURER], role=Role.REVIEWER)

    def _share(self, gathering: Gathering) -> None:
        now = self._context.clock.now()
        first = start_of(Day(day_of(now))) + gathering.minute * MINUTE
        events: list[Event] = []
        for number in range(gathering.people):
            at = Instant(first + self._wait(gathering, number))
            events += self._act(gathering, number, at)
        events.sort(key=lambda event: (event.at, event.id))
        with self._context.database.transaction() as session:
            record(session, events, now)

    def _wait(self, gathering: Gathering, number: int) -> int:
        """Return how long after the first a sharer shares."""
        pace = gathering.pace * _MILLISECOND
        return number * pace + (self._chance.randrange(pace) if gathering.verdict else 0)

    def _act(self, gathering: Gathering, number: int, at: Instant) -> Iterator[Event]:
        """Return what one sharer does: looks, shares at `at`, leaves; or shares and no more."""
        who = 0 if gathering.is_one else number
        looks = gathering.looks
        if looks is not None and not (gathering.is_one and number):
            view = Instant(at - looks * SECOND)
            yield self._event(gathering, who, EventKind.VIEW, view)
        platform = list(Platform)[number % gathering.platforms]
        yield self._event(gathering, who, EventKind.SHARE, at, platform)
        if looks is not None and gathering.verdict:
            left = Instant(at + _STAYS * SECOND)
            yield replace(
                self._event(gathering, who, EventKind.ENGAGEMENT, left), seconds=_STAYS, depth=60
            )

    def _event(
        self,
        gathering: Gathering,
        who: int,
        kind: EventKind,
        at: Instant,
        platform: Platform | None = None,
    ) -> Event:
        site = self._stages[gathering.project].site
        address = f"203.0.113.{who + 10}"
        if gathering.networks > 1:
            address = f"198.19.{who % gathering.networks}.{who + 10}"
        visitor = self._visitors.identify(site.id, address, _SCRIPT, at)
        return Event(
            tenant=site.tenant,
            site=site.id,
            id="".join(self._chance.choices(KEY_ALPHABET, k=11)),
            kind=kind,
            at=at,
            visitor=visitor.today,
            visitor_yesterday=visitor.yesterday if kind is EventKind.SHARE else "",
            network=visitor.network if kind is EventKind.SHARE else "",
            page=site.url,
            platform=platform,
        )
