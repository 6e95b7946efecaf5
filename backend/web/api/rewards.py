"""`/api/v1/rewards`: what the caller was granted, and what they can get.

`/api/v1/finance/credits`: credits on invoices that are written by hand.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from backend.actions import credits
from backend.actions.rewards import RewardProgress, read_rewards
from backend.domain.actors import Scope
from backend.domain.instants import to_text
from backend.domain.rewards import REWARDS, Grant
from backend.web.api.fields import Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output


class GrantAnswer(Output, frozen=True):
    """A reward that you were given. `cents` were promised, `booked` of them stand: money that is
    paid out like commissions, or else credits.
    """

    key: str
    name: str
    kind: str
    reached_at: Time
    granted_at: Time
    until: Time | None
    cents: int
    is_paid_out: bool
    booked: int
    usable_at: Time | None
    evidence: dict[str, int | str]


class ProgressAnswer(Output, frozen=True):
    """A reward that you can get: `value` of `goal`; `depth` is asked of your network."""

    key: str
    name: str
    kind: str
    measure: str
    value: int
    goal: int
    depth: int
    depth_goal: int


class RewardsAnswer(Output, frozen=True):
    """What you were given, what you can get, and your credits: cents off the next invoice."""

    granted: list[GrantAnswer]
    progress: list[ProgressAnswer]
    flags: list[str]
    credits: int
    usable_credits: int


class CreditBody(Input, frozen=True):
    """An invoice that is written by hand, and by how many cents credits may lower it."""

    account: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    ref: Annotated[str, Meta(min_length=1, max_length=80)]
    amount: Annotated[int, Meta(ge=1, le=10_000_000)]


class CreditBack(Input, frozen=True):
    """An invoice that is not paid after all."""

    account: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    ref: Annotated[str, Meta(min_length=1, max_length=80)]


class CreditAnswer(Output, frozen=True):
    """The cents that the invoice used, below zero when they went back, and what is usable now."""

    used: int
    usable_credits: int


def use(call: Call) -> CreditAnswer:
    body = call.body
    done = credits.lower_invoice(call.context, call.owner, body.account, body.amount, body.ref)
    return CreditAnswer(used=done.used, usable_credits=done.usable)


def give_back(call: Call) -> CreditAnswer:
    done = credits.undo_invoice(call.context, call.owner, call.body.account, call.body.ref)
    return CreditAnswer(used=done.used, usable_credits=done.usable)


def read(call: Call) -> RewardsAnswer:
    found = read_rewards(call.context, call.owner)
    return RewardsAnswer(
        granted=[_grant(grant) for grant in found.grants],
        progress=[_progress(one) for one in found.progress],
        flags=sorted(found.flags),
        credits=found.credits,
        usable_credits=found.usable,
    )


def _grant(grant: Grant) -> GrantAnswer:
    reward = REWARDS.get(grant.key)
    return GrantAnswer(
        key=grant.key,
        name=reward.name if reward else grant.key,
        kind=grant.kind,
        reached_at=to_text(grant.at),
        granted_at=to_text(grant.granted_at),
        until=time_of(grant.until),
        cents=grant.cents,
        is_paid_out=grant.is_paid_out,
        booked=grant.booked,
        usable_at=time_of(grant.usable_at),
        evidence=dict(grant.evidence),
    )


def _progress(one: RewardProgress) -> ProgressAnswer:
    return ProgressAnswer(
        key=one.reward.key,
        name=one.reward.name,
        kind=one.reward.kind,
        measure=one.reward.measure,
        value=one.value,
        goal=one.reward.goal,
        depth=one.depth,
        depth_goal=one.reward.depth,
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/rewards",
        name="read_rewards",
        summary="What you were granted, with its evidence, and what you can get",
        tag="rewards",
        run=read,
        scope=Scope.REFERRALS_READ,
        result=RewardsAnswer,
    ),
    Operation(
        method="POST",
        path="/finance/credits/uses",
        name="use_credits",
        summary="Lower an invoice that is written by hand by its account's credits",
        tag="finance",
        run=use,
        scope=Scope.ACCOUNT_WRITE,
        body=CreditBody,
        result=CreditAnswer,
    ),
    Operation(
        method="POST",
        path="/finance/credits/returns",
        name="return_credits",
        summary="Give back what such an invoice used",
        tag="finance",
        run=give_back,
        scope=Scope.ACCOUNT_WRITE,
        body=CreditBack,
        result=CreditAnswer,
    ),
)
