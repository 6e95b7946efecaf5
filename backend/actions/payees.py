"""How owners are paid: they set it, a mail confirms it, and a change rests for a week.

Nothing here returns a destination in clear but to the file that pays it.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from backend.actions import audit
from backend.actions.context import Context
from backend.actions.exchange import rates_for
from backend.domain import payees
from backend.domain.actors import Actor, Role
from backend.domain.claims import Claim, make_claim
from backend.domain.destinations import Destination, Method, fields_of, mask, method_of
from backend.domain.exchange import convert
from backend.domain.instants import Instant, day_of
from backend.domain.payees import CONFIRM_LIFETIME, MINIMUM, NewDestination, Payee, Reason
from backend.domain.sign_in import digest_of
from backend.errors import NotFound, RateMissing
from backend.gateways.destinations import read_destination
from backend.gateways.vault import Vault
from backend.ids import new_secret
from backend.store import accounts as account_store
from backend.store import payees as payee_store
from backend.store import payouts as payout_store
from backend.store.database import Session
from backend.store.tables.base import TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeReport:
    """How an account is paid, what a payout would claim now, and why there is none (yet).

    `dollars` is what it would claim in cents of USD, None without a rate.
    """

    payee: Payee | None
    reason: Reason | None
    words: str
    claim: Claim | None
    dollars: int | None


def vault_of(context: Context) -> Vault:
    """Return what seals and opens destinations."""
    return Vault(context.secret, [one.encode() for one in context.settings.old_secrets])


def get_report(context: Context, actor: Actor) -> PayeeReport:
    """Return how the actor is paid, and what would be paid now."""
    now = context.clock.now()
    with context.database.reading() as session:
        payee = payee_store.find_own(session, actor)
        standing = payee_store.read_standings(session, actor.tenant, [actor.account])
        claim, dollars = (
            reckon(session, context, payee.account, payee.currency) if payee else (None, 0)
        )
        reason = payees.reason_not_payable(
            payee, standing[actor.account], context.settings.payout_methods, now, dollars=dollars
        )
    words = payees.explain(reason, payee)
    return PayeeReport(payee=payee, reason=reason, words=words, claim=claim, dollars=dollars)


def reckon(
    session: Session, context: Context, account: str, currency: str
) -> tuple[Claim | None, int | None]:
    """Return what a payout to an account would claim, and that in cents of USD; None for what
    there is no rate for.
    """
    rates = rates_for(session, day_of(context.clock.now()))
    outstanding = payout_store.list_outstanding(session, TENANT, account)
    try:
        claim = make_claim(account, currency, outstanding, rates)
        return claim, convert(claim.amount, currency, MINIMUM.currency, rates).amount
    except RateMissing:
        return None, None


def set_destination(
    context: Context, actor: Actor, *, method: Method, currency: str, fields: Mapping[str, str]
) -> Payee:
    """Set where the actor is paid, and send the mail that confirms it.

    A destination that takes the place of a confirmed one cools down, and its mailbox, where it has
    one, is told as well. Raises Invalid naming the field that is wrong, Forbidden for a token.
    """
    payees.needs_person(actor.is_session)
    payees.check_terms(method, currency, context.settings.payout_methods)
    destination = read_destination(method, {**fields, "currency": currency})
    new = _seal(context, actor.account, destination, currency)
    now, ticket = context.clock.now(), new_secret(context.ids)
    with context.database.transaction() as session:
        payee_store.lock(session, actor)
        person = account_store.get_own(session, actor).person
        known = payee_store.find_own(session, actor)
        payee = payees.change(known, actor.account, new, now)
        payee_store.save(session, actor.tenant, payee)
        if payee.state is payees.PayeeState.UNCONFIRMED:
            digest = digest_of(_secret_of(context, ticket))
            payee_store.set_link(session, actor, digest, Instant(now + CONFIRM_LIFETIME))
    if person is None:
        raise NotFound("There is no such account.")
    email = person.address.email
    if payee.state is payees.PayeeState.UNCONFIRMED:
        _mail(context, email, "payee_confirm", payee, ticket=ticket)
    if known and payee.changed_at != known.changed_at and known.confirmed_at is not None:
        old = payees.mailbox_of(open_destination(context, actor.account, known.sealed))
        for to in sorted({email, old or email}):
            _mail(context, to, "payee_changed", payee, before=known.masked)
    return payee


def confirm_link_of(context: Context, ticket: str) -> str:
    """Return the address that a mail's ticket stands for; without the secret it opens nothing."""
    return (
        f"{context.settings.base_url}/account/payout-method/confirm/{_secret_of(context, ticket)}"
    )


