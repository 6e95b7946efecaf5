"""`/admin/checks`: whether everything that is kept agrees with the facts, and checking it now."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.checks import CLOCK, ask_for_check, list_checks
from backend.actions.context import Context
from backend.actions.people import name_accounts
from backend.domain.actors import Actor
from backend.domain.audit import COMMAND
from backend.domain.checking import Difference
from backend.domain.checks import CheckRun
from backend.domain.instants import SECOND, to_datetime
from backend.errors import ServiceError
from backend.web.admin.acting import acting, problem_of
from backend.web.admin.frame import FINANCE, admin_page, render_admin
from backend.web.errors import status_of
from backend.web.forms import Form

PATH = "/admin/checks"
_BY = {CLOCK: "the clock", COMMAND: "a command"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A check as the page shows it."""

    at: datetime.datetime
    by: str
    seconds: str
    differences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksView:
    """The last checks, the newest first, and what the newest found."""

    runs: tuple[RunLine, ...]
    found: tuple[Difference, ...]
    problem: str
    hint: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and its form."""
    return [
        Route(PATH, admin_page(FINANCE)(_show_all), methods=["GET"]),
        Route(PATH, acting(FINANCE, act=_ask, show=_show, back=PATH), methods=["POST"]),
    ]


def _show_all(request: Request, actor: Actor) -> Response:
    return _show(request, actor, None)


def _show(request: Request, actor: Actor, error: ServiceError | None) -> Response:
    context: Context = request.app.state.context
    runs = list_checks(context, actor)
    names = {**name_accounts(context, actor, [run.by for run in runs]), **_BY}
    problem = problem_of(error)
    view = ChecksView(
        runs=tuple(
            RunLine(
                at=to_datetime(run.ended_at),
                by=names.get(run.by, run.by),
                seconds=f"{(run.ended_at - run.started_at) / SECOND:.1f}",
                differences=run.differences,
            )
            for run in runs
        ),
        found=runs[0].found if runs else (),
        problem=problem.message,
        hint=problem.hint,
    )
    status = status_of(error) if error else 200
    title = _title(runs)
    return render_admin(request, actor, "admin/checks.html", view, title=title, status=status)


def _title(runs: list[CheckRun]) -> str:
    if not runs:
        return "Nothing was checked yet"
    differences = runs[0].differences
    if not differences:
        return "Everything agrees with the facts"
    return (
        "One value differs from the facts"
        if differences == 1
        else (f"{differences} values differ from the facts")
    )


def _ask(context: Context, actor: Actor, _id: str, _form: Form) -> None:
    ask_for_check(context, actor)
