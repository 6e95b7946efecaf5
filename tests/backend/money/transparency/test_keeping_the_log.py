"""The log follows by itself beside a running service, and an operator writes it to a folder."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import pytest

from backend.actions.context import Context
from backend.actions.transparency import find_checkpoint, integrate, is_behind
from backend.domain.signed_notes import parse_verifier
from backend.errors import Invalid, Unavailable
from backend.gateways.log_key import open_signer
from backend.ids import SeededIds
from backend.jobs.log_keeping import LogKeeper
from backend.jobs.schedules import SCHEDULES
from backend.settings import Settings
from tests.support.running import server_command
from tests.support.service import make_context
from tests.support.transparency import book_sales

OWNER = "a" * 32


def test_what_is_booked_is_in_the_log_at_once_and_nobody_is_told(any_context: Context) -> None:
    keepers = [LogKeeper(any_context, seconds=0.02) for _ in range(2)]
    for keeper in keepers:
        keeper.start()
    try:
        for step in range(5):
            book_sales(any_context, 7, owner=OWNER, first=step * 7)
            for _ in range(500):
                if not is_behind(any_context):
                    break
                threading.Event().wait(0.02)
            assert find_checkpoint(any_context).size == (step + 1) * 7
    finally:
        for keeper in keepers:
            keeper.stop()


def test_a_keeper_goes_on_after_a_failure(context: Context) -> None:
    integrate(context)
    key = context.settings.data_dir / "log.key"
    kept = key.read_bytes()
    key.write_bytes(b"no key")
    keeper = LogKeeper(context, seconds=0.02)
    keeper.start()
    book_sales(context, 3, owner=OWNER)
    threading.Event().wait(0.2)
    assert find_checkpoint(context).size == 0
    key.write_bytes(kept)
    for _ in range(500):
        if find_checkpoint(context).size == 3:
            break
        threading.Event().wait(0.02)
    keeper.stop()
    assert find_checkpoint(context).size == 3


def test_the_clock_extends_the_log_too() -> None:
    assert SCHEDULES["extend_log"].when == "* * * * *"
    assert SCHEDULES["extend_log"].at_start


def test_an_operator_writes_the_log_to_a_folder(tmp_path: Path) -> None:
    context = make_context(tmp_path / "data")
    book_sales(context, 300, owner=OWNER)
    context.database.close()
    folder = tmp_path / "log"
    done = server_command(tmp_path / "data", "log", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    first, key = done.stdout.splitlines()
    assert first == f"300 entries, 7 new files in {folder}."
    assert parse_verifier(key).name == "127.0.0.1:8000/log"
    again = server_command(tmp_path / "data", "log", "--out", str(folder))
    assert again.stdout.startswith("300 entries, Nothing changed in ")
    (tmp_path / "file").write_text("", "utf-8")
    refused = server_command(tmp_path / "data", "log", "--out", str(tmp_path / "file"))
    assert (refused.returncode, "cannot be written" in refused.stderr) == (1, True)


@pytest.mark.parametrize("value", ["hidden", "aGlkZGVu", "A" * 43 + "!"])
def test_a_key_that_is_none_is_refused_and_not_shown(value: str) -> None:
    with pytest.raises(Invalid) as caught:
        Settings.from_env({"FOURSITE_LOG_KEY": value})
    assert "FOURSITE_LOG_KEY" in caught.value.message
    assert value not in caught.value.message


def test_processes_with_the_same_setting_sign_alike(tmp_path: Path) -> None:
    variables = {"FOURSITE_LOG_KEY": base64.b64encode(bytes(range(32))).decode()}
    ids = SeededIds(1)
    signers = []
    for name in ("a", "b"):
        settings = Settings.from_env({**variables, "FOURSITE_DATA_DIR": str(tmp_path / name)})
        assert variables["FOURSITE_LOG_KEY"] not in repr(settings)
        signers.append(open_signer(settings, ids))
        assert not (tmp_path / name).exists()
    assert signers[0].verifier == signers[1].verifier


def test_a_spoiled_key_is_named_and_not_replaced(context: Context) -> None:
    path = context.settings.data_dir / "log.key"
    path.write_text("spoiled", "utf-8")
    with pytest.raises(Unavailable, match="does not hold the log's key"):
        open_signer(context.settings, context.ids)
    assert path.read_text("utf-8") == "spoiled"
