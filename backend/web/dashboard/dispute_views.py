"""Disputes in words, for their owners and for those who decide them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.disputes import (
    LONGEST_LINK,
    LONGEST_TEXT,
    UNDECIDED,
    Dispute,
    DisputeKind,
    DisputeState,
    Message,
)
from backend.domain.instants import to_datetime
from backend.errors import Invalid, ServiceError
from backend.web.forms import Form

KINDS: dict[DisputeKind, str] = {
    DisputeKind.ATTRIBUTION: "Who brought a customer",
    DisputeKind.COMMISSION: "A commission",
    DisputeKind.PAYOUT: "A payout",
}
STATES: dict[DisputeState, str] = {
    DisputeState.OPEN: "Being looked at",
    DisputeState.EVIDENCE: "Waits for evidence",
    DisputeState.UPHELD: "Upheld",
    DisputeState.REJECTED: "Rejected",
    DisputeState.WITHDRAWN: "Withdrawn",
    DisputeState.EXPIRED: "Expired",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLine:
    """A dispute of a list. `due` is None when nothing is."""

    id: str
    kind: str
    state: str
    is_undecided: bool
    opened: datetime.datetime
    due: datetime.datetime | None
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """What one side said: the owner, or who decides."""

    n: int
    is_owner: bool
    text: str
    link: str
    at: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a form for a text and a link holds: what was typed, and what is wrong with it."""

    text: str
    link: str
    problem: str
    hint: str
    problem_field: str
    longest: int = LONGEST_TEXT
    longest_link: int = LONGEST_LINK


def said_in(form: Form) -> tuple[str, str]:
    """Return the text and the link of a form; the domain says when they are too long."""
    return form.get("text", 4 * LONGEST_TEXT), form.get("link", 4 * LONGEST_LINK).strip()


def typed_in(form: Form | None, problem: ServiceError | None) -> Typed:
    """Return the form as it was sent, empty for None."""
    text, link = said_in(form) if form else ("", "")
    return Typed(
        text=text,
        link=link,
        problem=problem.message if problem else "",
        hint=problem.hint if problem else "",
        problem_field=problem.field if isinstance(problem, Invalid) else "",
    )


def line_of(dispute: Dispute, who: str) -> DisputeLine:
    """Return a dispute as a list shows it; `who` opened it, '' where that is plain."""
    return DisputeLine(
        id=dispute.id,
        kind=KINDS[dispute.kind],
        state=STATES[dispute.state],
        is_undecided=dispute.state in UNDECIDED,
        opened=to_datetime(dispute.opened_at),
        due=None if dispute.due_at is None else to_datetime(dispute.due_at),
        who=who,
    )


def view_messages(said: Sequence[Message]) -> tuple[MessageView, ...]:
    """Return what was said, the oldest first."""
    return tuple(
        MessageView(
            n=one.n,
            is_owner=one.is_owner,
            text=one.text,
            link=one.link,
            at=to_datetime(one.at),
        )
        for one in said
    )
