"""`/admin`: does anything need me? One line for each queue of the operator's role."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.needs import Needs, read_needs
from backend.domain.actors import Actor
from backend.domain.instants import to_datetime
from backend.web.admin.frame import (
    EVERY,
    FINANCE,
    REVIEWER,
    admin_page,
    may,
    render_admin,
)
from generator.render.environment import format_short_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How much waits in a queue, and what that means."""

    link: str
    words: str
    number: int
    note: str
    is_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The queues that somebody has to look at, then those that are as they should be."""

    needed: tuple[Queue, ...]
    quiet: tuple[Queue, ...]


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route("/admin", admin_page(*EVERY)(_show), methods=["GET"])]


def _show(request: Request, actor: Actor) -> Response:
    needs = read_needs(request.app.state.context, actor)
    queues = _queues(actor, needs)
    view = HomeView(
        needed=tuple(queue for queue in queues if queue.is_needed),
        quiet=tuple(queue for queue in queues if not queue.is_needed),
    )
    return render_admin(request, actor, "admin/home.html", view, title=_title(len(view.needed)))


def _title(number: int) -> str:
    if number == 0:
        return "Nothing needs you"
    return "One thing needs you" if number == 1 else f"{number} things need you"


def _queues(actor: Actor, needs: Needs) -> list[Queue]:
    found = []
    if may(actor, REVIEWER):
        note = "Suspicions that hold shares or money until a person has looked."
        found.append(_queue("/admin/fraud", "Open fraud cases", needs.cases, note))
    if may(actor, FINANCE):
        found += _of_finance(needs)
    if may(actor):
        note = "Jobs that were given up and that nobody has tried again."
        found.append(_queue("/admin/jobs", "Failed jobs", needs.failures, note))
    for link, words, number in (
        ("/admin/people?only=suspended", "Suspended people", needs.people_suspended),
        ("/admin/sites?only=suspended", "Suspended sites", needs.sites_suspended),
    ):
        note = "Nothing to do; they stay so until somebody ends it."
        found.append(_queue(link, words, number, note, is_needed=False))
    return found


def _of_finance(needs: Needs) -> list[Queue]:
    due = "None of them is due within two days."
    if needs.disputes_due:
        due = f"{needs.disputes_due} of them should be decided within two days."
    check = needs.check
    if check is None:
        note = "Nothing was checked yet; the clock does it each night."
    else:
        moment = to_datetime(check.ended_at)
        note = f"Last checked on {format_short_day(moment.date())} at {moment:%H:%M} UTC."
    differences = check.differences if check else 0
    return [
        _queue("/admin/payouts", "Batches to approve", needs.drafts, "Drafts of payouts."),
        _queue("/admin/payouts", "Batches to submit", needs.approved, "Approved, and not sent."),
        _queue("/admin/disputes", "Undecided disputes", needs.disputes, due),
        _queue("/admin/checks", "Differences found by the last check", differences, note),
    ]


def _queue(
    link: str, words: str, number: int, note: str, *, is_needed: bool | None = None
) -> Queue:
    wanted = number > 0 if is_needed is None else is_needed
    return Queue(link=link, words=words, number=number, note=note, is_needed=wanted)
