"""Many rows in one call: one statement, made once for each database, however many rows there are.

Rows go in as one text of JSON, which is made in a tenth of the time that arrays, one for each
column, take on PostgreSQL. SQLite gives rows as such a text, too: row by row, it would hand the
interpreter's lock over at each row, and wait for it whenever requests come in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    CursorResult,
    Integer,
    Select,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator


class Bulk:
    """A statement over many rows of `columns`: texts, whole numbers, truth values or None.

    In `statement`, SQL that both databases know, `{new}` stands for the rows, called `new`. Columns
    that are `shared` have one value for all rows, which is sent once.
    """

    def __init__(
        self, table: Any, columns: Sequence[str], statement: str, *, shared: Sequence[str] = ()
    ) -> None:
        self.table: str = table.name
        self.columns = tuple(columns)
        types = {name: _type_of(table.c[name]) for name in (*shared, *columns)}
        values = [f"%s::{types[name]} AS {name}" for name in shared]
        values += [f"(value->>{n})::{types[name]} AS {name}" for n, name in enumerate(columns)]
        rows = f"(SELECT {', '.join(values)} FROM jsonb_array_elements(%s::jsonb)) AS new"  # noqa: S608  names of ours
        self._postgresql = statement.format(new=rows)
        values = [f"? AS {name}" for name in shared]
        values += [f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(columns)]
        rows = f"(SELECT {', '.join(values)} FROM json_each(?)) AS new"  # noqa: S608  as above
        self._sqlite = statement.format(new=rows)

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]], *shared: Any) -> None:
        """Write the rows, each a value for every column in their order."""
        if rows:
            self._execute(connection, rows, shared)

    def fetch(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]], *shared: Any
    ) -> list[tuple[Any, ...]]:
        """Return the rows that the statement gives."""
        return [tuple(row) for row in self._execute(connection, rows, shared)] if rows else []

    def _execute(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]], shared: tuple[Any, ...]
    ) -> CursorResult[Any]:
        is_sqlite = connection.dialect.name == "sqlite"
        statement = self._sqlite if is_sqlite else self._postgresql
        return connection.exec_driver_sql(statement, (*shared, msgspec.json.encode(rows).decode()))


def insert_many(table: Any, columns: Sequence[str], *, on_conflict: str = "") -> Bulk:
    """Return the statement that inserts rows; `on_conflict` is a clause both databases know."""
    names = ", ".join(columns)
    # Without `WHERE`, SQLite would take the clause's `ON` for that of a join.
    statement = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {{new}} WHERE true"  # noqa: S608  names of ours
    return Bulk(table, columns, f"{statement} {on_conflict}")


def update_many(table: Any, columns: Sequence[str], *, key: Sequence[str]) -> Bulk:
    """Return the statement that sets columns where a key matches: rows are columns, then key."""
    return Bulk(
        table,
        (*columns, *key),
        f"UPDATE {table.name} SET {', '.join(f'{name} = new.{name}' for name in columns)}"  # noqa: S608  names of ours
        f" FROM {{new}} WHERE {' AND '.join(f'{table.name}.{name} = new.{name}' for name in key)}",
    )


class Rows:
    """A query for many rows at once: SQLite gives them as one text of JSON."""

    def __init__(self, query: Select[Any]) -> None:
        self._postgresql = query
        columns = query.subquery().columns
        self._sqlite = select(func.json_group_array(func.json_array(*columns)))

    def fetch(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Return the rows, each its columns' texts, whole numbers and None in their order."""
        if connection.dialect.name == "sqlite":
            found: str = connection.execute(self._sqlite, values).scalar_one()
            return msgspec.json.decode(found, type=list[list[Any]])
        return connection.execute(self._postgresql, values).all()


class listed(FunctionElement[str]):
    """The texts bound under a name, as rows: `listed(name).table_valued("value")`.

    For queries over several tables: PostgreSQL counts on a hundred rows then. Where it knows
    nothing of the tables yet, `is_among` lets it count on one, and compare each row of one table
    with all of the next. SQLite, which then knows as little, may begin an inner join with these
    rows at its other end: select them for an `IN`, or join the rest to them by an outer join.
    """

    inherit_cache = True

    def __init__(self, name: str) -> None:
        super().__init__(bindparam(name, type_=_Texts()))


@compiles(listed, "postgresql")
def _list_on_postgresql(rows: listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"jsonb_array_elements_text(CAST({compiler.process(rows.clauses, **options)} AS jsonb))"


@compiles(listed, "sqlite")
def _list_on_sqlite(rows: listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(rows.clauses, **options)})"


class is_among(FunctionElement[bool]):
    """The condition that a text column has one of the values bound under a name.

    Unlike `IN (?, ?, …)` its text does not depend on how many there are, so that SQLAlchemy
    compiles it once and PostgreSQL plans it once.
    """

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: Any, name: str) -> None:
        super().__init__(column, listed(name))

    def self_group(self, against: OperatorType | None = None) -> is_among:  # noqa: ARG002
        """Stay as it is: SQLite would be asked whether it `= 1`, and use no index then."""
        return self


@compiles(is_among, "postgresql")
def _compare_with_array(condition: is_among, compiler: SQLCompiler, **options: Any) -> str:
    column, rows = [compiler.process(clause, **options) for clause in condition.clauses]
    # An array: a plan for rows would count on a hundred of them, and might read the table whole.
    return f"{column} = ANY (ARRAY(SELECT {rows}))"


@compiles(is_among, "sqlite")
def _look_up_in_json(condition: is_among, compiler: SQLCompiler, **options: Any) -> str:
    column, rows = [compiler.process(clause, **options) for clause in condition.clauses]
    return f"{column} IN (SELECT value FROM {rows})"  # noqa: S608  as above


class _Texts(TypeDecorator[list[str]]):
    """A list of texts as one bound value: JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str:  # noqa: ARG002
        return msgspec.json.encode(value).decode()


def _type_of(column: Any) -> str:
    """Return the name of a column's type on PostgreSQL."""
    if isinstance(column.type, Boolean):
        return "boolean"
    return "bigint" if isinstance(column.type, BigInteger | Integer) else "text"
