"""The service as a process of its own, as a person starts it.

Unless a test says `anew`, the process is split off one that has loaded the code before, and finds
the newest tables in a folder that has none yet: the rest of a start is what it is.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tests.support.databases import put_databases
from tests.support.loaded_code import ROOT, SplitProcess
from tests.support.prepared_files import share_prepared_files

START_SECONDS = 120


class RunningServer:
    """A started `4site server`. `url` is where it listens; `output` what it printed so far."""

    def __init__(self, process: subprocess.Popen[str] | SplitProcess) -> None:
        self.process = process
        self.output: list[str] = []
        self.url = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_until_it_serves(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(httpx.TransportError, httpx.UnsupportedProtocol):
                httpx.get(f"{self.url}/healthz", timeout=5)
                return
            time.sleep(0.05)
        raise RuntimeError(f"the service did not start:\n{self.text}")

    @property
    def text(self) -> str:
        return "".join(self.output)

    def stop(self) -> int:
        """Ask it to stop, as a supervisor does, and return the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._wait()

    def kill(self) -> None:
        """End it in the middle of whatever it does; nothing of it stays open."""
        self.process.kill()
        self._wait()

    def _wait(self) -> int:
        status = self.process.wait(START_SECONDS)
        self._reader.join(START_SECONDS)
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.output.append(line)
                if found := re.search(r"listening on 127\.0\.0\.1:(\d+)", line):
                    self.url = f"http://127.0.0.1:{found[1]}"


@contextmanager
def run_server(
    folder: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    action: str = "run",
    anew: bool = False,
) -> Iterator[RunningServer]:
    """Start the service on a free port with `folder` for its data; it is ended in the end."""
    variables = {**os.environ, "FOURSITE_DATA_DIR": str(folder), **(environment or {})}
    words = ["server", action, "--port", "0", *arguments]
    if anew:
        server = RunningServer(_start_anew(words, variables))
    else:
        share_prepared_files(folder)
        put_databases(folder)
        server = RunningServer(SplitProcess(words, variables))
    try:
        server.wait_until_it_serves()
        yield server
    finally:
        server.kill()  # which is nothing to one that has ended


def _start_anew(words: list[str], variables: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *words],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def server_command(
    folder: Path, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run an action of `4site server` that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "cli", "server", *words],
        cwd=ROOT,
        env={**os.environ, "FOURSITE_DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
