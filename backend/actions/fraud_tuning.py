"""Changes what fraud rules look for, and tries a change out on the shares of the last 30 days."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from backend.actions import audit
from backend.actions.context import Context
from backend.domain.actors import Actor, Role
from backend.domain.fraud import (
    SHARES_LOOKED_AT,
    WINDOW,
    Glances,
    Severity,
    ShareFacts,
    Trace,
    find_reasons,
    judge,
)
from backend.domain.fraud_rules import RuleBook, amend, numbers_of, write_changes
from backend.domain.holds import check_reason
from backend.domain.instants import DAY, HOUR, Day, Instant, day_of, start_of
from backend.errors import Conflict, Invalid
from backend.store import fraud, fraud_facts
from backend.store.database import Session
from backend.store.fraud import RulesVersion
from backend.store.fraud_facts import OwnedTrace
from backend.store.tables.base import TENANT

TRIED_DAYS = 30
SHARES_TRIED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a change would have done to the shares of the last 30 days.

    `newly_held` and `let_go` are shares by site; `is_whole` says whether all shares were looked at
    or the newest of them alone.
    """

    shares: int
    newly_held: Mapping[str, int]
    let_go: Mapping[str, int]
    is_whole: bool


def read_rules(context: Context, actor: Actor) -> tuple[RuleBook, list[RulesVersion]]:
    """Return the numbers that hold, and their versions, the newest first."""
    actor.needs_role(Role.REVIEWER)
    with context.database.reading() as session:
        return fraud.read_book(session, TENANT), fraud.list_versions(session, TENANT)


def change_rules(
    context: Context, actor: Actor, changes: Mapping[str, int], reason: str
) -> RuleBook:
    """Let other numbers hold from now on. What was held before stays as it is.

    Raises Forbidden, Invalid for a number or without a reason, Conflict when somebody was quicker.
    """
    actor.needs_role(Role.REVIEWER)
    said = check_reason(reason)
    with context.database.transaction() as session:
        book = fraud.read_book(session, TENANT)
        made = _amend(book, changes)
        version = RulesVersion(
            version=made.version, body=write_changes(made), reason=said, by=actor.account,
            at=context.clock.now(),
        )  # fmt: skip
        if not fraud.add_version(session, TENANT, version):
            raise Conflict("Somebody else changed the rules just now.", hint="Look again.")
        audit.note(
            session, context, actor, "fraud.tune", f"rules:{made.version}",
            changes=dict(changes), reason=said,
        )  # fmt: skip
    return made


def try_rules(context: Context, actor: Actor, changes: Mapping[str, int]) -> DryRun:
    """Return what a change would have held and let go. Changes nothing.

    Networks that are forgotten by now break no rule, with the old numbers as with the new.
    """
    actor.needs_role(Role.REVIEWER)
    now = context.clock.now()
    since = Instant(now - (TRIED_DAYS + 1) * DAY)
    with context.database.reading() as session:
        book = fraud.read_book(session, TENANT)
        trial = _Trial(session=session, old=book, new=_amend(book, changes))
        found = fraud_facts.list_all_traces(session, TENANT, since, limit=SHARES_TRIED)
        for one in found:
            trial.take(one, is_counted=one.trace.at > now - TRIED_DAYS * DAY)
    return DryRun(
        shares=trial.shares,
        newly_held=trial.newly_held,
        let_go=trial.let_go,
        is_whole=len(found) < SHARES_TRIED,
    )


def _amend(book: RuleBook, changes: Mapping[str, int]) -> RuleBook:
    made = amend(book, changes, book.version + 1)
    if numbers_of(made) == numbers_of(book):
        raise Invalid("Nothing is changed.", hint="Change a number first.")
    return made


@dataclass(slots=True, kw_only=True)
class _Trial:
    """Judges shares twice, in the order in which they were made."""

    session: Session
    old: RuleBook
    new: RuleBook
    shares: int = 0
    newly_held: dict[str, int] = field(default_factory=dict)
    let_go: dict[str, int] = field(default_factory=dict)
    _sites: dict[str, deque[Trace]] = field(default_factory=dict)
    _owners: dict[str, deque[Instant]] = field(default_factory=dict)
    _days: dict[tuple[str, Day], Glances] = field(default_factory=dict)

    def take(self, one: OwnedTrace, *, is_counted: bool) -> None:
        """Judge a share that was made after all those before it."""
        traces = self._sites.setdefault(one.site, deque(maxlen=SHARES_LOOKED_AT))
        traces.append(one.trace)
        hour = self._owners.setdefault(one.account, deque())
        hour.append(one.trace.at)
        while hour[0] <= one.trace.at - HOUR:
            hour.popleft()
        if not is_counted:
            return
        self.shares += 1
        before = self._is_held(one, self.old)
        after = self._is_held(one, self.new)
        if before != after:
            changed = self.let_go if before else self.newly_held
            changed[one.title] = changed.get(one.title, 0) + 1

    def _is_held(self, one: OwnedTrace, book: RuleBook) -> bool:
        facts = self._facts(one)
        reasons = find_reasons(facts, book)
        if reasons:
            facts = replace(facts, glances=self._find_glances(one))
        return judge(facts, book, reasons).severity is Severity.HIGH

    def _facts(self, one: OwnedTrace) -> ShareFacts:
        at = one.trace.at
        traces = [trace for trace in self._sites[one.site] if trace.at > at - WINDOW]
        own = [trace.at for trace in traces if trace.visitor == one.trace.visitor]
        hour = len(self._owners[one.account])
        return ShareFacts(at=at, owner_hour=hour, traces=traces, own=own)

    def _find_glances(self, one: OwnedTrace) -> Glances:
        """Return what was done on the site on the share's day and the day before."""
        today = day_of(one.trace.at)
        days = [self._read_day(one.site, day) for day in (Day(today - 1), today)]
        views: dict[str, list[Instant]] = {}
        for day in days:
            for visitor, times in day.views.items():
                views.setdefault(visitor, []).extend(times)
        return Glances(
            since=start_of(Day(today - 1)),
            views=views,
            # The earlier day's first: it is when somebody engaged at first.
            engaged={**days[1].engaged, **days[0].engaged},
        )

    def _read_day(self, site: str, day: Day) -> Glances:
        if (site, day) not in self._days:
            self._days[site, day] = fraud_facts.read_day(self.session, TENANT, site, day)
        return self._days[site, day]
