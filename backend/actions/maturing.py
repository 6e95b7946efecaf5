"""Makes commissions available when their hold is over: a job, often, in small transactions."""

from __future__ import annotations

from itertools import groupby

from backend.actions.context import Context
from backend.actions.ledger import post
from backend.actions.notifying import notify
from backend.domain.earnings import mature, move
from backend.domain.ledger import Entry, EntryKind
from backend.domain.news import of_maturity
from backend.store import commissions, ledger
from backend.store.tables.base import TENANT

COMMISSIONS_AT_ONCE = 500


def mature_commissions(context: Context) -> int:
    """Make everything available whose hold is over by now; return how many commissions that were.

    An entry a payment, dated at the end of the hold, so that it does not matter how late the job
    is. One that is disputed or under review stays, and matures after its release.
    """
    done = 0
    while some := _mature_some(context):
        done += some
    return done


def _mature_some(context: Context) -> int:
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        due = commissions.list_due(session, TENANT, context.clock.now(), limit=COMMISSIONS_AT_ONCE)
        entries = []
        for (payment, at), group in groupby(due, key=lambda one: (one.payment, one.hold_until)):
            some = list(group)
            entries.append(
                Entry(
                    kind=EntryKind.MATURITY,
                    key=f"payment:{payment}:mature:" + ",".join(f"{c.level}{c.line}" for c in some),
                    at=at,
                    postings=[posting for one in some for posting in move(one, mature(one))],
                    ref=payment,
                )
            )
        commissions.save(session, TENANT, [mature(one) for one in due])
        notify(session, context, of_maturity(due))
        post(session, context, entries)
    for beneficiary in sorted({one.beneficiary for one in due}):
        context.live.publish(f"account:{beneficiary}", {"earnings": "available"})
    return len(due)
