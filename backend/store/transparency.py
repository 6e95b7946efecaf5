"""The transparency log's rows: the tiles of its tree and signed checkpoints.

A leaf of the tree is a transaction of the ledger, at the same place. Leans on the primary keys
alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from backend.domain.instants import Instant
from backend.domain.proof_files import OwnPosting
from backend.domain.proofs import Node, ReadNodes
from backend.domain.tiles import Place, Tile, node_in, tile_of
from backend.store.tables.ledger import LedgerHeadRow, PostingRow, TransactionRow
from backend.store.tables.transparency import CheckpointRow, LogHeadRow, TileRow

_TILES_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A checkpoint as it is kept: `note` is what was signed."""

    size: int
    root: bytes
    at: Instant
    note: str


def lock(session: Session, tenant: str) -> int:
    """Hold the tenant's log until the transaction ends; return how many leaves its tree has."""
    found = session.execute(_HEAD, {"tenant": tenant}).scalar_one_or_none()
    if found is None:
        head = _table(LogHeadRow)
        session.connection().execute(
            _dialect(session).insert(head).on_conflict_do_nothing(), {"tenant": tenant, "size": 0}
        )
        found = session.execute(_HEAD, {"tenant": tenant}).scalar_one()
    return int(found)


def find_sizes(session: Session, tenant: str) -> tuple[int, int]:
    """Return how many leaves the tree has, and how many the ledger has for it."""
    kept = select(col(LogHeadRow.size)).where(col(LogHeadRow.tenant) == tenant)
    booked = select(col(LedgerHeadRow.size)).where(col(LedgerHeadRow.tenant) == tenant)
    return (
        session.execute(kept).scalar_one_or_none() or 0,
        session.execute(booked).scalar_one_or_none() or 0,
    )


def read_leaf_hashes(session: Session, tenant: str, *, since: int, limit: int) -> list[bytes]:
    """Return the hashes of the ledger's leaves from `since` on; it has no gaps."""
    rows = session.execute(
        select(col(TransactionRow.seq), col(TransactionRow.leaf_hash))
        .where(
            col(TransactionRow.tenant) == tenant,
            col(TransactionRow.seq) >= since,
            col(TransactionRow.seq) < since + limit,
        )
        .order_by(col(TransactionRow.seq))
    ).all()
    if [row.seq for row in rows] != list(range(since, since + len(rows))):
        raise RuntimeError(f"the ledger has a gap after {since}")
    return [bytes.fromhex(row.leaf_hash) for row in rows]


def read_leaves(session: Session, tenant: str, *, since: int, limit: int = 1) -> list[bytes]:
    """Return the leaves themselves from `since` on."""
    found = session.execute(_LEAVES, {"tenant": tenant, "since": since, "end": since + limit})
    return [leaf.encode() for leaf in found.scalars()]


def extend(session: Session, tenant: str, tiles: Iterable[Tile], size: int) -> None:
    """Write tiles that were made or have grown, and the tree's new size; the log is locked."""
    table: Any = _table(TileRow)
    into = _dialect(session).insert(table)
    statement = into.on_conflict_do_update(
        index_elements=["tenant", "level", "number"],
        set_={"width": into.excluded.width, "nodes": into.excluded.nodes},
        where=table.c.width < into.excluded.width,
    )
    rows = [
        {
            "tenant": tenant,
            "level": tile.level,
            "number": tile.index,
            "width": tile.width,
            "nodes": tile.nodes,
        }
        for tile in tiles
    ]
    connection = session.connection()
    connection.execute(statement, rows)
    connection.execute(update(LogHeadRow).where(col(LogHeadRow.tenant) == tenant).values(size=size))


def read_tiles(session: Session, tenant: str, places: Sequence[Place]) -> dict[Place, Tile]:
    """Return those of the tiles that there are."""
    found: dict[Place, Tile] = {}
    for start in range(0, len(places), _TILES_AT_ONCE):
        some = list(places[start : start + _TILES_AT_ONCE])
        rows = session.execute(_TILES, {"tenant": tenant, "places": some})
        for level, number, width, nodes in rows:
            found[level, number] = Tile(level=level, index=number, width=width, nodes=nodes)
    return found


