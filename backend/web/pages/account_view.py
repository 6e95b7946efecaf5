"""What the account page shows: everything that is the owner's, in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from starlette.requests import Request

from backend.actions import accounts, github, referrals, sessions, sites, tokens
from backend.actions.context import Context
from backend.actions.referrals import ReferralSummary
from backend.actions.usage import get_usage
from backend.domain.accounts import Account
from backend.domain.actors import Actor, Scope
from backend.domain.instants import Instant, to_datetime
from backend.domain.sign_in import TOKENS, ApiToken, BrowserSession, digest_of
from backend.domain.sites import Site
from backend.domain.tiers import TERMS
from backend.domain.usage import Usage
from backend.errors import Invalid, ServiceError
from backend.web.signed_in import csrf_token, session_secret

SITES_SHOWN = 100

SCOPE_WORDS: dict[Scope, str] = {
    Scope.SITES_READ: "Read your sites",
    Scope.SITES_WRITE: "Register and change sites; what 4site link needs",
    Scope.STATS_READ: "Read views, shares and scores",
    Scope.REFERRALS_READ: "Read your referrals",
    Scope.ACCOUNT_READ: "Read your profile",
    Scope.ACCOUNT_WRITE: "Change your profile, make tokens",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """A site with what goes into its pages."""

    site: Site
    snippet: str


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
    usage: Usage
    sites_allowed: int | None
    sites: tuple[SiteView, ...]
    has_more_sites: bool
    referrals: ReferralSummary
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
    page = sites.list_sites(context, actor, limit=SITES_SHOWN)
    here = digest_of(session_secret(request) or "")
    return AccountView(
        account=account,
        since=to_datetime(account.created_at),
        csrf_token=csrf_token(request),
        has_github=github.offers_github(context),
        usage=get_usage(context, actor),
        sites_allowed=TERMS[account.tier].sites,
        sites=tuple(_view_site(context, site) for site in page.sites),
        has_more_sites=page.after is not None,
        referrals=referrals.referral_summary(context, actor),
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


def _view_site(context: Context, site: Site) -> SiteView:
    base = context.settings.base_url
    snippet = (
        f'<script defer src="{base}/widget.js" data-site="{site.key}" '
        f'data-service="{base}"></script>'
    )
    return SiteView(site=site, snippet=snippet)


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
