"""What every table shares: one metadata with named constraints, and column shorthands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, MetaData
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA: MetaData = SQLModel.metadata

TENANT = "default"
"""The one tenant until there are more."""


class Row(SQLModel):
    """A row; `tenant` is the first part of every key, and the shard key of a distributed one.

    Tables validate nothing: pydantic would compile eighty validators that few programs ever ask.
    """

    model_config = {"defer_build": True}

    tenant: str = Field(primary_key=True, max_length=32)


def instant(**options: Any) -> Any:
    """Return a column of microseconds since 1970 in UTC."""
    return Field(sa_type=BigInteger, **options)


def count(**options: Any) -> Any:
    """Return a column of a whole number that starts at 0."""
    return Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"}, **options)


def place(**options: Any) -> Any:
    """Return a whole number that is part of the key and that the database does not make up."""
    return Field(
        primary_key=True,
        sa_column_kwargs={"autoincrement": False},
        **{"sa_type": BigInteger, **options},
    )
