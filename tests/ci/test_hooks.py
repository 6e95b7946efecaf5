"""The pre-commit hooks, run by pre-commit itself in a repository of their user."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.git_repositories import GitRepository, make_repository

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def _pre_commit(folder: Path, *words: str | Path) -> tuple[int, str]:
    environ = {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder.parent),
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
    }
    done = subprocess.run(
        [PROGRAMS / "pre-commit", *words],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def user(tmp_path: Path) -> GitRepository:
    """A repository that uses our hooks, with the programs of this environment.

    `language: system` leaves out the installation alone: pip would ask an index.
    """
    hooks = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    local = [{**hook, "language": "system"} for hook in hooks]
    configuration = {"repos": [{"repo": "local", "hooks": local}]}
    repository = make_repository(tmp_path / "user")
    repository.commit(
        {
            "README.md": "# Kettle\n\nBoils water. [Wait](docs/wait.md).\n",
            "docs/wait.md": "# Wait\n\nThree minutes.\n",
            "4site.toml": '[theme]\nname = "press"\n',
            ".gitignore": "/site/\n",
            ".pre-commit-config.yaml": yaml.safe_dump(configuration),
        }
    )
    return repository


def _run(user: GitRepository, hook: str) -> tuple[int, str]:
    user.git("add", "--all")
    return _pre_commit(user.folder, "run", hook, "--all-files", "--color=never")


def test_the_manifest_is_one_that_pre_commit_takes(tmp_path: Path) -> None:
    status, said = _pre_commit(tmp_path, "validate-manifest", HOOKS)
    assert status == 0, said


def test_a_good_repository_passes_all_hooks(user: GitRepository) -> None:
    status, said = _pre_commit(user.folder, "run", "--all-files", "--color=never")
    assert status == 0, said
    assert said.count("Passed") == 3
    assert (user.folder / "site/docs/wait/index.html").exists()


def test_a_wrong_setting_is_named(user: GitRepository) -> None:
    user.write("4site.toml", '[theme]\nnam = "press"\n')
    status, said = _run(user, "4site-configuration")
    assert status == 1
    assert "4site.toml:2: unknown key `theme.nam`" in said


def test_a_link_to_nowhere_fails_the_build(user: GitRepository) -> None:
    user.write("README.md", "# Kettle\n\nBoils water. [Wait](docs/gone.md).\n")
    status, said = _run(user, "4site-build")
    assert status == 1, said


def test_a_site_with_a_secret_fails_the_audit(user: GitRepository) -> None:
    user.write("README.md", f"# Kettle\n\nBoils water. AKIA{'Z' * 16}\n")
    assert _run(user, "4site-build")[0] == 0
    status, said = _run(user, "4site-audit")
    assert status == 1
    assert "secrets" in said


def test_every_hook_is_documented_and_calls_a_verb_with_flags_that_exist() -> None:
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    for hook in yaml.safe_load(HOOKS.read_text(encoding="utf-8")):
        assert f"| `{hook['id']}` |" in page
        program, verb, *flags = shlex.split(hook["entry"])
        done = subprocess.run(
            [PROGRAMS / program, verb, "--help"], capture_output=True, text=True, check=True
        )
        assert all(flag in done.stdout for flag in flags)
