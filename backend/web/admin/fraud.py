"""`/admin/fraud`: what waits for a review, each case with its evidence, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import fraud_queue
from backend.actions.context import Context
from backend.actions.fraud_queue import CaseFile, Listed
from backend.actions.fraud_review import clear_case, confirm_case
from backend.domain.actors import Actor
from backend.domain.fraud import Signal
from backend.domain.fraud_cases import Case, CaseKind, CaseState
from backend.domain.fraud_rules import RuleBook
from backend.domain.instants import DAY, HOUR, Instant, to_datetime
from backend.errors import Conflict, Invalid
from backend.web.admin import fraud_rules
from backend.web.admin.frame import REVIEWER, admin_form, admin_page, render_admin
from backend.web.admin.fraud_words import say_counted, say_limits
from backend.web.errors import status_of
from backend.web.forms import Form
from generator.render.charts import Chart, Series, draw

_STATES = {
    CaseState.OPEN: "Waits for a decision",
    CaseState.NOTED: "Noted only",
    CaseState.CLEARED: "Cleared",
    CaseState.CONFIRMED: "Confirmed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case in a list. `age` is how long ago it was opened."""

    link: str
    owner: str
    site: str
    what: str
    score: int
    held: str
    state: str
    age: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """What waits, what was only noted, and what was decided lately."""

    open: tuple[CaseLine, ...]
    noted: tuple[CaseLine, ...]
    cleared: tuple[CaseLine, ...]
    confirmed: tuple[CaseLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A rule that holds: what it looks for, what was counted, and against which numbers."""

    words: str
    weight: int
    counted: str
    limits: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case with everything that helps to decide. Without a site it is about referrals."""

    path: str
    owner_link: str
    site_link: str
    line: CaseLine
    is_open: bool
    is_own: bool
    evidence: tuple[Evidence, ...]
    high: int
    chart: Markup | None
    minutes: tuple[tuple[datetime, int, int], ...]
    earlier: tuple[CaseLine, ...]
    similar: tuple[CaseLine, ...]
    decided_at: datetime | None
    reason: str
    has_hold: bool
    problem: str = ""
    hint: str = ""


def routes(context: Context) -> list[BaseRoute]:
    """Return the pages and forms of the queue."""
    return [
        Route("/admin/fraud", _show_queue, methods=["GET"]),
        *fraud_rules.routes(context),
        Route("/admin/fraud/{case}", _show_case, methods=["GET"]),
        Route("/admin/fraud/{case}/clear", _clear, methods=["POST"]),
        Route("/admin/fraud/{case}/confirm", _confirm, methods=["POST"]),
    ]


@admin_page(REVIEWER)
def _show_queue(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    now = context.clock.now()

    def lines(found: list[Listed]) -> tuple[CaseLine, ...]:
        return tuple(_line(one, now) for one in found)

    waiting = lines(fraud_queue.list_queue(context, actor))
    view = QueueView(
        open=waiting,
        noted=lines(fraud_queue.list_others(context, actor, CaseState.NOTED)),
        cleared=lines(fraud_queue.list_others(context, actor, CaseState.CLEARED)),
        confirmed=lines(fraud_queue.list_others(context, actor, CaseState.CONFIRMED)),
    )
    title = (
        f"{_number(len(waiting), 'case')} to decide" if waiting else "Nothing waits for a review"
    )
    return render_admin(request, actor, "admin/fraud.html", view, title=title)


@admin_page(REVIEWER)
def _show_case(request: Request, actor: Actor) -> Response:
    return _render(request, actor)


@admin_form(REVIEWER)
def _clear(request: Request, actor: Actor, form: Form) -> Response:
    return _decide(request, actor, form, clear_case)


@admin_form(REVIEWER)
def _confirm(request: Request, actor: Actor, form: Form) -> Response:
    return _decide(request, actor, form, confirm_case)


def _decide(
    request: Request, actor: Actor, form: Form, work: Callable[[Context, Actor, str, str], Case]
) -> Response:
    context: Context = request.app.state.context
    case = request.path_params["case"]
    try:
        work(context, actor, case, form.get("reason"))
    except (Conflict, Invalid) as error:
        return _render(request, actor, error)
    return RedirectResponse(f"/admin/fraud/{case}", status_code=303)


def _render(request: Request, actor: Actor, error: Conflict | Invalid | None = None) -> Response:
    context: Context = request.app.state.context
    file = fraud_queue.read_case(context, actor, request.path_params["case"])
    view = _view(file, actor, context.clock.now(), error)
    title = f"{view.line.what} of {view.line.owner}"
    status = 200 if error is None else status_of(error)
    return render_admin(request, actor, "admin/fraud_case.html", view, title=title, status=status)


def _view(file: CaseFile, actor: Actor, now: Instant, error: Conflict | Invalid | None) -> CaseView:
    case = file.case
    return CaseView(
        path=f"/admin/fraud/{case.id}",
        owner_link=f"/admin/people/{case.account}",
        site_link=f"/admin/sites/{case.site}" if case.site else "",
        line=_line(Listed(case=case, subject=file.subject), now),
        is_open=case.state is CaseState.OPEN,
        is_own=case.account == actor.account,
        evidence=tuple(_evidence(signal, file.book) for signal in case.signals),
        high=file.book.high,
        chart=_draw(file),
        minutes=tuple(
            (to_datetime(one.at), one.every, one.held) for one in file.minutes if one.every
        ),
        earlier=tuple(_line(one, now) for one in file.earlier),
        similar=tuple(_line(one, now) for one in file.similar),
        decided_at=None if case.decided_at is None else to_datetime(case.decided_at),
        reason=case.reason,
        has_hold=case.hold is not None,
        problem=error.message if error else "",
        hint=(error.hint or "") if error else "",
    )


def _draw(file: CaseFile) -> Markup | None:
    if not any(one.every for one in file.minutes):
        return None
    chart = Chart(
        title="Shares a minute",
        kind="columns",
        labels=tuple(to_datetime(one.at).strftime("%H:%M") for one in file.minutes),
        series=(
            Series(name="Waiting with this case", values=tuple(one.held for one in file.minutes)),
            Series(
                name="All shares",
                values=tuple(one.every for one in file.minutes),
                is_previous=True,
            ),
        ),
    )
    return draw(chart)


def _evidence(signal: Signal, book: RuleBook) -> Evidence:
    rule = book.rules.get(signal.rule)
    return Evidence(
        words=rule.words if rule else signal.rule,
        weight=signal.weight,
        counted=say_counted(signal.evidence),
        limits=say_limits(signal.limits),
        version=signal.version,
    )


def _line(one: Listed, now: Instant) -> CaseLine:
    case = one.case
    is_shares = case.kind is CaseKind.SHARES
    return CaseLine(
        link=f"/admin/fraud/{case.id}",
        owner=one.subject.owner,
        site=one.subject.site,
        what="Suspect shares" if is_shares else "Suspect referrals",
        score=case.score,
        held=_number(case.held, "share" if is_shares else "referral"),
        state=_STATES[case.state],
        age=_age(now - case.opened_at),
        opened_at=to_datetime(case.opened_at),
    )


def _age(span: int) -> str:
    if span < HOUR:
        return "less than an hour"
    if span < 2 * DAY:
        return _number(span // HOUR, "hour")
    return _number(span // DAY, "day")


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