def preview_confirmation(context: Context, actor: Actor, secret: str) -> Payee:
    """Return what a link confirms, and change nothing. Raises Conflict for a stale link."""
    with context.database.reading() as session:
        payee = payee_store.find_own(session, actor)
        if not payee or not _is_good(session, context, actor, secret):
            raise payees.stale_link()
        return payee


def confirm_destination(context: Context, actor: Actor, secret: str) -> Payee:
    """Confirm the actor's destination by the link in the mail, once.

    Raises Conflict for a stale link, Forbidden for a token.
    """
    payees.needs_person(actor.is_session)
    with context.database.transaction() as session:
        payee_store.lock(session, actor)
        known = payee_store.find_own(session, actor)
        if not known or not _is_good(session, context, actor, secret):
            raise payees.stale_link()
        payee = payees.confirm(known, context.clock.now())
        payee_store.save(session, actor.tenant, payee)
        payee_store.set_link(session, actor, None, None)
    return payee


def restrict_payee(  # noqa: PLR0913  what may be set, each named
    context: Context, actor: Actor, account: str, *, is_held: bool, withheld_bp: int, note: str
) -> Payee:
    """Hold an account's payouts or let them go, and set what is withheld of them for a tax office.

    Raises Forbidden for who is not in charge of finance, NotFound without a payout method.
    """
    actor.needs_role(Role.FINANCE)
    with context.database.transaction() as session:
        known = payee_store.find(session, actor.tenant, account)
        if known is None:
            raise payees.no_payee()
        payee = payees.restrict(known, is_held=is_held, withheld_bp=withheld_bp, note=note)
        payee_store.save(session, actor.tenant, payee)
        facts = {"is_held": is_held, "withheld_bp": withheld_bp, "reason": note[:1_000]}
        audit.note(session, context, actor, "payee.restrict", f"account:{account}", **facts)
    return payee


def list_sharing(context: Context, actor: Actor, account: str) -> list[str]:
    """Return the other accounts that are paid to the very destination of this one."""
    actor.needs_role(Role.FINANCE)
    with context.database.reading() as session:
        payee = payee_store.find(session, actor.tenant, account)
        if payee is None:
            raise payees.no_payee()
        found = payee_store.list_sharing(session, actor.tenant, payee.digest)
    return [one for one in found if one != account]


def open_destination(context: Context, account: str, sealed: str) -> Destination:
    """Return a destination in clear. Raises Unavailable when the secret does not open it."""
    kept = json.loads(vault_of(context).open_text(sealed, "destination", TENANT, account))
    return read_destination(Method(kept["method"]), kept["fields"])


def renew_seals(context: Context, by: Actor) -> int:
    """Seal anew, with the current secret, what an earlier one sealed; return how many that were.

    Raises Forbidden unless `by` has the role `finance`.
    """
    by.needs_role(Role.FINANCE)
    vault, after, renewed = vault_of(context), "", 0
    while True:
        with context.database.transaction() as session:
            page = payee_store.read_page(
                session, TENANT, after=after, limit=payee_store.LOOKED_UP_AT_ONCE
            )
            stale = [payee for payee in page if not vault.is_current(payee.sealed)]
            for payee in stale:
                _renew(session, context, payee)
            if stale:
                facts = {"renewed": len(stale)}
                audit.note(session, context, by, "payees.reseal", "payees:all", **facts)
            renewed += len(stale)
        if not page:
            return renewed
        after = page[-1].account


def _renew(session: Session, context: Context, payee: Payee) -> None:
    destination = open_destination(context, payee.account, payee.sealed)
    new = _seal(context, payee.account, destination, payee.currency)
    payee_store.save(session, TENANT, payees.renew(payee, new))


def _seal(
    context: Context, account: str, destination: Destination, currency: str
) -> NewDestination:
    vault, method = vault_of(context), method_of(destination)
    kept = json.dumps({"method": method.value, "fields": fields_of(destination)})
    return NewDestination(
        method=method,
        currency=currency,
        masked=mask(destination),
        digest=vault.digest(payees.identity_of(destination)),
        sealed=vault.seal_text(context.ids, kept, "destination", TENANT, account),
    )


def _is_good(session: Session, context: Context, actor: Actor, secret: str) -> bool:
    return payee_store.has_link(session, actor, digest_of(secret), context.clock.now())


def _secret_of(context: Context, ticket: str) -> str:
    made = hmac.digest(context.secret, b"payee link\0" + ticket.encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _mail(context: Context, to: str, template: str, payee: Payee, **values: str) -> None:
    facts = {"method": payee.method.value, "currency": payee.currency, "masked": payee.masked}
    context.tasks.add("send_mail", {"to": to, "template": template, **facts, **values})
