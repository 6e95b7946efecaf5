"""Lines of the audit log in words, with links to whom and what they are about."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from backend.actions.context import Context
from backend.actions.people import name_accounts
from backend.domain.actors import Actor
from backend.domain.audit import COMMAND, AuditEntry
from backend.domain.instants import to_datetime

_PLACES = {
    "account": "/admin/people/",
    "site": "/admin/sites/",
    "batch": "/admin/payouts/",
    "dispute": "/admin/disputes/",
    "case": "/admin/fraud/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """An entry as a page shows it. `who_link` and `link` are '' where there is no page."""

    at: datetime.datetime
    who: str
    who_link: str
    action: str
    about: str
    link: str
    facts: tuple[tuple[str, str], ...]


def describe_entries(
    context: Context, actor: Actor, entries: Sequence[AuditEntry]
) -> tuple[EntryLine, ...]:
    """Return entries as lines."""
    named = {entry.actor for entry in entries} | {
        entry.subject for entry in entries if entry.kind == "account"
    }
    names = name_accounts(context, actor, sorted(named))
    return tuple(_line(entry, names) for entry in entries)


def _line(entry: AuditEntry, names: Mapping[str, str]) -> EntryLine:
    is_command = entry.actor == COMMAND
    place = _PLACES.get(entry.kind)
    about = names.get(entry.subject, entry.subject)
    return EntryLine(
        at=to_datetime(entry.at),
        who="A command" if is_command else names.get(entry.actor, entry.actor),
        who_link="" if is_command else f"/admin/people/{entry.actor}",
        action=entry.action,
        about=f"{entry.kind} {about}",
        link=f"{place}{quote(entry.subject)}" if place else "",
        facts=tuple((key, _text(value)) for key, value in json.loads(entry.facts).items()),
    )


def _text(value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)
