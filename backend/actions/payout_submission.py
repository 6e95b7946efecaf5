"""Submitting an approved batch: the file that somebody takes to a bank, or Stripe's transfers.

A file is written once, in the transaction that submits the batch; whoever asks again gets the same
bytes. A transfer is noted as begun before Stripe is asked, under the payout's own id as its key: so
a crash at any moment leaves either nothing, or something that can be repeated without paying twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.actions.audit import note
from backend.actions.context import Context
from backend.actions.notifying import notify
from backend.actions.payees import open_destination, vault_of
from backend.actions.payout_ends import close_if_done, end, tell
from backend.domain import payouts
from backend.domain.actors import Actor, Role
from backend.domain.destinations import Destination, Method, StripeAccount
from backend.domain.instants import Instant, date_of, day_of
from backend.domain.news import of_payouts
from backend.domain.payees import REASON_WORDS, find_obstacle
from backend.domain.payout_files import FileOrder, PayoutFile, PayoutLine, Sender
from backend.domain.payouts import Batch, BatchState, Payout, PayoutState
from backend.domain.senders import read_sender
from backend.errors import Conflict, Invalid, NotFound, Refused
from backend.gateways.payouts import check_payable, write_file
from backend.gateways.stripe import connect
from backend.store import ledger
from backend.store import payees as payee_store
from backend.store import payout_batches as batch_store
from backend.store import payouts as payout_store
from backend.store.database import Session
from backend.store.payout_batches import StoredFile
from backend.store.tables.base import TENANT

TRANSFERS_TASK = "send_transfers"
CHANGED = "The destination was changed after the batch was drafted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A batch after its submission; `cancelled` are the payouts that may not be paid any more."""

    batch: Batch
    cancelled: tuple[Payout, ...]


def submit(context: Context, actor: Actor, batch: str) -> Submitted:
    """Submit an approved batch, once.

    Whoever may not be paid any more (suspended, erased, held, another destination) is taken out
    and keeps the money; a batch of which nothing is left is aborted. Raises Conflict unless it is
    approved, Invalid when the service has no account to pay from.
    """
    actor.needs_role(Role.FINANCE)
    now = context.clock.now()
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        known = batch_store.get(session, TENANT, batch, is_locked=True)
        submitted = payouts.submit(known, actor.account, now)
        if known.method is Method.STRIPE:
            connect(context.settings)  # raises BillingOff while nothing has begun
        waiting = payout_store.list_in_state(session, TENANT, batch, PayoutState.QUEUED)
        lines, out = _sort_out(session, context, known, waiting)
        for one in out:
            known, submitted = payouts.take_out(known, one), payouts.take_out(submitted, one)
        end(session, context, known, out, now)
        if not lines:
            submitted = payouts.abort(known, now)
        elif known.has_file:
            _write(session, context, submitted, lines, now)
            gone = {one.id for one in out}
            sent = [payouts.send(one, now) for one in waiting if one.id not in gone]
            payout_store.save(session, TENANT, sent)
            notify(session, context, of_payouts(sent))
        batch_store.save(session, TENANT, submitted)
        facts = {"state": submitted.state.value, "total": submitted.total, "out": len(out)}
        note(session, context, actor, "batch.submit", f"batch:{batch}", **facts)
    tell(context, waiting)
    if submitted.state is BatchState.SUBMITTED and not submitted.has_file:
        context.tasks.add(TRANSFERS_TASK, {"batch": batch})
    return Submitted(batch=submitted, cancelled=tuple(out))


def read_file(context: Context, actor: Actor, batch: str) -> tuple[StoredFile, bytes]:
    """Return the file of a submitted batch, the same bytes each time. Raises NotFound.

    It says where people are paid, so who had it is noted.
    """
    actor.needs_role(Role.FINANCE)
    with context.database.transaction() as session:
        batch_store.get(session, TENANT, batch)
        file = batch_store.find_file(session, TENANT, batch)
        if file is not None:
            note(session, context, actor, "batch.file", f"batch:{batch}", sha256=file.sha256)
    if file is None:
        raise NotFound(
            "This batch has no file.", hint="It is written when an approved batch is submitted."
        )
    return file, vault_of(context).open(file.sealed, "payout file", TENANT, batch)


def send_transfers(context: Context, batch: str) -> int:
    """Ask Stripe for each transfer of a submitted batch that is not done; return how many are.

    Repeating it pays nobody twice. One that was begun a day ago and not heard of since is left for
    a person to look at. Raises Unavailable when Stripe does not answer; it goes on where it was.
    """
    now = context.clock.now()
    with context.database.reading() as session:
        known = batch_store.get(session, TENANT, batch)
        if known.method is not Method.STRIPE or known.state is not BatchState.SUBMITTED:
            return 0
        waiting = [
            one
            for state in (PayoutState.SENT, PayoutState.QUEUED)
            for one in payout_store.list_in_state(session, TENANT, batch, state)
        ]
    return sum(_transfer(context, known, one.id) for one in waiting if _may_go(one, now))


def _may_go(payout: Payout, now: Instant) -> bool:
    return payout.state is PayoutState.QUEUED or payouts.may_repeat(payout, now)


