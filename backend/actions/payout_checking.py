"""Compares payouts with commissions, the ledger, their batches and files: a part of the check.

Each page is read at one moment, so that it can run beside a busy service.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from backend.actions.context import Context
from backend.actions.payees import vault_of
from backend.domain.checking import Difference
from backend.domain.payout_checking import (
    BatchRecord,
    compare_batch,
    compare_claims,
    compare_payout,
)
from backend.domain.payouts import Batch, PayoutState
from backend.errors import Unavailable
from backend.store import payout_batches as batch_store
from backend.store import payout_checking
from backend.store import payouts as payout_store
from backend.store.database import Session
from backend.store.payout_batches import StoredFile
from backend.store.tables.base import TENANT

BATCHES_AT_ONCE = 20
COMMISSIONS_AT_ONCE = 500


def compare_payouts(context: Context) -> Iterator[Difference]:
    """Give everything about payouts that is not as it should be."""
    yield from _check_batches(context)
    after: tuple[str, int, str] | None = payout_checking.FIRST
    while after is not None:
        with context.database.reading() as session:
            records, after = payout_checking.read_claims(
                session, TENANT, after=after, limit=COMMISSIONS_AT_ONCE
            )
        for record in records:
            yield from compare_claims(record)


def _check_batches(context: Context) -> Iterator[Difference]:
    after = ""
    while True:
        with context.database.reading() as session:
            page = batch_store.list_batches(session, TENANT, after=after, limit=BATCHES_AT_ONCE)
        for batch in page:
            with context.database.reading() as session:  # as it is now, with all that is its own
                yield from _check_batch(session, context, batch.id)
        if len(page) < BATCHES_AT_ONCE:
            return
        after = page[-1].id


def _check_batch(session: Session, context: Context, batch_id: str) -> Iterator[Difference]:
    batch = batch_store.get(session, TENANT, batch_id)
    found = payout_store.list_of_batch(session, TENANT, batch_id)
    for record in payout_checking.read_records(session, TENANT, found):
        yield from compare_payout(record)
    live = [one for one in found if one.state is not PayoutState.CANCELLED]
    file = batch_store.find_file(session, TENANT, batch_id)
    yield from compare_batch(
        BatchRecord(
            batch=batch,
            states={one.state for one in found},
            items=len(live),
            total=sum(one.net for one in live),
            approvals=len(batch_store.list_approvals(session, TENANT, batch_id)),
            file=(file.lines, file.total) if file else None,
            is_file_whole=file is None or _is_whole(context, batch, file),
        )
    )


def _is_whole(context: Context, batch: Batch, file: StoredFile) -> bool:
    """Tell whether a file's bytes are those that were submitted."""
    try:
        content = vault_of(context).open(file.sealed, "payout file", TENANT, batch.id)
    except Unavailable:
        return False
    return hashlib.sha256(content).hexdigest() == file.sha256
