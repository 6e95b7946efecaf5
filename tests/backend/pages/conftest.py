"""The service's public pages, by a client and by a browser over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.app import create_app


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    with TestClient(create_app(context), follow_redirects=False) as started:
        yield started
