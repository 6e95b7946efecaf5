"""Manifests of every ecosystem give the same facts, with the line they stand on."""

from __future__ import annotations

import pytest

from generator.insight.manifests.facts import ManifestFacts
from generator.insight.manifests.read import is_namesake, own_manifests, read_manifests
from generator.model.insight import Fact
from generator.model.report import BuildWarning
from tests.generator.insight.conftest import MakeTree

Expected = dict[str, object]

PYPROJECT = """\
[build-system]
requires = ["hatchling"]

[project]
name = "gizmo"
version = "1.2.0"
description = "Turns   cranks."
license = "MIT"
keywords = ["crank", "turn"]
dependencies = ["httpx>=0.2", "Rich"]

[project.scripts]
gizmo = "gizmo.cli:main"

[project.urls]
Repository = "https://github.com/ada/gizmo"
Homepage = "https://gizmo.test"
"""

PRIVATE = 'classifiers = ["Private :: Do Not Upload"]'

CASES: dict[str, tuple[str, str, Expected]] = {
    "pep621": (
        "pyproject.toml",
        PYPROJECT,
        {
            **{"name": ("gizmo", 5), "version": ("1.2.0", 6), "description": ("Turns cranks.", 7)},
            **{"license": ("MIT", 8), "homepage": ("https://gizmo.test", 17)},
            **{"keywords": ("crank", "turn"), "executables": ("gizmo",), "is_library": True},
            **{"dependencies": frozenset({"httpx", "rich"}), "ecosystem": "python"},
        },
    ),
    "poetry": (
        "pyproject.toml",
        '[tool.poetry]\nname = "gizmo"\nversion = "2"\nlicense = "MIT"\n'
        '[tool.poetry.scripts]\ngizmo = "g:m"\n',
        {
            "name": ("gizmo", 2),
            "version": ("2", 3),
            "license": ("MIT", 4),
            "executables": ("gizmo",),
        },
    ),
    "setup_cfg": (
        "setup.cfg",
        "[metadata]\nname = gizmo\nversion = attr: gizmo.__version__\nlicense = MIT\n"
        "url = https://gizmo.test\n[options.entry_points]\nconsole_scripts =\n    gizmo = g:m\n",
        {
            **{"name": ("gizmo", 2), "version": None, "license": ("MIT", 4)},
            **{"homepage": ("https://gizmo.test", 5), "executables": ("gizmo",)},
        },
    ),
    "setup_py": (
        "setup.py",
        "import os\nfrom setuptools import setup\nVERSION = '0.4'\nsetup(\n  name='gizmo',\n"
        "  version=VERSION,\n  description=os.environ['X'],\n  entry_points={'console_scripts': "
        "['gizmo = g:m']},\n  classifiers=['License :: OSI Approved :: MIT License'],\n)\n",
        {
            **{"name": ("gizmo", 5), "version": ("0.4", 6), "description": None},
            **{"license": ("MIT License", 9), "executables": ("gizmo",)},
        },
    ),
    "npm": (
        "package.json",
        '{\n  "name": "@ada/gizmo",\n  "version": "3.0.1",\n  "license": "MIT",\n'
        '  "homepage": "https://gizmo.test",\n  "bin": "cli.js",\n  "main": "index.js",\n'
        '  "keywords": ["a"],\n  "dependencies": {"next": "1"}\n}\n',
        {
            **{"name": ("@ada/gizmo", 2), "version": ("3.0.1", 3), "license": ("MIT", 4)},
            **{"homepage": ("https://gizmo.test", 5), "executables": ("gizmo",)},
            **{"is_library": True, "is_private": False, "dependencies": frozenset({"next"})},
        },
    ),
    "composer": (
        "composer.json",
        '{\n "name": "ada/gizmo",\n "license": ["MIT", "GPL-3.0-only"],\n "autoload": {"a": 1}\n}',
        {"name": ("ada/gizmo", 2), "license": ("MIT OR GPL-3.0-only", 3), "is_library": True},
    ),
    "pom": (
        "pom.xml",
        '<project xmlns="http://maven.apache.org/POM/4.0.0">\n<groupId>org.ada</groupId>\n'
        "<artifactId>gizmo</artifactId>\n<version>${revision}</version>\n"
        "<licenses><license><name>MIT</name></license></licenses>\n</project>\n",
        {"name": ("gizmo", 3), "version": None, "target": "org.ada:gizmo", "license": ("MIT", 5)},
    ),
    "csproj": (
        "Gizmo.csproj",
        '<Project Sdk="Microsoft.NET.Sdk">\n<PropertyGroup>\n<OutputType>Exe</OutputType>\n'
        "<PackAsTool>true</PackAsTool>\n<ToolCommandName>gizmo</ToolCommandName>\n"
        "<Version>1.0</Version>\n</PropertyGroup>\n</Project>\n",
        {
            "name": ("Gizmo", None),
            "version": ("1.0", 6),
            "executables": ("gizmo",),
            "is_private": False,
        },
    ),
    "gemspec": (
        "gizmo.gemspec",
        "Gem::Specification.new do |s|\n  s.name = 'gizmo'\n  s.version = Gizmo::VERSION\n"
        "  s.summary = %q{Turns cranks}\n  s.license = 'MIT'\n  s.executables << 'x'\n"
        "  s.executables = ['gizmo']\nend\n",
        {
            **{"name": ("gizmo", 2), "version": None, "description": ("Turns cranks", 4)},
            **{"license": ("MIT", 5), "executables": ("gizmo",)},
        },
    ),
    "mix": (
        "mix.exs",
        'defmodule Gizmo.MixProject do\n  @version "0.3.0"\n  def project do\n    [\n'
        '      app: :gizmo,\n      description: "Turns cranks"\n    ]\n  end\nend\n',
        {"name": ("gizmo", 5), "version": ("0.3.0", 2), "description": ("Turns cranks", 6)},
    ),
    "pubspec": (
        "pubspec.yaml",
        "name: gizmo\ndescription: >-\n  Turns\n  cranks.\nversion: 1.0.0\n",
        {"name": ("gizmo", 1), "description": ("Turns cranks.", 2), "version": ("1.0.0", 5)},
    ),
    "swift": (
        "Package.swift",
        'let package = Package(\n  name: "gizmo",\n  products: [.executable(name: "gizmo")]\n)',
        {"name": ("gizmo", 1), "executables": ("gizmo",), "is_library": False},
    ),
    "cabal": (
        "gizmo.cabal",
        "name:          gizmo\nversion:       0.1\nsynopsis:      Turns cranks\nexecutable gizmo\n",
        {"name": ("gizmo", 1), "description": ("Turns cranks", 3), "executables": ("gizmo",)},
    ),
    "rockspec": (
        "gizmo-1.0-1.rockspec",
        'package = "gizmo"\nversion = "1.0-1"\ndescription = {\n summary = "T",\n license = "MIT"}',
        {"name": ("gizmo", 1), "version": ("1.0-1", 2), "license": ("MIT", 5)},
    ),
    "chart": (
        "Chart.yaml",
        "name: gizmo\nversion: 0.1.0\nappVersion: '2.0'\ndescription: Turns\n",
        {"name": ("gizmo", 1), "version": ("2.0", 3), "ecosystem": "helm"},
    ),
    "action": (
        "action.yml",
        "name: Gizmo\ndescription: Turns\nruns:\n  using: node20\n",
        {"name": ("Gizmo", 1), "description": ("Turns", 2), "ecosystem": "action"},
    ),
    "flake": (
        "flake.nix",
        '{\n  description = "Turns cranks";\n}',
        {"description": ("Turns cranks", 2), "ecosystem": "nix"},
    ),
}


