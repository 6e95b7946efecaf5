"""`/admin/audit`: what operators did, by person, action, subject and period; as CSV, too."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.audit import MOST_ENTRIES, list_entries
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.audit import AuditEntry, AuditQuery
from backend.domain.instants import Day, day_of, start_of, to_text
from backend.domain.periods import DEFAULT, Period, read_period
from backend.web.admin.entries import EntryLine, describe_entries
from backend.web.admin.frame import admin_page, render_admin
from backend.web.dashboard.tables import Column, Table, download

PATH = "/admin/audit"
_PERIODS = {"7d": "7 days", "30d": "30 days", "90d": "90 days", "365d": "365 days"}
_COLUMNS = tuple(
    Column(key=key, words=words)
    for key, words in (
        ("at", "When"),
        ("actor", "Who"),
        ("role", "Role"),
        ("action", "What"),
        ("kind", "Kind"),
        ("subject", "About"),
        ("facts", "Facts"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """The lines, what they were chosen by, and the ways to more."""

    lines: tuple[EntryLine, ...]
    asked: dict[str, str]
    actions: tuple[str, ...]
    periods: dict[str, str]
    next_link: str
    csv_link: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route(PATH, admin_page()(_show), methods=["GET"])]


def _show(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    given = request.query_params
    asked = {name: given.get(name, "")[:100] for name in ("actor", "action", "subject", "period")}
    period = read_period(asked["period"], day_of(context.clock.now()))
    query = _query(asked, period)
    is_file = "download" in given
    page = list_entries(
        context,
        actor,
        query,
        after=given.get("after", "")[:60] or None,
        limit=MOST_ENTRIES if is_file else 50,
    )
    if file := download(request, [_table(page.entries)], {}):
        return file
    kept = {name: value for name, value in asked.items() if value}
    view = AuditView(
        lines=describe_entries(context, actor, page.entries),
        asked=asked | {"period": asked["period"] or DEFAULT},
        actions=page.actions,
        periods=_PERIODS | ({period.key: period.key} if period.key not in _PERIODS else {}),
        next_link=f"{PATH}?{urlencode(kept | {'after': page.after})}" if page.after else "",
        csv_link=f"{PATH}?{urlencode(kept | {'download': 'audit.csv'})}",
    )
    number = f"{len(view.lines)}{'+' if page.after else ''}"
    title = f"{number} {'act' if number == '1' else 'acts'} of operators"
    return render_admin(request, actor, "admin/audit.html", view, title=title)


def _query(asked: dict[str, str], period: Period) -> AuditQuery:
    return AuditQuery(
        actor=asked["actor"].strip(),
        action=asked["action"],
        subject=asked["subject"].strip(),
        since=start_of(period.first),
        until=start_of(Day(period.last + 1)),
    )


def _table(entries: tuple[AuditEntry, ...]) -> Table:
    rows = tuple(
        (
            to_text(entry.at),
            entry.actor,
            entry.role.value,
            entry.action,
            entry.kind,
            entry.subject,
            entry.facts,
        )
        for entry in entries
    )
    return Table(name="audit", columns=_COLUMNS, rows=rows)
