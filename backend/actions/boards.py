"""Leaderboards: counted by a job from permanent facts, read as they were counted last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.boards import (
    PLACES_A_PAGE,
    Board,
    BoardKey,
    Metric,
    Place,
    Span,
    Tally,
    Window,
    distance,
    rank,
    window_of,
    windows_of,
)
from backend.domain.instants import day_of
from backend.domain.profiles import PublicName
from backend.store import board_facts, boards
from backend.store.database import Session
from backend.store.profiles import find_public_names
from backend.store.referrals import lock_account
from backend.store.tables.base import TENANT

ACCOUNTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """Some of those who want to be seen, with the names of those who have a public profile.

    `board` is None while nothing was counted; `after` is the place that the next page begins
    behind, None at the end.
    """

    window: Window
    board: Board | None
    places: tuple[Place, ...] = ()
    names: Mapping[str, PublicName]
    after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """Where the actor is on a board. `missing` is what they lack to pass who is before them, None
    for the first.
    """

    metric: Metric
    board: Board | None
    place: Place | None
    missing: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the actor lets everybody see, and what they are called there: None is no name."""

    is_listed: bool
    shows_cards: bool
    name: PublicName | None


def count_boards(context: Context) -> int:
    """Count every board anew, and return how many places there are. It runs each quarter hour.

    The facts are those of one moment; each board is replaced in one piece.
    """
    now = context.clock.now()
    windows = windows_of(day_of(now))
    with context.database.reading() as session:
        tallies = read_all_tallies(session, windows, context)
    total = 0
    for (metric, period), some in tallies.items():
        places = rank(some)
        board = Board(metric=metric, period=period, people=len(places), as_of=now)
        with context.database.transaction() as session:
            boards.replace_board(session, TENANT, board, places)
        total += len(places)
    with context.database.transaction() as session:
        boards.forget_boards(session, TENANT, {window.key for window in windows})
    return total


def read_all_tallies(
    session: Session, windows: Sequence[Window], context: Context
) -> dict[BoardKey, list[Tally]]:
    """Return what everybody has of every metric in every window."""
    now = context.clock.now()
    total: dict[BoardKey, list[Tally]] = {
        (metric, window.key): [] for metric in Metric for window in windows
    }
    after = ""
    while True:
        page = board_facts.list_accounts(session, TENANT, after=after, limit=ACCOUNTS_AT_ONCE)
        for key, some in board_facts.read_tallies(session, TENANT, page, windows, now).items():
            total[key] += some
        if len(page) < ACCOUNTS_AT_ONCE:
            return total
        after = page[-1]


def read_board(
    context: Context, metric: Metric, span: Span, *, after: int = 0, limit: int = PLACES_A_PAGE
) -> BoardPage:
    """Return a page of a board: those who want to be seen, behind the place `after`."""
    window = window_of(span, day_of(context.clock.now()))
    size = max(1, min(limit, PLACES_A_PAGE))
    with context.database.reading() as session:
        board = boards.find_board(session, TENANT, (metric, window.key))
        found = boards.list_listed(
            session, TENANT, (metric, window.key), after=after, limit=size + 1
        )
        shown = tuple(found[:size])
        names = find_public_names(session, TENANT, [one.account for one in shown])
    following = shown[-1].place if len(found) > size else None
    return BoardPage(window=window, board=board, places=shown, names=names, after=following)


def read_own(context: Context, actor: Actor, metric: Metric, span: Span) -> OwnPlace:
    """Return where the actor is on a board; only they see it unless they want to be seen."""
    actor.needs(Scope.STATS_READ)
    window = window_of(span, day_of(context.clock.now()))
    with context.database.reading() as session:
        board = boards.find_board(session, TENANT, (metric, window.key))
        own = boards.find_own(session, actor, (metric, window.key))
        above = (
            boards.list_places(session, TENANT, (metric, window.key), after=own.place - 2, limit=1)
            if own is not None and own.place > 1
            else []
        )
    missing = distance(own, above[0]) if own is not None and above else None
    return OwnPlace(metric=metric, board=board, place=own, missing=missing)


def read_choice(context: Context, actor: Actor) -> Choice:
    """Return what the actor lets everybody see."""
    with context.database.reading() as session:
        is_listed, shows_cards = boards.find_choice(session, actor)
        name = find_public_names(session, TENANT, [actor.account]).get(actor.account)
    return Choice(is_listed=is_listed, shows_cards=shows_cards, name=name)


def choose(context: Context, actor: Actor, *, is_listed: bool, shows_cards: bool) -> None:
    """Let everybody see the actor's places and cards, or not; it holds at once."""
    actor.needs(Scope.ACCOUNT_WRITE)
    with context.database.transaction() as session:
        lock_account(session, actor)
        boards.save_choice(
            session,
            actor,
            is_listed=is_listed,
            shows_cards=shows_cards,
            now=context.clock.now(),
        )
