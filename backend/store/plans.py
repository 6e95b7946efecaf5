"""Plans that were loaded, who acknowledged them, and which one holds from when on.

Leans on the primary keys of `plan` (tenant, name, version) and `programme` (tenant, since).
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from sqlalchemy import select, update
from sqlmodel import Session, col

from backend.domain.instants import Instant
from backend.domain.plans import (
    BUILT_IN,
    Choice,
    CommissionStep,
    KnownPlan,
    Plan,
    find_built_in,
)
from backend.errors import NotFound
from backend.store.tables.commissions import PlanRow, ProgrammeRow

CHOICES = 100
"""How many choices are listed; older ones stay in force for what was paid under them."""


def get_plan(session: Session, tenant: str, name: str, version: int) -> Plan:
    """Return a version of a plan. Raises NotFound."""
    for plan in BUILT_IN:
        if (plan.name, plan.version) == (name, version):
            return plan
    row = session.get(PlanRow, (tenant, name, version))
    if row is None:
        raise NotFound(f"There is no version {version} of a plan {name[:40]!r}.")
    return _to_plan(row)


def plan_at(session: Session, tenant: str, at: Instant, default: str) -> Plan:
    """Return the plan that holds for payments at that instant."""
    row = session.execute(
        select(ProgrammeRow)
        .where(col(ProgrammeRow.tenant) == tenant, col(ProgrammeRow.since) <= at)
        .order_by(col(ProgrammeRow.since).desc())
        .limit(1)
    ).scalar_one_or_none()
    if row is None:
        return find_built_in(default)
    return get_plan(session, tenant, row.plan, row.version)


def list_plans(session: Session, tenant: str) -> list[KnownPlan]:
    """Return every plan, by name and version; built-in ones whether or not they were used."""
    rows = {
        (row.name, row.version): row
        for row in session.execute(select(PlanRow).where(col(PlanRow.tenant) == tenant)).scalars()
    }
    plans = {(plan.name, plan.version): plan for plan in BUILT_IN}
    plans |= {key: _to_plan(row) for key, row in rows.items() if key not in plans}
    return [_to_known(plans[key], rows.get(key)) for key in sorted(plans)]


def save_plan(session: Session, tenant: str, plan: Plan, now: Instant) -> None:
    """Store a version of a plan that is not there yet."""
    session.add(
        PlanRow(
            tenant=tenant,
            name=plan.name,
            version=plan.version,
            body=json.dumps(asdict(replace(plan, regions=dict(plan.regions))), sort_keys=True),
            created_at=now,
        )
    )
    session.flush()


def acknowledge(session: Session, tenant: str, plan: Plan, account: str, now: Instant) -> None:
    """Note who said that a plan of several levels may be put to use."""
    if session.get(PlanRow, (tenant, plan.name, plan.version)) is None:
        save_plan(session, tenant, plan, now)
    session.connection().execute(
        update(PlanRow)
        .where(
            col(PlanRow.tenant) == tenant,
            col(PlanRow.name) == plan.name,
            col(PlanRow.version) == plan.version,
            col(PlanRow.acknowledged_at).is_(None),
        )
        .values(acknowledged_by=account, acknowledged_at=now)
    )


def choose(session: Session, tenant: str, plan: Plan, since: Instant, account: str) -> None:
    """Let a plan hold for payments from `since` on."""
    session.merge(
        ProgrammeRow(
            tenant=tenant, since=since, plan=plan.name, version=plan.version, chosen_by=account
        )
    )
    session.flush()


def list_choices(session: Session, tenant: str) -> list[Choice]:
    """Return which plan was chosen for when, the latest first."""
    found = session.execute(
        select(ProgrammeRow)
        .where(col(ProgrammeRow.tenant) == tenant)
        .order_by(col(ProgrammeRow.since).desc())
        .limit(CHOICES)
    )
    return [
        Choice(
            since=Instant(row.since),
            plan=row.plan,
            version=row.version,
            chosen_by=row.chosen_by,
        )
        for row in found.scalars()
    ]


def _to_plan(row: PlanRow) -> Plan:
    body = json.loads(row.body)
    steps = tuple(CommissionStep(**step) for step in body["steps"])
    return Plan(**body | {"steps": steps, "deeper_bp": tuple(body["deeper_bp"])})


def _to_known(plan: Plan, row: PlanRow | None) -> KnownPlan:
    at = row.acknowledged_at if row else None
    return KnownPlan(
        plan=plan,
        acknowledged_by=row.acknowledged_by if row else None,
        acknowledged_at=None if at is None else Instant(at),
    )
