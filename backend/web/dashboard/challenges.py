"""`/dashboard/challenges`: to begin a challenge, to form teams, and to keep it in sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions import challenges
from backend.actions.challenges import Part
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.boards import read_metric
from backend.domain.challenges import (
    AHEAD_DAYS,
    LONGEST_DAYS,
    MAX_TEAM_NAME,
    MAX_TEXT,
    MAX_TITLE,
    OPEN_CHALLENGES,
    TEAM_LEAST,
    TEAM_MOST,
    ChallengeDraft,
    Phase,
    read_goal,
)
from backend.domain.instants import Day, date_of, day_of
from backend.errors import Conflict, Invalid, LimitReached, ServiceError
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.errors import status_of
from backend.web.forms import Form, form_endpoint
from backend.web.limits import CHALLENGES_RATE, limited
from backend.web.pages.account import page_owner
from backend.web.pages.board_views import METRIC_WORDS
from backend.web.pages.challenge_views import (
    OWN_PATH,
    ChallengeLine,
    ChallengeView,
    title_of,
    view_challenge,
    view_line,
)

_SECTION = "/dashboard/rewards"
_EPOCH = date(1970, 1, 1)
_TYPED = ("title", "text", "metric", "goal", "first_day", "days", "is_public")
Act = Callable[[Context, Actor, str, Form], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChallengesView:
    """The page. `typed` is what a refused form held, `problem_field` what of it cannot be."""

    own: tuple[ChallengeLine, ...]
    open: tuple[ChallengeLine, ...]
    metrics: tuple[tuple[str, str], ...]
    tomorrow: str
    last_start: str
    longest_days: int
    most_open: int
    max_title: int
    max_text: int
    typed: dict[str, str]
    problem: str
    hint: str
    problem_field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnChallengeView:
    """A challenge's page for somebody who may join it."""

    challenge: ChallengeView
    part: Part
    can_cancel: bool
    team_least: int
    team_most: int
    max_team_name: int
    problem: str
    hint: str
    problem_field: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the pages and their forms."""
    guard = limited("challenges", CHALLENGES_RATE, by="account")
    page = f"{OWN_PATH}/{{challenge}}"
    acts: dict[str, Act] = {
        "teams": _found_team,
        "join": _join,
        "leave": _leave,
        "follow": _follow,
        "cancel": _cancel,
    }
    return [
        Route(OWN_PATH, owner_page(_list), methods=["GET"]),
        Route(OWN_PATH, guard(form_endpoint(_create)), methods=["POST"]),
        Route(page, owner_page(_show), methods=["GET"]),
        *(
            Route(f"{page}/{name}", guard(form_endpoint(_acting(act))), methods=["POST"])
            for name, act in acts.items()
        ),
    ]


def _list(request: Request, actor: Actor) -> Response:
    return _list_page(request, actor)


def _list_page(
    request: Request,
    actor: Actor,
    *,
    typed: dict[str, str] | None = None,
    error: ServiceError | None = None,
) -> Response:
    context: Context = request.app.state.context
    own = challenges.list_own(context, actor)
    mine = {one.id for one, _phase in own}
    listed = challenges.list_public(context).challenges
    today = day_of(context.clock.now())
    view = OwnChallengesView(
        own=tuple(view_line(one, phase, OWN_PATH) for one, phase in own),
        open=tuple(
            view_line(one, phase, OWN_PATH)
            for one, phase in listed
            if phase in {Phase.UPCOMING, Phase.RUNNING} and one.id not in mine
        ),
        metrics=tuple((metric.value, words) for metric, words in METRIC_WORDS.items()),
        tomorrow=date_of(Day(today + 1)).isoformat(),
        last_start=date_of(Day(today + AHEAD_DAYS)).isoformat(),
        longest_days=LONGEST_DAYS,
        most_open=OPEN_CHALLENGES,
        max_title=MAX_TITLE,
        max_text=MAX_TEXT,
        typed={name: (typed or {}).get(name, "") for name in _TYPED},
        problem=error.message if error else "",
        hint=error.hint if error else "",
        problem_field=error.field if isinstance(error, Invalid) else "",
    )
    running = sum(phase is Phase.RUNNING for _one, phase in own)
    title = f"{running} of your challenges {'is' if running == 1 else 'are'} running"
    return render_dashboard(
        request,
        actor,
        "dashboard/challenges.html",
        view,
        title=title if own else "You are in no team challenge yet",
        section=_SECTION,
        status=status_of(error) if error else 200,
    )


def _create(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    context: Context = request.app.state.context
    try:
        made = challenges.create_challenge(context, actor, _read_draft(form))
    except (Invalid, LimitReached) as error:
        typed = {name: form.get(name) for name in _TYPED}
        return _list_page(request, actor, typed=typed, error=error)
    return RedirectResponse(f"{OWN_PATH}/{made.id}", status_code=303)


def _read_draft(form: Form) -> ChallengeDraft:
    """Return what a form asks for. Raises Invalid naming the field that cannot be read."""
    metric = read_metric(form.get("metric", 20))
    return ChallengeDraft(
        title=form.get("title"),
        text=form.get("text", 4_000),
        metric=metric,
        goal=read_goal(metric, form.get("goal", 40)),
        first_day=_read_day(form.get("first_day", 20)),
        days=_read_number(form.get("days", 20), "days"),
        is_public=form.get("is_public") == "yes",
    )


def _read_day(text: str) -> Day:
    try:
        return Day((date.fromisoformat(text.strip()) - _EPOCH).days)
    except ValueError as error:
        raise Invalid(
            "That is no day.", field="first_day", hint="Write it like 2026-12-01."
        ) from error


def _read_number(text: str, field: str) -> int:
    cleaned = text.strip()
    if not cleaned.isascii() or not cleaned.isdecimal() or len(cleaned) > 4:
        raise Invalid("That is no number.", field=field)
    return int(cleaned)


def _show(request: Request, actor: Actor) -> Response:
    return _page(request, actor)


def _page(request: Request, actor: Actor, *, error: ServiceError | None = None) -> Response:
    context: Context = request.app.state.context
    report = challenges.read_challenge(context, request.path_params["challenge"][:40])
    part = challenges.read_part(context, actor, report.challenge)
    view = OwnChallengeView(
        challenge=view_challenge(report, part.team),
        part=part,
        can_cancel=part.is_owner and report.phase in {Phase.UPCOMING, Phase.RUNNING},
        team_least=TEAM_LEAST,
        team_most=TEAM_MOST,
        max_team_name=MAX_TEAM_NAME,
        problem=error.message if error else "",
        hint=error.hint if error else "",
        problem_field=error.field if isinstance(error, Invalid) else "",
    )
    return render_dashboard(
        request,
        actor,
        "dashboard/challenge.html",
        view,
        title=title_of(report),
        section=_SECTION,
        status=status_of(error) if error else 200,
    )


def _acting(act: Act) -> Callable[[Request, Form], Response]:
    """Return the handler of a form: `act`, then back to the challenge's page."""

    def handle(request: Request, form: Form) -> Response:
        actor = page_owner(request)
        context: Context = request.app.state.context
        challenge = request.path_params["challenge"][:40]
        try:
            act(context, actor, challenge, form)
        except (Invalid, Conflict, LimitReached) as error:
            return _page(request, actor, error=error)
        return RedirectResponse(f"{OWN_PATH}/{challenge}", status_code=303)

    return handle


def _found_team(context: Context, actor: Actor, challenge: str, form: Form) -> None:
    challenges.found_team(context, actor, challenge, form.get("name"))


def _join(context: Context, actor: Actor, challenge: str, form: Form) -> None:
    challenges.join_team(context, actor, challenge, _read_number(form.get("team", 20), "team"))


def _leave(context: Context, actor: Actor, challenge: str, _form: Form) -> None:
    challenges.leave_team(context, actor, challenge)


def _follow(context: Context, actor: Actor, challenge: str, form: Form) -> None:
    wanted = form.get("wanted") == "yes"
    challenges.follow_challenge(context, actor, challenge, is_wanted=wanted)


def _cancel(context: Context, actor: Actor, challenge: str, _form: Form) -> None:
    challenges.cancel_challenge(context, actor, challenge)
