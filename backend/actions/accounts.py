"""Accounts: sign-up, what operators change, and the owner that the first start makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from backend.actions import standings
from backend.actions.context import Context
from backend.actions.referrals import attribute
from backend.domain.accounts import (
    Account,
    Address,
    GitHubIdentity,
    Person,
    read_address,
    read_name,
)
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.instants import Instant
from backend.domain.referrals import Touch
from backend.domain.sign_in import Arrival
from backend.domain.tiers import Tier
from backend.errors import Conflict, NotFound
from backend.ids import new_id, new_referral_code
from backend.store import accounts as account_store
from backend.store.database import Session
from backend.store.sessions import revoke_sessions
from backend.store.tables.base import TENANT

_T = TypeVar("_T")


def sign_up(  # noqa: PLR0913  what a sign-up is made of, each named
    context: Context,
    *,
    email: str,
    name: str,
    code: str | None,
    is_typed: bool,
    touch: Touch | None,
    github: GitHubIdentity | None = None,
) -> Account:
    """Open an account for an address that was verified, and say who brought it.

    Raises Invalid for what cannot be an address or a name, Conflict when the address has an
    account already.
    """
    address = read_address(email)
    arrival = Arrival(code=code, is_typed=is_typed, touch=touch)
    person = _person(address, read_name(name), github)
    with context.database.transaction() as session:
        return open_account(session, context, person, arrival)


def open_account(
    session: Session, context: Context, person: Person, arrival: Arrival, role: Role = Role.OWNER
) -> Account:
    """Store a new account with its referral code and attribution, inside a transaction.

    Raises Conflict when the address or the GitHub account has one already.
    """
    now = context.clock.now()
    account = Account(
        tenant=TENANT,
        id=new_id(context.ids, now),
        tier=Tier.FREE,
        role=role,
        code=new_referral_code(context.ids),
        created_at=now,
        suspended_at=None,
        erased_at=None,
        person=person,
    )
    account_store.insert_account(session, account, person)
    attribute(
        session,
        account=account.id,
        email_key=person.address.key,
        code=arrival.code,
        is_typed=arrival.is_typed,
        touch=arrival.touch,
        now=now,
    )
    return account


def find_account(
    context: Context, *, account: str | None = None, email: str | None = None
) -> Account | None:
    """Return an account by its id, or by the address that it signs in with."""
    with context.database.reading() as session:
        if account is not None:
            return account_store.find_account(session, TENANT, account)
        return account_store.find_by_key(session, TENANT, read_address(email or "").key)


def get_account(context: Context, actor: Actor) -> Account:
    """Return the actor's own account."""
    with context.database.reading() as session:
        return account_store.get_own(session, actor)


def rename(context: Context, actor: Actor, name: str) -> None:
    """Set the name that the actor's account shows, '' for none. Raises Invalid when too long."""
    wanted = read_name(name)
    with context.database.transaction() as session:
        account_store.rename(session, actor, wanted)


def unlink_github(context: Context, actor: Actor) -> None:
    """Forget the GitHub account that signs the actor in; the address still does."""
    with context.database.transaction() as session:
        account_store.link_github(session, account_store.get_own(session, actor), None)


def change_tier(context: Context, account: str, tier: Tier) -> Account:
    """Set an account's tier; its sites' scores, featurings to come and places follow at once."""
    with context.database.transaction() as session:
        set_tier(session, _get(session, account), tier, context.clock.now())
        return _get(session, account)


def set_tier(session: Session, account: Account, tier: Tier, now: Instant) -> None:
    """Do the same within a transaction."""
    account_store.set_tier(session, account, tier)
    sites = account_store.list_site_refs(session, owner_of(account.tenant, account.id))
    standings.refresh(session, sites, now)


def change_role(context: Context, account: str, role: Role) -> Account:
    """Set what an account is on this service."""
    with context.database.transaction() as session:
        account_store.set_role(session, _get(session, account), role)
        return _get(session, account)


def suspend(context: Context, account: str) -> Account:
    """Close an account: it is signed out everywhere, cannot sign in, and its tokens stop."""
    now = context.clock.now()
    with context.database.transaction() as session:
        found = _get(session, account)
        account_store.set_suspended(session, found, found.suspended_at or now)
        revoke_sessions(session, owner_of(found.tenant, found.id), now)
        return _get(session, account)


def reopen(context: Context, account: str) -> Account:
    """End a suspension; whoever was signed in has to sign in again."""
    with context.database.transaction() as session:
        account_store.set_suspended(session, _get(session, account), None)
        return _get(session, account)


def ensure_admin(session: Session, context: Context) -> Account | None:
    """Make the owner's account when nobody administers the service; None when somebody does.

    An account that the owner's address has already becomes the administrator's.
    """
    if account_store.has_admin(session, TENANT):
        return None
    address = read_address(context.settings.owner_email, field="FOURSITE_OWNER_EMAIL")
    known = account_store.find_by_key(session, TENANT, address.key)
    if known is None:
        return open_account(session, context, _person(address, "", None), Arrival(), Role.ADMIN)
    account_store.set_role(session, known, Role.ADMIN)
    return known


def repeat_on_conflict(work: Callable[[], _T]) -> _T:
    """Return what `work` returns; once more when somebody signed up at the same moment.

    `work` is a whole transaction, which finds the other's account the second time.
    """
    try:
        return work()
    except Conflict:
        return work()


def _get(session: Session, account: str) -> Account:
    found = account_store.find_account(session, TENANT, account)
    if found is None or found.erased_at is not None:
        raise NotFound("There is no such account.")
    return found


def _person(address: Address, name: str, github: GitHubIdentity | None) -> Person:
    return Person(
        address=address,
        name=name,
        github_id=github.id if github else None,
        github_login=github.login if github else None,
    )
