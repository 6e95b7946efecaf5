"""The first of the month: payouts are drafted, or whoever is in charge is reminded of it."""

from __future__ import annotations

from backend.actions.context import Context
from backend.actions.payouts import draft_all
from backend.domain.actors import Role
from backend.store import accounts as account_store
from backend.store import payees as payee_store
from backend.store.tables.base import TENANT


def begin_month(context: Context) -> int:
    """Draft what is due where `FOURSITE_PAYOUT_DRAFTS` says so, and mail who approves it.

    Return how many payouts were drafted. Repeating it drafts nothing twice.
    """
    wish = context.settings.payout_drafts
    if wish == "off":
        return 0
    found = draft_all(context, None).values() if wish == "draft" else []
    batches = {batch for one in found for batch in one.batches}
    claimed = sum(one.claimed for one in found)
    if batches or (wish == "remind" and _somebody_waits(context)):
        values = {"drafted": str(claimed), "batches": str(len(batches))}
        for to in _mailboxes(context):
            context.tasks.add("send_mail", {"to": to, "template": "payouts_due", **values})
    return claimed


def _somebody_waits(context: Context) -> bool:
    with context.database.reading() as session:
        return any(
            payee_store.list_waiting(session, TENANT, method, currency)
            for method, currency in payee_store.list_ways(session, TENANT)
        )


def _mailboxes(context: Context) -> list[str]:
    with context.database.reading() as session:
        return account_store.list_mailboxes(session, TENANT, (Role.FINANCE, Role.ADMIN))