def reader_of(session: Session, tenant: str, *, tiles_kept: int = 0) -> ReadNodes:
    """Return what reads nodes of the tree, all that are asked for with one query.

    It remembers `tiles_kept` tiles, and some more, for whoever makes many proofs at one moment.
    """
    known: dict[Place, Tile] = {}

    def read(nodes: Sequence[Node]) -> list[bytes]:
        wanted = [tile_of(node) for node in nodes]
        if len(known) > tiles_kept:
            known.clear()
        missing = dict.fromkeys(place for place in wanted if place not in known)
        known.update(read_tiles(session, tenant, list(missing)))
        return [node_in(known[place], node) for place, node in zip(wanted, nodes, strict=True)]

    return read


def read_own_postings(
    session: Session, tenant: str, accounts: Sequence[str], *, until: int
) -> dict[int, list[OwnPosting]]:
    """Return what entries before `until` did to accounts, by entry in order.

    Leans on `ix_ledger_posting_account`.
    """
    rows = session.execute(
        select(PostingRow)
        .where(
            col(PostingRow.tenant) == tenant,
            col(PostingRow.account).in_(accounts),
            col(PostingRow.seq) < until,
        )
        .order_by(col(PostingRow.seq), col(PostingRow.n))
    )
    found: dict[int, list[OwnPosting]] = {}
    for row in rows.scalars():
        own = OwnPosting(n=row.n, account=row.account, currency=row.currency, amount=row.amount)
        found.setdefault(row.seq, []).append(own)
    return found


def save_checkpoint(session: Session, tenant: str, kept: Kept) -> None:
    """Keep a checkpoint; one of the same size is replaced, which a new key signed anew."""
    table: Any = _table(CheckpointRow)
    into = _dialect(session).insert(table)
    statement = into.on_conflict_do_update(
        index_elements=["tenant", "size"], set_={"note": into.excluded.note}
    )
    row = {
        "tenant": tenant,
        "size": kept.size,
        "root": kept.root.hex(),
        "at": kept.at,
        "note": kept.note,
    }
    session.connection().execute(statement, row)


def find_latest(session: Session, tenant: str) -> Kept | None:
    """Return the newest checkpoint."""
    row = session.execute(_LATEST, {"tenant": tenant}).one_or_none()
    return None if row is None else _to_kept(row)


def read_checkpoints(session: Session, tenant: str, *, after: int, limit: int) -> list[Kept]:
    """Return checkpoints of more than `after` leaves, the smallest first."""
    rows = session.execute(
        _CHECKPOINTS.where(col(CheckpointRow.tenant) == tenant, col(CheckpointRow.size) > after)
        .order_by(col(CheckpointRow.size))
        .limit(limit)
    )
    return [_to_kept(row) for row in rows]


def _table(row: Any) -> Any:
    return row.__table__


def _dialect(session: Session) -> Any:
    return sqlite if session.connection().dialect.name == "sqlite" else postgresql


def _to_kept(row: Any) -> Kept:
    return Kept(size=row.size, root=bytes.fromhex(row.root), at=Instant(row.at), note=row.note)


_HEAD = (
    select(col(LogHeadRow.size))
    .where(col(LogHeadRow.tenant) == bindparam("tenant"))
    .with_for_update()
)
_TILES = select(
    col(TileRow.level), col(TileRow.number), col(TileRow.width), col(TileRow.nodes)
).where(
    col(TileRow.tenant) == bindparam("tenant"),
    tuple_(col(TileRow.level), col(TileRow.number)).in_(bindparam("places", expanding=True)),
)
_LEAVES = (
    select(col(TransactionRow.leaf))
    .where(
        col(TransactionRow.tenant) == bindparam("tenant"),
        col(TransactionRow.seq) >= bindparam("since"),
        col(TransactionRow.seq) < bindparam("end"),
    )
    .order_by(col(TransactionRow.seq))
)
_CHECKPOINTS = select(
    col(CheckpointRow.size), col(CheckpointRow.root), col(CheckpointRow.at), col(CheckpointRow.note)
)
_LATEST = (
    _CHECKPOINTS.where(col(CheckpointRow.tenant) == bindparam("tenant"))
    .order_by(col(CheckpointRow.size).desc())
    .limit(1)
)
