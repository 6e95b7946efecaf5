"""Compares leaderboards with the facts they are counted from: a part of `4site server check`."""

from __future__ import annotations

from collections.abc import Iterator

from backend.actions.boards import read_all_tallies
from backend.actions.context import Context
from backend.domain.board_checking import (
    SETTLED,
    compare_age,
    compare_order,
    compare_values,
    is_over,
)
from backend.domain.boards import Board, Place, windows_of
from backend.domain.checking import Difference
from backend.domain.instants import day_of
from backend.store import boards
from backend.store.database import Session
from backend.store.tables.base import TENANT

PLACES_AT_ONCE = 1_000


def compare_boards(context: Context, *, is_late: bool) -> Iterator[Difference]:
    """Give places out of order, and values below the facts of weeks and months that are over.

    With `is_late` also boards that were not counted in time.
    """
    now = context.clock.now()
    windows = {window.key: window for window in windows_of(day_of(now)) if window.last is not None}
    with context.database.reading() as session:
        known = boards.list_boards(session, TENANT)
        over = [
            board
            for board in known
            if board.metric in SETTLED
            and board.period in windows
            and is_over(board, windows[board.period])
        ]
        closed = [window for key, window in windows.items() if key in {one.period for one in over}]
        tallies = read_all_tallies(session, closed, context) if closed else {}
        for board in known:
            places = list(_read_places(session, board))
            yield from compare_order(board, places)
            if board in over:
                some = tallies[board.metric, board.period]
                facts = {tally.account: tally.value for tally in some}
                yield from compare_values(board, places, facts)
            if is_late:
                yield from compare_age(board, now)


def _read_places(session: Session, board: Board) -> Iterator[Place]:
    after = 0
    while True:
        page = boards.list_places(
            session, TENANT, (board.metric, board.period), after=after, limit=PLACES_AT_ONCE
        )
        yield from page
        if len(page) < PLACES_AT_ONCE:
            return
        after = page[-1].place
