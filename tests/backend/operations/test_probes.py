"""`/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.app import create_app
from backend.store.migration import migrate
from tests.support.service import make_context


@pytest.fixture
def client(any_context: Context) -> Iterator[TestClient]:
    with TestClient(create_app(any_context), client=("127.0.0.1", 1)) as started:
        yield started


def test_a_started_service_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "parts": {"database": "ok", "collector": "ok"}}


def test_it_is_not_ready_over_another_shape_of_the_database(
    any_context: Context, client: TestClient
) -> None:
    migrate(any_context.database, "base")
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "run 4site server migrate" in ready.json()["parts"]["database"]
    assert client.get("/healthz").status_code == 200


def test_it_is_not_ready_without_its_collector(context: Context) -> None:
    app = create_app(context)  # never started
    ready = TestClient(app).get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["parts"] == {"database": "ok", "collector": "its thread has ended"}


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("198.51.100.7", {}, 404),
        ("127.0.0.1", {"x-forwarded-for": "198.51.100.7"}, 404),
        ("127.0.0.1", {"x-real-ip": "198.51.100.7"}, 404),
        ("testclient", {}, 404),
    ],
)
def test_metrics_are_for_this_machine(
    context: Context, peer: str, headers: dict[str, str], status: int
) -> None:
    answer = TestClient(create_app(context), client=(peer, 1)).get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("foursite_batch_seconds" in answer.text) == (status == 200)


@pytest.mark.parametrize(
    ("sent", "status"), [("Bearer letmein", 200), ("Bearer other", 404), ("", 404)]
)
def test_with_a_token_set_only_the_token_counts(tmp_path: Path, sent: str, status: int) -> None:
    context = make_context(tmp_path, environment={"FOURSITE_METRICS_TOKEN": "letmein"})
    client = TestClient(create_app(context), client=("127.0.0.1", 1))
    assert client.get("/metrics", headers={"authorization": sent}).status_code == status
    context.database.close()
