"""`/api/v1/sites`: register, read, change, verify and remove one's own sites."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from backend.actions import sites
from backend.actions.accounts import get_account
from backend.actions.verification import verify_site
from backend.domain.actors import Actor, Scope
from backend.domain.instants import to_text
from backend.domain.showcase import ShowcaseWish
from backend.domain.sites import (
    MAX_DESCRIPTION,
    MAX_LANGUAGE,
    MAX_ORIGINS,
    MAX_TITLE,
    MAX_TOPIC,
    MAX_TOPICS,
    Site,
    SiteDraft,
    SiteEdit,
)
from backend.web.api.fields import SEEN, Limit, Page, Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output
from backend.web.limits import VERIFY_RATE

Kind = Literal["tool", "library", "application", "documents", "profile", "project"]
Wish = Literal["unsaid", "in", "out"]
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PORT = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
_ORIGIN = rf"^https?://{_LABEL}(?:\.{_LABEL}){{0,8}}(?::{_PORT})?"
_CHARACTER = "[A-Za-z0-9_~-]|%[2-7][0-9A-F]"
_PATH = f"(?:/(?:{_CHARACTER})(?:{_CHARACTER}|[.])*)*/?$"
# International names are sent in their xn-- form, as they stand in links.
URL_PATTERN = _ORIGIN + _PATH
Url = Annotated[str, Meta(max_length=300, pattern=URL_PATTERN)]
Origin = Annotated[str, Meta(max_length=90, pattern=f"{_ORIGIN}$")]
Repository = Annotated[str, Meta(max_length=300, pattern=f"{_ORIGIN}(?:/[A-Za-z0-9._~-]+)*/?$")]
Title = Annotated[str, Meta(max_length=MAX_TITLE, pattern=SEEN)]
Description = Annotated[str, Meta(max_length=MAX_DESCRIPTION)]
Language = Annotated[str, Meta(max_length=MAX_LANGUAGE)]
Topic = Annotated[str, Meta(pattern=f"^[a-z0-9][a-z0-9-]{{0,{MAX_TOPIC - 1}}}$")]
Topics = Annotated[tuple[Topic, ...], Meta(max_length=MAX_TOPICS)]
Origins = Annotated[tuple[Origin, ...], Meta(max_length=MAX_ORIGINS)]


class SitesQuery(Input, frozen=True):
    """Where a page of sites begins, and how long it is."""

    after: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")] | None = None
    limit: Limit = 20


class NewSite(Input, frozen=True):
    """A site to register. `language` is the programming language."""

    url: Url
    title: Title
    description: Description = ""
    repository: Repository | None = None
    kind: Kind = "project"
    language: Language | None = None
    topics: Topics = ()
    origins: Origins = ()
    showcase: Wish = "unsaid"


class SiteChanges(Input, frozen=True):
    """What to change; what is left out stays as it is."""

    title: Title | None = None
    description: Description | None = None
    kind: Kind | None = None
    language: Language | None = None
    topics: Topics | None = None
    origins: Origins | None = None
    showcase: Wish | None = None
    powered_by: bool | None = None


class SiteAnswer(Output, frozen=True):
    """A site. `key` is public; `referral_code` is its owner's."""

    id: str
    key: str
    url: str
    origins: list[str]
    title: str
    description: str
    repository: str | None
    kind: str
    language: str | None
    topics: list[str]
    status: str
    showcase: str
    powered_by: bool
    created_at: Time
    verified_at: Time | None
    published_at: Time | None
    referral_code: str


def list_own(call: Call) -> Page[SiteAnswer]:
    page = sites.list_sites(
        call.context, call.owner, after=call.query.after, limit=call.query.limit
    )
    code = _code(call, call.owner)
    return Page(items=[_answer(site, code) for site in page.sites], next=page.after)


def register(call: Call) -> SiteAnswer:
    new = call.body
    draft = SiteDraft(
        url=new.url,
        title=new.title,
        description=new.description,
        repository=new.repository,
        kind=new.kind,
        language=new.language,
        topics=new.topics,
        origins=new.origins,
        wish=ShowcaseWish(new.showcase),
    )
    site = sites.register_site(call.context, call.owner, draft)
    return _answer(site, _code(call, call.owner))


def read(call: Call) -> SiteAnswer:
    site = sites.get_site(call.context, call.owner, call.path["site"])
    return _answer(site, _code(call, call.owner))


def change(call: Call) -> SiteAnswer:
    wanted = call.body
    edit = SiteEdit(
        title=wanted.title,
        description=wanted.description,
        kind=wanted.kind,
        language=wanted.language,
        topics=wanted.topics,
        origins=wanted.origins,
        wish=None if wanted.showcase is None else ShowcaseWish(wanted.showcase),
        has_powered_by=wanted.powered_by,
    )
    site = sites.update_site(call.context, call.owner, call.path["site"], edit)
    return _answer(site, _code(call, call.owner))


def verify(call: Call) -> SiteAnswer:
    site = verify_site(call.context, call.owner, call.path["site"])
    return _answer(site, _code(call, call.owner))


def remove(call: Call) -> None:
    sites.remove_site(call.context, call.owner, call.path["site"])


def _code(call: Call, owner: Actor) -> str:
    return get_account(call.context, owner).code


def _answer(site: Site, code: str) -> SiteAnswer:
    return SiteAnswer(
        id=site.id,
        key=site.key,
        url=site.url,
        origins=list(site.origins),
        title=site.title,
        description=site.description,
        repository=site.repository,
        kind=site.kind,
        language=site.language,
        topics=list(site.topics),
        status=site.status,
        showcase=site.wish,
        powered_by=site.has_powered_by,
        created_at=to_text(site.created_at),
        verified_at=time_of(site.verified_at),
        published_at=time_of(site.published_at),
        referral_code=code,
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/sites",
        name="list_sites",
        summary="Your sites, the oldest first",
        tag="sites",
        run=list_own,
        scope=Scope.SITES_READ,
        query=SitesQuery,
        result=Page[SiteAnswer],
    ),
    Operation(
        method="POST",
        path="/sites",
        name="register_site",
        summary="Register a site; the same address again is the same site",
        tag="sites",
        run=register,
        scope=Scope.SITES_WRITE,
        body=NewSite,
        result=SiteAnswer,
        status=201,
    ),
    Operation(
        method="GET",
        path="/sites/{site}",
        name="read_site",
        summary="One of your sites",
        tag="sites",
        run=read,
        scope=Scope.SITES_READ,
        result=SiteAnswer,
    ),
    Operation(
        method="PATCH",
        path="/sites/{site}",
        name="change_site",
        summary="Change what the showcase and the widget show of a site",
        tag="sites",
        run=change,
        scope=Scope.SITES_WRITE,
        body=SiteChanges,
        result=SiteAnswer,
    ),
    Operation(
        method="DELETE",
        path="/sites/{site}",
        name="remove_site",
        summary="Remove a site with everything recorded of it",
        tag="sites",
        run=remove,
        scope=Scope.SITES_WRITE,
        status=204,
    ),
    Operation(
        method="POST",
        path="/sites/{site}/verify",
        name="verify_site",
        summary="Prove that a site is yours, which publishes it",
        tag="sites",
        run=verify,
        scope=Scope.SITES_WRITE,
        result=SiteAnswer,
        rate=("verify", VERIFY_RATE),
    ),
)
