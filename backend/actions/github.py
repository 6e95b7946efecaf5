"""The way in through GitHub: where to send a browser, and whom it comes back as."""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.accounts import open_account, repeat_on_conflict
from backend.actions.context import Context
from backend.actions.sessions import Browser, SignedIn, keep_language, open_session
from backend.domain.accounts import (
    NAME_LENGTH,
    Account,
    GitHubIdentity,
    Person,
    read_address,
    read_name,
)
from backend.domain.sign_in import Arrival
from backend.errors import Conflict, Forbidden
from backend.gateways.oauth import GitHub, find_github
from backend.ids import new_secret
from backend.store import accounts as account_store
from backend.store.database import Session
from backend.store.tables.base import TENANT

LOGIN_LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A browser on its way to GitHub: `state` and `verifier` stay with it until it is back."""

    url: str
    state: str
    verifier: str


def offers_github(context: Context) -> bool:
    """Tell whether this service is registered at GitHub as an application."""
    return find_github(context.settings) is not None


def depart(context: Context) -> Departure:
    """Return where to send a browser that wants to sign in with GitHub."""
    state, verifier = new_secret(context.ids), new_secret(context.ids, 64)
    url = _github(context).authorize_url(state=state, verifier=verifier)
    return Departure(url=url, state=state, verifier=verifier)


def arrive(
    context: Context, *, code: str, verifier: str, arrival: Arrival, browser: Browser
) -> SignedIn:
    """Sign in whom GitHub has signed in, with a new account when they have none.

    Raises Invalid when `code` is no good, Forbidden when GitHub knows no verified address or the
    account is suspended, Conflict when the address is a variant of one that has an account,
    Unavailable when GitHub does not answer.
    """
    identity = _github(context).identify(code=code, verifier=verifier)

    def work() -> SignedIn:
        with context.database.transaction() as session:
            known = _find_known(session, identity)
            account = known or open_account(session, context, _person_of(identity), arrival)
            if known is None:
                keep_language(session, account, browser)
            made = open_session(session, context, account, browser)
            return SignedIn(account=account, secret=made, is_new=known is None)

    return repeat_on_conflict(work)


def _github(context: Context) -> GitHub:
    github = find_github(context.settings)
    if github is None:
        raise Forbidden("This service does not sign in with GitHub.", hint="Sign in by mail.")
    return github


def _find_known(session: Session, identity: GitHubIdentity) -> Account | None:
    """Return the account that `identity` signs in; one with the same address is linked first."""
    linked = account_store.find_by_github(session, TENANT, identity.id)
    if linked is not None:
        return linked
    address = read_address(identity.email)
    known = account_store.find_by_key(session, TENANT, address.key)
    if known is None or known.person is None:
        return None
    if not address.is_same_mailbox(known.person.address.email):
        raise _refuse("A variant of your GitHub address has an account here already.")
    if known.person.github_id is not None:
        raise _refuse("The account with your address is linked with another GitHub account.")
    account_store.link_github(session, known, identity)
    return account_store.find_account(session, TENANT, known.id)


def _refuse(message: str) -> Conflict:
    return Conflict(message, hint="Sign in by mail with the address that you signed up with.")


def _person_of(identity: GitHubIdentity) -> Person:
    return Person(
        address=read_address(identity.email),
        name=read_name(identity.name[:NAME_LENGTH]),
        github_id=identity.id,
        github_login=identity.login[:LOGIN_LENGTH],
    )
