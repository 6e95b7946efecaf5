"""Payouts and what they claimed.

Leans on the primary keys, `ix_payout_batch`, `ix_payout_account`, `ix_payout_line_commission` and
`ix_commission_beneficiary`. Whoever writes here holds the ledger's lock.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.claims import ClaimedLine, Part
from backend.domain.earnings import Commission, CommissionState
from backend.domain.instants import Instant
from backend.domain.payouts import GIVEN_BACK, Payout, PayoutState
from backend.errors import NotFound
from backend.store import commissions
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow
from backend.store.tables.commissions import CommissionRow
from backend.store.tables.payouts import PayoutLineRow, PayoutRow

_FORGOTTEN = {"sealed": "", "masked": "erased", "digest": ""}
LineKey = tuple[str, int, str]
"""A commission: payment, level, line."""


def insert_payout(
    session: Session, tenant: str, payout: Payout, lines: Sequence[ClaimedLine]
) -> None:
    """Store a new payout with what it claims."""
    session.connection().execute(insert(PayoutRow), _values(tenant, payout))
    session.connection().execute(
        insert(PayoutLineRow),
        [{"tenant": tenant, "payout": payout.id, **asdict(line)} for line in lines],
    )


def save(session: Session, tenant: str, payouts: Iterable[Payout]) -> None:
    """Store what became of payouts."""
    for payout in payouts:
        session.connection().execute(
            update(PayoutRow)
            .where(col(PayoutRow.tenant) == tenant, col(PayoutRow.id) == payout.id)
            .values(
                state=payout.state.value,
                fee=payout.fee,
                sent_at=payout.sent_at,
                ended_at=payout.ended_at,
                provider_ref=payout.provider_ref,
                reason=payout.reason,
            )
        )


def get(session: Session, tenant: str, batch: str, payout: str) -> Payout:
    """Return a payout of a batch. Raises NotFound."""
    row = session.execute(
        select(PayoutRow)
        .where(
            col(PayoutRow.tenant) == tenant,
            col(PayoutRow.id) == payout,
            col(PayoutRow.batch) == batch,
        )
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such payout in this batch.")
    return _to_payout(row)


def list_of_batch(
    session: Session, tenant: str, batch: str, *, after: str = "", limit: int | None = None
) -> list[Payout]:
    """Return the payouts of a batch by id, from the one after `after` on."""
    statement = (
        select(PayoutRow)
        .where(
            col(PayoutRow.tenant) == tenant,
            col(PayoutRow.batch) == batch,
            col(PayoutRow.id) > after,
        )
        .order_by(col(PayoutRow.id))
        .execution_options(populate_existing=True)
    )
    return [_to_payout(row) for row in session.execute(statement.limit(limit)).scalars()]


def list_in_state(
    session: Session, tenant: str, batch: str, state: PayoutState, *, limit: int | None = None
) -> list[Payout]:
    """Return the payouts of a batch that are in a state, by id."""
    found = session.execute(
        select(PayoutRow)
        .where(
            col(PayoutRow.tenant) == tenant,
            col(PayoutRow.batch) == batch,
            col(PayoutRow.state) == state.value,
        )
        .order_by(col(PayoutRow.id))
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [_to_payout(row) for row in found.scalars()]


def list_states(session: Session, tenant: str, batch: str) -> list[PayoutState]:
    """Return the states that the payouts of a batch are in."""
    found = session.execute(
        select(col(PayoutRow.state))
        .where(col(PayoutRow.tenant) == tenant, col(PayoutRow.batch) == batch)
        .distinct()
    )
    return [PayoutState(state) for state in found.scalars()]


def list_own(session: Session, actor: Actor, *, before: str = "", limit: int) -> list[Payout]:
    """Return the actor's payouts, the newest first, from the one before `before` on."""
    statement = owned(select(PayoutRow), PayoutRow, actor)
    if before:
        statement = statement.where(col(PayoutRow.id) < before)
    found = session.execute(statement.order_by(col(PayoutRow.id).desc()).limit(limit))
    return [_to_payout(row) for row in found.scalars()]


def get_own(session: Session, actor: Actor, payout: str) -> Payout:
    """Return a payout of the actor. Raises NotFound."""
    statement = owned(select(PayoutRow), PayoutRow, actor).where(col(PayoutRow.id) == payout)
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such payout.")
    return _to_payout(row)


def list_lines(
    session: Session, tenant: str, payouts: Sequence[str]
) -> dict[str, list[ClaimedLine]]:
    """Return what payouts claimed, by payout."""
    found = session.execute(
        select(PayoutLineRow)
        .where(col(PayoutLineRow.tenant) == tenant, col(PayoutLineRow.payout).in_(payouts))
        .order_by(
            col(PayoutLineRow.payout),
            col(PayoutLineRow.payment),
            col(PayoutLineRow.level),
            col(PayoutLineRow.line),
        )
    )
    lines: dict[str, list[ClaimedLine]] = {payout: [] for payout in payouts}
    for row in found.scalars():
        lines[row.payout].append(_to_line(row))
    return lines


def list_outstanding(session: Session, tenant: str, beneficiary: str) -> list[Commission]:
    """Return what is matured and unclaimed of somebody's commissions, in every currency."""
    currencies = session.execute(
        select(col(CommissionRow.currency))
        .where(
            col(CommissionRow.tenant) == tenant,
            col(CommissionRow.beneficiary) == beneficiary,
            col(CommissionRow.matured_at).is_not(None),
            col(CommissionRow.booked) != col(CommissionRow.settled),
        )
        .distinct()
        .order_by(col(CommissionRow.currency))
    ).scalars()
    return [
        one
        for currency in list(currencies)
        for one in commissions.list_outstanding(session, tenant, beneficiary, currency)
    ]


def list_claimed(session: Session, tenant: str, lines: Iterable[ClaimedLine]) -> list[Commission]:
    """Return the commissions that lines are about, in the order of their keys."""
    wanted = {key_of(line) for line in lines}
    found = commissions.list_of_payments(
        session, tenant, sorted({payment for payment, _level, _line in wanted})
    )
    return [one for one in found if (one.payment, one.level, one.line.value) in wanted]


def list_claims(
    session: Session, tenant: str, lines: Iterable[ClaimedLine], *, but: str
) -> dict[LineKey, list[CommissionState]]:
    """Return what other payouts than `but` say of the commissions they claimed of: in_payout or
    paid; those that were given back say nothing.
    """
    wanted = {key_of(line) for line in lines}
    found = session.execute(
        select(
            col(PayoutLineRow.payment),
            col(PayoutLineRow.level),
            col(PayoutLineRow.line),
            col(PayoutRow.state),
        )
        .join(
            PayoutRow,
            (col(PayoutRow.tenant) == col(PayoutLineRow.tenant))
            & (col(PayoutRow.id) == col(PayoutLineRow.payout)),
        )
        .where(
            col(PayoutLineRow.tenant) == tenant,
            col(PayoutLineRow.payment).in_({payment for payment, _level, _line in wanted}),
            col(PayoutLineRow.payout) != but,
            col(PayoutRow.state).not_in([state.value for state in GIVEN_BACK]),
        )
    )
    states: defaultdict[LineKey, list[CommissionState]] = defaultdict(list)
    for row in found:
        is_paid = row.state == PayoutState.PAID.value
        states[row.payment, row.level, row.line].append(
            CommissionState.PAID if is_paid else CommissionState.IN_PAYOUT
        )
    return states


def key_of(line: ClaimedLine) -> LineKey:
    """Return the commission that a line is about."""
    return line.payment, line.level, line.line


def forget_destinations(session: Session, actor: Actor) -> None:
    """Forget where the actor's payouts that have ended went to."""
    statement = owned(update(PayoutRow), PayoutRow, actor).where(
        col(PayoutRow.ended_at).is_not(None)
    )
    session.connection().execute(statement.values(_FORGOTTEN))


def forget_erased(session: Session, tenant: str, payouts: Sequence[Payout]) -> None:
    """Forget where these payouts went to, as far as their owners were erased meanwhile."""
    erased = select(col(AccountRow.id)).where(
        col(AccountRow.tenant) == tenant,
        col(AccountRow.id).in_([one.account for one in payouts]),
        col(AccountRow.erased_at).is_not(None),
    )
    session.connection().execute(
        update(PayoutRow)
        .where(
            col(PayoutRow.tenant) == tenant,
            col(PayoutRow.id).in_([one.id for one in payouts]),
            col(PayoutRow.account).in_(erased),
        )
        .values(_FORGOTTEN)
    )


def _values(tenant: str, payout: Payout) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "id": payout.id,
        "batch": payout.batch,
        "account": payout.account,
        "currency": payout.currency,
        "amount": payout.amount,
        "withheld": payout.withheld,
        "state": payout.state.value,
        "masked": payout.masked,
        "digest": payout.digest,
        "sealed": payout.sealed,
        "parts": json.dumps([asdict(part) for part in payout.parts]),
        "claimed_at": payout.claimed_at,
        "provider_ref": "",
        "reason": "",
    }


def _to_payout(row: PayoutRow) -> Payout:
    return Payout(
        id=row.id,
        batch=row.batch,
        account=row.account,
        currency=row.currency,
        amount=row.amount,
        withheld=row.withheld,
        fee=row.fee,
        state=PayoutState(row.state),
        masked=row.masked,
        digest=row.digest,
        sealed=row.sealed,
        parts=tuple(Part(**part) for part in json.loads(row.parts)),
        claimed_at=Instant(row.claimed_at),
        sent_at=None if row.sent_at is None else Instant(row.sent_at),
        ended_at=None if row.ended_at is None else Instant(row.ended_at),
        provider_ref=row.provider_ref,
        reason=row.reason,
    )


def _to_line(row: PayoutLineRow) -> ClaimedLine:
    return ClaimedLine(
        payment=row.payment,
        level=row.level,
        line=row.line,
        currency=row.currency,
        amount=row.amount,
    )
