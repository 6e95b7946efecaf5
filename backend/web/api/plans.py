"""`/api/v1/finance/plans`: commission plans, for administrators who are signed in."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from backend.actions import plans
from backend.domain.actors import Role, Scope
from backend.domain.instants import DAY, from_datetime, to_text
from backend.domain.plans import Choice, KnownPlan
from backend.gateways.plan_files import (
    Country,
    Multiplier,
    PlanName,
    PlanText,
    PlanVersion,
    Rate,
    StepText,
    to_plan,
)
from backend.web.api.fields import Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output


class NewPlan(Input, frozen=True):
    """A version of a plan. Rates and multipliers are basis points: 10 000 are all, or once."""

    name: PlanName
    version: PlanVersion
    steps: Annotated[list[StepText], Meta(min_length=1, max_length=20)]
    deeper_bp: Annotated[list[Rate], Meta(max_length=6)] = msgspec.field(default_factory=list)
    regions: Annotated[dict[Country, Multiplier], Meta(max_length=300)] = msgspec.field(
        default_factory=dict
    )
    hold_days: Annotated[int, Meta(ge=0, le=365)] = 30


class NamedPlan(Input, frozen=True):
    """A plan that is there, the newest version unless it says which."""

    name: PlanName
    version: PlanVersion | None = None


class PlanChoice(Input, frozen=True):
    """Which plan holds, and from when on; null is now."""

    name: PlanName
    version: PlanVersion | None = None
    since: Annotated[datetime.datetime, Meta(tz=True)] | None = None


class PlanAnswer(Output, frozen=True):
    """A plan. `largest_bp` is the most it can ever pay out of a payment."""

    name: str
    version: int
    steps: list[StepText]
    deeper_bp: list[int]
    regions: dict[str, int]
    hold_days: int
    largest_bp: int
    needs_acknowledgement: bool
    acknowledged_by: str | None
    acknowledged_at: Time | None


class ChoiceAnswer(Output, frozen=True):
    """That a plan holds for payments from `since` on."""

    since: Time
    name: str
    version: int
    chosen_by: str | None


class PlansAnswer(Output, frozen=True):
    """Every plan, and what was chosen for when, the latest first."""

    plans: list[PlanAnswer]
    choices: list[ChoiceAnswer]
    current: str
    current_version: int


class LoadedAnswer(Output, frozen=True):
    """A version of a plan is here; `is_new` tells whether it was not before."""

    name: str
    version: int
    is_new: bool


def list_all(call: Call) -> PlansAnswer:
    call.owner.needs_role(Role.ADMIN)
    found = plans.list_plans(call.context)
    return PlansAnswer(
        plans=[_answer(known) for known in found.known],
        choices=[_choice(choice) for choice in found.choices],
        current=found.current.name,
        current_version=found.current.version,
    )


def load(call: Call) -> LoadedAnswer:
    call.owner.needs_role(Role.ADMIN)
    written = PlanText(**{name: getattr(call.body, name) for name in PlanText.__struct_fields__})
    plan = to_plan(written)
    is_new = plans.load_plan(call.context, call.owner, plan)
    return LoadedAnswer(name=plan.name, version=plan.version, is_new=is_new)


def acknowledge(call: Call) -> PlanAnswer:
    return _answer(
        plans.acknowledge_plan(call.context, call.owner, call.body.name, call.body.version)
    )


def use(call: Call) -> ChoiceAnswer:
    since = None if call.body.since is None else from_datetime(call.body.since)
    chosen = plans.use_plan(
        call.context, call.owner, call.body.name, call.body.version, since=since
    )
    return _choice(chosen)


def _answer(known: KnownPlan) -> PlanAnswer:
    plan = known.plan
    return PlanAnswer(
        name=plan.name,
        version=plan.version,
        steps=[
            StepText(
                name=step.name,
                from_month=step.from_month,
                until_month=step.until_month,
                rate_bp=step.rate_bp,
            )
            for step in plan.steps
        ],
        deeper_bp=list(plan.deeper_bp),
        regions=dict(plan.regions),
        hold_days=plan.hold // DAY,
        largest_bp=plan.largest_bp,
        needs_acknowledgement=plan.needs_acknowledgement,
        acknowledged_by=known.acknowledged_by,
        acknowledged_at=time_of(known.acknowledged_at),
    )


def _choice(choice: Choice) -> ChoiceAnswer:
    return ChoiceAnswer(
        since=to_text(choice.since),
        name=choice.plan,
        version=choice.version,
        chosen_by=choice.chosen_by,
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/finance/plans",
        name="list_plans",
        summary="Commission plans, and which one holds from when on",
        tag="finance",
        run=list_all,
        scope=Scope.ACCOUNT_READ,
        result=PlansAnswer,
    ),
    Operation(
        method="POST",
        path="/finance/plans",
        name="load_plan",
        summary="Store a version of a commission plan",
        tag="finance",
        run=load,
        scope=Scope.ACCOUNT_WRITE,
        body=NewPlan,
        result=LoadedAnswer,
    ),
    Operation(
        method="POST",
        path="/finance/plans/acknowledgements",
        name="acknowledge_plan",
        summary="Take responsibility for a plan of several levels",
        tag="finance",
        run=acknowledge,
        scope=Scope.ACCOUNT_WRITE,
        body=NamedPlan,
        result=PlanAnswer,
    ),
    Operation(
        method="POST",
        path="/finance/programme",
        name="use_plan",
        summary="Let a plan hold for payments from an instant on",
        tag="finance",
        run=use,
        scope=Scope.ACCOUNT_WRITE,
        body=PlanChoice,
        result=ChoiceAnswer,
    ),
)
