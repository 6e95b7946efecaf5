"""`4site init`: what it proposes for which checkout, and what it never overwrites."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import cli
from tests.support.git_repositories import make_repository

ROOT = Path(__file__).resolve().parents[3]
GITHUB = "git@github.com:Kim/kettle.git"
WORKFLOW = ".github/workflows/site.yml"

Captured = pytest.CaptureFixture[str]


def _checkout(folder: Path, origin: str = GITHUB, **files: str) -> Path:
    repository = make_repository(folder / "kettle")
    repository.commit({"README.md": "# Kettle\n\nBoils water.\n", **files})
    if origin:
        repository.git("remote", "add", "origin", origin)
    return repository.folder


def _init(folder: Path, captured: Captured, *words: str) -> dict[str, Any]:
    assert cli.main(["init", str(folder), "--json", *words]) == 0
    answer: dict[str, Any] = json.loads(captured.readouterr().out)
    return answer


def _settings(folder: Path) -> Mapping[str, Any]:
    return tomllib.loads((folder / "4site.toml").read_text(encoding="utf-8"))


def test_a_github_checkout_gets_a_configuration_and_a_workflow(
    tmp_path: Path, capsys: Captured
) -> None:
    folder = _checkout(tmp_path)
    answer = _init(folder, capsys, "--yes")
    assert (answer["ci"], answer["is_written"]) == ("github", True)
    assert [(file["path"], file["state"]) for file in answer["files"]] == [
        ("4site.toml", "new"),
        (WORKFLOW, "new"),
    ]
    assert _settings(folder) == {
        "site": {"url": "https://kim.github.io/kettle/"},
        "publish": {"target": "github-pages"},
    }
    assert 'branches: ["main"]' in (folder / WORKFLOW).read_text(encoding="utf-8")
    assert cli.main(["inspect", str(folder), "--json"]) == 0


@pytest.mark.parametrize(
    ("origin", "path", "settings"),
    [
        ("https://gitlab.com/kim/tools/kettle.git", ".gitlab-ci.yml", None),
        (
            "https://codeberg.org/Kim/kettle",
            ".forgejo/workflows/site.yml",
            {
                "site": {"url": "https://kim.codeberg.page/kettle/"},
                "publish": {"target": "github-pages", "branch": "pages"},
            },
        ),
        ("https://github.com/kim/kim.github.io", WORKFLOW, "https://kim.github.io/"),
        ("https://codeberg.org/kim/pages", ".forgejo/workflows/site.yml",
         "https://kim.codeberg.page/"),
    ],
)  # fmt: skip
def test_the_origin_decides_whose_workflow_is_written(
    tmp_path: Path, capsys: Captured, origin: str, path: str, settings: object
) -> None:
    folder = _checkout(tmp_path, origin)
    _init(folder, capsys, "--yes")
    assert (folder / path).exists()
    if isinstance(settings, str):
        assert _settings(folder)["site"] == {"url": settings}
    else:
        there = (folder / "4site.toml").exists()
        assert (_settings(folder) if there else None) == settings


def test_a_pipeline_that_is_there_includes_ours(tmp_path: Path, capsys: Captured) -> None:
    pipeline = "test:\n  script: [make]\n"
    folder = _checkout(tmp_path, "https://gitlab.com/kim/kettle", **{".gitlab-ci.yml": pipeline})
    answer = _init(folder, capsys, "--yes")
    assert (folder / ".gitlab-ci.yml").read_text() == pipeline
    assert (folder / ".gitlab/site.yml").exists()
    assert "- local: .gitlab/site.yml" in answer["then"][0]


def test_a_folder_without_a_forge_gets_only_what_was_asked_for(
    tmp_path: Path, capsys: Captured
) -> None:
    folder = _checkout(tmp_path, origin="")
    assert _init(folder, capsys, "--yes")["files"] == []
    answer = _init(folder, capsys, "--yes", "--theme", "press", "--kind", "project")
    assert answer["ci"] == "none"
    assert _settings(folder) == {"theme": {"name": "press"}}  # the kind is detected anyway


def test_files_that_exist_are_kept_and_force_replaces_them(
    tmp_path: Path, capsys: Captured
) -> None:
    mine = {"4site.toml": '[theme]\nname = "press"\n', WORKFLOW: "mine"}
    folder = _checkout(tmp_path, **mine)
    kept = _init(folder, capsys, "--yes")
    assert (kept["is_written"], kept["files"][0]["state"]) == (False, "kept")
    assert kept["then"][0].startswith("Add to 4site.toml, which is left alone:\n[site]\nurl = ")
    assert {name: (folder / name).read_text() for name in mine} == mine

    replaced = _init(folder, capsys, "--yes", "--force")
    assert [file["state"] for file in replaced["files"]] == ["replaced", "replaced"]
    again = _init(folder, capsys, "--yes")
    assert [file["state"] for file in again["files"]] == ["same"]


def test_settings_in_pyproject_are_never_shadowed(tmp_path: Path, capsys: Captured) -> None:
    folder = _checkout(tmp_path, **{"pyproject.toml": "[tool.4site.theme]\nname = 'press'\n"})
    answer = _init(folder, capsys, "--yes", "--force")
    assert not (folder / "4site.toml").exists()
    assert "[tool.4site.publish]\ntarget = " in answer["then"][0]


def test_a_dry_run_shows_everything_and_writes_nothing(tmp_path: Path, capsys: Captured) -> None:
    folder = _checkout(tmp_path)
    assert cli.main(["init", str(folder), "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "4site.toml (new)" in shown
    assert "    4site publish" in shown.replace("run: ", "")
    assert "Nothing was written." in shown
    assert sorted(child.name for child in folder.iterdir()) == [".git", "README.md"]


def test_nothing_is_written_where_nobody_can_be_asked(tmp_path: Path, capsys: Captured) -> None:
    folder = _checkout(tmp_path)
    assert cli.main(["init", str(folder)]) == 2
    assert "Use --yes to write these files, or --dry-run to see them." in capsys.readouterr().err
    assert not (folder / "4site.toml").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("answer", "is_written"), [("y\n", True), ("\n", False), ("no\n", False)])
def test_a_person_is_asked_on_a_terminal(tmp_path: Path, answer: str, is_written: bool) -> None:
    folder = _checkout(tmp_path)
    mine, theirs = os.openpty()
    with os.fdopen(mine, "wb", buffering=0) as keyboard:
        keyboard.write(answer.encode())
        done = subprocess.run(
            [sys.executable, "-m", "cli", "init", folder],
            cwd=ROOT, stdin=theirs, capture_output=True, text=True, check=True,
        )  # fmt: skip
        os.close(theirs)
    assert "Write this? [y/N]" in done.stdout
    assert (folder / WORKFLOW).exists() == is_written


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path, capsys: Captured) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = _checkout(tmp_path)
    (folder / ".github").symlink_to(outside)
    assert cli.main(["init", str(folder), "--yes"]) == 1
    assert "leads out of the folder" in capsys.readouterr().err
    assert list(outside.iterdir()) == []
    assert not (folder / "4site.toml").exists()


def test_a_branch_that_would_end_a_text_is_refused(tmp_path: Path, capsys: Captured) -> None:
    folder = _checkout(tmp_path)
    branch = 'a"${{x}}'
    for words in (["checkout", "-q", "-b", branch], ["branch", "-D", "main"]):
        subprocess.run(["git", "-C", folder, *words], check=True, capture_output=True)
    assert cli.main(["init", str(folder), "--yes"]) == 2
    assert "cannot name the branch" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["kim/kettle", "https://github.com/kim/kettle"])
def test_a_repository_elsewhere_is_wrong_use(source: str, capsys: Captured) -> None:
    assert cli.main(["init", source, "--yes"]) == 2
    assert "is no folder of this machine" in capsys.readouterr().err


def test_a_part_of_a_checkout_is_told_where_to_run(tmp_path: Path, capsys: Captured) -> None:
    folder = _checkout(tmp_path, **{"part/README.md": "# Part\n"})
    assert cli.main(["init", str(folder / "part"), "--yes"]) == 2
    assert "reads the top folder only" in capsys.readouterr().err
