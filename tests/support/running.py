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
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from backend.settings import Settings
from tests.support.loaded_code import ROOT, SplitProcess
from tests.support.ready_folder import make_ready

START_SECONDS = 120


class RunningServer:
    """A started `4site server`. `url` is where it listens; `output` what it printed so far."""

    def __init__(self, process: subprocess.Popen[bytes] | SplitProcess, output: int) -> None:
        self.process = process
        self.output: list[str] = []
        self.url = ""
        self._reader = threading.Thread(target=self._read, args=(output,), daemon=True)
        self._reader.start()

    def wait_until_it_serves(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        with httpx.Client(timeout=5) as client:  # one for all tries: it takes more than they do
            while time.monotonic() < deadline and self.process.poll() is None:
                with suppress(httpx.TransportError):
                    if self.url:
                        client.get(f"{self.url}/healthz")
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

    def _read(self, output: int) -> None:
        with os.fdopen(output, encoding="utf-8") as lines:
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
    variables = _variables(folder, environment or {})
    words = ["server", action, "--port", "0", *arguments]
    output, printed = os.pipe()
    try:
        if anew or "--workers" in arguments:  # workers are started anew, too
            process: subprocess.Popen[bytes] | SplitProcess = _start_anew(words, variables, printed)
        else:
            make_ready(Settings.from_env(variables))
            process = SplitProcess(words, variables, printed, printed)
        server = RunningServer(process, output)
    finally:
        os.close(printed)
    try:
        server.wait_until_it_serves()
        yield server
    finally:
        server.kill()  # which is nothing to one that has ended


def server_command(
    folder: Path, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run an action of `4site server` that ends by itself."""
    variables = _variables(folder, environment)
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as warned:
        files = (printed.fileno(), warned.fileno())
        status = SplitProcess(["server", *words], variables, *files).wait(START_SECONDS)
        printed.seek(0)
        warned.seek(0)
        return subprocess.CompletedProcess(
            words, status, printed.read().decode(), warned.read().decode()
        )


def _variables(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "FOURSITE_DATA_DIR": str(folder), **environment}


def _start_anew(
    words: Sequence[str], variables: Mapping[str, str], printed: int
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cli", *words]
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=printed, stderr=printed)
