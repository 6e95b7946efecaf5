"""Reviews of an owner: while one is under way, nothing of what they earned can be claimed.

Source: the domain's state machine of a hold: active, then released or confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import Instant
from backend.errors import Conflict, Invalid

LONGEST_REASON = 1_000


class HoldStep(StrEnum):
    ACTIVE = "active"
    RELEASED = "released"
    CONFIRMED = "confirmed"
    """What waited is void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A step of the reviews of an account, numbered from 1. `by` is who took it, None a rule."""

    account: str
    n: int
    step: HoldStep
    reason: str
    by: str | None
    at: Instant

    @property
    def key(self) -> str:
        """What the entries of this step are called in the ledger."""
        return f"hold:{self.account}:{self.n}"


def check_step(last: Hold | None, wanted: HoldStep) -> int:
    """Return the number of the next step. Raises Conflict when that cannot be the next one."""
    is_held = last is not None and last.step is HoldStep.ACTIVE
    if is_held == (wanted is HoldStep.ACTIVE):
        raise Conflict(
            "Commissions of this account are held already."
            if is_held
            else "No commissions of this account are held.",
            hint="Look at its reviews again: somebody else may have been quicker.",
        )
    return 1 if last is None else last.n + 1


def check_reason(text: str) -> str:
    """Return the reason in one line. Raises Invalid without one, or for a long one."""
    reason = " ".join(text.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(
            f"A reason has 1 to {LONGEST_REASON} characters.", field="reason", hint="Say why."
        )
    return reason
