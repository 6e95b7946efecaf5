"""`/api/v1/reviews`: what of the caller's waits until a person has looked at it."""

from __future__ import annotations

from backend.actions.earnings import earnings_of
from backend.actions.fraud_queue import read_waiting
from backend.domain.actors import Scope
from backend.web.api.operation import Call, Operation, Output


class HeldAnswer(Output, frozen=True):
    """Commissions under review, in minor units of one currency."""

    currency: str
    held: int


class ReviewsAnswer(Output, frozen=True):
    """What does not count, or cannot be paid out, until a review is over."""

    shares: int
    referrals: int
    commissions: list[HeldAnswer]


def read(call: Call) -> ReviewsAnswer:
    waiting = read_waiting(call.context, call.owner)
    earned = earnings_of(call.context, call.owner)
    return ReviewsAnswer(
        shares=waiting.shares,
        referrals=waiting.referrals,
        commissions=[
            HeldAnswer(currency=one.currency, held=one.held) for one in earned if one.held
        ],
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/reviews",
        name="read_reviews",
        summary="What of yours waits for a review: shares, referrals, commissions",
        tag="reviews",
        run=read,
        scope=Scope.REFERRALS_READ,
        result=ReviewsAnswer,
    ),
)
