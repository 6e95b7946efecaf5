"""Leaderboards as they were counted last.

Leans on the primary keys, `ix_board_place_listed` for the public pages, `ix_board_place_place` for
who is next, and `ix_board_place_account`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.boards import Board, BoardKey, Metric, Place
from backend.domain.instants import Instant
from backend.store.bulk import insert_many
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow
from backend.store.tables.community import BoardPlaceRow, BoardRow, ChoiceRow


def replace_board(session: Session, tenant: str, board: Board, places: Sequence[Place]) -> bool:
    """Store a board with its places unless a later one is there; tell whether it was stored.

    The board's row is its lock.
    """
    connection = session.connection()
    head = (tenant, board.metric.value, board.period, board.people, board.as_of)
    if not _HEAD.fetch(connection, [head]):
        return False
    # Before the places, in the order in which a choice is stored.
    listed = _lock_listed(session, tenant)
    connection.execute(delete(BoardPlaceRow).where(*_on(tenant, (board.metric, board.period))))
    _PLACES.run(
        connection,
        [
            (
                tenant, board.metric.value, board.period, one.account, one.place, one.value,
                one.reached_at, one.account in listed,
            )
            for one in places
        ],
    )  # fmt: skip
    return True


def forget_boards(session: Session, tenant: str, kept: Collection[str]) -> None:
    """Delete the boards of other periods than the ones kept."""
    for table in (BoardPlaceRow, BoardRow):
        session.connection().execute(
            delete(table).where(col(table.tenant) == tenant, col(table.period).not_in(sorted(kept)))
        )


def find_board(session: Session, tenant: str, key: BoardKey) -> Board | None:
    """Return a board, None when it was not counted yet."""
    row = session.execute(
        select(BoardRow).where(
            col(BoardRow.tenant) == tenant,
            col(BoardRow.metric) == key[0].value,
            col(BoardRow.period) == key[1],
        )
    ).scalar_one_or_none()
    return None if row is None else _to_board(row)


def list_boards(session: Session, tenant: str) -> list[Board]:
    """Return every board."""
    found = session.execute(
        select(BoardRow)
        .where(col(BoardRow.tenant) == tenant)
        .order_by(col(BoardRow.metric), col(BoardRow.period))
    )
    return [_to_board(row) for row in found.scalars()]


def list_listed(
    session: Session, tenant: str, key: BoardKey, *, after: int, limit: int
) -> list[Place]:
    """Return the next places of those who want to be seen and whose account is open."""
    found = session.execute(
        select(BoardPlaceRow)
        .join(
            AccountRow,
            and_(
                col(AccountRow.tenant) == col(BoardPlaceRow.tenant),
                col(AccountRow.id) == col(BoardPlaceRow.account),
            ),
        )
        .where(
            *_on(tenant, key),
            col(BoardPlaceRow.place) > after,
            col(BoardPlaceRow.is_listed).is_(True),
            col(AccountRow.suspended_at).is_(None),
            col(AccountRow.erased_at).is_(None),
        )
        .order_by(col(BoardPlaceRow.place))
        .limit(limit)
    )
    return [_to_place(row) for row in found.scalars()]


def list_places(
    session: Session, tenant: str, key: BoardKey, *, after: int, limit: int
) -> list[Place]:
    """Return the next places, of everybody."""
    found = session.execute(
        select(BoardPlaceRow)
        .where(*_on(tenant, key), col(BoardPlaceRow.place) > after)
        .order_by(col(BoardPlaceRow.place))
        .limit(limit)
    )
    return [_to_place(row) for row in found.scalars()]


def find_own(session: Session, actor: Actor, key: BoardKey) -> Place | None:
    """Return the actor's place on a board."""
    statement = owned(select(BoardPlaceRow), BoardPlaceRow, actor)
    row = session.execute(statement.where(*_on(actor.tenant, key))).scalar_one_or_none()
    return None if row is None else _to_place(row)


def find_choice(session: Session, actor: Actor) -> tuple[bool, bool]:
    """Return whether the actor is listed, and whether their cards are shown; nobody is at first."""
    row = session.execute(owned(select(ChoiceRow), ChoiceRow, actor)).scalar_one_or_none()
    return (False, False) if row is None else (row.is_listed, row.shows_cards)


def save_choice(
    session: Session, actor: Actor, *, is_listed: bool, shows_cards: bool, now: Instant
) -> None:
    """Store the actor's choice, which holds at once. The caller holds the account."""
    connection = session.connection()
    values = {"is_listed": is_listed, "shows_cards": shows_cards, "changed_at": now}
    if not connection.execute(owned(update(ChoiceRow), ChoiceRow, actor).values(values)).rowcount:
        key = {"tenant": actor.tenant, "account": actor.account}
        connection.execute(insert(ChoiceRow), key | values)
    connection.execute(
        owned(update(BoardPlaceRow), BoardPlaceRow, actor).values(is_listed=is_listed)
    )


def forget_own(session: Session, actor: Actor) -> None:
    """Delete the actor's choice and places."""
    for table in (ChoiceRow, BoardPlaceRow):
        session.connection().execute(owned(delete(table), table, actor))


def shows_cards(session: Session, tenant: str, account: str) -> bool:
    """Tell whether everybody may see an account's cards."""
    found = session.execute(
        select(func.count())
        .select_from(ChoiceRow)
        .where(
            col(ChoiceRow.tenant) == tenant,
            col(ChoiceRow.account) == account,
            col(ChoiceRow.shows_cards).is_(True),
        )
    )
    return bool(found.scalar_one())


def _lock_listed(session: Session, tenant: str) -> set[str]:
    """Return who wants to be seen, held until the end: a choice that changes meanwhile waits."""
    found = session.execute(
        select(col(ChoiceRow.account))
        .where(col(ChoiceRow.tenant) == tenant, col(ChoiceRow.is_listed).is_(True))
        .order_by(col(ChoiceRow.account))
        .with_for_update(read=True)
    )
    return set(found.scalars())


def _on(tenant: str, key: BoardKey) -> tuple[ColumnElement[bool], ...]:
    metric, period = key
    return (
        col(BoardPlaceRow.tenant) == tenant,
        col(BoardPlaceRow.metric) == metric.value,
        col(BoardPlaceRow.period) == period,
    )


def _to_board(row: BoardRow) -> Board:
    return Board(
        metric=Metric(row.metric), period=row.period, people=row.people, as_of=Instant(row.as_of)
    )


def _to_place(row: BoardPlaceRow) -> Place:
    return Place(
        account=row.account,
        place=row.place,
        value=row.value,
        reached_at=Instant(row.reached_at),
    )


_HEAD = insert_many(
    BoardRow.__table__,  # type: ignore[attr-defined]  # SQLModel makes it
    ("tenant", "metric", "period", "people", "as_of"),
    on_conflict=(
        "ON CONFLICT (tenant, metric, period) DO UPDATE SET people = excluded.people,"
        " as_of = excluded.as_of WHERE board.as_of <= excluded.as_of RETURNING people"
    ),
)
_PLACES = insert_many(
    BoardPlaceRow.__table__,  # type: ignore[attr-defined]  # as above
    (
        "tenant", "metric", "period", "account", "place", "value", "reached_at", "is_listed",
    ),
)  # fmt: skip
