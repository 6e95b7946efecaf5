"""Accounts: sign-up, what operators change, and the owner that the first start makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from backend.actions import standings
from backend.actions.audit import note
from backend.actions.context import Context
from backend.actions.referrals import attribute
from backend.domain.accounts import (
    Account,
    Address,
    GitHubIdentity,
    Person,
    check_still_administered,
    read_address,
    read_name,
)
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.audit import command_actor
from backend.domain.holds import check_reason
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


def change_tier(context: Context, account: str, tier: Tier, *, by: Actor | None = None) -> Account:
    """Set an account's tier; its sites' scores, featurings to come and places follow at once.

    `by` None is a command at the machine, here and below.
    """
    operator = by or command_actor(TENANT)
    operator.needs_role()
    with context.database.transaction() as session:
        found = _get(session, account)
        set_tier(session, found, tier, context.clock.now())
        facts = {"before": found.tier.value, "after": tier.value}
        note(session, context, operator, "account.tier", f"account:{account}", **facts)
        return _get(session, account)


def set_tier(session: Session, account: Account, tier: Tier, now: Instant) -> None:
    """Do the same within a transaction."""
    account_store.set_tier(session, account, tier)
    sites = account_store.list_site_refs(session, owner_of(account.tenant, account.id))
    standings.refresh(session, sites, now)


def change_role(context: Context, account: str, role: Role, *, by: Actor | None = None) -> Account:
    """Set what an account is on this service.

    Raises Conflict when nobody would administer the service any more, or somebody lowers
    themselves: another administrator has to.
    """
    operator = by or command_actor(TENANT)
    operator.needs_role()
    with context.database.transaction() as session:
        admins = account_store.lock_admins(session, TENANT)
        found = _get(session, account)
        if found.role is Role.ADMIN and role is not Role.ADMIN:
            check_still_administered(operator, account, admins)
        account_store.set_role(session, found, role)
        facts = {"before": found.role.value, "after": role.value}
        note(session, context, operator, "account.role", f"account:{account}", **facts)
        return _get(session, account)


def suspend(
    context: Context, account: str, *, by: Actor | None = None, reason: str = ""
) -> Account:
    """Close an account: it is signed out everywhere, cannot sign in, and its tokens stop.

    Operators are suspended by administrators alone, and never the last of these. A person has to
    give a reason. Raises Forbidden, Invalid, Conflict, NotFound.
    """
    operator = by or command_actor(TENANT)
    operator.needs_role(Role.REVIEWER, Role.SUPPORT)
    said = check_reason(reason) if by else reason
    with context.database.transaction() as session:
        admins = account_store.lock_admins(session, TENANT)
        found = _get(session, account)
        if found.role is not Role.OWNER:
            operator.needs_role()
        if found.role is Role.ADMIN:
            check_still_administered(operator, account, admins)
        _close(session, found, context.clock.now())
        note(session, context, operator, "account.suspend", f"account:{account}", reason=said)
        return _get(session, account)


def close_own(context: Context, actor: Actor) -> None:
    """Close the actor's account in the same way, for who is about to erase it."""
    with context.database.transaction() as session:
        _close(session, account_store.get_own(session, actor), context.clock.now())


def reopen(context: Context, account: str, *, by: Actor | None = None, reason: str = "") -> Account:
    """End a suspension; whoever was signed in has to sign in again."""
    operator = by or command_actor(TENANT)
    operator.needs_role(Role.REVIEWER, Role.SUPPORT)
    said = check_reason(reason) if by else reason
    with context.database.transaction() as session:
        found = _get(session, account)
        if found.role is not Role.OWNER:
            operator.needs_role()
        account_store.set_suspended(session, found, None)
        note(session, context, operator, "account.reopen", f"account:{account}", reason=said)
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


def _close(session: Session, account: Account, now: Instant) -> None:
    account_store.set_suspended(session, account, account.suspended_at or now)
    revoke_sessions(session, owner_of(account.tenant, account.id), now)


def _person(address: Address, name: str, github: GitHubIdentity | None) -> Person:
    return Person(
        address=address,
        name=name,
        github_id=github.id if github else None,
        github_login=github.login if github else None,
    )
