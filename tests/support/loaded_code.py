"""Processes of `4site` split off one that has loaded the code already: its imports take two seconds
of a processor each time, and come to the same each time.

`python -m tests.support.loaded_code FD` is that process. Through the socket FD it is told words and
environment, with the files that a new process prints and complains to, and a pipe for its end.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_MODULES = ("cli", "generator.commands.running", "backend.commands.server", "backend.commands.run")
_MESSAGE_BYTES = 200_000
_NUMBER = struct.Struct("i")


class SplitProcess:
    """A process of `4site`, with what tests need of `subprocess.Popen`. `printed` and `warned` are
    the files of what it writes.
    """

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], printed: int, warned: int
    ) -> None:
        self._ending, ended = os.pipe()
        told = json.dumps([list(words), dict(environment)]).encode()
        socket.send_fds(_loader(), [told], [printed, warned, ended])
        os.close(ended)
        self.pid = _read_number(self._ending)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, minus the signal that ended it, or None while it runs."""
        return self._look(0)

    def wait(self, seconds: float) -> int:
        """Return the exit status once there is one. Raises TimeoutExpired."""
        status = self._look(seconds)
        if status is None:
            raise subprocess.TimeoutExpired(f"4site, process {self.pid}", seconds)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _look(self, seconds: float) -> int | None:
        if self.returncode is None and select.select([self._ending], [], [], seconds)[0]:
            self.returncode = _read_number(self._ending)
            os.close(self._ending)
        return self.returncode


def _read_number(pipe: int) -> int:
    return int(_NUMBER.unpack(os.read(pipe, _NUMBER.size))[0])


@cache
def _loader() -> socket.socket:
    """Start the process that loads the code. It ends when this one closes its socket."""
    ours, its = socket.socketpair()
    with its:
        loader = subprocess.Popen(
            [sys.executable, "-m", "tests.support.loaded_code", str(its.fileno())],
            cwd=ROOT,
            pass_fds=[its.fileno()],
            stdin=subprocess.DEVNULL,
        )

    def end() -> None:
        ours.close()
        loader.wait(60)

    atexit.register(end)
    return ours


def _split_off(asked: socket.socket) -> None:
    for name in _MODULES:
        import_module(name)
    gc.freeze()  # memory that is not written to stays shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that wait are waited for by nobody
    while True:
        told, files, _flags, _address = socket.recv_fds(asked, _MESSAGE_BYTES, 3)
        if not told:
            return
        if os.fork() == 0:
            asked.close()
            _wait_for_one(*json.loads(told), *files)
        for file in files:
            os.close(file)


def _wait_for_one(
    words: list[str], environment: dict[str, str], printed: int, warned: int, ended: int
) -> None:
    """Start the process; tell its id, and in the end its status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(ended)
        _become(words, environment, printed, warned)
    os.close(printed)
    os.close(warned)
    os.write(ended, _NUMBER.pack(pid))
    _pid, status = os.waitpid(pid, 0)
    os.write(ended, _NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _become(words: list[str], environment: dict[str, str], printed: int, warned: int) -> None:
    """Be what a start with these words and this environment is."""
    os.dup2(printed, 1)
    os.dup2(warned, 2)
    os.close(printed)
    os.close(warned)
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115  as Python itself leaves them
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["4site", *words]
    sys.exit(import_module("cli").main(words))


if __name__ == "__main__":
    _split_off(socket.socket(fileno=int(sys.argv[1])))
