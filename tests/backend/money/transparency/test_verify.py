"""`4site verify` against a running service: an honest log passes, a dishonest one does not."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

import cli
from backend.actions.context import Context
from backend.actions.exports import export_account
from backend.actions.log_files import write_log
from backend.actions.transparency import integrate
from backend.app import create_app
from backend.domain.actors import owner_of
from backend.domain.merkle import leaf_hash
from backend.store.tables.base import TENANT
from tests.support.http_service import serve_app
from tests.support.service import add_account, make_context
from tests.support.transparency import book_sales

KEYS = {"FOURSITE_LOG_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}


class Host(Starlette):
    """An address behind which the operator may put another service at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.app: Starlette | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.app and scope["type"] == "http":
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class Service:
    """An operator with a log at `url`."""

    def __init__(self, url: str, folder: Path, host: Host) -> None:
        self.url = url
        self._folder = folder
        self._host = host
        self.contexts: list[Context] = []

    def open(self, **environment: str) -> Context:
        """Put a service over a fresh database behind the address."""
        folder = self._folder / str(len(self.contexts))
        variables = {"FOURSITE_BASE_URL": self.url, **KEYS, **environment}
        context = make_context(folder, environment=variables)
        self.contexts.append(context)
        self._host.app = create_app(context)
        return context


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    host = Host()

    def make(_url: str) -> Starlette:
        return host

    with serve_app(make) as url:
        service = Service(url, tmp_path, host)
        yield service
        for context in service.contexts:
            context.database.close()


Verify = Callable[..., tuple[int, str, str]]


