"""What the settings show: everything about the account that is the owner's to change, in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request

from backend.actions import accounts, github, profiles, sessions, sites, tokens
from backend.actions.context import Context
from backend.domain.accounts import Account
from backend.domain.actors import Actor, Scope
from backend.domain.instants import Instant, to_datetime
from backend.domain.profiles import MAX_LINKS, MAX_TEXT, profile_path
from backend.domain.sign_in import TOKENS, ApiToken, BrowserSession, digest_of
from backend.domain.sites import Site
from backend.errors import Invalid, ServiceError
from backend.web.forms import Form
from backend.web.signed_in import csrf_token, session_secret

SITES_IN_PROFILE = 30
"""How many sites the profile's form lists; a form has at most 50 fields."""

SCOPE_WORDS: dict[Scope, str] = {
    Scope.SITES_READ: "Read your sites",
    Scope.SITES_WRITE: "Register and change sites; what 4site link needs",
    Scope.STATS_READ: "Read views, shares and scores",
    Scope.REFERRALS_READ: "Read your referrals",
    Scope.ACCOUNT_READ: "Read your profile",
    Scope.ACCOUNT_WRITE: "Change your profile, make tokens",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSite:
    """A site that the public profile may leave out."""

    id: str
    title: str
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileForm:
    """The form of the public profile, as it is stored or as it was typed. `path` is where the
    profile is, '' while it is off.
    """

    path: str
    handle: str
    name: str
    text: str
    links: str
    is_public: bool
    shows_achievements: bool
    sites: tuple[ProfileSite, ...]
    longest_text: int
    most_links: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """A token of the list."""

    id: str
    name: str
    scopes: tuple[str, ...]
    made_on: datetime.datetime
    used_on: datetime.datetime | None
    ends_on: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A signed-in browser of the list."""

    id: str
    device: str
    since: datetime.datetime
    seen_on: datetime.datetime
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong in which form of the page."""

    error: ServiceError
    form: str
    typed: Form | None = None

    @property
    def field(self) -> str:
        return f"{self.form}.{self.error.field}" if isinstance(self.error, Invalid) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """The page. `secret` is that of a token made right now; it is never shown again."""

    account: Account
    since: datetime.datetime
    csrf_token: str
    has_github: bool
    profile: ProfileForm
    tokens: tuple[TokenView, ...]
    tokens_allowed: int
    scopes: tuple[tuple[str, str], ...]
    sessions: tuple[SessionView, ...]
    secret: str
    problem: str
    hint: str
    problem_form: str
    problem_field: str


def view_account(
    request: Request, actor: Actor, *, secret: str = "", problem: Problem | None = None
) -> AccountView:
    """Return what the page shows to its owner."""
    context: Context = request.app.state.context
    account = accounts.get_account(context, actor)
    here = digest_of(session_secret(request) or "")
    return AccountView(
        account=account,
        since=to_datetime(account.created_at),
        csrf_token=csrf_token(request),
        has_github=github.offers_github(context),
        profile=_view_profile(context, actor, problem),
        tokens=tuple(_view_token(token) for token in tokens.list_tokens(context, actor)),
        tokens_allowed=TOKENS,
        scopes=tuple((scope.value, words) for scope, words in SCOPE_WORDS.items()),
        sessions=tuple(
            _view_session(known, here) for known in sessions.list_sessions(context, actor)
        ),
        secret=secret,
        problem=problem.error.message if problem else "",
        hint=problem.error.hint if problem else "",
        problem_form=problem.form if problem else "",
        problem_field=problem.field if problem else "",
    )


def list_profile_sites(context: Context, actor: Actor) -> tuple[Site, ...]:
    """Return the sites that the profile's form lists."""
    return sites.list_sites(context, actor, limit=SITES_IN_PROFILE).sites


def _view_profile(context: Context, actor: Actor, problem: Problem | None) -> ProfileForm:
    own = profiles.get_profile(context, actor)
    known, hidden = own.profile, own.hidden
    values = {
        "handle": known.handle if known else "",
        "name": known.name if known else "",
        "text": known.text if known else "",
        "links": "\n".join(known.links) if known else "",
        "is_public": "on" if known and known.is_public else "",
        "shows_achievements": "on" if known and known.shows_achievements else "",
    }
    if problem and problem.form == "public" and problem.typed is not None:
        values = {name: problem.typed.get(name, 16_384) for name in values}
        hidden = frozenset(problem.typed.get_all("hidden"))
    return ProfileForm(
        path=profile_path(known.handle) if known and known.is_public else "",
        handle=values["handle"],
        name=values["name"],
        text=values["text"],
        links=values["links"],
        is_public=bool(values["is_public"]),
        shows_achievements=bool(values["shows_achievements"]),
        sites=tuple(
            ProfileSite(id=site.id, title=site.title, is_hidden=site.id in hidden)
            for site in list_profile_sites(context, actor)
        ),
        longest_text=MAX_TEXT,
        most_links=MAX_LINKS,
    )


def _view_token(token: ApiToken) -> TokenView:
    return TokenView(
        id=token.id,
        name=token.name,
        scopes=tuple(sorted(token.scopes)),
        made_on=to_datetime(token.created_at),
        used_on=_moment(token.used_at),
        ends_on=_moment(token.expires_at),
    )


def _view_session(known: BrowserSession, here: str) -> SessionView:
    return SessionView(
        id=known.id,
        device=known.device,
        since=to_datetime(known.created_at),
        seen_on=to_datetime(known.seen_at),
        is_this=known.id == here,
    )


def _moment(at: Instant | None) -> datetime.datetime | None:
    return None if at is None else to_datetime(at)
