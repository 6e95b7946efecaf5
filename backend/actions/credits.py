"""Credits on invoices: a cent off each, out of what rewards gave.

A payment that is lowered by credits is booked with what was really paid. Using them takes as much
back from the expense for rewards, so that `sales` holds nothing that nobody paid, and an invoice
costs the service a reward or a sale, never both.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.audit import note
from backend.actions.context import Context
from backend.actions.ledger import post
from backend.actions.rewards import credit_balance
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.ledger import Entry, EntryKind, Posting, own
from backend.domain.money import check_amount
from backend.domain.rewards import CURRENCY, held_of
from backend.errors import Conflict, NotFound
from backend.store import accounts, ledger, rewards
from backend.store.database import Session
from backend.store.tables.base import TENANT


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditUse:
    """The cents that an invoice used, and those that can be used after that."""

    used: int
    usable: int


def lower_invoice(context: Context, actor: Actor, account: str, amount: int, ref: str) -> CreditUse:
    """Use an account's credits for an invoice that is written by hand, as `use_credits` says.

    Raises Forbidden, and NotFound for an unknown account.
    """
    actor.needs_role(Role.FINANCE)
    with context.database.transaction() as session:
        if accounts.find_account(session, TENANT, account) is None:
            raise NotFound("There is no such account.")
        used = use_credits(session, context, account, amount, f"manual:{ref}")
        facts = {"invoice": ref, "cents": used}
        note(session, context, actor, "credits.use", f"account:{account}", **facts)
        return CreditUse(used=used, usable=usable_credits(session, context, account))


def undo_invoice(context: Context, actor: Actor, account: str, ref: str) -> CreditUse:
    """Give back what an invoice used that is not paid after all, as `return_credits` says."""
    actor.needs_role(Role.FINANCE)
    with context.database.transaction() as session:
        back = return_credits(session, context, account, f"manual:{ref}")
        facts = {"invoice": ref, "cents": back}
        note(session, context, actor, "credits.return", f"account:{account}", **facts)
        return CreditUse(used=-back, usable=usable_credits(session, context, account))


def usable_credits(session: Session, context: Context, account: str) -> int:
    """Return the cents that an account's next invoice may be lowered by: what is not held."""
    grants = rewards.list_own(session, owner_of(TENANT, account))
    return max(0, credit_balance(session, account) - held_of(grants, context.clock.now()))


def use_credits(session: Session, context: Context, account: str, amount: int, ref: str) -> int:
    """Take up to `amount` cents of an account's credits for the invoice `ref`; return how much.

    Asked again for the same invoice it takes nothing and returns the same. Nothing is taken where
    nothing is usable. Raises Invalid for an amount below 1, and Conflict for an invoice that used
    somebody else's credits.
    """
    check_amount(amount, least=1)
    ledger.lock(session, TENANT)
    used = _used(session, account, ref)
    if used:
        return used
    used = min(amount, usable_credits(session, context, account))
    if used:
        _post(session, context, account, used, key=_key(ref), ref=ref)
    return used


def return_credits(session: Session, context: Context, account: str, ref: str) -> int:
    """Give back what the invoice `ref` used, because it was never paid; return how much that was.

    It can be repeated. Raises Conflict as above.
    """
    ledger.lock(session, TENANT)
    used = _used(session, account, ref)
    if used:
        seq = ledger.find_keys(session, TENANT, [_key(ref)])[_key(ref)][0]
        key = f"{_key(ref)}:returned"
        if not ledger.find_keys(session, TENANT, [key]):
            _post(session, context, account, -used, key=key, ref=ref, reverses=seq)
    return used


def _post(  # noqa: PLR0913  what an entry is made of, each named
    session: Session,
    context: Context,
    account: str,
    amount: int,
    *,
    key: str,
    ref: str,
    reverses: int | None = None,
) -> None:
    entry = Entry(
        kind=EntryKind.CREDIT_USE,
        key=key,
        at=context.clock.now(),
        postings=[
            Posting(account=own("credit", account), currency=CURRENCY, amount=amount),
            Posting(account="rewards", currency=CURRENCY, amount=-amount),
        ],
        ref=ref,
        reverses=reverses,
    )
    post(session, context, [entry])


def _used(session: Session, account: str, ref: str) -> int:
    """Return what an invoice used, 0 when it did not."""
    found = ledger.find_keys(session, TENANT, [_key(ref)])
    if not found:
        return 0
    (placed,) = ledger.read_entries(session, TENANT, since=found[_key(ref)][0], limit=1)
    for posting in placed.entry.postings:
        if posting.account == own("credit", account):
            return posting.amount
    raise Conflict(f"The invoice {ref[:80]} used the credits of somebody else.")


def _key(ref: str) -> str:
    return f"credit_use:{ref}"
