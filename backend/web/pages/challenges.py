"""`/challenges`: team challenges that everybody may look at."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.challenges import list_public, read_challenge
from backend.actions.context import Context
from backend.domain.instants import date_of
from backend.web.pages.challenge_views import (
    PUBLIC_PATH,
    ChallengeLine,
    ChallengeView,
    describe,
    title_of,
    view_challenge,
    view_line,
)
from backend.web.pages.rendering import answer_json, render_page, wants_json

SHARED_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengesView:
    """A page of the list."""

    lines: tuple[ChallengeLine, ...]
    is_first: bool
    next_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicChallengeView:
    challenge: ChallengeView


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the list and of its pages."""
    return [
        Route(PUBLIC_PATH, _list, methods=["GET"]),
        Route(f"{PUBLIC_PATH}/{{challenge}}", _show, methods=["GET"]),
    ]


def _list(request: Request) -> Response:
    context: Context = request.app.state.context
    after = request.query_params.get("after", "")[:40]
    page = list_public(context, after=after)
    following = f"{PUBLIC_PATH}?after={page.after}" if page.after else ""
    if wants_json(request):
        base = context.settings.base_url
        value = {
            "challenges": [
                {
                    "id": one.id,
                    "title": one.title,
                    "metric": one.metric.value,
                    "goal": one.goal,
                    "phase": phase.value,
                    "first_day": date_of(one.first_day).isoformat(),
                    "last_day": date_of(one.last_day).isoformat(),
                    "address": f"{base}{PUBLIC_PATH}/{one.id}",
                }
                for one, phase in page.challenges
            ],
            "next": f"{base}{following}" if following else None,
        }
        return answer_json(request, value, shared_seconds=SHARED_SECONDS)
    lines = tuple(view_line(one, phase, PUBLIC_PATH) for one, phase in page.challenges)
    running = sum(line.phase == "running" for line in lines)
    title = f"Team challenges: {running} running" if running else "Team challenges"
    return render_page(
        request,
        "challenges.html",
        ChallengesView(lines=lines, is_first=not after, next_address=following),
        title=title,
        description="Teams of owners who share, bring and score together.",
        shared_seconds=SHARED_SECONDS,
    )


def _show(request: Request) -> Response:
    context: Context = request.app.state.context
    report = read_challenge(context, request.path_params["challenge"][:40])
    if wants_json(request):
        value = describe(report, context.settings.base_url)
        return answer_json(request, value, shared_seconds=SHARED_SECONDS)
    return render_page(
        request,
        "challenge.html",
        PublicChallengeView(challenge=view_challenge(report)),
        title=title_of(report),
        description=report.challenge.text or "A team challenge.",
        shared_seconds=SHARED_SECONDS,
    )
