"""Shares that may not be what they seem: facts about them become signals, signals a verdict.

Each signal is a pure function of facts and of its rule's numbers. No single fact of a crowd holds
anything: a class behind one address, a hall full of people and a spike of a thousand visitors each
show one or two of them, and people look at a page before they share it.

Source: the rules, "Fraud".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from backend.domain import fraud_rules as names
from backend.domain.fraud_rules import Rule, RuleBook
from backend.domain.instants import DAY, HOUR, MINUTE, SECOND, Instant, day_of

WINDOW = DAY
SHARES_LOOKED_AT = 200
"""How many of a site's newest shares a verdict is made from."""


class Severity(StrEnum):
    NONE = "none"
    LOW = "low"
    """Noted, and nothing more."""
    HIGH = "high"
    """Held until a person has looked at it."""


# Not frozen: a verdict on a busy site makes hundreds.
@dataclass(slots=True, kw_only=True)
class Trace:
    """A share as fraud rules see it. `network` is '' when it is unknown or forgotten."""

    at: Instant
    visitor: str
    visitor_yesterday: str
    network: str
    platform: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Glances:
    """What sharers did on the site's pages, as far back as `since`: the times of their views and
    when each of them first engaged, by their hashes.
    """

    since: Instant
    views: Mapping[str, Sequence[Instant]]
    engaged: Mapping[str, Instant]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFacts:
    """All that is looked at when a share at `at` is judged; it is the last of each list.

    `traces` are the site's newest shares of 24 hours, oldest first; `own` the times of the
    visitor's; `owner_hour` how many shares of all the owner's sites an hour has. `glances` are
    None as long as there is no reason to look.
    """

    at: Instant
    owner_hour: int
    traces: Sequence[Trace]
    own: Sequence[Instant]
    glances: Glances | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A rule that holds, with the numbers it was held against and what was counted.

    Evidence is counts and durations, never a hash: those are forgotten after two days.
    """

    rule: str
    version: int
    weight: int
    limits: Mapping[str, int]
    evidence: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a share or a referrer looks like. The sum of the weights of all signals is its score;
    from `high` on it is held.
    """

    signals: tuple[Signal, ...]
    high: int

    @property
    def score(self) -> int:
        return sum(signal.weight for signal in self.signals)

    @property
    def severity(self) -> Severity:
        if self.score >= self.high:
            return Severity.HIGH
        return Severity.LOW if self.signals else Severity.NONE

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(signal.rule for signal in self.signals)

    def without(self, rules: frozenset[str]) -> Verdict:
        """Return what is left when somebody has answered for some rules."""
        left = tuple(signal for signal in self.signals if signal.rule not in rules)
        return Verdict(signals=left, high=self.high)


def find_reasons(facts: ShareFacts, book: RuleBook) -> list[Signal]:
    """Return what is odd about the site's shares themselves.

    Only that is a reason to look at what sharers did on its pages: it costs more than all else.
    """
    return _run(_OF_SITE, facts, book)


def judge(facts: ShareFacts, book: RuleBook, reasons: Sequence[Signal]) -> Verdict:
    """Return the verdict on a share: `reasons` are what `find_reasons` found."""
    signals = [*reasons, *(_run(_BY_GLANCES, facts, book) if reasons else ())]
    return Verdict(signals=(*signals, *_run(_OF_VISITOR, facts, book)), high=book.high)


def signal_of(rule: Rule, book: RuleBook, **evidence: int) -> Signal:
    """Return that a rule holds."""
    return Signal(
        rule=rule.name,
        version=book.version,
        weight=rule.weight,
        limits=dict(rule.limits),
        evidence=evidence,
    )


Evidence = dict[str, int] | None
_Look = Callable[[ShareFacts, Mapping[str, int]], Evidence]


def find_burst(facts: ShareFacts, limits: Mapping[str, int]) -> Evidence:
    """More than 50 shares of one owner's sites within an hour."""
    if facts.owner_hour <= limits["more_than"]:
        return None
    return {"shares_in_an_hour": facts.owner_hour}


def find_few_networks(facts: ShareFacts, limits: Mapping[str, int]) -> Evidence:
    """At least 10 shares in 24 hours from fewer than 3 networks.

    A network's hash is another one each day, so the days are looked at apart.
    """
    known = [trace for trace in facts.traces if trace.network]
    by_day: dict[int, set[str]] = {}
    for trace in known:
        by_day.setdefault(day_of(trace.at), set()).add(trace.network)
    most = max(map(len, by_day.values()), default=0)
    if len(known) < limits["least_shares"] or most >= limits["fewer_than"]:
        return None
    return {"shares": len(known), "networks": most, "sharers": _sharers(facts)}


