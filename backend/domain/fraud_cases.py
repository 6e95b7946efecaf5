"""Cases: what was found about one site's shares or one owner's referrals, until it is decided.

Source: the rules, "Fraud": what is suspect does not count until a person has confirmed or cleared
it, and what was cleared counts as if nothing had been.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from hashlib import blake2b

from backend.domain.fraud import Severity, Signal, Verdict
from backend.domain.instants import DAY, Instant
from backend.errors import Conflict

VOUCHED = DAY
"""How long a cleared case answers for the same rules of the same site or owner."""
NOTED_AGAIN = DAY
"""After what time something that was only noted is noted anew."""

REMEMBERED = 30 * DAY
"""How long something that was only noted of a referrer adds to what is found later."""


class CaseKind(StrEnum):
    SHARES = "shares"
    REFERRALS = "referrals"


class CaseState(StrEnum):
    NOTED = "noted"
    """Of low severity: nothing is held, and nobody has to decide."""
    OPEN = "open"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. `held` is how many shares or referrals wait or waited with it.

    `hold` is the review of the owner's commissions that it began, if it did.
    """

    tenant: str
    id: str
    account: str
    site: str | None
    kind: CaseKind
    state: CaseState
    score: int
    signals: tuple[Signal, ...]
    held: int
    opened_at: Instant
    updated_at: Instant
    hold: int | None = None
    decided_by: str | None = None
    decided_at: Instant | None = None
    reason: str = ""

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(signal.rule for signal in self.signals)


def name_case(*parts: str) -> str:
    """Return the id of the case that begins with what `parts` name: repeated, it is the same."""
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def follow(last: Case | None, verdict: Verdict, fresh: Case) -> tuple[Case | None, bool]:
    """Return the case that a verdict belongs to, and whether what was judged is held.

    `last` is the newest case of the same site or owner, `fresh` the one to begin when none fits;
    None when there is nothing to write down.
    """
    at = fresh.opened_at
    if verdict.severity is Severity.NONE:
        return None, False
    is_high = verdict.severity is Severity.HIGH
    if last is not None and last.state is CaseState.OPEN:
        return (_grow(last, verdict, at), True) if is_high else (None, False)
    if last is not None and _answers(last, at):
        return follow(None, verdict.without(last.rules), fresh)
    is_recent = last is not None and last.updated_at > at - NOTED_AGAIN
    if last is None or last.state is not CaseState.NOTED or not is_recent:
        return _grow(fresh, verdict, at), is_high
    if not is_high and verdict.rules <= last.rules:
        return None, False
    return _grow(last, verdict, at), is_high


def follow_referrer(last: Case | None, verdict: Verdict, fresh: Case) -> tuple[Case | None, bool]:
    """Return what `follow` does, about a referrer whose newest case is `last`.

    What was noted before adds to the verdict although it is forgotten by now: from which network
    people signed up is known for two days, that they never publish after a week.
    """
    is_remembered = (
        last is not None
        and last.state is CaseState.NOTED
        and last.updated_at > fresh.opened_at - REMEMBERED
    )
    if last is None or not is_remembered or not verdict.signals:
        return follow(last, verdict, fresh)
    kept = tuple(signal for signal in last.signals if signal.rule not in verdict.rules)
    whole = replace(verdict, signals=(*verdict.signals, *kept))
    return (None, False) if whole.rules == last.rules else follow(last, whole, fresh)


def decide(case: Case, state: CaseState, *, by: str, reason: str, at: Instant) -> Case:
    """Return the case as somebody decided it. Raises Conflict when it is not open, or their own."""
    if case.state is not CaseState.OPEN:
        raise Conflict(
            f"This case is {case.state.value}.", hint="Only an open case can be decided."
        )
    if by == case.account:
        raise Conflict("Nobody decides a case of their own.", hint="Ask another reviewer.")
    return replace(case, state=state, decided_by=by, reason=reason, decided_at=at, updated_at=at)


def write_signals(signals: Iterable[Signal]) -> str:
    """Return signals as the JSON that is kept."""
    return json.dumps([asdict(signal) for signal in signals], sort_keys=True)


def read_signals(text: str) -> tuple[Signal, ...]:
    """Return the signals that were kept."""
    return tuple(Signal(**values) for values in json.loads(text))


def _grow(case: Case, verdict: Verdict, at: Instant) -> Case:
    """Return the case with a verdict's signals: of each rule the newest, the highest score."""
    is_high = verdict.severity is Severity.HIGH
    return replace(
        case,
        state=CaseState.OPEN if is_high else case.state,
        score=max(case.score, verdict.score),
        signals=_newest(case.signals, verdict.signals),
        held=case.held + is_high,
        updated_at=at,
    )


def _newest(old: Sequence[Signal], new: Sequence[Signal]) -> tuple[Signal, ...]:
    merged = {signal.rule: signal for signal in (*old, *new)}
    return tuple(merged[rule] for rule in sorted(merged))


def _answers(case: Case, at: Instant) -> bool:
    """Tell whether somebody cleared a case lately: only what is new is looked at then."""
    decided = case.decided_at
    is_cleared = case.state is CaseState.CLEARED
    return is_cleared and decided is not None and decided > at - VOUCHED
