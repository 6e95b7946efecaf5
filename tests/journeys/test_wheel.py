"""The wheel, installed where there is no checkout: does it carry all that a build needs?"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PURELIB = Path(sysconfig.get_path("purelib"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A virtual environment that holds the wheel and what the wheel asks for, nothing else."""

    folder: Path

    def run(self, *command: str, folder: Path) -> str:
        """Run a program of the environment and return what it printed."""
        environment = {**os.environ, "COLUMNS": "100"}
        environment.pop("PYTHONPATH", None)
        program = self.folder / ("Scripts" if os.name == "nt" else "bin") / command[0]
        done = subprocess.run(
            [program, *command[1:]],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    paths = {"base": str(folder), "platbase": str(folder)}
    purelib = Path(sysconfig.get_path("purelib", vars=paths))
    for name in _required(wheel):
        _lend(name, purelib)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    return Installed(folder=folder)


def _build(target: str, folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.iterdir())


def _required(wheel: Path) -> set[str]:
    """Return the names of the distributions that the wheel's own metadata leads to here."""
    with zipfile.ZipFile(wheel) as archive:
        [path] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = metadata.PathDistribution(zipfile.Path(archive, f"{path[:-8]}")).requires or []
    found: set[str] = set()
    seen: set[Requirement] = set()
    waiting = [(requirement, {""}) for requirement in map(Requirement, lines)]
    while waiting:
        requirement, extras = waiting.pop()
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in extras):
            continue
        if requirement not in seen:
            seen.add(requirement)
            found.add(requirement.name)
            asked = {"", *requirement.extras}
            further = map(Requirement, metadata.requires(requirement.name) or ())
            waiting += [(one, asked) for one in further]
    return found


def _lend(name: str, purelib: Path) -> None:
    """Make an installed distribution visible in another environment, without a download."""
    files = metadata.files(name) or []
    for top in sorted({file.parts[0] for file in files} - {"..", "__pycache__"}):
        if not (purelib / top).exists():
            (purelib / top).symlink_to(PURELIB / top)


def test_wheel_holds_the_code_and_the_data_folders_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    code = {top for top in tops if not top.endswith(".dist-info")}
    assert code == {"generator", "backend", "cli.py"}
    data = {name.split("/")[2] for name in names if name.startswith("generator/_data/")}
    assert data == {"templates", "themes", "widget"}
    assert "generator/_data/widget/dist/panel.js" in names
    assert "generator/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_wheel_carries_every_tracked_data_file(wheel: Path) -> None:
    command = ["git", "ls-files", "-z", "templates", "themes", "widget/dist"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    tracked = {f"generator/_data/{path}" for path in listed.split("\0") if path}
    assert tracked
    assert tracked <= set(zipfile.ZipFile(wheel).namelist())


def test_source_archive_holds_no_leftovers(tmp_path: Path) -> None:
    with tarfile.open(_build("sdist", tmp_path)) as archive:
        names = archive.getnames()
    tops = {name.split("/")[1] for name in names}
    parts = {part for name in names for part in name.split("/")}
    assert tops >= {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"}
    assert not tops & {"site", ".venv", ".cache", ".git"}
    assert not parts & {"node_modules", "__pycache__"}


def test_installed_program_tells_its_version(installed: Installed, tmp_path: Path) -> None:
    assert installed.run("4site", "--version", folder=tmp_path).startswith("4site ")


def test_installed_program_builds_a_site_from_its_own_data(
    installed: Installed, tmp_path: Path
) -> None:
    where = "import generator, generator.places as p; print(generator.__file__, p.TEMPLATES)"
    code, templates = installed.run("python", "-c", where, folder=tmp_path).split()
    assert Path(code).is_relative_to(installed.folder)
    assert Path(templates).is_relative_to(installed.folder)

    project = tmp_path / "project"
    (project / "docs").mkdir(parents=True)
    (project / "README.md").write_text("# Kettle\n\nBoils water.\n\n[Use](docs/use.md)\n")
    (project / "docs" / "use.md").write_text("# Use\n\n```python\nprint('tea')\n```\n")
    installed.run("4site", "build", "project", "--out", "site", folder=tmp_path)

    home = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "Boils water." in home
    assert 'href="docs/use/"' in home
    assert (tmp_path / "site" / "docs" / "use" / "index.html").exists()
    assert list((tmp_path / "site" / "assets").rglob("*.css"))
