"""Ways in by link: those that are sent by mail, and the one that the first start prints.

Nothing here tells a stranger whether an address has an account: a request does the same work and
gets the same answer either way, and only the owner of the mail box learns more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from backend.actions.accounts import ensure_admin, open_account, repeat_on_conflict
from backend.actions.context import Context
from backend.actions.sessions import Browser, SignedIn, keep_language, open_session
from backend.domain.accounts import Account, Address, Person, read_address, read_name
from backend.domain.instants import Instant
from backend.domain.sign_in import (
    LINK_LIFETIME,
    OPEN_LINKS,
    OWNER_LINK_LIFETIME,
    Arrival,
    SignInLink,
    digest_of,
)
from backend.errors import Conflict, NotFound
from backend.gateways.languages import ENGLISH
from backend.ids import new_secret
from backend.store import accounts as account_store
from backend.store import sign_ins
from backend.store.database import Session
from backend.store.tables.base import TENANT


def request_link(
    context: Context,
    *,
    email: str,
    name: str = "",
    arrival: Arrival,
    language: str = ENGLISH,
) -> None:
    """Send a link that signs in whoever reads the mail of `email`, or signs them up.

    `language` is that of the mail, unless the account has one. When three links to the address,
    however it is written, are open no further one is sent. Raises Invalid for what cannot be an
    address or a name.
    """
    address = read_address(email)
    said = read_name(name)
    now = context.clock.now()
    with context.database.transaction() as session:
        sign_ins.lock_mailbox(session, address.key)
        known = account_store.find_by_key(session, TENANT, address.key)
        # An account's mail goes to its own address, however somebody else writes it.
        to = known.person.address if known and known.person else address
        if sign_ins.count_open_links(session, TENANT, to.key, now) >= OPEN_LINKS:
            return
        ticket = _keep_link(
            session, context, to, name=said, arrival=arrival, until=Instant(now + LINK_LIFETIME)
        )
    values = {"to": to.email, "template": "sign_in", "ticket": ticket, "language": language}
    context.tasks.add("send_mail", values)


def link_of(context: Context, ticket: str) -> str:
    """Return the address that a mail's ticket stands for.

    What waits in the queue of mails is the ticket, which opens nothing without the service's
    secret; so nobody who reads the database can sign in.
    """
    return f"{context.settings.base_url}/sign-in/{_secret_of(context, ticket)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPreview:
    """Whom a link signs in, and whether it makes an account for them."""

    email: str
    is_new: bool


def preview_link(context: Context, secret: str) -> LinkPreview:
    """Return what a link is for, and change nothing.

    Raises NotFound when it is no good, Conflict as `follow_link` does.
    """
    with context.database.reading() as session:
        link = _good(sign_ins.find_link(session, TENANT, digest_of(secret), context.clock.now()))
        known = _find_same(session, link)
    return LinkPreview(email=link.address.email, is_new=known is None)


def follow_link(context: Context, secret: str, browser: Browser) -> SignedIn:
    """Use a link up: sign the browser in, with a new account when the address has none.

    Raises NotFound when the link is no good, Forbidden when the account is suspended, Conflict when
    it went to a variant of the address that has an account by now.
    """

    def work() -> SignedIn:
        with context.database.transaction() as session:
            used = sign_ins.use_link(session, TENANT, digest_of(secret), context.clock.now())
            link = _good(used)
            known = _find_same(session, link)
            person = Person(address=link.address, name=link.name)
            account = known or open_account(session, context, person, link.arrival)
            if known is None:
                keep_language(session, account, browser)
            made = open_session(session, context, account, browser)
            return SignedIn(account=account, secret=made, is_new=known is None)

    return repeat_on_conflict(work)


def ensure_owner(context: Context) -> str | None:
    """Make the owner's account at the first start and return a link that signs in to it once.

    The link is good for a day. None when somebody administers the service already.
    """
    until = Instant(context.clock.now() + OWNER_LINK_LIFETIME)
    with context.database.transaction() as session:
        owner = ensure_admin(session, context)
        if owner is None or owner.person is None:
            return None
        to = owner.person.address
        ticket = _keep_link(session, context, to, name="", arrival=Arrival(), until=until)
    return link_of(context, ticket)


def _keep_link(  # noqa: PLR0913  a link's own facts, each named
    session: Session, context: Context, to: Address, *, name: str, arrival: Arrival, until: Instant
) -> str:
    ticket = new_secret(context.ids)
    link = SignInLink(
        id=digest_of(_secret_of(context, ticket)),
        address=to,
        name=name,
        arrival=arrival,
        expires_at=until,
    )
    sign_ins.insert_link(session, TENANT, link, context.clock.now())
    return ticket


def _secret_of(context: Context, ticket: str) -> str:
    made = hmac.new(context.secret, b"sign-in link\0" + ticket.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _find_same(session: Session, link: SignInLink) -> Account | None:
    """Return the account whose own address the link went to.

    One with a variant of the address may be somebody else's: some hosts give `ann+x@…` to anybody.
    """
    known = account_store.find_by_key(session, TENANT, link.address.key)
    if known is None or known.person is None:
        return known
    if not known.person.address.is_same_mailbox(link.address.email):
        raise Conflict(
            "A variant of this address has an account here.",
            hint="Ask for a new link; it goes to the address of that account.",
        )
    return known


def _good(link: SignInLink | None) -> SignInLink:
    if link is None:
        raise NotFound(
            "This link was used or has run out.", hint="Ask for a new one on the sign-in page."
        )
    return link
