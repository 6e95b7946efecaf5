"""Signed-in browsers: made at sign-in, found by their secret, listed and ended by their owner."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.accounts import Account
from backend.domain.actors import ALL_SCOPES, Actor, owner_of
from backend.domain.devices import device_words
from backend.domain.instants import Instant
from backend.domain.sign_in import SEEN_EVERY, SESSION_LIFETIME, BrowserSession, digest_of
from backend.errors import Forbidden, NotFound
from backend.gateways.languages import ENGLISH
from backend.ids import new_secret
from backend.store import readers
from backend.store import sessions as session_store
from backend.store.database import Session
from backend.store.tables.base import TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a sign-in gives: the account, and the secret for the browser's cookie."""

    account: Account
    secret: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """The browser that signs in: what it calls itself, the secret of an older session, and which
    language its person reads.
    """

    user_agent: str
    secret: str | None = None
    language: str = ENGLISH


def open_session(session: Session, context: Context, account: Account, browser: Browser) -> str:
    """Sign a browser in and return its secret; the session it had before ends.

    Raises Forbidden when the account is suspended.
    """
    now = context.clock.now()
    if not account.is_open:
        raise Forbidden(
            "This account is suspended.", hint="Write to the operators of this service."
        )
    if browser.secret:
        _end(session, digest_of(browser.secret), now)
    secret = new_secret(context.ids)
    made = BrowserSession(
        id=digest_of(secret),
        account=account.id,
        device=device_words(browser.user_agent),
        created_at=now,
        seen_at=now,
        expires_at=Instant(now + SESSION_LIFETIME),
        revoked_at=None,
    )
    session_store.insert_session(session, account.tenant, made)
    return secret


def keep_language(session: Session, account: Account, browser: Browser) -> None:
    """Keep which language a new account's person reads."""
    if browser.language != ENGLISH:
        readers.save_language(session, account.tenant, account.id, browser.language)


def find_actor(context: Context, secret: str) -> Actor | None:
    """Return whom a session's secret signs in, and note once an hour that it was used."""
    now = context.clock.now()
    digest = digest_of(secret)
    with context.database.reading() as session:
        found = session_store.find_session(session, TENANT, digest)
    if found is None or not found[0].is_good(now) or not found[1].is_open:
        return None
    browser, account = found
    if browser.seen_at + SEEN_EVERY <= now:
        with context.database.transaction() as session:
            session_store.mark_seen(session, TENANT, digest, now)
    return Actor(
        tenant=account.tenant,
        account=account.id,
        role=account.role,
        scopes=ALL_SCOPES,
        is_session=True,
        tier=account.tier,
    )


def list_sessions(context: Context, actor: Actor) -> list[BrowserSession]:
    """Return where the actor is signed in, the device used last first."""
    with context.database.reading() as session:
        return session_store.list_sessions(session, actor, context.clock.now())


def sign_out(context: Context, secret: str) -> None:
    """End the session with this secret; an unknown one is no error."""
    with context.database.transaction() as session:
        _end(session, digest_of(secret), context.clock.now())


def revoke_session(context: Context, actor: Actor, session_id: str) -> None:
    """End one of the actor's sessions. Raises NotFound when it is not one of theirs."""
    with context.database.transaction() as session:
        if not session_store.revoke_session(session, actor, session_id, context.clock.now()):
            raise NotFound("There is no such session.")


def revoke_sessions(context: Context, actor: Actor, *, but_secret: str | None = None) -> int:
    """End all sessions of the actor, or all but the one at hand, and return how many."""
    kept = digest_of(but_secret) if but_secret else ""
    with context.database.transaction() as session:
        return session_store.revoke_sessions(session, actor, context.clock.now(), but=kept)


def _end(session: Session, digest: str, now: Instant) -> None:
    found = session_store.find_session(session, TENANT, digest)
    if found is not None:
        owner = owner_of(found[1].tenant, found[1].id)
        session_store.revoke_session(session, owner, digest, now)