def read(
    make_tree: MakeTree, contents: dict[str, str], name: str = "gizmo"
) -> tuple[ManifestFacts, ...]:
    files = make_tree(contents)
    return read_manifests(files, name=name, warn=lambda warning: pytest.fail(str(warning)))


@pytest.mark.parametrize("case", CASES)
def test_a_manifest_gives_its_facts_with_their_lines(make_tree: MakeTree, case: str) -> None:
    path, text, expected = CASES[case]
    facts = read(make_tree, {path: text})[0]
    for key, wanted in expected.items():
        found = getattr(facts, key)
        if isinstance(found, Fact):
            found = (found.value, found.origin.line)
        assert found == wanted, key


def test_cargo_inherits_from_its_workspace_with_the_roots_lines(make_tree: MakeTree) -> None:
    root = '[workspace]\nmembers = []\n[workspace.package]\nversion = "0.9.0"\nlicense = "MIT"\n'
    member = '[package]\nname = "gizmo"\nversion.workspace = true\nlicense = { workspace = true }\n'
    facts = read(
        make_tree,
        {
            **{"Cargo.toml": root, "crates/gizmo/Cargo.toml": member},
            **{"crates/gizmo/src/main.rs": "", "crates/gizmo/src/bin/extra.rs": ""},
        },
    )[0]
    assert facts.version is not None and facts.license is not None
    assert str(facts.version.origin) == "Cargo.toml:4"
    assert (facts.version.value, facts.license.value) == ("0.9.0", "MIT")
    assert facts.executables == ("gizmo", "extra")


def test_the_main_crate_of_a_workspace_is_the_one_called_like_the_repository(
    make_tree: MakeTree,
) -> None:
    contents = {
        "Cargo.toml": '[workspace]\nmembers = ["*"]\n',
        "aaa/Cargo.toml": '[package]\nname = "aaa"\n',
        "gizmo/Cargo.toml": '[package]\nname = "gizmo"\n',
    }
    manifests = read(make_tree, contents)
    assert manifests[0].path == "gizmo/Cargo.toml"
    assert [facts.path for facts in own_manifests(manifests, "gizmo")] == ["gizmo/Cargo.toml"]


