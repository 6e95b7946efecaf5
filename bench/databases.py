"""The databases that a part is measured on, each with a fresh service."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from backend.actions.context import Context
from bench.servers import bench_context
from tests.support.postgresql import start_postgresql

_NAMES = ("sqlite", "postgresql")


def add_databases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--databases", nargs="+", choices=_NAMES, default=list(_NAMES))


def contexts_on(databases: Sequence[str]) -> Iterator[tuple[str, Context]]:
    """Give a fresh service on each database, which is gone when the next one is asked for."""
    for name in databases:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            url = None
            if name == "postgresql":
                url = stack.enter_context(start_postgresql(as_shipped=True)).new_database()
            context = bench_context(folder, url)
            stack.callback(context.database.close)
            yield name, context
