"""What sort of thing the repository holds: a tool, a library, an application, documents, …"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from generator.insight.manifests.facts import ManifestFacts
from generator.insight.outline import CodeBlock, Outline
from generator.model.files import FileTree
from generator.model.insight import Fact, Origin, Papers, ProjectKind
from generator.model.repository import Repository

# Dependencies that make a program with windows, or one that serves pages.
_APPLICATION_DEPENDENCIES = frozenset(
    {
        *("electron", "electron-builder", "@tauri-apps/api", "@tauri-apps/cli", "tauri"),
        *("next", "nuxt", "@sveltejs/kit", "expo", "react-native", "@nestjs/core"),
        *("pyqt5", "pyqt6", "pyside6", "wxpython", "kivy", "flutter", "eframe", "gtk4"),
        *("fyne.io/fyne/v2", "github.com/wailsapp/wails/v2"),
    }
)
_APPLICATION_FILES = re.compile(
    r"^(?:app/src/main/AndroidManifest\.xml|[\w -]+\.xcodeproj/project\.pbxproj|src-tauri/.+"
    r"|manage\.py|flutter/pubspec\.yaml|(?:res|data|packaging|assets)/[\w.-]+\.desktop"
    r"|apps/[\w-]+/package\.json)$"
)
_SERVER_FILES = re.compile(
    r"^(?:docker-compose[\w.-]*|compose|fly|app)\.(?:ya?ml|toml)$|^Procfile$"
)
_LIBRARY_WORDS = re.compile(
    r"\b(?:librar(?:y|ies)|framework|toolkit|sdk|bindings?|component|middleware|plugin"
    r"|building (?:self-documenting )?command.line)\b",
    re.IGNORECASE,
)
_DOCUMENT_SUFFIXES = frozenset(
    {
        *(".md", ".mdx", ".rst", ".txt", ".adoc", ".org", ".tex", ".mediawiki", ".html"),
        *(".textile", ".bib", ".markdown"),
    }
)
_ASIDE = re.compile(r"(?:tests?|bench\w*|examples?|demos?|packages|public|static)/")
_DOCUMENTS_MINIMUM_BYTES = 4096
_IMPORT = re.compile(
    r"^\s*(?:>>> )?(?:import|from|use|using|require|include|#include)\b|\brequire\(|<script\b"
)
_DESCRIPTIVE = frozenset({"docker", "helm", "nix", "action"})


def find_kind(
    repository: Repository,
    manifests: tuple[ManifestFacts, ...],
    papers: Papers,
    *,
    outline: Outline | None,
    code: Mapping[str, int],
) -> Fact[ProjectKind]:
    """Return the kind and the place of what decided it.

    `manifests` are the project's own, `code` is bytes by language. In this order: a profile by its
    name, an application by its files, a program by its manifest, a library, documents by the share
    of text. A package that is library and program goes by what its README shows first.
    """
    packages = tuple(facts for facts in manifests if facts.ecosystem not in _DESCRIPTIVE)
    return (
        _find_profile(repository, packages, papers)
        or _find_application(repository.files, packages)
        or _find_program(packages, outline)
        or _find_library(packages)
        or _find_documents(repository, code)
        or Fact(value=ProjectKind.PROJECT, origin=Origin(path=papers.readme or repository.name))
    )


def _find_profile(
    repository: Repository, packages: tuple[ManifestFacts, ...], papers: Papers
) -> Fact[ProjectKind] | None:
    """GitHub shows the README of `name/name` on a person's page, of `.github` on a group's."""
    name = repository.name.casefold()
    owner = repository.forge.owner.casefold() if repository.forge else None
    is_profile = name == owner or name in {".github", ".profile"}
    if not is_profile or packages or repository.releases or papers.docs:
        return None
    return Fact(value=ProjectKind.PROFILE, origin=Origin(path=papers.readme or repository.name))


def _find_application(
    files: FileTree, packages: tuple[ManifestFacts, ...]
) -> Fact[ProjectKind] | None:
    path = next((path for path in sorted(files.sizes) if _APPLICATION_FILES.match(path)), None)
    main = packages[0] if packages else None
    is_importable = main is not None and main.is_library and not main.is_private
    if path and not (is_importable and path.startswith("apps/")):
        return Fact(value=ProjectKind.APPLICATION, origin=Origin(path=path))
    for facts in packages:
        is_package = facts.is_library and not facts.is_private
        if facts.dependencies & _APPLICATION_DEPENDENCIES and not is_package:
            return Fact(value=ProjectKind.APPLICATION, origin=Origin(path=facts.path))
    server = next((path for path in sorted(files.sizes) if _SERVER_FILES.match(path)), None)
    if server is None and main and not main.executables:
        server = files.find("Dockerfile")
    if server and main and not main.is_library and not _is_command_line(main):
        return Fact(value=ProjectKind.APPLICATION, origin=Origin(path=server))
    return None


def _is_command_line(facts: ManifestFacts) -> bool:
    """Whether the package says of itself that it is for the terminal."""
    text = " ".join([facts.description.value if facts.description else "", *facts.keywords])
    return re.search(r"\b(?:cli|command[- ]line|terminal)\b", text, re.IGNORECASE) is not None


def _find_program(
    packages: tuple[ManifestFacts, ...], outline: Outline | None
) -> Fact[ProjectKind] | None:
    program = next((facts for facts in packages if facts.executables), None)
    if program is None:
        return None
    if program.is_library and program.ecosystem not in {"cargo", "go"}:
        shown = _first_use(program, outline)
        says_library = program.description and _LIBRARY_WORDS.search(program.description.value)
        if shown == "import" or (shown is None and says_library):
            return None
    return Fact(value=ProjectKind.TOOL, origin=Origin(path=program.path))


def _first_use(program: ManifestFacts, outline: Outline | None) -> str | None:
    """Return `import` or `command`, whichever the README's code shows first."""
    names = "|".join(re.escape(name) for name in program.executables[:10])
    command = re.compile(rf"^\s*(?:[$%>] ?)?(?:npx |uvx |bundle exec )?(?:{names})(?: |$)")
    for block in outline.blocks if outline else ():
        if not isinstance(block, CodeBlock):
            continue
        for line in block.lines[:200]:
            if _IMPORT.search(line):
                return "import"
            if command.match(line):
                return "command"
    return None


def _find_library(packages: tuple[ManifestFacts, ...]) -> Fact[ProjectKind] | None:
    library = next((facts for facts in packages if facts.is_library and not facts.is_private), None)
    return Fact(value=ProjectKind.LIBRARY, origin=Origin(path=library.path)) if library else None


def _find_documents(repository: Repository, code: Mapping[str, int]) -> Fact[ProjectKind] | None:
    texts = {
        path: size
        for path, size in repository.files.sizes.items()
        if PurePosixPath(path).suffix.casefold() in _DOCUMENT_SUFFIXES and not _ASIDE.match(path)
    }
    total = sum(texts.values())
    programs = sum(size for name, size in code.items() if name not in {"HTML", "TeX", "CSS"})
    if total < _DOCUMENTS_MINIMUM_BYTES or total < 2 * programs:
        return None
    largest = max(sorted(texts), key=lambda path: texts[path])
    return Fact(value=ProjectKind.DOCUMENTS, origin=Origin(path=largest))
