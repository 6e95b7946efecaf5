"""Servers that the tests of several targets share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.publish import git, http, vendors
from generator.publish.targets import netlify
from tests.support.s3_server import RunningS3, start_s3


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of tests get no better by waiting for them."""
    monkeypatch.setattr(git, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(http, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(netlify, "_PAUSE_SECONDS", (0.001,))
    monkeypatch.setattr(vendors, "LONGEST_PAUSE_SECONDS", 0.001)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningS3]:
    """Return a real S3 server that checks signatures; each test makes buckets of its own."""
    with start_s3(tmp_path_factory.mktemp("s3")) as running:
        yield running
