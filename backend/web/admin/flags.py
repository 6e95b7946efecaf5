"""`/admin/flags`: which features whom are given, and the forms that change it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.flags import list_flags, remove_flag, set_flag
from backend.domain.actors import Actor
from backend.domain.flags import FeatureFlag
from backend.domain.tiers import Tier
from backend.errors import Invalid, ServiceError
from backend.web.admin.acting import acting, problem_of
from backend.web.admin.frame import admin_page, render_admin
from backend.web.errors import status_of
from backend.web.forms import Form

PATH = "/admin/flags"
LONGEST_ACCOUNTS = 7_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagLine:
    """A flag with the words for who has it."""

    flag: FeatureFlag
    who: str
    accounts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagsView:
    """Every flag, and what is wrong with the form that was sent."""

    flags: tuple[FlagLine, ...]
    tiers: tuple[str, ...]
    problem: str
    hint: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page and its forms."""
    return [
        Route(PATH, admin_page()(_show_all), methods=["GET"]),
        Route(PATH, acting(act=_set, show=_show, back=PATH), methods=["POST"]),
        Route(
            f"{PATH}/{{id}}/remove", acting(act=_remove, show=_show, back=PATH), methods=["POST"]
        ),
    ]


def _show_all(request: Request, actor: Actor) -> Response:
    return _show(request, actor, None)


def _show(request: Request, actor: Actor, error: ServiceError | None) -> Response:
    known = list_flags(request.app.state.context, actor)
    problem = problem_of(error)
    view = FlagsView(
        flags=tuple(
            FlagLine(flag=flag, who=_words(flag), accounts=" ".join(flag.accounts))
            for flag in known
        ),
        tiers=tuple(tier.value for tier in Tier),
        problem=problem.message,
        hint=problem.hint,
    )
    title = "No feature is behind a flag" if not known else f"{len(known)} features behind flags"
    if len(known) == 1:
        title = "One feature is behind a flag"
    status = status_of(error) if error else 200
    return render_admin(request, actor, "admin/flags.html", view, title=title, status=status)


def _words(flag: FeatureFlag) -> str:
    if flag.is_on or flag.percent == 100:
        return "everybody"
    parts = [f"{flag.percent} % of everybody"] if flag.percent else []
    parts += [f"tier {tier.value}" for tier in flag.tiers]
    if flag.accounts:
        parts.append(f"{len(flag.accounts)} accounts by name")
    return ", ".join(parts) or "nobody but whom a reward gave it"


def _set(context: Context, actor: Actor, _id: str, form: Form) -> None:
    percent = form.get("percent", 4).strip() or "0"
    if not (percent.isascii() and percent.isdecimal()):
        raise Invalid("A share is a whole number from 0 to 100.", field="percent")
    flag = FeatureFlag(
        name=form.get("name", 60).strip(),
        description=" ".join(form.get("description").split()),
        is_on=form.get("is_on") == "yes",
        percent=int(percent),
        accounts=tuple(dict.fromkeys(form.get("accounts", LONGEST_ACCOUNTS).split())),
        tiers=tuple(tier for tier in Tier if tier.value in form.get_all("tier")),
    )
    set_flag(context, actor, flag)


def _remove(context: Context, actor: Actor, name: str, _form: Form) -> None:
    remove_flag(context, actor, name)
