"""The kind of a repository follows from its manifests and what its README shows first."""

from __future__ import annotations

import pytest

from generator.insight.read import read_insight
from generator.model.forge import parse_forge
from generator.settings import ProjectSettings, Settings
from tests.generator.insight.conftest import MakeRepository

PACKAGE = '[build-system]\nrequires = []\n[project]\nname = "gizmo"\n'
IMPORT_FIRST = "```py\nimport gizmo\n```\n```\ngizmo -h\n```"
COMMAND_FIRST = "```\n$ gizmo -h\n```\n```\nimport gizmo\n```"
SCRIPT = '[project.scripts]\ngizmo = "g:m"\n'
TEXT = "word " * 2000

CASES: list[tuple[str, str, dict[str, str]]] = [
    ("library", "pyproject.toml", {"pyproject.toml": PACKAGE}),
    ("tool", "pyproject.toml", {"pyproject.toml": PACKAGE + SCRIPT}),
    (
        "library",
        "pyproject.toml",
        {"pyproject.toml": PACKAGE + SCRIPT, "README.md": IMPORT_FIRST},
    ),
    (
        "tool",
        "pyproject.toml",
        {"pyproject.toml": PACKAGE + SCRIPT, "README.md": COMMAND_FIRST},
    ),
    (
        "library",
        "pyproject.toml",
        {"pyproject.toml": PACKAGE + 'description = "A framework."\n' + SCRIPT},
    ),
    (
        "tool",
        "Cargo.toml",
        {"Cargo.toml": '[package]\nname="gizmo"\n', "src/main.rs": "", "src/lib.rs": ""},
    ),
    ("library", "Cargo.toml", {"Cargo.toml": '[package]\nname="gizmo"\n', "src/lib.rs": ""}),
    ("tool", "go.mod", {"go.mod": "module x.test/gizmo\n", "main.go": ""}),
    ("library", "go.mod", {"go.mod": "module x.test/gizmo\n", "gizmo.go": ""}),
    (
        "application",
        "docker-compose.yml",
        {"go.mod": "module x.test/gizmo\n", "main.go": "", "docker-compose.yml": ""},
    ),
    (
        "application",
        "package.json",
        {"package.json": '{"name": "gizmo", "dependencies": {"next": "1"}}'},
    ),
    (
        "application",
        "src-tauri/tauri.conf.json",
        {"package.json": "{}", "src-tauri/tauri.conf.json": "{}"},
    ),
    (
        "application",
        "apps/web/package.json",
        {"package.json": '{"private": true}', "apps/web/package.json": "{}"},
    ),
    ("library", "package.json", {"package.json": '{"name": "gizmo", "main": "x.js"}'}),
    ("documents", "list.md", {"list.md": TEXT, "README.md": "# x\n"}),
    ("documents", "guide.rst", {"guide.rst": TEXT, "conf.py": "x = 1\n"}),
    ("project", "README.md", {"README.md": "# x\n", "main.c": TEXT}),
    ("project", "README.md", {"README.md": "Hello\n"}),
]


@pytest.mark.parametrize(("kind", "origin", "contents"), CASES)
def test_a_kind_has_its_reason(
    make_repository: MakeRepository, kind: str, origin: str, contents: dict[str, str]
) -> None:
    found = read_insight(make_repository(contents), Settings(), warn=lambda _: None).kind
    assert (found.value.value, str(found.origin)) == (kind, origin)


@pytest.mark.parametrize(
    ("slug", "kind"),
    [
        ("ada/ada", "profile"),
        ("Ada/ada", "profile"),
        ("ada/.github", "profile"),
        ("ada/x", "project"),
    ],
)
def test_a_repository_called_like_its_owner_is_a_profile(
    make_repository: MakeRepository, slug: str, kind: str
) -> None:
    forge = parse_forge(f"https://github.com/{slug}")
    repository = make_repository({"README.md": "Hi\n"}, name=slug.partition("/")[2], forge=forge)
    assert read_insight(repository, Settings(), warn=lambda _: None).kind.value.value == kind


def test_a_package_called_like_its_organisation_is_no_profile(
    make_repository: MakeRepository,
) -> None:
    forge = parse_forge("https://github.com/gizmo/gizmo")
    repository = make_repository({"README.md": "Hi\n", "pyproject.toml": PACKAGE}, forge=forge)
    found = read_insight(repository, Settings(), warn=lambda _: None).kind
    assert found.value.value == "library"


def test_a_kind_that_is_none_is_not_taken_from_the_settings(
    make_repository: MakeRepository,
) -> None:
    settings = Settings(project=ProjectSettings(kind="spaceship"))
    found = read_insight(make_repository({"README.md": "x"}), settings, warn=lambda _: None).kind
    assert found.value.value == "project"
