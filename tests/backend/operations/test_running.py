"""The service as a process: it starts with nothing set, and stops without losing anything."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.loaded_code import ROOT
from tests.support.running import run_server
from tests.support.running import server_command as server
from tests.support.service import BROWSER


def test_nothing_set_is_enough_to_serve(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with run_server(folder, anew=True) as running:
        ping = {"s": "unknown123", "t": "view", "i": "event000001", "u": "https://a.example/"}
        answer = httpx.post(f"{running.url}/collect", json=ping, headers={"user-agent": BROWSER})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert running.stop() == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    secret = folder / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_text()) == 43
    assert secret.read_text() not in running.text
    for said in (f"SQLite, {folder / '4site.db'}", "FOURSITE_REDIS_URL", "FOURSITE_SMTP_URL"):
        assert said in running.text
    with sqlite3.connect(folder / "4site.db") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    with run_server(tmp_path) as running:
        running.stop()
    first = (tmp_path / "secret").read_bytes()
    with run_server(tmp_path) as running:
        running.stop()
    assert (tmp_path / "secret").read_bytes() == first


@pytest.mark.parametrize(
    ("words", "environment", "status", "said"),
    [
        (["run", "--workers", "2"], {}, 2, "2 workers need PostgreSQL"),
        (["run"], {"FOURSITE_PORT": "many"}, 2, "FOURSITE_PORT is 'many'"),
        (["run"], {"FOURSITE_SECRET": "short"}, 2, "FOURSITE_SECRET is shorter than 32"),
        (
            ["run", "--port", "0"],
            {"FOURSITE_DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/none"},
            1,
            "The database (PostgreSQL, 127.0.0.1:1/none) cannot be used",
        ),
        (
            ["run", "--port", "0"],
            {"FOURSITE_REDIS_URL": "redis://:hidden@127.0.0.1:1/0"},
            1,
            "Redis cannot be used",
        ),
        (["run", "--host", "203.0.113.7"], {}, 1, "203.0.113.7:8000 cannot be listened on"),
        (["migrate", "--to", "nowhere"], {}, 2, "There is no revision 'nowhere'"),
    ],
)
def test_what_cannot_start_says_why_in_two_lines(
    tmp_path: Path, words: list[str], environment: dict[str, str], status: int, said: str
) -> None:
    done = server(tmp_path, *words, **environment)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "hidden" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("hint: ")


def test_migrate_says_what_it_did(tmp_path: Path) -> None:
    place = f"SQLite, {tmp_path / '4site.db'}"
    assert server(tmp_path, "migrate").stdout.startswith(f"{place}: empty → ")
    assert server(tmp_path, "migrate").stdout.rstrip().endswith("nothing changed.")
    assert server(tmp_path, "migrate", "--to", "base").stdout.rstrip().endswith("→ empty")


def test_without_the_extra_there_is_one_clear_error(tmp_path: Path) -> None:
    """Hides the database library from a process, as if it had never been installed."""
    hidden = "import sys; sys.modules['sqlmodel'] = None; import cli; sys.exit(cli.main())"
    done = subprocess.run(
        [sys.executable, "-c", hidden, "server", "run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "sqlmodel is missing" in done.stderr
    assert "4site[server]" in done.stderr
