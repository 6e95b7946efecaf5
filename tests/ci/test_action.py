"""The composite action: its shell steps, run in order as a runner runs them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.action_runner import ActionRun, run_action
from tests.support.actions_server import serve_actions
from tests.support.git_repositories import make_repository

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / "action.yml"
SLUG = "example/kettle"
PUSH = {"event_name": "push", "repository": SLUG, "sha": "c0ffee", "token": "job-token"}
README = "# Kettle\n\nBoils water.\n\n## Usage\n\nPour, then [wait](docs/wait.md).\n"


def _pull_request(head: str = SLUG) -> dict[str, Any]:
    event = {"pull_request": {"number": 7, "head": {"repo": {"full_name": head}}}}
    return {**PUSH, "event_name": "pull_request", "event": event}


@dataclass(slots=True, kw_only=True)
class Workspace:
    """A checkout on a runner, with what stands in for GitHub."""

    folder: Path
    scratch: Path
    environ: Mapping[str, str]
    state: Path
    runs: int = 0

    def run(
        self,
        github: Mapping[str, Any],
        *,
        is_installing: bool = False,
        used: Mapping[str, Mapping[str, str]] | None = None,
        **inputs: str,
    ) -> ActionRun:
        """Run the action; installing takes ten seconds, so most tests lend it this 4site."""
        self.runs += 1
        here = Path(sys.executable)
        ready = {} if is_installing else {"install": {"bin": str(here.parent)}}
        named = {name.replace("_", "-"): value for name, value in inputs.items()}
        return run_action(
            ACTION,
            workspace=self.folder,
            scratch=self.scratch / str(self.runs),
            github=github,
            inputs={"enrich": "false", **named},
            used={"python": {"python-path": str(here)}, **ready, **(used or {})},
            environ=self.environ,
        )

    @property
    def comments(self) -> list[dict[str, Any]]:
        comments: list[dict[str, Any]] = json.loads(self.state.read_text())["comments"]
        return comments

    def set_state(self, **values: Any) -> None:
        self.state.write_text(json.dumps({"comments": [], "calls": [], **values}))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    repository = make_repository(tmp_path / "checkout")
    repository.commit({"README.md": README, "docs/wait.md": "# Wait\n\nThree minutes.\n"})
    programs = tmp_path / "bin"
    programs.mkdir()
    gh = programs / "gh"
    gh.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/support/fake_gh.py" "$@"\n')
    gh.chmod(0o755)
    environ = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "FAKE_GH_STATE": str(tmp_path / "github.json"),
    }
    made = Workspace(
        folder=repository.folder,
        scratch=tmp_path / "runs",
        environ=environ,
        state=tmp_path / "github.json",
    )
    made.set_state()
    return made


def test_a_push_installs_builds_checks_and_publishes(
    workspace: Workspace, lent: Path, tmp_path: Path
) -> None:
    there = tmp_path / "www"
    workspace.environ = {**workspace.environ, "PYTHONPATH": str(lent), "PIP_NO_INDEX": "1"}
    run = workspace.run(
        PUSH,
        is_installing=True,
        extras="s3",
        target=f"folder:{there}",
        url="https://kettle.example.org",
        max_deletions="3",
    )

    assert not run.failed, run.log
    assert "Boils water." in (there / "index.html").read_text(encoding="utf-8")
    assert run.outputs["score"] == "100"
    assert int(run.outputs["pages"]) >= 3
    assert json.loads(Path(run.outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert "| **all** | **100** |" in run.summary
    assert "<!-- 4site . -->" in run.summary
    assert run.steps["Comment on the pull request"].status is None
    assert workspace.comments == []


def test_a_pull_request_gets_one_comment_that_the_next_run_changes(
    workspace: Workspace, tmp_path: Path
) -> None:
    other = {"id": 5, "user": {"type": "User"}, "body": "<!-- 4site . --> I pretend."}
    workspace.set_state(comments=[other])
    first = workspace.run(_pull_request(), target=f"folder:{tmp_path / 'www'}")
    assert not first.failed, first.log
    assert first.steps["Publish"].status is None
    assert [one["id"] for one in workspace.comments] == [5, 101]
    assert workspace.comments[1]["body"] == first.summary

    (workspace.folder / "README.md").write_text(f"{README}\nkey: AKIA{'Z' * 16}\n")
    second = workspace.run(_pull_request(), target="none", fail_under="0")
    assert not second.failed, second.log
    assert len(workspace.comments) == 2
    assert workspace.comments[0] == other
    assert workspace.comments[1]["body"] == second.summary != first.summary


def test_a_pull_request_from_a_fork_is_built_and_neither_published_nor_commented(
    workspace: Workspace, tmp_path: Path
) -> None:
    fork = _pull_request(head="stranger/kettle")
    run = workspace.run(fork, target=f"folder:{tmp_path / 'www'}", previews="true")
    assert not run.failed, run.log
    assert not (tmp_path / "www").exists()
    assert run.outputs["url"] == ""
    assert workspace.comments == []
    assert run.outputs["score"] == "100"


def test_a_site_below_the_bar_is_reported_and_not_published(
    workspace: Workspace, tmp_path: Path
) -> None:
    (workspace.folder / "README.md").write_text(f"{README}\nkey: AKIA{'Z' * 16}\n")
    run = workspace.run(PUSH, target=f"folder:{tmp_path / 'www'}")
    assert run.failed == ["Audit"]
    assert "::error file=" in run.steps["Audit"].output
    assert run.outputs["score"] == "0"
    assert not (tmp_path / "www").exists()
    assert "| secrets | 0 |" in run.summary


def test_a_token_without_the_right_to_comment_is_a_warning(workspace: Workspace) -> None:
    workspace.set_state(refuses=True)
    run = workspace.run(_pull_request(), target="none")
    assert not run.failed, run.log
    assert "::warning title=4site::" in run.steps["Comment on the pull request"].output


def test_a_preview_is_asked_for_by_the_number_of_the_pull_request(workspace: Workspace) -> None:
    run = workspace.run(_pull_request(), target="folder:www", previews="true")
    assert run.inner["plan"]["publish"] == "true"
    assert run.inner["plan"]["preview"] == "pr-7"
    assert workspace.run(PUSH, target="none", previews="true").inner["plan"]["preview"] == ""


def test_the_pages_api_gets_what_github_tells_actions_alone(workspace: Workspace) -> None:
    with serve_actions() as server:
        told = {"token": "ACTIONS_RUNTIME_TOKEN", "url": "ACTIONS_RESULTS_URL"}
        given = {name: server.environ[variable] for name, variable in told.items()}
        shell = {k: v for k, v in server.environ.items() if k not in told.values()}
        workspace.environ = {**workspace.environ, **shell}
        run = workspace.run(
            {**PUSH, "repository": server.environ["GITHUB_REPOSITORY"]},
            used={"artifacts": given},
            target="github-actions",
            token=server.environ["GITHUB_TOKEN"],
        )
        assert not run.failed, run.log
        assert run.outputs["url"].startswith(server.url)
        assert f"Published: <{run.outputs['url']}>" in run.summary
        assert b"Boils water." in server.site["index.html"]


def test_hostile_texts_reach_scripts_as_values_only(workspace: Workspace, tmp_path: Path) -> None:
    mine = tmp_path / "pwned"
    evil = f'"; touch {mine}; echo $(touch {mine}) `touch {mine}` ${{{{ github.token }}}} "'
    run = workspace.run(_pull_request(head=evil), source=evil, out=evil, url=evil)
    assert run.failed == ["Build"]
    assert not mine.exists()


def test_no_script_holds_an_expression() -> None:
    steps = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    assert not [step["name"] for step in steps if "${{" in step.get("run", "")]