def find_inhuman_pace(facts: ShareFacts, limits: Mapping[str, int]) -> Evidence:
    """One visitor makes 5 shares within 5 seconds."""
    least = limits["least_shares"]
    last = facts.own[-least:]
    if least < 2 or len(last) < least:
        return None
    took = last[-1] - last[0]
    if took > limits["within_seconds"] * SECOND:
        return None
    return {"shares": len(last), "milliseconds": took // 1_000}


def find_regular_gaps(facts: ShareFacts, limits: Mapping[str, int]) -> Evidence:
    """The last gaps between shares of the site differ by less than 15 % from their mean.

    Gaps below a second say more about requests than about people, and are left out.
    """
    least = limits["least_gaps"]
    times = [trace.at for trace in facts.traces[-least - 1 :]]
    gaps = [after - before for before, after in pairwise(times)]
    if least < 2 or len(gaps) < least:
        return None
    mean = sum(gaps) // len(gaps)
    deviation = sum(abs(gap - mean) for gap in gaps) // len(gaps)
    if mean < SECOND or deviation * 100 >= mean * limits["deviation_percent"]:
        return None
    return {
        "gaps": len(gaps),
        "mean_seconds": mean // SECOND,
        "deviation_percent": deviation * 100 // mean,
    }


def find_uniform(facts: ShareFacts, limits: Mapping[str, int]) -> Evidence:
    """At least 10 shares, all of one page on one platform."""
    kinds = {(trace.platform, trace.page) for trace in facts.traces}
    if len(facts.traces) < limits["least_shares"] or len(kinds) > 1:
        return None
    return {"shares": len(facts.traces)}


def find_unseen(facts: ShareFacts, limits: Mapping[str, int]) -> Evidence:
    """More than half of the sharers had no view of the site before they shared."""
    looks = _looks(facts)
    unseen = sum(look is None for look in looks)
    if not _is_more(unseen, len(looks), limits):
        return None
    return {"sharers": len(looks), "without_a_view": unseen}


def find_hasty(facts: ShareFacts, limits: Mapping[str, int]) -> Evidence:
    """More than half of the sharers shared within 3 seconds of their first view."""
    looks = _looks(facts)
    within = limits["within_seconds"] * SECOND
    hasty = sum(look is not None and look <= within for look in looks)
    if not _is_more(hasty, len(looks), limits):
        return None
    return {"sharers": len(looks), "within_seconds_of_a_view": hasty}


def find_unengaged(facts: ShareFacts, limits: Mapping[str, int]) -> Evidence:
    """Fewer than a tenth of those who shared a while ago stayed on a page.

    A browser tells how long somebody stayed when they leave, so the last minutes say nothing.
    """
    if facts.glances is None:
        return None
    before = facts.at - limits["after_minutes"] * MINUTE
    sharers = {trace.visitor: trace for trace in _covered(facts) if trace.at <= before}
    known = facts.glances.engaged
    engaged = sum(
        known.get(trace.visitor, facts.at + 1) <= facts.at
        or known.get(trace.visitor_yesterday, facts.at + 1) <= facts.at
        for trace in sharers.values()
    )
    if len(sharers) < limits["least_sharers"]:
        return None
    if engaged * 100 >= len(sharers) * limits["below_percent"]:
        return None
    return {"sharers": len(sharers), "engaged": engaged}


_OF_SITE: dict[str, _Look] = {
    names.SHARE_BURST: find_burst,
    names.FEW_NETWORKS: find_few_networks,
    names.REGULAR_GAPS: find_regular_gaps,
    names.UNIFORM: find_uniform,
}
_OF_VISITOR: dict[str, _Look] = {names.INHUMAN_PACE: find_inhuman_pace}
_BY_GLANCES: dict[str, _Look] = {
    names.UNSEEN: find_unseen,
    names.HASTY: find_hasty,
    names.UNENGAGED: find_unengaged,
}
_WARM_UP = HOUR // 6
"""How long before a share its sharer's view may lie at the edge of what was looked at."""


def _run(looks: Mapping[str, _Look], facts: ShareFacts, book: RuleBook) -> list[Signal]:
    found = []
    for name, look in looks.items():
        rule = book.rules[name]
        if rule.weight and (evidence := look(facts, rule.limits)) is not None:
            found.append(signal_of(rule, book, **evidence))
    return found


def _is_more(some: int, of: int, limits: Mapping[str, int]) -> bool:
    return of >= limits["least_sharers"] and some * 100 > of * limits["above_percent"]


def _sharers(facts: ShareFacts) -> int:
    return len({trace.visitor for trace in facts.traces})


def _covered(facts: ShareFacts) -> list[Trace]:
    """Return the shares whose views, had there been any, would be known."""
    if facts.glances is None:
        return []
    since = facts.glances.since + _WARM_UP
    return [trace for trace in facts.traces if trace.at >= since]


def _looks(facts: ShareFacts) -> list[int | None]:
    """Return how long each sharer knew the site when they first shared; None for not at all."""
    looks: dict[str, int | None] = {}
    for trace in _covered(facts):
        if facts.glances is None or trace.visitor in looks:
            continue
        seen = [
            view
            for hashed in (trace.visitor, trace.visitor_yesterday)
            for view in facts.glances.views.get(hashed, ())
            if view <= trace.at
        ]
        looks[trace.visitor] = trace.at - min(seen) if seen else None
    return list(looks.values())
