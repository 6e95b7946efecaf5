"""`/admin/plans`: what referrers earn: every plan, which one holds, and from when on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import plans
from backend.actions.context import Context
from backend.actions.people import name_accounts
from backend.domain.actors import Actor
from backend.domain.instants import DAY, Instant, from_datetime, to_datetime
from backend.domain.money import BASIS_POINTS
from backend.domain.plans import Choice, KnownPlan, Plan
from backend.errors import Conflict, Invalid, NotFound, ServiceError
from backend.gateways.plan_files import FILE_BYTES, read_plan_file
from backend.web.admin.acting import acting, problem_of
from backend.web.admin.frame import FINANCE, admin_page, may, render_admin
from backend.web.dashboard.amounts import write_rate
from backend.web.errors import status_of
from backend.web.forms import Form
from backend.web.signed_in import actor_of
from backend.web.uploads import Upload, upload_endpoint

PAGE = "/admin/plans"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A version of a plan in words; `can_use` means that nothing has to be said first."""

    name: str
    version: int
    is_current: bool
    steps: tuple[tuple[str, str], ...]
    deeper: tuple[str, ...]
    regions: tuple[str, ...]
    hold_days: int
    most: str
    needs_word: bool
    has_word: bool
    word_by: str
    word_at: datetime.datetime | None
    can_use: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """That a plan holds from a moment on."""

    since: datetime.datetime
    plan: str
    who: str
    is_ahead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansView:
    """The page; only administrators change anything."""

    plans: tuple[PlanView, ...]
    choices: tuple[ChoiceView, ...]
    may_change: bool
    problem: str
    hint: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and of its forms."""
    upload = upload_endpoint(_load, most_bytes=FILE_BYTES, is_trusted=_is_admin)
    return [
        Route(PAGE, admin_page(FINANCE)(_show), methods=["GET"]),
        Route(PAGE, upload, methods=["POST"]),
        Route(
            f"{PAGE}/acknowledge", acting(act=_acknowledge, show=_page, back=PAGE), methods=["POST"]
        ),
        Route(f"{PAGE}/use", acting(act=_use, show=_page, back=PAGE), methods=["POST"]),
    ]


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor, None)


def _load(request: Request, _form: Form, file: Upload | None) -> Response:
    actor = actor_of(request)
    if actor is None:
        return RedirectResponse("/sign-in", status_code=303)
    if not may(actor):
        raise NotFound("There is nothing at this address.", hint="Check the address.")
    if file is None:
        missing = Invalid("No file was sent.", field="file", hint="Choose a plan in TOML or JSON.")
        return _page(request, actor, missing)
    try:
        plan = read_plan_file(file.content, file.name)
        plans.load_plan(request.app.state.context, actor, plan)
    except (Invalid, Conflict) as error:
        return _page(request, actor, error)
    return RedirectResponse(f"{PAGE}#Plan-{plan.name}-{plan.version}", status_code=303)


def _acknowledge(context: Context, actor: Actor, _row: str, form: Form) -> None:
    if form.get("word", 5) != "yes":
        raise Invalid("You have to tick that you take responsibility.", field="word")
    plans.acknowledge_plan(context, actor, form.get("name", 40), _version(form))


def _use(context: Context, actor: Actor, _row: str, form: Form) -> None:
    since = _since(form.get("since", 30))
    plans.use_plan(context, actor, form.get("name", 40), _version(form), since=since)


def _version(form: Form) -> int:
    text = form.get("version", 7)
    if not (text.isascii() and text.isdecimal()):
        raise Invalid(f"{text!r} is no version of a plan.", field="version")
    return int(text)


def _since(text: str) -> Instant | None:
    """Return the moment of a form's field, in UTC; None is now. Raises Invalid."""
    if not text:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            f"{text!r} is no time.", field="since", hint="Write it like 2026-12-01T00:00."
        ) from error
    return from_datetime(moment.replace(tzinfo=datetime.UTC))


def _is_admin(request: Request) -> bool:
    actor = actor_of(request)
    return actor is not None and may(actor)


def _page(request: Request, actor: Actor, error: ServiceError | None) -> Response:
    context: Context = request.app.state.context
    found = plans.list_plans(context)
    people = [one.acknowledged_by for one in found.known] + [one.chosen_by for one in found.choices]
    names = name_accounts(context, actor, [one for one in people if one])
    problem = problem_of(error)
    view = PlansView(
        plans=tuple(
            _plan(one, found.current, names.get(one.acknowledged_by or "", ""))
            for one in found.known
        ),
        choices=tuple(
            _choice(one, names.get(one.chosen_by or "", ""), context.clock.now())
            for one in found.choices
        ),
        may_change=may(actor),
        problem=problem.message,
        hint=problem.hint,
    )
    return render_admin(
        request,
        actor,
        "admin/plans.html",
        view,
        title=f"New payments earn by {found.current.name}, version {found.current.version}",
        status=status_of(error) if error else 200,
    )


def _plan(known: KnownPlan, current: Plan, word_by: str) -> PlanView:
    plan = known.plan
    has_word = known.acknowledged_at is not None
    return PlanView(
        name=plan.name,
        version=plan.version,
        is_current=(plan.name, plan.version) == (current.name, current.version),
        steps=tuple(
            (
                f"{step.name}: from month {step.from_month}"
                + ("" if step.until_month is None else f" to {step.until_month}"),
                write_rate(step.rate_bp),
            )
            for step in plan.steps
        ),
        deeper=tuple(write_rate(rate) for rate in plan.deeper_bp),
        regions=tuple(
            f"{code} × {times / BASIS_POINTS:g}" for code, times in sorted(plan.regions.items())
        ),
        hold_days=plan.hold // DAY,
        most=write_rate(plan.largest_bp),
        needs_word=plan.needs_acknowledgement,
        has_word=has_word,
        word_by=word_by,
        word_at=to_datetime(known.acknowledged_at) if known.acknowledged_at is not None else None,
        can_use=has_word or not plan.needs_acknowledgement,
    )


def _choice(choice: Choice, who: str, now: Instant) -> ChoiceView:
    return ChoiceView(
        since=to_datetime(choice.since),
        plan=f"{choice.plan}, version {choice.version}",
        who=who,
        is_ahead=choice.since > now,
    )
