"""`/api/v1/account/profile`: the caller's public profile."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from backend.actions.profiles import get_profile, save_profile
from backend.domain.actors import Scope
from backend.domain.profiles import (
    HANDLE_PATTERN,
    MAX_HIDDEN,
    MAX_LINK,
    MAX_LINKS,
    MAX_NAME,
    MAX_TEXT,
    ProfileDraft,
    profile_path,
)
from backend.web.api.operation import Call, Input, Operation, Output
from backend.web.api.sites import URL_PATTERN

Handle = Annotated[str, Meta(pattern=HANDLE_PATTERN)]
Link = Annotated[str, Meta(max_length=MAX_LINK, pattern=URL_PATTERN)]
SiteId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class ProfileBody(Input, frozen=True):
    """A whole profile. `hidden_sites` are ids of sites in the showcase that it leaves out."""

    handle: Handle
    name: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    links: Annotated[tuple[Link, ...], Meta(max_length=MAX_LINKS)] = ()
    is_public: bool = False
    shows_achievements: bool = False
    hidden_sites: Annotated[tuple[SiteId, ...], Meta(max_length=MAX_HIDDEN)] = ()


class ProfileAnswer(Output, frozen=True):
    """A profile as its owner sees it; `handle` is null before the first one, and `page` while
    nobody else sees it.
    """

    handle: str | None
    name: str
    text: str
    links: list[str]
    is_public: bool
    shows_achievements: bool
    hidden_sites: list[str]
    page: str | None


def read(call: Call) -> ProfileAnswer:
    own = get_profile(call.context, call.owner)
    known = own.profile
    hidden = sorted(own.hidden)
    if known is None:
        return ProfileAnswer(
            handle=None,
            name="",
            text="",
            links=[],
            is_public=False,
            shows_achievements=False,
            hidden_sites=hidden,
            page=None,
        )
    page = call.context.settings.base_url + profile_path(known.handle)
    return ProfileAnswer(
        handle=known.handle,
        name=known.name,
        text=known.text,
        links=list(known.links),
        is_public=known.is_public,
        shows_achievements=known.shows_achievements,
        hidden_sites=hidden,
        page=page if known.is_public else None,
    )


def change(call: Call) -> ProfileAnswer:
    wanted = call.body
    draft = ProfileDraft(
        handle=wanted.handle,
        name=wanted.name,
        text=wanted.text,
        links=wanted.links,
        is_public=wanted.is_public,
        shows_achievements=wanted.shows_achievements,
        hidden=frozenset(wanted.hidden_sites),
    )
    save_profile(call.context, call.owner, draft)
    return read(call)


OPERATIONS = (
    Operation(
        method="GET",
        path="/account/profile",
        name="read_profile",
        summary="Your public profile",
        tag="account",
        run=read,
        scope=Scope.ACCOUNT_READ,
        result=ProfileAnswer,
    ),
    Operation(
        method="PUT",
        path="/account/profile",
        name="change_profile",
        summary="Set your public profile, and whether others see it",
        tag="account",
        run=change,
        scope=Scope.ACCOUNT_WRITE,
        body=ProfileBody,
        result=ProfileAnswer,
    ),
)
