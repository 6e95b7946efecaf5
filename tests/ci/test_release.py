"""The release workflow: the lines of its first job, run in a checkout that is tagged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github/workflows/release.yml"
JOBS = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
SECTION = "### Added\n\n- A kettle.\n"
CHECK, BUILD, TRY = (step["name"] for step in JOBS["build"]["steps"] if "run" in step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """A runner's folders, with a checkout of what is built here."""

    folder: Path
    lent: Path

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    def run(self, name: str, tag: str = "v0.1.0") -> tuple[int, str]:
        [script] = [step["run"] for step in JOBS["build"]["steps"] if step.get("name") == name]
        programs = Path(sys.executable).parent
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.checkout,
            env={
                "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(self.folder),
                "PYTHONPATH": str(self.lent),
                "PIP_NO_INDEX": "1",
                "RUNNER_TEMP": str(self.folder / "temp"),
                "GITHUB_REF_NAME": tag,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as they are now, in one commit."""
    folder = tmp_path_factory.mktemp("release") / "origin"
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for path in filter(None, listed.split("\0")):
        if (ROOT / path).is_file() and not path.startswith("tests/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / path)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for words in (["init", "-q"], ["add", "--all"], [*who, "commit", "-qm", "Version 0.1.0"]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def runner(tmp_path: Path, lent: Path, origin: Path) -> Runner:
    """A checkout of one's own."""
    made = Runner(folder=tmp_path, lent=lent)
    (tmp_path / "temp").mkdir()
    command = ["git", "clone", "--quiet", "--shared", str(origin), str(made.checkout)]
    subprocess.run(command, check=True, capture_output=True)
    return made


def _add_section(runner: Runner, version: str = "0.1.0") -> None:
    file = runner.checkout / "CHANGELOG.md"
    text = file.read_text(encoding="utf-8")
    head = f"## [{version}] - 2027-01-01\n\n{SECTION}\n## [0.0.1]\n\nOlder.\n"
    file.write_text(f"{text}\n{head}", encoding="utf-8")


def test_the_notes_are_the_section_of_the_version(runner: Runner) -> None:
    _add_section(runner)
    assert runner.run(CHECK)[0] == 0
    notes = (runner.checkout / "notes/notes.md").read_text(encoding="utf-8")
    assert notes.strip() == SECTION.strip()


def test_a_tag_of_another_version_is_refused(runner: Runner) -> None:
    _add_section(runner)
    status, said = runner.run(CHECK, tag="v0.1.1")
    assert status == 1
    assert "The tag is v0.1.1, and pyproject.toml says 0.1.0." in said


def test_a_version_without_a_section_is_refused(runner: Runner) -> None:
    _add_section(runner, version="0.1.00")
    status, said = runner.run(CHECK)
    assert status == 1
    assert "CHANGELOG.md has no section for 0.1.0." in said


def test_two_builds_are_the_same_bytes_and_the_wheel_builds_a_site(runner: Runner) -> None:
    status, said = runner.run(BUILD)
    assert status == 0, said
    assert sorted(file.suffix for file in (runner.checkout / "dist").iterdir()) == [".gz", ".whl"]
    status, said = runner.run(TRY)
    assert status == 0, said
    assert (runner.folder / "temp/lantern/index.html").exists()


def test_only_the_jobs_that_need_them_have_rights() -> None:
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "build": {"contents": "read"},
        "publish": {"id-token": "write", "attestations": "write"},
        "release": {"contents": "write"},
    }
    assert JOBS["release"]["needs"] == "publish"
    assert JOBS["publish"]["needs"] == "build"
