"""`/admin/fraud/rules`: weights and limits with their versions, tried out before they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.fraud_tuning import DryRun, change_rules, read_rules, try_rules
from backend.domain.actors import Actor
from backend.domain.fraud_rules import DEFAULT, RuleBook, numbers_of
from backend.domain.instants import to_datetime
from backend.errors import Conflict, Invalid
from backend.web.admin.frame import REVIEWER, admin_form, admin_page, render_admin
from backend.web.admin.fraud_words import plain
from backend.web.errors import status_of
from backend.web.forms import Form

PATH = "/admin/fraud/rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField:
    """A number that can be changed. `value` is what the form shows, `usual` the default."""

    name: str
    words: str
    value: str
    usual: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule with its numbers; the limit of all of them together has no name."""

    name: str
    words: str
    fields: tuple[NumberField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version: what it changed, why and when."""

    version: int
    changes: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """The form, what a dry run found, and earlier versions."""

    version: int
    rules: tuple[RuleView, ...]
    versions: tuple[VersionLine, ...]
    tried: DryRun | None
    reason: str
    problem: str = ""
    hint: str = ""


def routes(_context: Context) -> list[BaseRoute]:
    """Return the page and its form."""
    return [
        Route(PATH, _show, methods=["GET"]),
        Route(PATH, _take, methods=["POST"]),
    ]


@admin_page(REVIEWER)
def _show(request: Request, actor: Actor) -> Response:
    return _render(request, actor, {}, "", None, None)


@admin_form(REVIEWER)
def _take(request: Request, actor: Actor, form: Form) -> Response:
    """Try a change out, or let it hold: which of both says the button."""
    context: Context = request.app.state.context
    written = {name: form.get(name).strip() for name in numbers_of(DEFAULT)}
    reason = form.get("reason")
    try:
        changes = _changes(context, actor, written)
        if form.get("do") != "change":
            return _render(
                request, actor, written, reason, try_rules(context, actor, changes), None
            )
        change_rules(context, actor, changes, reason)
    except (Conflict, Invalid) as error:
        return _render(request, actor, written, reason, None, error)
    return RedirectResponse(PATH, status_code=303)


def _changes(context: Context, actor: Actor, written: Mapping[str, str]) -> dict[str, int]:
    """Return the numbers that differ from those that hold. Raises Invalid for what is none."""
    book, _versions = read_rules(context, actor)
    now = numbers_of(book)
    changes = {}
    for name, text in written.items():
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 8):
            raise Invalid(
                f"{_say_name(book, name)}: {text[:20]} is no whole number below 10,000,000.",
                field=name,
                hint="Write it in digits, without a sign or a point.",
            )
        if int(text) != now[name]:
            changes[name] = int(text)
    return changes


def _say_name(book: RuleBook, name: str) -> str:
    """Return how the form names a number: its rule, and what of it."""
    rule, _dot, limit = name.partition(".")
    if not limit:
        return "The sum of weights from which something waits"
    return f"{book.rules[rule].words}, {plain(limit)}"


def _render(  # noqa: PLR0913, PLR0917  what the form was sent with, and what came of it
    request: Request,
    actor: Actor,
    written: Mapping[str, str],
    reason: str,
    tried: DryRun | None,
    error: Conflict | Invalid | None,
) -> Response:
    context: Context = request.app.state.context
    book, versions = read_rules(context, actor)
    now, usual = numbers_of(book), numbers_of(DEFAULT)

    def field(name: str, words: str) -> NumberField:
        value = written.get(name) or str(now[name])
        return NumberField(name=name, words=words, value=value, usual=usual[name])

    rules = [
        RuleView(
            name=rule.name,
            words=rule.words,
            fields=(
                field(f"{rule.name}.weight", "Weight"),
                *(field(f"{rule.name}.{name}", plain(name).capitalize()) for name in rule.limits),
            ),
        )
        for rule in book.rules.values()
    ]
    together = RuleView(
        name="high",
        words="From what sum of weights something waits",
        fields=(field("high", "Sum"),),
    )
    view = RulesView(
        version=book.version,
        rules=(together, *rules),
        versions=tuple(
            VersionLine(
                version=one.version,
                changes=one.body.strip("{}").replace('"', "") or "nothing: the defaults",
                reason=one.reason,
                at=to_datetime(one.at),
            )
            for one in versions
        ),
        tried=tried,
        reason=reason,
        problem=error.message if error else "",
        hint=(error.hint or "") if error else "",
    )
    return render_admin(
        request,
        actor,
        "admin/fraud_rules.html",
        view,
        title=f"Fraud rules, version {book.version}",
        status=200 if error is None else status_of(error),
    )
