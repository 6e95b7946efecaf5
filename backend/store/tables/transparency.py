"""The transparency log: the tiles of its tree, and signed checkpoints."""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from backend.store.tables.base import Row, count, instant


class LogHeadRow(Row, table=True):
    """How many leaves the tree has. Whoever extends it holds this row."""

    __tablename__ = "log_head"

    size: int = count()


class TileRow(Row, table=True):
    """Up to 256 hashes of a level of the tree and the nodes over them; a full one never changes."""

    __tablename__ = "log_tile"

    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    width: int
    nodes: bytes = Field(sa_type=LargeBinary)


class CheckpointRow(Row, table=True):
    """What the log said of its first `size` leaves; `note` is signed."""

    __tablename__ = "log_checkpoint"

    size: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    root: str = Field(max_length=64)
    at: int = instant()
    note: str = Field(max_length=1000)
