"""What others' tools say of our workflows, action, image and hooks: nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
USES = re.compile(r"uses: (\S+)@(\S+)(.*)")


def _run(program: str, *words: str | Path, folder: Path = ROOT) -> None:
    done = subprocess.run(
        [PROGRAMS / program, *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflows_fit_their_schema_and_actionlint(file: Path) -> None:
    _run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", file)
    _run("actionlint", "-no-color", file)


def test_the_action_fits_its_schema() -> None:
    _run("check-jsonschema", "--builtin-schema", "vendor.github-actions", ACTION)


def test_steps_of_the_action_pass_actionlint_as_those_of_a_job(tmp_path: Path) -> None:
    """Actionlint checks scripts and expressions in workflows only."""
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    names = {name: {"type": "string"} for name in action["inputs"]}
    workflow = {
        "on": {"workflow_call": {"inputs": names}},
        "jobs": {"site": {"runs-on": "ubuntu-latest", "steps": action["runs"]["steps"]}},
    }
    file = tmp_path / ".github/workflows/action.yml"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(workflow), encoding="utf-8")
    _run("actionlint", "-no-color", file, folder=tmp_path)


def test_nothing_in_workflows_and_action_can_be_misused() -> None:
    _run("zizmor", "--offline", "--no-progress", "--quiet", *WORKFLOWS, ACTION)


@pytest.mark.parametrize("file", [*WORKFLOWS, ACTION], ids=lambda file: file.name)
def test_every_action_is_pinned_by_commit_with_its_version_beside(file: Path) -> None:
    for name, ref, note in USES.findall(file.read_text(encoding="utf-8")):
        assert re.fullmatch(r"[0-9a-f]{40}", ref), name
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", note), name


def test_one_action_is_pinned_to_one_commit_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    files = [*WORKFLOWS, ACTION, *sorted((ROOT / "templates/ci").glob("*.yml"))]
    for file in files:
        for name, ref, _ in USES.findall(file.read_text(encoding="utf-8")):
            pins.setdefault(name.removeprefix("https://data.forgejo.org/"), set()).add(ref)
    assert pins
    assert not {name: refs for name, refs in pins.items() if len(refs) > 1}


def test_every_input_of_the_action_is_documented() -> None:
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    for name in [*action["inputs"], *action["outputs"]]:
        assert f"| `{name}` |" in page


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="no shellcheck on this machine")
def test_scripts_of_the_action_pass_shellcheck(tmp_path: Path) -> None:
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    for number, step in enumerate(action["runs"]["steps"]):
        if "run" in step:
            file = tmp_path / f"{number}.sh"
            known = "".join(f"export {name}=\n" for name in step.get("env", {}))
            text = f"#!/usr/bin/env bash\nset -eo pipefail\n{known}{step['run']}"
            file.write_text(text, encoding="utf-8")
            done = subprocess.run(["shellcheck", file], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout
