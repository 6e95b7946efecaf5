"""Disputes and their messages.

Leans on the primary keys, `ix_dispute_account`, `ix_dispute_state` and `ix_dispute_payment`.
Whoever writes here holds the ledger's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.disputes import UNDECIDED, Dispute, DisputeKind, DisputeState, Message
from backend.domain.instants import Instant
from backend.errors import NotFound
from backend.store.ownership import owned
from backend.store.tables.disputes import DisputeMessageRow, DisputeRow

_UNDECIDED = sorted(state.value for state in UNDECIDED)


def get(session: Session, tenant: str, dispute: str) -> Dispute:
    """Return a dispute, whoever's it is. Raises NotFound."""
    return _one(session, _select(tenant).where(col(DisputeRow.id) == dispute))


def get_own(session: Session, actor: Actor, dispute: str) -> Dispute:
    """Return a dispute of the actor. Raises NotFound."""
    statement = owned(select(DisputeRow), DisputeRow, actor).where(col(DisputeRow.id) == dispute)
    return _one(session, statement)


def list_own(session: Session, actor: Actor, *, before: str, limit: int) -> list[Dispute]:
    """Return the actor's disputes, the newest first, from the one before `before` on."""
    return _page(session, owned(select(DisputeRow), DisputeRow, actor), before, limit)


def list_all(
    session: Session, tenant: str, state: DisputeState | None, *, before: str, limit: int
) -> list[Dispute]:
    """Return everybody's disputes, the newest first."""
    statement = _select(tenant)
    if state is not None:
        statement = statement.where(col(DisputeRow.state) == state.value)
    return _page(session, statement, before, limit)


def list_due(session: Session, tenant: str, now: Instant, *, limit: int) -> list[Dispute]:
    """Return disputes whose evidence should have come by now."""
    found = session.execute(
        _select(tenant)
        .where(col(DisputeRow.state) == DisputeState.EVIDENCE.value, col(DisputeRow.due_at) <= now)
        .order_by(col(DisputeRow.id))
        .limit(limit)
    )
    return [_to_dispute(row) for row in found.scalars()]


def list_of_payments(session: Session, tenant: str, payments: Sequence[str]) -> list[Dispute]:
    """Return the disputes about some payments, and those that gave something for them."""
    found = session.execute(_select(tenant).where(col(DisputeRow.payment).in_(payments)))
    return [_to_dispute(row) for row in found.scalars()]


def find_questioned(
    session: Session, tenant: str, payments: Iterable[str]
) -> frozenset[tuple[str, str]]:
    """Return whose commission of which payment an undecided dispute holds: payment, owner."""
    found = list_of_payments(session, tenant, sorted(set(payments)))
    return frozenset((one.payment or "", one.account) for one in found if one.holds)


def count_undecided(session: Session, actor: Actor) -> int:
    """Return how many disputes of the actor are not decided yet."""
    statement = owned(select(func.count()).select_from(DisputeRow), DisputeRow, actor)
    found = session.execute(statement.where(col(DisputeRow.state).in_(_UNDECIDED)))
    return int(found.scalar_one())


def save(session: Session, tenant: str, dispute: Dispute) -> None:
    """Store a dispute, new or changed."""
    session.merge(
        DisputeRow(
            tenant=tenant,
            id=dispute.id,
            account=dispute.account,
            kind=dispute.kind.value,
            payment=dispute.payment,
            payout=dispute.payout,
            state=dispute.state.value,
            opened_at=dispute.opened_at,
            due_at=dispute.due_at,
            decided_by=dispute.decided_by,
            decided_at=dispute.decided_at,
            reason=dispute.reason,
            amount=dispute.amount,
            award=dispute.award,
        )
    )
    session.flush()


def list_messages(session: Session, tenant: str, dispute: str) -> list[Message]:
    """Return what was said, the oldest first."""
    found = session.execute(
        select(DisputeMessageRow)
        .where(col(DisputeMessageRow.tenant) == tenant, col(DisputeMessageRow.dispute) == dispute)
        .order_by(col(DisputeMessageRow.n))
    )
    return [
        Message(n=row.n, is_owner=row.is_owner, text=row.text, link=row.link, at=Instant(row.at))
        for row in found.scalars()
    ]


def add_message(session: Session, tenant: str, dispute: str, message: Message) -> None:
    """Store what somebody said."""
    session.connection().execute(
        insert(DisputeMessageRow),
        {
            "tenant": tenant,
            "dispute": dispute,
            "n": message.n,
            "is_owner": message.is_owner,
            "text": message.text,
            "link": message.link,
            "at": message.at,
        },
    )


def forget_texts(session: Session, actor: Actor) -> None:
    """Forget what was said in the actor's disputes; that they were decided, and how, stays."""
    own = owned(select(col(DisputeRow.id)), DisputeRow, actor)
    session.connection().execute(
        update(DisputeMessageRow)
        .where(
            col(DisputeMessageRow.tenant) == actor.tenant, col(DisputeMessageRow.dispute).in_(own)
        )
        .values(text="erased", link="")
    )
    session.connection().execute(owned(update(DisputeRow), DisputeRow, actor).values(reason=""))


def _select(tenant: str) -> Select[Any]:
    return select(DisputeRow).where(col(DisputeRow.tenant) == tenant)


def _one(session: Session, statement: Any) -> Dispute:
    row = session.execute(statement).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such dispute.")
    return _to_dispute(row)


def _page(session: Session, statement: Any, before: str, limit: int) -> list[Dispute]:
    if before:
        statement = statement.where(col(DisputeRow.id) < before)
    found = session.execute(statement.order_by(col(DisputeRow.id).desc()).limit(limit))
    return [_to_dispute(row) for row in found.scalars()]


def _to_dispute(row: DisputeRow) -> Dispute:
    return Dispute(
        id=row.id,
        account=row.account,
        kind=DisputeKind(row.kind),
        payment=row.payment,
        payout=row.payout,
        state=DisputeState(row.state),
        opened_at=Instant(row.opened_at),
        due_at=None if row.due_at is None else Instant(row.due_at),
        decided_by=row.decided_by,
        decided_at=None if row.decided_at is None else Instant(row.decided_at),
        reason=row.reason,
        amount=row.amount,
        award=row.award,
    )
