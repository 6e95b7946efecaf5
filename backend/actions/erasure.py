"""Forgets an owner: their sites with all that was counted, their ways in, their person."""

from __future__ import annotations

from backend.actions.accounts import close_own
from backend.actions.audit import note
from backend.actions.billing import end_billing
from backend.actions.context import Context
from backend.actions.sites import remove_site
from backend.domain.actors import Actor
from backend.store import accounts as account_store
from backend.store.erasure import erase_person
from backend.store.referrals import lock_account


def erase_account(context: Context, actor: Actor, *, by: Actor | None = None) -> None:
    """Erase the actor's account for good; what others earned through it stays, without a name.

    The account is closed first, so that nothing is added meanwhile, and what it pays for ends. It
    can be repeated after a failure, by an operator, who is `by`. Raises NotFound when the account
    is gone, and Unavailable when a subscription cannot be ended.
    """
    close_own(context, actor)
    end_billing(context, actor)
    while not _erase_empty(context, actor, by):
        for site in _site_ids(context, actor):
            remove_site(context, actor, site)


def _erase_empty(context: Context, actor: Actor, by: Actor | None) -> bool:
    """Erase the account if it has no site; tell whether it had none.

    Under the account's lock: a request that was under way could register one in between.
    """
    with context.database.transaction() as session:
        lock_account(session, actor)
        if account_store.list_site_refs(session, actor):
            return False
        account = account_store.get_own(session, actor)
        erase_person(session, actor, account, context.clock.now())
        if by is not None:
            note(session, context, by, "account.erase", f"account:{account.id}")
        return True


def _site_ids(context: Context, actor: Actor) -> list[str]:
    with context.database.reading() as session:
        return [site for _tenant, site in account_store.list_site_refs(session, actor)]
