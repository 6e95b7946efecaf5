"""Commission plans of this service: loaded, acknowledged, and put to use from an instant on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.actions.audit import note
from backend.actions.context import Context
from backend.domain.actors import Actor, Role
from backend.domain.instants import Instant, to_text
from backend.domain.plans import (
    DEFAULT_PLAN,
    Choice,
    KnownPlan,
    Plan,
    check_acknowledged,
    check_plan,
)
from backend.errors import Conflict, Invalid, NotFound
from backend.store import ledger, plans
from backend.store.database import Session
from backend.store.tables.base import TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """Every plan, what was chosen for when (the latest first), and the plan that holds now."""

    known: tuple[KnownPlan, ...]
    choices: tuple[Choice, ...]
    current: Plan


def list_plans(context: Context) -> Plans:
    """Return all plans and which of them holds."""
    with context.database.reading() as session:
        return Plans(
            known=tuple(plans.list_plans(session, TENANT)),
            choices=tuple(plans.list_choices(session, TENANT)),
            current=plans.plan_at(session, TENANT, context.clock.now(), DEFAULT_PLAN),
        )


def load_plan(context: Context, actor: Actor, plan: Plan) -> bool:
    """Store a version of a plan; tell whether it was new. The same again changes nothing.

    Raises Invalid for one that may pay out more than came in, and Conflict when that version is
    there with other content: it never changes.
    """
    actor.needs_role(Role.ADMIN)
    check_plan(plan)
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        known = _find(session, plan.name, plan.version)
        if known is None:
            plans.save_plan(session, TENANT, plan, context.clock.now())
            note(session, context, actor, "plan.load", _subject(plan))
            return True
    if known.plan != plan:
        raise Conflict(
            f"Version {plan.version} of the plan {plan.name} is there already, with other content.",
            hint="A version never changes: give it the next number.",
        )
    return False


def acknowledge_plan(
    context: Context, actor: Actor, name: str, version: int | None = None
) -> KnownPlan:
    """Note that the actor takes responsibility for a plan of several levels.

    The first acknowledgement stands. `version` None is the newest. Raises NotFound.
    """
    actor.needs_role(Role.ADMIN)
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        known = _get(session, name, version)
        plan = known.plan
        plans.acknowledge(session, TENANT, plan, actor.account, context.clock.now())
        if known.acknowledged_at is None:
            note(session, context, actor, "plan.acknowledge", _subject(plan))
        return _get(session, plan.name, plan.version)


def use_plan(
    context: Context,
    actor: Actor,
    name: str,
    version: int | None = None,
    *,
    since: Instant | None = None,
) -> Choice:
    """Let a plan hold for payments from `since` on, None for now.

    Payments that were made before keep theirs. Raises Invalid for a time that has passed,
    Forbidden for several levels that nobody acknowledged, and NotFound.
    """
    actor.needs_role(Role.ADMIN)
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        now = context.clock.now()
        known = _get(session, name, version)
        check_acknowledged(known.plan, is_acknowledged=known.acknowledged_at is not None)
        if since is not None and since < now:
            raise Invalid(
                f"{to_text(since)} has passed.",
                field="since",
                hint="A plan holds from now on, or from a later time.",
            )
        start = now if since is None else since
        plans.choose(session, TENANT, known.plan, start, actor.account)
        note(session, context, actor, "plan.use", _subject(known.plan), since=to_text(start))
    return Choice(
        since=start, plan=known.plan.name, version=known.plan.version, chosen_by=actor.account
    )


def _subject(plan: Plan) -> str:
    return f"plan:{plan.name}@{plan.version}"


def _get(session: Session, name: str, version: int | None) -> KnownPlan:
    found = _find(session, name, version)
    if found is None:
        which = "" if version is None else f"version {version} of "
        raise NotFound(f"There is no {which}plan {name[:40]!r}.", hint="List the plans there are.")
    return found


def _find(session: Session, name: str, version: int | None) -> KnownPlan | None:
    """Return a version of a plan, the newest for None."""
    named: Sequence[KnownPlan] = [
        known
        for known in plans.list_plans(session, TENANT)
        if known.plan.name == name and version in {None, known.plan.version}
    ]
    return named[-1] if named else None
