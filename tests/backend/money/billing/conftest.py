"""A service with a Stripe of its own, on one database and on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.domain.instants import SECOND
from tests.support.billing import Shop
from tests.support.service import NOON, make_context
from tests.support.stripe_server import run_stripe


@contextmanager
def opened_shop(
    folder: Path, url: str | None = None, *, takes_money: bool = True
) -> Iterator[Shop]:
    with run_stripe(NOON // SECOND) as stripe:
        environment = stripe.environment() if takes_money else {}
        context = make_context(folder, url, environment=environment)
        try:
            yield Shop(context=context, stripe=stripe)
        finally:
            context.database.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A service that takes money, on SQLite."""
    with opened_shop(tmp_path) as made:
        yield made


@pytest.fixture
def other_shop(tmp_path: Path) -> Iterator[Shop]:
    """Another service like it, beside it."""
    with opened_shop(tmp_path / "other") as made:
        yield made


@pytest.fixture
def manual_shop(tmp_path: Path) -> Iterator[Shop]:
    """A service without Stripe's keys."""
    with opened_shop(tmp_path, takes_money=False) as made:
        yield made


@pytest.fixture
def any_shop(tmp_path: Path, any_database: str | None) -> Iterator[Shop]:
    """The same on SQLite, and on PostgreSQL."""
    with opened_shop(tmp_path, any_database) as made:
        yield made
