"""The worker at the edge, and visits as it passes them on, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest

from tests.support.pings import ORIGIN
from tests.support.service import BROWSER
from tests.support.tools import NODE_FOLDER, WIDGET_FOLDER, find_node_packages

EDGE_FOLDER = WIDGET_FOLDER / "edge"
SCRIPT = NODE_FOLDER.parent / "edge_worker.mjs"

EDGE_SECRET = "a secret of service and edge, of forty characters"  # noqa: S105  for tests
START_SECONDS = 120
STOP_SECONDS = 30
MILLISECOND = 1_000
"""In the service's microseconds."""


def a_visit(
    *pings: object, at: int, address: str = "198.51.100.7", **changed: object
) -> dict[str, object]:
    """Return a visit with these pings; `at` is the service's time."""
    return {
        "address": address,
        "user_agent": BROWSER,
        "origin": ORIGIN,
        "at": at // MILLISECOND,
        "pings": pings[0] if len(pings) == 1 else list(pings),
        **changed,
    }


def seal(visits: Sequence[object], *, at: int, secret: str = EDGE_SECRET) -> tuple[bytes, str]:
    """Return a body that was sent at the service's time `at`, and its signature."""
    body = json.dumps({"sent_at": at // MILLISECOND, "visits": list(visits)}).encode()
    return body, f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


class RunningEdge:
    """A worker in its runtime. `url` is where it listens."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.output: list[str] = []
        self.url = ""
        self._is_up_or_gone = threading.Event()
        # What it writes has to be read all the time, or it stops at a full pipe.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_until_it_serves(self) -> None:
        self._is_up_or_gone.wait(START_SECONDS)
        if not self.url:
            raise RuntimeError("the worker did not start:\n" + "".join(self.output))

    def stop(self) -> None:
        """End it and read what it said to the end; nothing of it stays open."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self._reader.join(STOP_SECONDS)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.output.append(line)
                if line.startswith("listening on "):
                    self.url = line.split()[-1]
                    self._is_up_or_gone.set()
        self._is_up_or_gone.set()


@contextmanager
def run_edge(
    service_url: str, *, secret: str = EDGE_SECRET, has_queue: bool = False
) -> Iterator[RunningEdge]:
    """Run the worker before a service, in the runtime that Cloudflare uses."""
    if find_node_packages() is None:
        pytest.skip("no Node.js or no packages: `npm ci` in tests/support/node/")
    bindings = json.dumps({"SERVICE_URL": service_url, "FOURSITE_EDGE_SECRET": secret})
    with tempfile.TemporaryDirectory() as assets:
        subprocess.run(["node", EDGE_FOLDER / "build.mjs", assets], check=True, timeout=60)
        command = ["node", SCRIPT, assets, bindings, *(["queue"] if has_queue else [])]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        edge = RunningEdge(process)
        try:
            edge.wait_until_it_serves()
            yield edge
        finally:
            edge.stop()
