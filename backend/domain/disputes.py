"""What owners dispute: their share, a commission, a payout. A chargeback is none of these.

Source: the domain's state machine of a dispute: open, evidence, then decided (upheld or rejected),
withdrawn, or expired.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from backend.domain.instants import DAY, Instant
from backend.domain.money import check_amount
from backend.errors import Conflict, Invalid, LimitReached

ANSWER_WITHIN = 14 * DAY
"""How long an owner has to give the evidence that was asked for."""
DECIDE_WITHIN = 30 * DAY
"""By when a dispute should be decided; nothing happens by itself when it is not."""
OPEN_AT_ONCE = 20
MESSAGES = 50
LONGEST_TEXT = 4_000
LONGEST_LINK = 500


class DisputeKind(StrEnum):
    ATTRIBUTION = "attribution"
    """Somebody else is taken for who brought a customer."""
    COMMISSION = "commission"
    PAYOUT = "payout"


class DisputeState(StrEnum):
    OPEN = "open"
    EVIDENCE = "evidence"
    """The owner was asked for evidence; without any by the due date, the dispute expires."""
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


UNDECIDED = frozenset({DisputeState.OPEN, DisputeState.EVIDENCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """What `account` disputes. `amount` minor units were given, as the award of that number of
    `payment`, when it was upheld.
    """

    id: str
    account: str
    kind: DisputeKind
    payment: str | None = None
    payout: str | None = None
    state: DisputeState = DisputeState.OPEN
    opened_at: Instant
    due_at: Instant | None
    decided_by: str | None = None
    decided_at: Instant | None = None
    reason: str = ""
    amount: int = 0
    award: int | None = None

    @property
    def holds(self) -> bool:
        """Whether it keeps the owner's commission of its payment held while it is undecided."""
        return self.kind is DisputeKind.COMMISSION and self.state in UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one side said: the owner, or who decides."""

    n: int
    is_owner: bool
    text: str
    link: str
    at: Instant


def check_opening(kind: DisputeKind, payment: str | None, payout: str | None, open_: int) -> None:
    """Raise Invalid unless a dispute names what its kind is about, LimitReached for too many."""
    if (kind is DisputeKind.COMMISSION) != (payment is not None):
        raise Invalid("A dispute about a commission, and only that, names its payment.",
                      field="payment")  # fmt: skip
    if (kind is DisputeKind.PAYOUT) != (payout is not None):
        raise Invalid("A dispute about a payout, and only that, names it.", field="payout")
    if open_ >= OPEN_AT_ONCE:
        raise LimitReached(f"{OPEN_AT_ONCE} of your disputes are undecided.", hint="Wait for one.")


def check_message(text: str, link: str, before: int) -> tuple[str, str]:
    """Return a text and its link. Raises Invalid for what cannot be, LimitReached for too many."""
    said = text.strip()
    if not 0 < len(said) <= LONGEST_TEXT:
        raise Invalid(f"A text has 1 to {LONGEST_TEXT} characters.", field="text")
    try:
        address = urlsplit(link)
        is_good = address.scheme == "https" and bool(address.hostname) and not address.username
    except ValueError:
        is_good = False
    if link and not (is_good and len(link) <= LONGEST_LINK and link.isprintable()):
        raise Invalid("A link begins with https:// and is not too long.", field="link")
    if before >= MESSAGES:
        raise LimitReached(f"A dispute has at most {MESSAGES} messages.")
    return said, link


def ask(dispute: Dispute, now: Instant) -> Dispute:
    """Return the dispute waiting for the owner's evidence. Raises Conflict when it is decided."""
    _must_be_undecided(dispute)
    return replace(dispute, state=DisputeState.EVIDENCE, due_at=Instant(now + ANSWER_WITHIN))


def answer(dispute: Dispute) -> Dispute:
    """Return the dispute after its owner said something: evidence that came expires no more.

    Raises Conflict when it is decided.
    """
    _must_be_undecided(dispute)
    return replace(dispute, due_at=None) if dispute.state is DisputeState.EVIDENCE else dispute


def withdraw(dispute: Dispute, now: Instant) -> Dispute:
    """Return the dispute withdrawn. Raises Conflict when it is decided."""
    _must_be_undecided(dispute)
    return replace(dispute, state=DisputeState.WITHDRAWN, due_at=None, decided_at=now)


def expire(dispute: Dispute) -> Dispute:
    """Return a dispute whose evidence did not come in time."""
    _must_be_undecided(dispute)
    return replace(dispute, state=DisputeState.EXPIRED, decided_at=dispute.due_at, due_at=None)


def decide(  # noqa: PLR0913  what a decision is, each named
    dispute: Dispute, by: str, now: Instant, *, is_upheld: bool, reason: str, amount: int
) -> Dispute:
    """Return the dispute decided. Raises Conflict when it is already or by its own owner, and
    Invalid for an amount with a rejection.
    """
    _must_be_undecided(dispute)
    if by == dispute.account:
        raise Conflict("Nobody decides their own dispute.", hint="Ask somebody else.")
    check_amount(amount)
    if amount and not is_upheld:
        raise Invalid("Nothing is given with a rejection.", field="amount")
    return replace(
        dispute,
        state=DisputeState.UPHELD if is_upheld else DisputeState.REJECTED,
        due_at=None,
        decided_by=by,
        decided_at=now,
        reason=reason,
        amount=amount,
    )


def _must_be_undecided(dispute: Dispute) -> None:
    if dispute.state not in UNDECIDED:
        raise Conflict(f"The dispute is {dispute.state} already.", hint="Open another one.")
