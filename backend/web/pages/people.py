"""`/people/HANDLE`: what an owner shows of themselves, the same for all, and kept a minute."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.profiles import PublicProfile, get_public_profile
from backend.domain.instants import to_datetime, to_text
from backend.domain.profiles import profile_path, words_of_link
from backend.web.pages.cards import CardView, describe_card, view_card, web_url
from backend.web.pages.rendering import answer_json, render_page, wants_json

SHARED_SECONDS = 60
"""How long caches keep a profile; after that one that was turned off is gone from them, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A link of the owner's own, and how it is shown."""

    url: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementView:
    name: str
    on: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileView:
    """The page. `picture` is that of the first site that has one, '' without."""

    handle: str
    path: str
    name: str
    text: str
    links: tuple[LinkView, ...]
    since: datetime.datetime
    shares: int
    cards: tuple[CardView, ...]
    achievements: tuple[AchievementView, ...]
    picture: str


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route("/people/{handle}", _show, methods=["GET"])]


def _show(request: Request) -> Response:
    context: Context = request.app.state.context
    found = get_public_profile(context, str(request.path_params["handle"]))
    if wants_json(request):
        return answer_json(request, _describe(context, found), shared_seconds=SHARED_SECONDS)
    view = _view(context, found)
    return render_page(
        request,
        "profile.html",
        view,
        title=view.name,
        description=view.text or f"The sites of {view.name}, with their scores.",
        shared_seconds=SHARED_SECONDS,
    )


def _view(context: Context, found: PublicProfile) -> ProfileView:
    now = context.clock.now()
    profile = found.profile
    cards = tuple(view_card(card, now) for card in found.cards)
    links = (web_url(link) for link in profile.links)
    return ProfileView(
        handle=profile.handle,
        path=profile_path(profile.handle),
        name=profile.shown_name,
        text=profile.text,
        links=tuple(LinkView(url=link, words=words_of_link(link)) for link in links if link),
        since=to_datetime(found.since),
        shares=found.shares,
        cards=cards,
        achievements=tuple(
            AchievementView(name=one.name, on=to_datetime(one.at)) for one in found.achievements
        ),
        picture=next((card.thumbnail for card in cards if card.thumbnail), ""),
    )


def _describe(context: Context, found: PublicProfile) -> dict[str, object]:
    base_url, now = context.settings.base_url, context.clock.now()
    profile = found.profile
    return {
        "handle": profile.handle,
        "name": profile.shown_name,
        "text": profile.text,
        "links": list(profile.links),
        "page": base_url + profile_path(profile.handle),
        "member_since": to_text(found.since),
        "shares": found.shares,
        "sites": [describe_card(card, now, base_url=base_url) for card in found.cards],
        "achievements": [
            {"key": one.key, "name": one.name, "at": to_text(one.at)} for one in found.achievements
        ],
    }
