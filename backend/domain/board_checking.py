"""Leaderboards compared with their own order and with the facts: a part of `check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from backend.domain.boards import Board, Metric, Place, Tally, Window, rank
from backend.domain.checking import Difference
from backend.domain.instants import HOUR, Instant, day_of, to_text

LATE = HOUR
"""How old a board may be that is counted each quarter of an hour."""
SETTLED = frozenset({Metric.SHARES, Metric.SCORE})
"""What is counted from days alone, which do not grow once they are over."""


def is_over(board: Board, window: Window) -> bool:
    """Tell whether a board was counted after its last day."""
    return window.last is not None and day_of(board.as_of) > window.last


def compare_age(board: Board, now: Instant) -> Iterator[Difference]:
    """Report a board that should have been counted again by now."""
    if now - board.as_of > LATE:
        yield Difference(
            what="board.as_of",
            where=_where(board),
            stored=to_text(board.as_of),
            computed=f"after {to_text(Instant(now - LATE))}",
        )


def compare_order(board: Board, places: Sequence[Place]) -> Iterator[Difference]:
    """Report places that are not those of their own values, and people who are not counted."""
    if len(places) != board.people:
        yield Difference(
            what="board.people",
            where=_where(board),
            stored=str(board.people),
            computed=str(len(places)),
        )
    ranked = rank(
        Tally(account=one.account, value=one.value, reached_at=one.reached_at) for one in places
    )
    due = {one.account: one.place for one in ranked}
    for one in places:
        if one.place != due.get(one.account):
            yield Difference(
                what="board_place.place",
                where=f"{_where(board)}, account {one.account}",
                stored=str(one.place),
                computed=str(due.get(one.account)),
            )


def compare_values(
    board: Board, places: Sequence[Place], facts: Mapping[str, int]
) -> Iterator[Difference]:
    """Report who has less on a board of days that are over than the facts say.

    More is no fault: a site that was removed since then takes its days with it, until the
    board is counted again.
    """
    stored = {one.account: one.value for one in places}
    for account, value in sorted(facts.items()):
        if stored.get(account, 0) < value:
            yield Difference(
                what="board_place.value",
                where=f"{_where(board)}, account {account}",
                stored=str(stored.get(account, 0)),
                computed=str(value),
            )


def _where(board: Board) -> str:
    return f"{board.metric} of {board.period}"
