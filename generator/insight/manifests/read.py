"""Every manifest of a repository, the project's own first."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from generator.insight.manifests.described import read_action, read_chart, read_pubspec
from generator.insight.manifests.facts import ManifestBroken, ManifestFacts
from generator.insight.manifests.go import read_go_mod
from generator.insight.manifests.node import read_composer_json, read_package_json
from generator.insight.manifests.patterned import (
    read_cabal,
    read_dockerfile,
    read_flake,
    read_gemspec,
    read_gradle,
    read_mix,
    read_package_swift,
    read_rockspec,
)
from generator.insight.manifests.python import read_pyproject, read_setup_cfg, read_setup_py
from generator.insight.manifests.rust import read_cargo
from generator.insight.manifests.xml import read_dotnet_project, read_nuspec, read_pom
from generator.insight.texts import MANIFEST_LIMIT_BYTES, SourceText, read_source
from generator.model.files import FileTree
from generator.model.report import BuildWarning

Reader = Callable[[SourceText, FileTree], ManifestFacts | None]

MANIFESTS_LIMIT = 120
DEPTH_LIMIT = 4

# In the order of trust where two of one ecosystem stand in one folder.
_BY_NAME: dict[str, Reader] = {
    "pyproject.toml": read_pyproject,
    "setup.cfg": read_setup_cfg,
    "setup.py": read_setup_py,
    "cargo.toml": read_cargo,
    "package.json": read_package_json,
    "go.mod": read_go_mod,
    "composer.json": read_composer_json,
    "pom.xml": read_pom,
    "build.gradle": read_gradle,
    "build.gradle.kts": read_gradle,
    "mix.exs": read_mix,
    "pubspec.yaml": read_pubspec,
    "package.swift": read_package_swift,
    "chart.yaml": read_chart,
    "action.yml": read_action,
    "action.yaml": read_action,
    "flake.nix": read_flake,
    "dockerfile": read_dockerfile,
    "containerfile": read_dockerfile,
}
_BY_SUFFIX: dict[str, Reader] = {
    ".gemspec": read_gemspec,
    ".nuspec": read_nuspec,
    ".csproj": read_dotnet_project,
    ".fsproj": read_dotnet_project,
    ".vbproj": read_dotnet_project,
    ".cabal": read_cabal,
    ".rockspec": read_rockspec,
}
_RANK = {reader: rank for rank, reader in enumerate([*_BY_NAME.values(), *_BY_SUFFIX.values()])}

_MARKS = frozenset({"js", "py", "rs", "go", "rb", "cli", "lib", "net", "php"})

# Folders whose manifests speak about something else than the project.
_ASIDE = re.compile(
    r"(^|/)(\.[^/]+|tests?|testing|testdata|test[-_][^/]*|fixtures?|e2e|examples?|samples?|demos?"
    r"|vendor|third[-_]party|node_modules|deps|bench(marks?)?|fuzz|templates?|playgrounds?"
    r"|starters?|tools?|scripts?|docs?|website|xtask|requirements)(/|$)",
    re.IGNORECASE,
)


def read_manifests(
    files: FileTree, *, name: str, warn: Callable[[BuildWarning], None]
) -> tuple[ManifestFacts, ...]:
    """Return what every manifest declares; a broken one is reported and skipped.

    The main one comes first: at the root before deeper, published before private, the one called
    like the repository before others.
    """
    found = [facts for path in _candidates(files) if (facts := _read(files, path, warn))]
    return tuple(sorted(found, key=lambda facts: _standing(facts, name)))


def own_manifests(manifests: tuple[ManifestFacts, ...], name: str) -> tuple[ManifestFacts, ...]:
    """Return those that speak for the whole project: at the root, or called like it."""
    return tuple(
        facts
        for facts in manifests
        if not facts.folder or (facts.name and is_namesake(facts.name.value, name))
    )


def is_namesake(declared: str, name: str) -> bool:
    """Whether a package is called like the repository, its ecosystem's mark aside: `alpinejs`."""
    one, other = sorted((plain_name(declared), plain_name(name)), key=len)
    return other == one or (len(one) > 2 and other.removeprefix(one) in _MARKS)


def plain_name(text: str) -> str:
    """Return a name without case, scope, marks and the `.js` or `go-` of its ecosystem."""
    bare = text.casefold().rpartition("/")[2]
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\.(js|py|rb|rs|go|net|php|nvim|vim|el)$", "", bare))


def _candidates(files: FileTree) -> list[str]:
    paths = [path for path in files.sizes if path.count("/") <= DEPTH_LIMIT and _reader_of(path)]
    own = [path for path in paths if not _ASIDE.search(path.rpartition("/")[0])]
    return sorted(own, key=lambda path: (path.count("/"), path))[:MANIFESTS_LIMIT]


def _reader_of(path: str) -> Reader | None:
    name = path.rpartition("/")[2].casefold()
    return _BY_NAME.get(name) or _BY_SUFFIX.get(PurePosixPath(name).suffix)


def _read(files: FileTree, path: str, warn: Callable[[BuildWarning], None]) -> ManifestFacts | None:
    reader = _reader_of(path)
    source = read_source(files, path)
    if reader is None or source is None:
        return None
    if files.sizes[path] > MANIFEST_LIMIT_BYTES:
        warn(_unreadable(path, "the file is too large"))
        return None
    try:
        return reader(source, files)
    except ManifestBroken as error:
        warn(_unreadable(path, str(error)))
        return None


def _unreadable(path: str, reason: str) -> BuildWarning:
    return BuildWarning(
        code="manifest_unreadable",
        message=f"The manifest cannot be read: {reason[:200]}.",
        hint="What it declares is left out; correct the file if the site should show it.",
        path=path,
    )


def _standing(facts: ManifestFacts, name: str) -> tuple[object, ...]:
    is_descriptive = facts.ecosystem in {"docker", "helm", "action", "nix"}
    rank = _RANK.get(_reader_of(facts.path) or read_dockerfile, len(_RANK))
    depth = facts.path.count("/")
    # A private root of a workspace stands back for the member that carries the project's name.
    is_stranger = depth > 0 and not (facts.name and is_namesake(facts.name.value, name))
    return (is_stranger, is_descriptive, facts.is_private, depth, rank, facts.path)