def _transfer(context: Context, batch: Batch, payout_id: str) -> bool:
    """Note that a transfer begins, ask for it, and note what came of it."""
    begun = _begin(context, batch, payout_id)
    if begun is None:
        return False
    destination = open_destination(context, begun.account, begun.sealed)
    if not isinstance(destination, StripeAccount):
        raise Conflict(f"The payout {begun.id} does not go to Stripe.")
    try:
        made = connect(context.settings).transfer(
            destination=destination.id,
            amount=begun.net,
            currency=begun.currency,
            key=begun.id,
            group=begun.id,
            facts={"payout": begun.id},
        )
    except (Refused, Invalid) as error:
        return _finish(context, batch, begun.id, reference="", reason=error.message)
    return _finish(context, batch, begun.id, reference=made.id, reason="")


def _begin(context: Context, batch: Batch, payout_id: str) -> Payout | None:
    now = context.clock.now()
    with context.database.transaction() as session:
        batch_store.get(session, TENANT, batch.id, is_locked=True)
        payout = payout_store.get(session, TENANT, batch.id, payout_id)
        if payout.state is PayoutState.QUEUED:
            payout = payouts.send(payout, now)
            payout_store.save(session, TENANT, [payout])
        may_go = payout.state is PayoutState.SENT and payouts.may_repeat(payout, now)
    return payout if may_go else None


def _finish(context: Context, batch: Batch, payout_id: str, *, reference: str, reason: str) -> bool:
    now = context.clock.now()
    with context.database.transaction() as session:
        ledger.lock(session, TENANT)
        known = batch_store.get(session, TENANT, batch.id, is_locked=True)
        before = payout_store.get(session, TENANT, batch.id, payout_id)
        if reason:
            after = payouts.fail(before, now, reason=reason)
        else:
            after = payouts.pay(before, now, reference=reference)
        if after != before:
            end(session, context, known, [after], now)
        close_if_done(session, known, now)
    tell(context, [after])
    return after.state is PayoutState.PAID


def _sort_out(
    session: Session, context: Context, batch: Batch, waiting: list[Payout]
) -> tuple[list[PayoutLine], list[Payout]]:
    """Return the lines that can be paid, and the payouts that cannot any more, cancelled."""
    now = context.clock.now()
    accounts = [one.account for one in waiting]
    known = payee_store.find_all(session, TENANT, accounts)
    standings = payee_store.read_standings(session, TENANT, accounts)
    lines, out = [], []
    for payout in waiting:
        payee = known.get(payout.account)
        obstacle = find_obstacle(
            payee, standings[payout.account], context.settings.payout_methods, now
        )
        reason = REASON_WORDS[obstacle] if obstacle else ""
        if not reason and payee is not None and payee.digest != payout.digest:
            reason = CHANGED
        line = None if reason else _line(context, payout, now)
        if line is not None:
            try:
                check_payable(batch.method, line)
            except Invalid as error:
                reason, line = error.message, None
        if line is None:
            out.append(payouts.cancel(payout, reason, now))
        else:
            lines.append(line)
    return lines, out


def _line(context: Context, payout: Payout, now: Instant) -> PayoutLine:
    destination = open_destination(context, payout.account, payout.sealed)
    return PayoutLine(
        id=payout.id,
        amount=payout.net,
        currency=payout.currency,
        name=_name_of(destination),
        destination=destination,
        purpose=f"4site {date_of(day_of(now)):%Y-%m}",
    )


def _name_of(destination: Destination) -> str:
    return str(getattr(destination, "name", ""))


def _write(
    session: Session, context: Context, batch: Batch, lines: list[PayoutLine], now: Instant
) -> None:
    day = day_of(now)
    number = batch_store.count_files_of(session, TENANT, day)
    order = FileOrder(
        id=batch.id,
        created_at=now,
        pay_on=day,
        lines=tuple(lines),
        sender=_sender(context, batch.method),
        number=number,
    )
    file = write_file(batch.method, order)
    _check_sums(batch, file)
    sealed = vault_of(context).seal(context.ids, file.content, "payout file", TENANT, batch.id)
    kept = StoredFile(
        name=file.name,
        media_type=file.media_type,
        sha256=file.sha256,
        lines=file.lines,
        total=file.total,
        sealed=sealed,
    )
    batch_store.add_file(session, TENANT, batch.id, kept, day=day, number=number)


def _check_sums(batch: Batch, file: PayoutFile) -> None:
    if (file.lines, file.total, file.currency) != (batch.items, batch.total, batch.currency):
        raise Conflict(
            f"The file has {file.lines} payouts of {file.total} in all, and the batch"
            f" {batch.items} of {batch.total}.",
            hint="Nothing was submitted.",
        )


def _sender(context: Context, method: Method) -> Sender | None:
    settings = context.settings
    texts: Mapping[Method, tuple[str, str | None]] = {
        Method.SEPA: ("FOURSITE_SEPA_SENDER", settings.sepa_sender),
        Method.ACH: ("FOURSITE_ACH_SENDER", settings.ach_sender),
    }
    if method not in texts:
        return None
    name, text = texts[method]
    return read_sender(method, text or "", field=name)
