"""`4site server check`, `export` and `erase` as an operator uses them."""

from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.actions.context import Context
from tests.support.running import server_command
from tests.support.service import add_account, add_site, make_context

EMAIL = "zoe@people.example"


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A service with one person and their site."""
    made = make_context(tmp_path)
    site, _key = add_site(made, add_account(made, email=EMAIL))
    made.database.close()
    assert site
    return made


def test_check_finds_a_score_that_is_not_what_the_facts_say(
    context: Context, tmp_path: Path
) -> None:
    assert server_command(tmp_path, "check").stdout == "Everything agrees.\n"
    with context.database.transaction() as session:
        session.connection().execute(text("UPDATE score SET views = 5"))
    context.database.close()
    found = server_command(tmp_path, "check")
    assert found.returncode == 1
    assert "score.views" in found.stdout
    differences = json.loads(server_command(tmp_path, "check", "--json").stdout)["differences"]
    assert {"what", "where", "stored", "computed"} == set(differences[0])


@pytest.mark.usefixtures("context")
def test_export_writes_a_private_archive_and_overwrites_nothing(tmp_path: Path) -> None:
    out = tmp_path / "zoe.zip"
    done = server_command(tmp_path, "export", EMAIL, "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as archive:
        assert json.loads(archive.read("account.json"))["email"] == EMAIL
    again = server_command(tmp_path, "export", EMAIL, "-o", str(out))
    assert (again.returncode, "cannot be written" in again.stderr) == (2, True)
    nobody = server_command(tmp_path, "export", "who@people.example", "-o", str(out) + "2")
    assert (nobody.returncode, "Nobody here has the address" in nobody.stderr) == (1, True)


def test_erase_asks_first(context: Context, tmp_path: Path) -> None:
    asked = server_command(tmp_path, "erase", EMAIL)
    assert (asked.returncode, "--yes" in asked.stderr) == (2, True)
    assert people(context) == 1
    done = server_command(tmp_path, "erase", EMAIL, "--yes")
    assert done.returncode == 0, done.stderr
    assert people(context) == 0


def people(context: Context) -> int:
    with context.database.reading() as session:
        found = session.connection().execute(text("SELECT count(*) FROM person")).scalar_one()
    context.database.close()
    return int(found)
