"""The steps of the database's shape: up, down, up again, and nothing forgotten."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from backend.actions.context import Context
from backend.store.migration import current_revision, head_revision, migrate
from backend.store.tables.all import METADATA
from tests.support.postgresql import PostgreSQL
from tests.support.service import make_context


def tables_of(context: Context) -> set[str]:
    return set(inspect(context.database.engine).get_table_names()) - {"alembic_version"}


def test_empty_to_head_to_base_to_head(any_context: Context) -> None:
    every_table = set(METADATA.tables)
    assert tables_of(any_context) == every_table
    assert migrate(any_context.database, "base") is None
    assert tables_of(any_context) == set()
    assert migrate(any_context.database) == head_revision()
    assert tables_of(any_context) == every_table


def test_migrating_twice_changes_nothing_and_reports_the_head(any_context: Context) -> None:
    assert migrate(any_context.database) == head_revision()
    with any_context.database.engine.connect() as connection:
        assert current_revision(connection) == head_revision()


def test_the_steps_make_what_the_tables_say(any_context: Context) -> None:
    with any_context.database.engine.connect() as connection:
        step = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(step, METADATA) == []


def test_indexes_of_part_of_a_table_are_partial_on_both_databases(any_context: Context) -> None:
    place = inspect(any_context.database.engine)
    dialect = any_context.database.engine.dialect.name
    for table, index in (("share", "ix_share_network"), ("site_day", "ix_site_day_open")):
        (found,) = (found for found in place.get_indexes(table) if found["name"] == index)
        assert str(found["dialect_options"][f"{dialect}_where"])


def test_rows_of_the_hot_path_find_room_for_their_next_version(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    with postgresql.lend() as url:
        context = make_context(tmp_path, url)
        with context.database.engine.connect() as connection:
            found = connection.execute(
                text("SELECT relname FROM pg_class WHERE 'fillfactor=50' = ANY(reloptions)")
            )
            assert set(found.scalars()) == {"score", "site_day"}
        context.database.close()
