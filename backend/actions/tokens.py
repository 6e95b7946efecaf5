"""API tokens: made and revoked by their owner, found by their secret."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.accounts import read_name
from backend.domain.actors import Actor, Scope
from backend.domain.instants import DAY, Instant
from backend.domain.sign_in import (
    TOKEN_DAYS,
    TOKEN_PREFIX,
    TOKEN_USED_EVERY,
    TOKENS,
    ApiToken,
    digest_of,
)
from backend.errors import Forbidden, Invalid, LimitReached, NotFound
from backend.ids import new_id, new_secret
from backend.store import tokens as token_store
from backend.store.referrals import lock_account
from backend.store.tables.base import TENANT

_LONGEST_SECRET = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that was just made. `secret` is shown once and kept by nobody but its owner."""

    token: ApiToken
    secret: str


def make_token(
    context: Context, actor: Actor, *, name: str, scopes: Iterable[str], days: int | None = None
) -> NewToken:
    """Make a token with `scopes` that ends after `days`, or never.

    Raises Invalid for an unknown scope, none at all, a name or a number of days that cannot be,
    Forbidden when a token asks for more or longer than it may itself, LimitReached at the 21st.
    """
    now = context.clock.now()
    wanted = _read_scopes(scopes)
    if not wanted <= actor.scopes:
        raise Forbidden("A token cannot make one that may do more than itself.")
    end = _read_end(now, days)
    if actor.ends_at is not None and (end is None or end > actor.ends_at):
        raise Forbidden("A token cannot make one that outlives itself.", hint="Ask for fewer days.")
    token = ApiToken(
        id=new_id(context.ids, now),
        account=actor.account,
        name=_read_label(name),
        scopes=wanted,
        created_at=now,
        used_at=None,
        expires_at=end,
        revoked_at=None,
    )
    secret = TOKEN_PREFIX + new_secret(context.ids)
    with context.database.transaction() as session:
        lock_account(session, actor)  # two at once would both find room for one
        if token_store.count_tokens(session, actor, now) >= TOKENS:
            raise LimitReached(
                f"An account has at most {TOKENS} tokens.", hint="Revoke one that is not used."
            )
        token_store.insert_token(session, actor.tenant, token, digest_of(secret))
    return NewToken(token=token, secret=secret)


def find_actor(context: Context, secret: str) -> Actor | None:
    """Return for whom a token's secret speaks, and note once a minute that it was used."""
    if not secret.startswith(TOKEN_PREFIX) or len(secret) > _LONGEST_SECRET:
        return None
    now = context.clock.now()
    digest = digest_of(secret)
    with context.database.reading() as session:
        found = token_store.find_token(session, digest)
    if found is None:
        return None
    token, account, stored = found
    if not hmac.compare_digest(stored, digest) or not token.is_good(now) or not account.is_open:
        return None
    if token.used_at is None or token.used_at + TOKEN_USED_EVERY <= now:
        with context.database.transaction() as session:
            token_store.mark_used(session, TENANT, token.id, now)
    return Actor(
        tenant=account.tenant,
        account=account.id,
        role=account.role,
        scopes=token.scopes,
        is_session=False,
        tier=account.tier,
        ends_at=token.expires_at,
    )


def list_tokens(context: Context, actor: Actor) -> list[ApiToken]:
    """Return the actor's tokens that work, the newest first."""
    with context.database.reading() as session:
        return token_store.list_tokens(session, actor, context.clock.now())


def revoke_token(context: Context, actor: Actor, token: str) -> None:
    """End one of the actor's tokens. Raises NotFound when it is not one of theirs."""
    with context.database.transaction() as session:
        if not token_store.revoke_token(session, actor, token, context.clock.now()):
            raise NotFound("There is no such token.")


def _read_scopes(words: Iterable[str]) -> frozenset[Scope]:
    known = {scope.value for scope in Scope}
    wanted = set(words)
    unknown = wanted - known
    if unknown or not wanted:
        raise Invalid(
            f"There is no scope {min(unknown)[:40]!r}." if unknown else "A token needs a scope.",
            field="scopes",
            hint=f"Choose from {', '.join(sorted(known))}.",
        )
    return frozenset(Scope(word) for word in wanted)


def _read_label(text: str) -> str:
    label = read_name(text)
    if not label:
        raise Invalid("A token needs a name.", field="name", hint="Say what will use it.")
    return label


def _read_end(now: Instant, days: int | None) -> Instant | None:
    if days is None:
        return None
    if days not in TOKEN_DAYS:
        raise Invalid(
            f"A token lasts from 1 to {TOKEN_DAYS[-1]} days, or has no end.", field="days"
        )
    return Instant(now + days * DAY)
