"""`/api/v1/referrals`: whom the caller brought, and with which codes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from backend.actions import referrals
from backend.domain.actors import Scope
from backend.domain.instants import to_text
from backend.domain.referrals import Referral, ReferralState
from backend.web.api.fields import Page, PageQuery, Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output


class ReferralAnswer(Output, frozen=True):
    """Somebody who came through you; nothing says who."""

    id: str
    code: str
    basis: str
    state: str
    signed_up_at: Time
    activated_at: Time | None
    converted_at: Time | None
    churned_at: Time | None


class SummaryAnswer(Output, frozen=True):
    """What became of your links. `converted` are conversions that survived their hold."""

    code: str
    link: str
    codes: list[str]
    touches: int
    states: dict[str, int]
    converted: int
    milestones_reached: list[int]
    next_milestone: int | None


class NewCode(Input, frozen=True):
    """A code of your own choice."""

    code: Annotated[
        str, Meta(min_length=4, max_length=24, pattern="^[A-Za-z2-9]+(?:-[A-Za-z2-9]+)*$")
    ]


class CodeAnswer(Output, frozen=True):
    """A code that is yours now."""

    code: str
    link: str


def list_own(call: Call) -> Page[ReferralAnswer]:
    page = referrals.list_referrals(
        call.context, call.owner, after=call.query.after, limit=call.query.limit
    )
    return Page(items=[_answer(one, state) for one, state in page.referrals], next=page.after)


def summarise(call: Call) -> SummaryAnswer:
    found = referrals.referral_summary(call.context, call.owner)
    return SummaryAnswer(
        code=found.code,
        link=found.link,
        codes=[code.code for code in found.codes],
        touches=found.touches,
        states={str(state): number for state, number in found.states.items()},
        converted=found.progress.converted,
        milestones_reached=list(found.progress.reached),
        next_milestone=found.progress.next,
    )


def claim(call: Call) -> CodeAnswer:
    claimed = referrals.claim_code(call.context, call.owner, call.body.code)
    return CodeAnswer(code=claimed.code, link=f"{call.context.settings.base_url}/r/{claimed.code}")


def _answer(referral: Referral, state: ReferralState) -> ReferralAnswer:
    return ReferralAnswer(
        id=referral.referred,
        code=referral.code,
        basis=referral.basis,
        state=state,
        signed_up_at=to_text(referral.signed_up_at),
        activated_at=time_of(referral.activated_at),
        converted_at=time_of(referral.converted_at),
        churned_at=time_of(referral.churned_at),
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/referrals",
        name="list_referrals",
        summary="Whom you brought, the newest first",
        tag="referrals",
        run=list_own,
        scope=Scope.REFERRALS_READ,
        query=PageQuery,
        result=Page[ReferralAnswer],
    ),
    Operation(
        method="GET",
        path="/referrals/summary",
        name="summarise_referrals",
        summary="What became of your links",
        tag="referrals",
        run=summarise,
        scope=Scope.REFERRALS_READ,
        result=SummaryAnswer,
    ),
    Operation(
        method="POST",
        path="/referrals/codes",
        name="claim_code",
        summary="Claim a referral code of your own choice",
        tag="referrals",
        run=claim,
        scope=Scope.ACCOUNT_WRITE,
        body=NewCode,
        result=CodeAnswer,
        status=201,
    ),
)
