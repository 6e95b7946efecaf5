"""`4site server plan`: lists commission plans, loads, acknowledges and puts them to use."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from backend.actions.context import Context
from backend.actions.plans import Plans, acknowledge_plan, list_plans, load_plan, use_plan
from backend.commands.export import find
from backend.commands.opening import opened
from backend.commands.times import read_time
from backend.domain.actors import Actor, owner_of
from backend.domain.instants import Instant, to_text
from backend.domain.plans import Plan
from backend.gateways.plan_files import FILE_BYTES, read_plan_file
from backend.settings import Settings
from generator.errors import UsageError


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    plan = _read(Path(arguments.file)) if arguments.step == "load" else None
    since = read_time(arguments.since) if getattr(arguments, "since", None) else None
    with opened(settings) as context:
        if arguments.step == "list":
            print(_listing(list_plans(context), is_json=arguments.json))
        elif plan is not None:
            is_new = load_plan(context, _administrator(context, arguments.by), plan)
            print(f"{'Loaded' if is_new else 'Nothing changed:'} {_named(plan)}.")
        else:
            actor = _administrator(context, arguments.by)
            print(_change(context, actor, arguments, since))
    return 0


def _change(
    context: Context, actor: Actor, arguments: argparse.Namespace, since: Instant | None
) -> str:
    name, version = _split(arguments.plan)
    if arguments.step == "use":
        chosen = use_plan(context, actor, name, version, since=since)
        return f"{chosen.plan} {chosen.version} holds from {to_text(chosen.since)} on."
    known = acknowledge_plan(context, actor, name, version)
    at = to_text(known.acknowledged_at) if known.acknowledged_at is not None else ""
    return f"{_named(known.plan)} is acknowledged since {at}."


def _administrator(context: Context, email: str) -> Actor:
    """Return the account in whose name the command works; the action checks its role."""
    account = find(context, email)
    return owner_of(account.tenant, account.id, account.role)


def _split(text: str) -> tuple[str, int | None]:
    """Return the name and version of `NAME` or `NAME@VERSION`."""
    name, at, version = text.partition("@")
    if at and not (version.isdecimal() and len(version) <= 7):
        raise UsageError(f"{text!r} names no plan.", hint="Write NAME, or NAME@VERSION.")
    return name, int(version) if at else None


def _read(path: Path) -> Plan:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    return read_plan_file(content, path.name)


def _listing(plans: Plans, *, is_json: bool) -> str:
    if is_json:
        return json.dumps(
            {
                "current": {"name": plans.current.name, "version": plans.current.version},
                "plans": [
                    {
                        "name": known.plan.name,
                        "version": known.plan.version,
                        "largest_bp": known.plan.largest_bp,
                        "steps": [asdict(step) for step in known.plan.steps],
                        "deeper_bp": known.plan.deeper_bp,
                        "regions": dict(known.plan.regions),
                        "hold": known.plan.hold,
                        "acknowledged_by": known.acknowledged_by,
                        "acknowledged_at": known.acknowledged_at,
                    }
                    for known in plans.known
                ],
                "choices": [asdict(choice) for choice in plans.choices],
            }
        )
    lines = []
    for known in plans.known:
        plan = known.plan
        notes = [f"pays at most {plan.largest_bp / 100:g} % of a payment"]
        if plan.needs_acknowledgement and known.acknowledged_at is None:
            notes.append("not acknowledged")
        if (plan.name, plan.version) == (plans.current.name, plans.current.version):
            notes.append("in use")
        lines.append(f"{_named(plan)}: {', '.join(notes)}")
    lines += [
        f"From {to_text(choice.since)} on: {choice.plan} {choice.version}"
        for choice in plans.choices
    ]
    return "\n".join(lines)


def _named(plan: Plan) -> str:
    return f"{plan.name} {plan.version}"