@pytest.mark.parametrize(
    ("paths", "executables", "target"),
    [
        (("main.go",), ("gizmo",), "github.com/ada/gizmo/v2"),
        (("cmd/giz/main.go", "cmd/gen-docs/main.go"), ("giz",), "github.com/ada/gizmo/v2/cmd/giz"),
        (("cmd/a/main.go", "cmd/b/main.go"), ("a", "b"), "github.com/ada/gizmo/v2"),
        (("gizmo.go",), (), "github.com/ada/gizmo/v2"),
    ],
)
def test_a_go_module_knows_its_main_program(
    make_tree: MakeTree, paths: tuple[str, ...], executables: tuple[str, ...], target: str
) -> None:
    module = "module github.com/ada/gizmo/v2\n\ngo 1.22\n"
    facts = read(make_tree, {"go.mod": module, **dict.fromkeys(paths, "package main\n")})[0]
    assert (facts.executables, facts.target) == (executables, target)
    assert facts.name is not None and facts.name.value == "gizmo"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package.json", '{"name": "gizmo", "private": true}'),
        ("pyproject.toml", '[project]\nname = "gizmo"\n'),
        ("pyproject.toml", PYPROJECT.replace('license = "MIT"', PRIVATE)),
        ("Cargo.toml", '[package]\nname = "gizmo"\npublish = false\n'),
        ("pubspec.yaml", "name: gizmo\npublish_to: none\n"),
        ("composer.json", '{"name": "ada/gizmo", "type": "project"}'),
        ("go.mod", "module github.com/ada/gizmo\nreplace x.test/y => ./y\n"),
    ],
)  # fmt: skip
def test_what_is_not_published_is_private(make_tree: MakeTree, path: str, text: str) -> None:
    assert read(make_tree, {path: text, "main.go": ""})[0].is_private


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[project\nname="),
        ("setup.cfg", "name = gizmo\n"),
        ("setup.py", "setup(name='x'"),
        ("setup.py", "(" * 5000),
        ("package.json", "{"),
        ("package.json", "[" * 100_000),
        ("package.json", "[1]"),
        ("Cargo.toml", "[[["),
        ("pom.xml", "<project>"),
        ("pom.xml", '<!DOCTYPE x [<!ENTITY a "b">]><project>&a;</project>'),
        ("pubspec.yaml", "a: [1, 2"),
        ("pubspec.yaml", "a: &a [1]\nb: *a\n"),
        ("pubspec.yaml", "name: !!python/object/apply:os.system ['true']\n"),
        ("pubspec.yaml", "- a\n- b\n"),
        ("action.yml", "[" * 50_000),
        ("package.json", '{"name": "' + "x" * 1_100_000 + '"}'),
    ],
)
def test_a_broken_manifest_is_one_warning_and_no_fact(
    make_tree: MakeTree, warned: list[BuildWarning], path: str, text: str
) -> None:
    files = make_tree({path: text})
    assert read_manifests(files, name="gizmo", warn=warned.append) == ()
    assert [(warning.code, warning.path) for warning in warned] == [("manifest_unreadable", path)]


def test_setup_py_is_never_run(make_tree: MakeTree) -> None:
    text = "raise SystemExit('ran')\nfrom setuptools import setup\nsetup(name='gizmo')\n"
    assert read(make_tree, {"setup.py": text})[0].package == "gizmo"


def test_manifests_of_tests_examples_and_vendored_code_are_not_the_projects(
    make_tree: MakeTree,
) -> None:
    package = '{"name": "gizmo"}'
    folders = (
        "examples/a",
        "tests/fixtures/b",
        "node_modules/c",
        "vendor/d",
        ".devcontainer",
        "docs",
    )
    assert read(make_tree, {f"{folder}/package.json": package for folder in folders}) == ()


def test_a_tools_only_pyproject_is_no_package(make_tree: MakeTree) -> None:
    assert read(make_tree, {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"}) == ()


def test_the_forge_address_may_be_a_homepage_but_a_script_may_not(make_tree: MakeTree) -> None:
    text = '{"name": "gizmo", "homepage": "javascript:alert(1)"}'
    assert read(make_tree, {"package.json": text})[0].homepage is None


@pytest.mark.parametrize(
    ("declared", "name", "same"),
    [
        *(("alpinejs", "alpine", True), ("@astrojs/starlight", "starlight", True)),
        *(("Flask", "flask", True), ("org.ql", "org-ql", True), ("gizmo-extra", "gizmo", False)),
        *(("js", "j", False), ("rustdesk", "rust", False)),
    ],
)
def test_a_package_is_called_like_the_repository_or_is_not(
    declared: str, name: str, same: bool
) -> None:
    assert is_namesake(declared, name) is same
