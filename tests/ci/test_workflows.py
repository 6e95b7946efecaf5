"""The workflows that `4site init` writes: linted, and their own lines run in order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

import cli
from tests.support.git_repositories import make_repository
from tests.support.git_server import TOKEN, GitServer, files_of, serve_pushes

PROGRAMS = Path(sys.executable).parent
HOME = "https://example.org/kettle/"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with serve_pushes(tmp_path / "server") as server:
        yield server


def _make(tmp_path: Path, ci: str, origin: str = "") -> tuple[Path, dict[str, Any]]:
    """Return a checkout with the workflow of `ci`, and what the workflow says."""
    repository = make_repository(tmp_path / "kettle")
    repository.commit({"README.md": "# Kettle\n\nBoils water.\n", ".gitignore": "/site/\n"})
    if origin:
        repository.git("remote", "add", "origin", origin)
    words = ["init", str(repository.folder), "--ci", ci, "--base-url", HOME, "--yes", "-q"]
    assert cli.main(words) == 0
    repository.commit({})
    [file] = [
        place
        for name in (".github/workflows/site.yml", ".forgejo/workflows/site.yml", ".gitlab-ci.yml")
        if (place := repository.folder / name).exists()
    ]
    return file, yaml.safe_load(file.read_text(encoding="utf-8"))


def _lint(program: str, *words: str | Path) -> None:
    done = subprocess.run([PROGRAMS / program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _run(script: str, folder: Path, environ: Mapping[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_workflow_for_github_is_clean(tmp_path: Path) -> None:
    file, workflow = _make(tmp_path, "github")
    _lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", file)
    _lint("actionlint", "-no-color", file)
    _lint("zizmor", "--offline", "--no-progress", "--quiet", file)
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["site"]["permissions"] == {"contents": "write"}


def test_the_workflow_for_gitlab_is_clean(tmp_path: Path) -> None:
    file, _ = _make(tmp_path, "gitlab")
    _lint(
        "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci",
        "--data-transform", "gitlab-ci", file,
    )  # fmt: skip


def test_the_workflow_for_forgejo_is_clean(tmp_path: Path) -> None:
    file, _ = _make(tmp_path, "forgejo")
    _lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", file)


def test_lines_of_the_github_workflow_publish_the_site(tmp_path: Path, server: GitServer) -> None:
    bare = server.add()
    file, workflow = _make(tmp_path, "github", f"{server.url}/kim/tool")
    for step in workflow["jobs"]["site"]["steps"]:
        if "run" in step and step["name"] != "Install":
            script = step["run"].replace(" --enrich", "")  # this forge has no API
            _run(script, file.parents[2], {**server.environ, "FOURSITE_PUBLISH_URL": ""})
    assert "Boils water." in files_of(bare)["index.html"]


def test_lines_of_the_forgejo_workflow_clone_build_and_publish(
    tmp_path: Path, server: GitServer
) -> None:
    bare = server.add()
    file, workflow = _make(tmp_path, "forgejo", f"{server.url}/kim/tool")
    subprocess.run(
        ["git", "-C", file.parents[2], "push", "-q", "--force", bare, "main"], check=True
    )
    runner = tmp_path / "runner"
    runner.mkdir()
    environ = {
        "HOME": str(tmp_path),
        "GITHUB_SERVER_URL": server.url,
        "GITHUB_REPOSITORY": "kim/tool",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_REF_NAME": "main",
        "TOKEN": TOKEN,
    }
    for step in workflow["jobs"]["site"]["steps"]:
        if step["name"] != "Install":
            _run(step["run"], runner, environ)
    assert "Boils water." in files_of(bare, "pages")["index.html"]
    assert TOKEN not in "".join(files_of(bare, "pages").values())


def test_lines_of_the_gitlab_pipeline_build_into_public(tmp_path: Path) -> None:
    file, pipeline = _make(tmp_path, "gitlab")
    environ = {"CI_PAGES_URL": "https://kim.gitlab.example/kettle", "HOME": str(tmp_path)}
    for line in pipeline[".site"]["script"][1:]:
        _run(line, file.parent, environ)
    page = (file.parent / "public/index.html").read_text(encoding="utf-8")
    assert 'href="https://kim.gitlab.example/kettle/"' in page


@pytest.mark.parametrize("ci", ["github", "gitlab", "forgejo"])
def test_the_installed_version_is_the_one_that_wrote_the_workflow(tmp_path: Path, ci: str) -> None:

    file, _ = _make(tmp_path, ci)
    assert f'pip install "4site=={version("4site")}"' in file.read_text(encoding="utf-8")
