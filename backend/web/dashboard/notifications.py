"""`/dashboard/notifications`: what the owner was told, the newest first; and what they hear of."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.event_words import tell_event
from backend.actions.notifications import (
    COUNTED,
    Choices,
    choose,
    count_unread,
    get_choices,
    list_notifications,
    mark_read,
)
from backend.domain.actors import Actor
from backend.domain.instants import to_datetime
from backend.domain.notifications import Kind, Notification, Way, read_way, ways_of
from backend.gateways.languages import ENGLISH, LANGUAGES, words_of
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.forms import Form, form_endpoint
from backend.web.limits import limited
from backend.web.pages.account import CHANGE_RATE, page_owner
from backend.web.signed_in import csrf_token

PAGE = "/dashboard/notifications"
SETTINGS = "/dashboard/settings/notifications"
_KINDS: dict[Kind, tuple[str, str]] = {
    Kind.REFERRAL_CONVERTED: ("A referral converts", "Somebody who came through you pays."),
    Kind.COMMISSION_AVAILABLE: ("Commissions become available", "Their 30 days of hold are over."),
    Kind.PAYOUT_SENT: ("A payout is sent", "It is on its way to you."),
    Kind.PAYOUT_FAILED: ("A payout fails", "The money is available again."),
    Kind.REWARD_GRANTED: ("You reach something", "An achievement or a milestone."),
    Kind.SITE_FEATURED: ("A site is featured", "Its shares put it into the showcase."),
    Kind.BUILD_FAILED: ("A build fails", "The site stays as it was."),
    Kind.LIMIT_REACHED: ("A limit is reached", "More page views than your plan holds."),
    Kind.PAYMENT_FAILED: ("Your payment fails", "Your plan ends unless it is renewed."),
    Kind.DISPUTE_ANSWERED: ("A dispute has a question", "Without an answer it is closed."),
    Kind.DISPUTE_DECIDED: ("A dispute is decided", "With the reason for it."),
    Kind.WEEKLY_DIGEST: ("The weekly digest", "Numbers of the week, on Monday, 07:00 UTC."),
}
_WAYS = {
    Way.MAIL: "By mail, at once",
    Way.DIGEST: "In the weekly digest",
    Way.APP: "Here only",
    Way.OFF: "Not at all",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationView:
    """A notification in words."""

    id: str
    title: str
    text: str
    action: str
    link: str
    at: datetime.datetime
    is_unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """The page of the list. `after` leads to the older ones."""

    notifications: tuple[NotificationView, ...]
    unread: int
    after: str | None
    is_first: bool
    settings: str
    csrf_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """A kind with the ways to hear of it: value, words, and whether it is the chosen one."""

    name: str
    words: str
    note: str
    ways: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """The page of the choices."""

    kinds: tuple[ChoiceView, ...]
    languages: tuple[tuple[str, str, bool], ...]
    is_saved: bool
    csrf_token: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of both pages and their forms."""
    limit = limited("account", CHANGE_RATE, by="account")
    return [
        Route(PAGE, owner_page(_list), methods=["GET"]),
        Route(f"{PAGE}/read", limit(form_endpoint(_read)), methods=["POST"]),
        Route(SETTINGS, owner_page(_show_choices), methods=["GET"]),
        Route(SETTINGS, limit(form_endpoint(_choose)), methods=["POST"]),
    ]


def _list(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    after = request.query_params.get("after", "")[:64]
    page = list_notifications(context, actor, after)
    unread = count_unread(context, actor)
    view = ListView(
        notifications=tuple(view_notification(each) for each in page.notifications),
        unread=unread,
        after=page.after,
        is_first=not after,
        settings=SETTINGS,
        csrf_token=csrf_token(request),
    )
    title = _title(unread, is_empty=view.is_first and not view.notifications)
    return render_dashboard(request, actor, "dashboard/notifications.html", view, title=title)


def _title(unread: int, *, is_empty: bool) -> str:
    if is_empty:
        return "Nothing has happened yet"
    if not unread:
        return "You have read everything"
    number = f"{COUNTED} or more" if unread >= COUNTED else str(unread)
    return f"{number} {'thing is' if unread == 1 else 'things are'} new"


def view_notification(notification: Notification) -> NotificationView:
    """Return a notification in words, for the pages, which are English."""
    told = tell_event(words_of(ENGLISH), notification)
    return NotificationView(
        id=notification.id,
        title=told.title,
        text=told.text,
        action=told.action,
        link=told.link,
        at=to_datetime(notification.at),
        is_unread=notification.read_at is None,
    )


def _read(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    mark_read(request.app.state.context, actor, form.get("notification", 32) or None)
    return RedirectResponse(PAGE, status_code=303)


def _show_choices(request: Request, actor: Actor) -> Response:
    choices = get_choices(request.app.state.context, actor)
    by_mail = sum(way is Way.MAIL for way in choices.ways.values())
    view = SettingsView(
        kinds=tuple(_view_choice(kind, choices.ways[kind]) for kind in _KINDS),
        languages=tuple((code, name, code == choices.language) for code, name in LANGUAGES.items()),
        is_saved="saved" in request.query_params,
        csrf_token=csrf_token(request),
    )
    title = f"You hear of {by_mail} of {len(_KINDS)} things by mail"
    return render_dashboard(
        request, actor, "dashboard/notification_settings.html", view, title=title
    )


def _view_choice(kind: Kind, chosen: Way) -> ChoiceView:
    words, note = _KINDS[kind]
    offered = set(ways_of(kind))
    ways = tuple((way.value, said, way is chosen) for way, said in _WAYS.items() if way in offered)
    return ChoiceView(name=kind.value, words=words, note=note, ways=ways)


def _choose(request: Request, form: Form) -> Response:
    actor = page_owner(request)
    ways = {kind: read_way(kind, form.get(kind.value, 20)) for kind in Kind}
    choices = Choices(language=form.get("language", 8), ways=ways)
    choose(request.app.state.context, actor, choices)
    return RedirectResponse(f"{SETTINGS}?saved", status_code=303)
