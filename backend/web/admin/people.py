"""`/admin/people`: who there is; `/admin/people/ID`: one of them, and what may be done about it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions import accounts, holds, people
from backend.actions.context import Context
from backend.domain.accounts import Account
from backend.domain.actors import Actor, Role
from backend.domain.holds import HoldStep, check_reason
from backend.domain.instants import to_datetime
from backend.domain.own_earnings import OwnCommission
from backend.domain.people import Only
from backend.domain.tiers import Tier
from backend.errors import Invalid, ServiceError
from backend.web.admin.acting import Act, Problem, acting, problem_of
from backend.web.admin.entries import EntryLine, describe_entries
from backend.web.admin.frame import (
    EVERY,
    FINANCE,
    REVIEWER,
    SUPPORT,
    admin_form,
    admin_page,
    may,
    render_admin,
)
from backend.web.dashboard.amounts import write_amount, write_rate
from backend.web.errors import status_of
from backend.web.forms import Form
from generator.render.environment import format_short_day

PATH = "/admin/people"
ONE = f"{PATH}/{{id}}"
_T = TypeVar("_T", Tier, Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """A page of accounts, and what they were looked for by."""

    people: tuple[people.Listed, ...]
    since: dict[str, datetime.datetime]
    text: str
    only: str
    next_link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLine:
    """An amount in words with what it is."""

    words: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedLine:
    """A commission in words."""

    at: datetime.datetime
    level: int
    rate: str
    state: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """One account: facts in words, and which acts the operator is offered."""

    report: people.PersonReport
    facts: tuple[tuple[str, str], ...]
    money: tuple[MoneyLine, ...]
    commissions: tuple[EarnedLine, ...]
    holds: tuple[tuple[datetime.datetime, str, str], ...]
    is_held: bool
    entries: tuple[EntryLine, ...]
    tiers: tuple[str, ...]
    roles: tuple[str, ...]
    may_administer: bool
    may_suspend: bool
    may_hold: bool
    problem: str
    hint: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of both pages and of the forms on the second."""
    acts: dict[str, tuple[tuple[Role, ...], Act]] = {
        "tier": ((), _change_tier),
        "role": ((), _change_role),
        "suspend": ((REVIEWER, SUPPORT), _suspend),
        "reopen": ((REVIEWER, SUPPORT), _reopen),
        "hold": ((REVIEWER, FINANCE), _hold),
        "release": ((REVIEWER, FINANCE), _release),
        "confirm": ((REVIEWER, FINANCE), _confirm),
    }
    return [
        Route(PATH, admin_page(*EVERY)(_list), methods=["GET"]),
        Route(ONE, admin_page(*EVERY)(_show_one), methods=["GET"]),
        Route(f"{ONE}/show", admin_form(*EVERY)(_show_clear), methods=["POST"]),
        *(
            Route(
                f"{ONE}/{name}",
                acting(*roles, act=act, show=_show, back=ONE),
                methods=["POST"],
            )
            for name, (roles, act) in acts.items()
        ),
    ]


def _list(request: Request, actor: Actor) -> Response:
    given = request.query_params
    text = given.get("q", "")[:254]
    only = _only(given.get("only", ""))
    page = people.search(
        request.app.state.context, actor, text, only, before=given.get("after", "")[:40]
    )
    view = PeopleView(
        people=page.people,
        since={one.account.id: to_datetime(one.account.created_at) for one in page.people},
        text=text,
        only=only.value,
        next_link=f"{PATH}?{urlencode({'only': only.value, 'after': page.after})}"
        if page.after
        else "",
    )
    number = f"{len(page.people)}{'+' if page.after else ''}"
    title = f"{number} {'person' if number == '1' else 'people'}"
    return render_admin(request, actor, "admin/people.html", view, title=title)


def _only(text: str) -> Only:
    return next((only for only in Only if only.value == text), Only.ALL)


def _show_one(request: Request, actor: Actor) -> Response:
    return _show(request, actor, None)


def _show_clear(request: Request, actor: Actor, form: Form) -> Response:
    """Show who somebody is, once, after that was noted."""
    context: Context = request.app.state.context
    account = request.path_params["id"]
    try:
        people.note_look(context, actor, account, check_reason(form.get("reason")))
    except Invalid as error:
        return _show(request, actor, error)
    return _page(request, actor, is_shown=True, error=None)


