"""Reviews and disputes as their owner takes them away: what was found, and how it ended, in words.

Neither the numbers that rules look for nor what reviewers noted for themselves is in it: the one
helps whoever cheats, the other may be about somebody else.
"""

from __future__ import annotations

from typing import Any

from backend.domain.fraud import Signal
from backend.domain.fraud_cases import CaseState, read_signals
from backend.domain.fraud_rules import DEFAULT

REVIEW_COLUMNS = ("opened_at", "site", "kind", "found", "held", "outcome", "decided_at")
MESSAGE_COLUMNS = ("at", "dispute", "by", "text", "link")
_OUTCOMES = {
    CaseState.NOTED: "noted, and nothing was held",
    CaseState.OPEN: "waits for a person; it does not count until then",
    CaseState.CLEARED: "cleared: it counts as if nothing had been",
    CaseState.CONFIRMED: "confirmed: it is left out for good",
}


def word_review(row: dict[str, Any]) -> dict[str, Any]:
    """Return a case's row as it is exported."""
    signals = read_signals(row["signals"])
    worded = row | {
        "found": "; ".join(_word_signal(signal) for signal in signals),
        "outcome": _OUTCOMES[CaseState(row["state"])],
    }
    return {name: worded[name] for name in REVIEW_COLUMNS}


def word_message(row: dict[str, Any]) -> dict[str, Any]:
    """Return what was said in a dispute as it is exported."""
    worded = row | {"by": "you" if row["is_owner"] else "the service"}
    return {name: worded[name] for name in MESSAGE_COLUMNS}


def _word_signal(signal: Signal) -> str:
    rule = DEFAULT.rules.get(signal.rule)
    words = rule.words if rule else signal.rule.replace("_", " ").capitalize()
    counted = ", ".join(
        f"{name.replace('_', ' ')}: {number}" for name, number in signal.evidence.items()
    )
    return f"{words} ({counted})" if counted else words
