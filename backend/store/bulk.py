"""Many rows in one call: driver SQL, made once for each database.

SQLite takes rows one after the other, which costs little inside a process. PostgreSQL takes them
together as arrays, one for each column: one round trip and one plan, however many rows there are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, Integer, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


class Bulk:
    """A statement over many rows of `columns`, called `new` in PostgreSQL's text.

    `sqlite` has a `?` for each column; in `postgresql` the word `{new}` stands for the rows.
    """

    def __init__(self, table: Any, columns: Sequence[str], *, sqlite: str, postgresql: str) -> None:
        arrays = ", ".join(f"%s::{_type_of(table.c[name])}[]" for name in columns)
        self._sqlite = sqlite
        self._postgresql = postgresql.format(new=f"unnest({arrays}) AS new({', '.join(columns)})")

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write the rows, each a value for every column in their order."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(self._sqlite, list(rows))
        else:
            arrays = tuple(list(column) for column in zip(*rows, strict=True))
            connection.exec_driver_sql(self._postgresql, arrays)


def insert_many(table: Any, columns: Sequence[str], *, on_conflict: str = "") -> Bulk:
    """Return the statement that inserts rows; `on_conflict` is a clause both databases know."""
    target = f"INSERT INTO {table.name} ({', '.join(columns)})"
    marks = ", ".join("?" * len(columns))
    return Bulk(
        table,
        columns,
        sqlite=f"{target} VALUES ({marks}) {on_conflict}",
        postgresql=f"{target} SELECT * FROM {{new}} {on_conflict}",  # noqa: S608  names of ours
    )


def update_many(table: Any, columns: Sequence[str], *, key: Sequence[str]) -> Bulk:
    """Return the statement that sets columns where a key matches: rows are columns, then key."""
    return Bulk(
        table,
        (*columns, *key),
        sqlite=f"UPDATE {table.name} SET {', '.join(f'{name} = ?' for name in columns)}"  # noqa: S608
        f" WHERE {' AND '.join(f'{name} = ?' for name in key)}",
        postgresql=f"UPDATE {table.name} SET {', '.join(f'{n} = new.{n}' for n in columns)}"  # noqa: S608
        f" FROM {{new}} WHERE {' AND '.join(f'{table.name}.{n} = new.{n}' for n in key)}",
    )


class is_among(FunctionElement[bool]):
    """The condition that a text column has one of the values bound under a name.

    Unlike `IN (?, ?, …)` its text does not depend on how many there are, so that SQLAlchemy
    compiles it once and PostgreSQL plans it once.
    """

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: Any, name: str) -> None:
        super().__init__(column, bindparam(name, type_=_Texts()))

    def self_group(self, against: OperatorType | None = None) -> is_among:  # noqa: ARG002
        """Stay as it is: SQLite would be asked whether it `= 1`, and use no index then."""
        return self


@compiles(is_among, "postgresql")
def _compare_with_array(condition: is_among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = condition.clauses
    return f"{compiler.process(column, **options)} = ANY ({compiler.process(values, **options)})"


@compiles(is_among, "sqlite")
def _look_up_in_json(condition: is_among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = condition.clauses
    listed = f"SELECT value FROM json_each({compiler.process(values, **options)})"  # noqa: S608  as above
    return f"{compiler.process(column, **options)} IN ({listed})"


class _Texts(TypeDecorator[list[str]]):
    """A list of texts as one bound value: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(Text()))

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else value


def _type_of(column: Any) -> str:
    """Return the name of a column's type on PostgreSQL."""
    if isinstance(column.type, Boolean):
        return "boolean"
    return "bigint" if isinstance(column.type, BigInteger | Integer) else "text"