def _show(request: Request, actor: Actor, error: ServiceError | None) -> Response:
    return _page(request, actor, is_shown=False, error=error)


def _page(
    request: Request, actor: Actor, *, is_shown: bool, error: ServiceError | None
) -> Response:
    context: Context = request.app.state.context
    account = request.path_params["id"]
    report = people.read_person(context, actor, account, is_shown=is_shown)
    view = _view(context, actor, report, problem_of(error))
    status = status_of(error) if error else 200
    title = report.address if report.account.person else "An erased account"
    return render_admin(request, actor, "admin/person.html", view, title=title, status=status)


def _view(
    context: Context, actor: Actor, report: people.PersonReport, problem: Problem
) -> PersonView:
    account = report.account
    reviews = report.holds or ()
    is_open = account.erased_at is None
    return PersonView(
        report=report,
        facts=_facts(account, report),
        money=tuple(_money(report)),
        commissions=tuple(_earned(one) for one in report.commissions or ()),
        holds=tuple((to_datetime(one.at), one.step.value, one.reason) for one in reviews),
        is_held=bool(reviews) and reviews[-1].step is HoldStep.ACTIVE,
        entries=describe_entries(context, actor, report.entries),
        tiers=tuple(tier.value for tier in Tier),
        roles=tuple(role.value for role in Role),
        may_administer=is_open and may(actor),
        may_suspend=is_open and may(actor, REVIEWER, SUPPORT),
        may_hold=is_open and may(actor, REVIEWER, FINANCE),
        problem=problem.message,
        hint=problem.hint,
    )


def _facts(account: Account, report: people.PersonReport) -> tuple[tuple[str, str], ...]:
    state = "open" if account.is_open else "erased" if account.erased_at else "suspended"
    return (
        ("State", state),
        ("Tier", account.tier.value),
        ("Role", account.role.value),
        ("Code", account.code),
        ("Since", format_short_day(to_datetime(account.created_at).date())),
        ("Credits", write_amount(report.credits, "USD")),
        ("Features", ", ".join(report.flags) or "none"),
    )


def _money(report: people.PersonReport) -> list[MoneyLine]:
    lines = []
    for each in report.earnings or ():
        for words in ("pending", "held", "available", "on_its_way", "paid", "owed_back"):
            amount = getattr(each, words)
            if amount:
                shown = write_amount(amount, each.currency)
                lines.append(MoneyLine(words=words.replace("_", " ").capitalize(), amount=shown))
    return lines


def _earned(one: OwnCommission) -> EarnedLine:
    return EarnedLine(
        at=to_datetime(one.paid_at),
        level=one.level,
        rate=write_rate(one.rate_bp),
        state=one.state.value,
        amount=write_amount(one.amount, one.currency),
    )


def _change_tier(context: Context, actor: Actor, account: str, form: Form) -> None:
    accounts.change_tier(context, account, _read(Tier, form.get("tier"), "tier"), by=actor)


def _change_role(context: Context, actor: Actor, account: str, form: Form) -> None:
    accounts.change_role(context, account, _read(Role, form.get("role"), "role"), by=actor)


def _suspend(context: Context, actor: Actor, account: str, form: Form) -> None:
    accounts.suspend(context, account, by=actor, reason=form.get("reason"))


def _reopen(context: Context, actor: Actor, account: str, form: Form) -> None:
    accounts.reopen(context, account, by=actor, reason=form.get("reason"))


def _hold(context: Context, actor: Actor, account: str, form: Form) -> None:
    holds.hold_commissions(context, actor, account, form.get("reason"))


def _release(context: Context, actor: Actor, account: str, form: Form) -> None:
    holds.release_commissions(context, actor, account, form.get("reason"))


def _confirm(context: Context, actor: Actor, account: str, form: Form) -> None:
    holds.confirm_hold(context, actor, account, form.get("reason"))


def _read(kind: type[_T], text: str, field: str) -> _T:
    found = next((each for each in kind if each.value == text), None)
    if found is None:
        raise Invalid(f"There is no {field} {text[:20]!r}.", field=field, hint="Choose another.")
    return found