@pytest.fixture
def verify(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Run the verb with one state file; return its status and what it printed."""

    def run(*flags: str) -> tuple[int, str, str]:
        status = cli.main(["verify", service.url, "--state", str(tmp_path / "seen"), *flags])
        said = capsys.readouterr()
        # The service, which is in the same process, says what it was asked.
        out = [line for line in said.out.splitlines() if "request_id=" not in line]
        return status, "\n".join(out), said.err

    return run


def grow(context: Context, size: int, owner: str) -> None:
    first = integrate(context)
    book_sales(context, size - first, owner=owner, first=first)
    assert integrate(context) == size


def statement_of(context: Context, owner: str) -> bytes:
    archive = export_account(context, owner_of(TENANT, owner))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read("ledger.json")


def change_leaf(context: Context, seq: int) -> None:
    """Halve what an owner got, as somebody with the database in their hands can."""
    with context.database.transaction() as session:
        connection = session.connection()
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        (leaf,) = connection.execute(
            text("SELECT leaf FROM ledger_txn WHERE seq = :seq"), {"seq": seq}
        ).one()
        changed = leaf.replace("580", "290")
        assert changed != leaf
        connection.execute(
            text("UPDATE ledger_txn SET leaf = :leaf, leaf_hash = :hash WHERE seq = :seq"),
            {"leaf": changed, "hash": leaf_hash(changed.encode()).hex(), "seq": seq},
        )


def test_the_first_look_pins_the_key_and_later_ones_follow_the_log(
    service: Service, verify: Verify
) -> None:
    context = service.open()
    grow(context, 300, "a" * 32)
    status, out, _ = verify()
    assert status == 0
    assert "300 entries, signed" in out
    assert "seen for the first time" in out
    for size in (300, 301, 900):
        grow(context, size, "a" * 32)
        status, out, _ = verify("--json")
        found = json.loads(out)
        assert (status, found["size"], found["is_key_new"]) == (0, size, False)
    assert found["earlier"] == 301
    status, out, _ = verify("--entries")
    assert "It continues the log of 900 entries" in out
    assert "All 900 published entries" in out


def test_every_line_of_an_export_is_checked_and_opened(
    service: Service, verify: Verify, tmp_path: Path
) -> None:
    context = service.open()
    owner, other = add_account(context), add_account(context)
    book_sales(context, 100, owner=other)
    book_sales(context, 20, owner=owner, first=100)
    integrate(context)
    archive = tmp_path / "export.zip"
    archive.write_bytes(export_account(context, owner_of(TENANT, owner)))
    grow(context, 400, other)
    status, out, _ = verify("--statement", str(archive), "--entries")
    assert status == 0
    assert "Every line of the file is in the log, 20 in all." in out
    plain = tmp_path / "ledger.json"
    plain.write_bytes(statement_of(context, other))
    assert json.loads(verify("--statement", str(plain), "--json")[1])["lines"] == 380


def change_amount(file: dict[str, Any]) -> None:
    file["lines"][3]["postings"][0]["amount"] *= 2


def change_text(file: dict[str, Any]) -> None:
    file["lines"][3]["leaf"] = file["lines"][3]["leaf"].replace("2900", "3900")


def change_place(file: dict[str, Any]) -> None:
    file["lines"][3]["seq"] += 1


def change_salt(file: dict[str, Any]) -> None:
    file["salt"] = "00" * 32


def change_proof(file: dict[str, Any]) -> None:
    file["lines"][3]["proof"][0] = "00" * 32


def hide_posting(file: dict[str, Any]) -> None:
    file["lines"][3]["postings"] = []


def repeat_line(file: dict[str, Any]) -> None:
    file["lines"].append(file["lines"][3])


def leave_line_out(file: dict[str, Any]) -> None:
    del file["lines"][3]


def take_name(file: dict[str, Any]) -> None:
    file["checkpoint"] = file["checkpoint"].replace("127", "128")


CHANGES: dict[Callable[[dict[str, Any]], None], str] = {
    change_amount: "and the file says -1160 USD",
    change_text: "is not in the log as the file shows it",
    change_place: "is not in the log as the file shows it",
    change_salt: "does not show what is yours",
    change_proof: "is not in the log as the file shows it",
    hide_posting: "does not show what is yours",
    repeat_line: "once, in order",
    leave_line_out: "is yours, too, and the file leaves it out",
    take_name: "is not to be believed",
}


def test_an_export_is_caught_however_it_was_changed(
    service: Service, verify: Verify, tmp_path: Path
) -> None:
    context = service.open()
    owner = add_account(context)
    grow(context, 10, owner)
    honest = statement_of(context, owner)
    path = tmp_path / "ledger.json"
    for change, reason in CHANGES.items():
        file = json.loads(honest)
        change(file)
        path.write_text(json.dumps(file), "utf-8")
        status, out, error = verify("--statement", str(path), "--entries")
        assert (status, out) == (1, ""), change
        assert reason in error


def test_a_rolled_back_log_is_caught(service: Service, verify: Verify) -> None:
    grow(service.open(), 50, "a" * 32)
    assert verify()[0] == 0
    grow(service.open(), 49, "a" * 32)
    status, _, error = verify()
    assert status == 1
    assert "49 entries and had 50: it was rolled back" in error


@pytest.mark.parametrize("size", [50, 51, 300])
def test_another_history_under_the_same_key_is_caught(
    service: Service, verify: Verify, size: int
) -> None:
    grow(service.open(), 50, "a" * 32)
    assert verify()[0] == 0
    other = service.open()
    book_sales(other, 1, owner="b" * 32, first=7_000)
    grow(other, size, "a" * 32)
    status, _, error = verify()
    assert status == 1
    assert "its history was changed" in error
    # What does not hold is not remembered: it is caught again.
    assert verify()[0] == 1


def test_another_key_is_caught_and_taken_only_by_name(
    service: Service, verify: Verify, tmp_path: Path
) -> None:
    context = service.open()
    grow(context, 5, "a" * 32)
    assert verify()[0] == 0
    key = json.loads((tmp_path / "seen").read_text("utf-8"))[f"{service.url}/log"]["key"]
    other = service.open(FOURSITE_LOG_KEY="A" * 43 + "=")
    grow(other, 6, "a" * 32)
    status, _, error = verify()
    assert status == 1
    assert "not with the key" in error
    assert verify("--key", key)[0] == 1
    assert verify("--key", "nonsense")[2].startswith("error: 'nonsense' is no key of a log.")


def test_a_leaf_that_was_changed_behind_the_logs_back_is_caught(
    service: Service, verify: Verify, tmp_path: Path
) -> None:
    context = service.open()
    owner = add_account(context)
    grow(context, 30, owner)
    path = tmp_path / "before.json"
    path.write_bytes(statement_of(context, owner))
    change_leaf(context, 17)
    status, _, error = verify("--entries")
    assert status == 1
    assert "not those that the checkpoint covers" in error
    # What the owner had before still proves what was booked; what they are given now does not.
    assert verify("--statement", str(path))[0] == 0
    path.write_bytes(statement_of(context, owner))
    status, _, error = verify("--statement", str(path))
    assert status == 1
    assert "Entry 17 is not in the log" in error


def test_a_published_folder_is_a_log_like_the_service_itself(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    context = service.open()
    folder, state = tmp_path / "www" / "log", str(tmp_path / "seen")
    book_sales(context, 600, owner="a" * 32)
    first = write_log(context, folder)
    assert first == 3 + 3 + 1 + 2  # tiles, bundles, the level above, key and checkpoint
    assert write_log(context, folder) == 0
    before = (folder / "tile/0/000").stat().st_mtime_ns
    with serve_app(lambda _url: static_files(folder.parent)) as url:
        assert cli.main(["verify", url, "--state", state, "--entries"]) == 0
        book_sales(context, 300, owner="a" * 32, first=600)
        assert write_log(context, folder) > 0
        assert (folder / "tile/0/000").stat().st_mtime_ns == before
        assert cli.main(["verify", f"{url}/log/", "--state", state, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["earlier"] == 600
    assert not [path for path in folder.rglob("*") if path.name.startswith(".")]


def static_files(folder: Path) -> Starlette:
    from starlette.staticfiles import StaticFiles  # noqa: PLC0415

    app = Starlette()
    app.mount("/", StaticFiles(directory=folder))
    return app


def test_hosts_without_a_log_are_told_apart(
    service: Service, verify: Verify, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify()[0] == 4  # nothing behind the address
    state = str(tmp_path / "none")
    assert cli.main(["verify", "http://127.0.0.1:9", "--state", state]) == 4
    assert "cannot be reached" in capsys.readouterr().err
    for url in ("nowhere", "ftp://x", "https://u@x", "http://[x"):
        assert cli.main(["verify", url, "--state", state]) == 2
    service.open()
    wrong = tmp_path / "wrong.json"
    for content in ("{}", "[]", '{"format":"4site-ledger-1","lines":1}', "\x00"):
        wrong.write_text(content, "utf-8")
        assert verify("--statement", str(wrong))[0] == 1
    assert verify("--statement", str(tmp_path / "missing"))[0] == 2
    (tmp_path / "seen").write_text("nonsense", "utf-8")
    status, _, error = verify()
    assert status == 2
    assert "evidence" in error
