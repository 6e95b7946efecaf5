"""Servers to load: the service on each database, and the no-op; what the system says of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psycopg

from backend.actions.context import Context
from backend.clock import SystemClock
from backend.ids import SystemIds
from tests.support.postgresql import start_postgresql
from tests.support.running import run_server
from tests.support.service import add_account, add_site, make_context

SITES = 100
KINDS = ("sqlite-full", "sqlite-normal", "postgresql")
_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
_START_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: where, its own process, and its database's first process if it has one."""

    name: str
    url: str
    pid: int
    keys: Path | None = None
    database_pid: int | None = None

    @property
    def cpu_seconds(self) -> float:
        """What its own process has used so far."""
        return _cpu_seconds(self.pid)

    @property
    def database_cpu_seconds(self) -> float:
        """What the processes of its database have used; those that ended are counted too."""
        if self.database_pid is None:
            return 0.0
        pids = [self.database_pid, *_children(self.database_pid)]
        return sum(map(_cpu_seconds, pids)) + _cpu_seconds(self.database_pid, of_ended=True)

    @property
    def rss_mib(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@contextmanager
def start_noop() -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "bench.noop", str(port)])
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield Server(name="no-op", url=url, pid=process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def start_service(kind: str, folder: Path) -> Iterator[Server]:
    """Start the service, as a person does, over a fresh database with `SITES` sites."""
    environment = {
        "FOURSITE_TRUSTED_PROXIES": "127.0.0.0/8",
        "FOURSITE_SYNCHRONOUS": "NORMAL" if kind == "sqlite-normal" else "FULL",
    }
    database_pid = None
    with ExitStack() as stack:
        if kind == "postgresql":
            url = stack.enter_context(start_postgresql(as_shipped=True)).new_database()
            environment["FOURSITE_DATABASE_URL"] = url
            database_pid = postmaster_of(url)
        data = folder / kind
        context = bench_context(data, environment.get("FOURSITE_DATABASE_URL"))
        account = add_account(context, tier="pro")
        keys = [add_site(context, account, url=f"https://s{n}.example/")[1] for n in range(SITES)]
        context.database.close()
        listed = folder / f"{kind}.keys"
        listed.write_text("\n".join(keys), encoding="ascii")
        running = stack.enter_context(run_server(data, environment=environment, anew=True))
        yield Server(
            name=kind,
            url=running.url,
            pid=running.process.pid,
            keys=listed,
            database_pid=database_pid,
        )


def bench_context(folder: Path, database_url: str | None = None) -> Context:
    """Return a service over a fresh database that lives in the present."""
    folder.mkdir(parents=True, exist_ok=True)
    made = make_context(folder, database_url)
    return replace(made, clock=SystemClock(), ids=SystemIds())


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    sys.exit("The no-op server did not start.")


def _cpu_seconds(pid: int, *, of_ended: bool = False) -> float:
    """Return user and system time of a process, or of its children that ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return 0.0
    fields = stat.rpartition(")")[2].split()
    first = 13 if of_ended else 11
    return (int(fields[first]) + int(fields[first + 1])) * _TICK_SECONDS


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def postmaster_of(url: str) -> int:
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        stat = Path(f"/proc/{backend}/stat").read_text(encoding="ascii")
    return int(stat.rpartition(")")[2].split()[1])
