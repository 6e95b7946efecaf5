"""People as operators see them: found by address, code or id, with what bears on a decision.

Who somebody is stays masked for everybody but administrators until it is asked for, which is noted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.actions import earnings, holds, referred
from backend.actions.audit import note
from backend.actions.context import Context
from backend.actions.credits import usable_credits
from backend.domain.accounts import Account, read_address
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.audit import AuditEntry, AuditQuery
from backend.domain.holds import Hold
from backend.domain.own_earnings import CurrencyEarnings, OwnCommission
from backend.domain.people import Only, PeopleQuery, mask_email
from backend.domain.referrals import ReferralState
from backend.domain.rewards import flags_of
from backend.domain.sites import Site
from backend.errors import Invalid, NotFound
from backend.store import accounts, audit, people, referrals, rewards, sites
from backend.store.database import Session
from backend.store.tables.base import TENANT

PEOPLE_A_PAGE = 50
SITES_SHOWN = 50
COMMISSIONS_SHOWN = 20
ENTRIES_SHOWN = 20
EVERY = (Role.REVIEWER, Role.FINANCE, Role.SUPPORT)
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An account in a list, with its address, masked unless the operator may see it."""

    account: Account
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """Some accounts, the newest first; `after` is the cursor of the next page, None at the end."""

    people: tuple[Listed, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReport:
    """An account with all that bears on a decision. `entries` is what operators did to it, for
    administrators alone; `holds` and money are None for who has nothing to do with them.
    """

    account: Account
    address: str
    is_masked: bool
    referrer: str | None
    sites: tuple[Site, ...]
    states: Mapping[ReferralState, int]
    credits: int
    flags: tuple[str, ...]
    earnings: tuple[CurrencyEarnings, ...] | None
    commissions: tuple[OwnCommission, ...] | None
    holds: tuple[Hold, ...] | None
    entries: tuple[AuditEntry, ...]


def search(
    context: Context, actor: Actor, text: str, only: Only = Only.ALL, *, before: str = ""
) -> PeoplePage:
    """Return accounts: the one that `text` names by its address, code or id, or all of them.

    Raises Forbidden unless an operator asks, Invalid for a cursor that is none.
    """
    actor.needs_role(*EVERY)
    if before and not _ID.fullmatch(before):
        raise Invalid("The cursor is not one of this list.", field="after", hint="Begin anew.")
    with context.database.reading() as session:
        query = _read_query(session, text.strip(), only)
        if query is None:
            return PeoplePage(people=(), after=None)
        found = people.list_accounts(session, TENANT, query, before=before, limit=PEOPLE_A_PAGE + 1)
    shown = found[:PEOPLE_A_PAGE]
    return PeoplePage(
        people=tuple(Listed(account=one, address=_address(actor, one)) for one in shown),
        after=shown[-1].id if len(found) > len(shown) else None,
    )


def read_person(
    context: Context, actor: Actor, account: str, *, is_shown: bool = False
) -> PersonReport:
    """Return an account as the operator may see it; `is_shown` after `note_look`.

    Raises Forbidden, NotFound.
    """
    actor.needs_role(*EVERY)
    owner = owner_of(TENANT, account)
    with context.database.reading() as session:
        found = get_account(session, account)
        referrer = people.find_referrer(session, TENANT, account)
        own = sites.list_own(session, owner, after="", limit=SITES_SHOWN)
        granted = flags_of(rewards.list_own(session, owner))
        credits_left = usable_credits(session, context, account)
        entries = _entries(session, actor, account)
    is_masked = actor.role is not Role.ADMIN and not is_shown
    has_money = actor.role in {Role.ADMIN, Role.FINANCE, Role.REVIEWER}
    page = earnings.list_commissions(context, owner, after=None, limit=COMMISSIONS_SHOWN)
    return PersonReport(
        account=found,
        address=_address(actor, found) if is_masked else _clear(found),
        is_masked=is_masked and found.person is not None,
        referrer=referrer,
        sites=tuple(own),
        states=referred.count_states(context, owner),
        credits=credits_left,
        flags=tuple(sorted(flag.value for flag in granted)),
        earnings=tuple(earnings.earnings_of(context, owner)) if has_money else None,
        commissions=page.commissions if has_money else None,
        holds=tuple(holds.list_holds(context, actor, account)) if has_money else None,
        entries=entries,
    )


def note_look(context: Context, actor: Actor, account: str, reason: str) -> None:
    """Note that the operator is shown who somebody is. Raises Forbidden, NotFound."""
    actor.needs_role(*EVERY)
    with context.database.transaction() as session:
        get_account(session, account)
        note(session, context, actor, "account.show", f"account:{account}", reason=reason)


def get_account(session: Session, account: str) -> Account:
    """Return an account, erased ones too. Raises NotFound."""
    found = accounts.find_account(session, TENANT, account) if _ID.fullmatch(account) else None
    if found is None:
        raise NotFound("There is no such account.")
    return found


def name_accounts(context: Context, actor: Actor, wanted: Sequence[str]) -> Mapping[str, str]:
    """Return addresses by account, masked unless an administrator asks."""
    actor.needs_role(*EVERY)
    with context.database.reading() as session:
        found = people.find_addresses(session, TENANT, sorted(set(wanted)))
    is_clear = actor.role is Role.ADMIN
    return {one: text if is_clear else mask_email(text) for one, text in found.items()}


def _entries(session: Session, actor: Actor, account: str) -> tuple[AuditEntry, ...]:
    if actor.role is not Role.ADMIN:
        return ()
    query = AuditQuery(subject=account)
    return tuple(audit.list_entries(session, TENANT, query, after=None, limit=ENTRIES_SHOWN))


def _read_query(session: Session, text: str, only: Only) -> PeopleQuery | None:
    """Return what a text names, None for what cannot be anybody."""
    if not text:
        return PeopleQuery(only=only)
    if _ID.fullmatch(text):
        return PeopleQuery(account=text, only=only)
    if "@" in text:
        try:
            return PeopleQuery(email_key=read_address(text).key, only=only)
        except Invalid:
            return None
    owner = referrals.find_code_owner(session, TENANT, text.upper()[:32])
    return PeopleQuery(account=owner.account, only=only) if owner else None


def _address(actor: Actor, account: Account) -> str:
    if account.person is None:
        return "erased"
    if actor.role is Role.ADMIN:
        return account.person.address.email
    return mask_email(account.person.address.email)


def _clear(account: Account) -> str:
    return account.person.address.email if account.person else "erased"
