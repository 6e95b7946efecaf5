"""Whatever goes wrong, one clear error says what to do, and the site from before stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import cli


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "lamp"
    folder.mkdir()
    (folder / "README.md").write_text("# Lamp\n\nA light for dark rooms.\n")
    return folder


def _fails(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = cli.main(list(words))
    error = capsys.readouterr().err
    assert "Traceback" not in error
    lines = [line for line in error.splitlines() if line.startswith(("error: ", "hint: "))]
    assert [line.split(":")[0] for line in lines] == ["error", "hint"]
    return status, error


def test_missing_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, error = _fails(capsys, "build", str(tmp_path / "gone"), "-o", str(tmp_path / "out"))
    assert status == 4
    assert "gone" in error
    assert not (tmp_path / "out").exists()


def test_file_instead_of_a_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "README.md").write_text("# x")
    status, _ = _fails(capsys, "build", str(tmp_path / "README.md"), "-o", str(tmp_path / "out"))
    assert status == 4


def test_file_where_the_folder_should_be(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("mine")
    status, error = _fails(capsys, "build", str(repository), "-o", str(tmp_path / "out"))
    assert status == 1
    assert "is a file" in error
    assert (tmp_path / "out").read_text() == "mine"


def test_folder_of_somebody_else(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine")
    status, error = _fails(capsys, "build", str(repository), "-o", str(tmp_path / "out"))
    assert status == 1
    assert "--force" in error
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["letter.txt"]


def test_output_over_the_source(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _ = _fails(capsys, "build", str(repository), "-o", str(repository), "--force")
    assert status == 1
    assert (repository / "README.md").exists()


def test_broken_configuration_keeps_the_site_from_before(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.main(["build", str(repository), "-o", str(out), "-q"]) == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (repository / "4site.toml").write_text("[theme]\nnmae = 'press'\n")
    status, error = _fails(capsys, "build", str(repository), "-o", str(out))
    assert status == 2
    assert "4site.toml:2" in error
    assert "`name`" in error
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_unknown_theme_names_the_nearest(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    status, error = _fails(capsys, "build", str(repository), "-o", out, "--theme", "atlsa")
    assert status == 1
    assert "atlas" in error
    assert not Path(out).exists()


def test_unknown_repository_without_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    status, _ = _fails(capsys, "build", "nobody/nothing", "-o", out, "--offline")
    assert status == 4


def test_empty_folder_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    status, error = _fails(capsys, "build", str(tmp_path / "empty"), "-o", str(tmp_path / "out"))
    assert status == 4
    assert "README" in error
    assert not (tmp_path / "out").exists()


def test_repository_without_a_readme_still_gives_a_site(tmp_path: Path) -> None:
    source = tmp_path / "code"
    source.mkdir()
    (source / "main.py").write_text("print()\n")
    assert cli.main(["build", str(source), "-o", str(tmp_path / "out"), "-q"]) == 0
    assert "<h1" in (tmp_path / "out" / "index.html").read_text()
    assert cli.main(["audit", str(tmp_path / "out")]) == 0


def test_repository_without_a_commit(tmp_path: Path) -> None:
    source = tmp_path / "new"
    subprocess.run(["git", "init", "-q", str(source)], check=True)
    (source / "README.md").write_text("# New\n")
    assert cli.main(["build", str(source), "-o", str(tmp_path / "out"), "-q"]) == 0


def test_strict_fails_on_a_warning_after_writing_the_site(repository: Path, tmp_path: Path) -> None:
    with (repository / "README.md").open("a") as readme:
        readme.write("\n[gone](docs/gone.md)\n")
    out = str(tmp_path / "out")
    assert cli.main(["build", str(repository), "-o", out, "-q", "--strict"]) == 1
    assert cli.main(["build", str(repository), "-o", out, "-q"]) == 0


def test_wrong_flag_exits_with_two() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "build", "--colour"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
