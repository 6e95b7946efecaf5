"""Where the well-known documents are: README, changelog, licences, community files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from generator.insight.docs_folder import find_docs_folder
from generator.insight.translations import find_translations
from generator.model.files import FileTree
from generator.model.insight import Papers
from generator.model.report import BuildWarning
from generator.settings import SourceSettings

# The order in which GitHub chooses between READMEs of one folder.
README_SUFFIXES = (
    *(".md", ".markdown", ".mdown", ".mkdn", ".mkd", ".mdx", ".rst", ".rest"),
    *(".textile", ".rdoc", ".org", ".creole", ".mediawiki", ".wiki"),
    *(".asciidoc", ".adoc", ".asc", ".pod", ".txt", ""),
)

_README_FOLDERS = (".github", "", "docs")
_COMMUNITY_FOLDERS = (".github", "", "docs")
_CHANGELOG_FOLDERS = ("", "docs", "doc", ".github")
_CHANGELOG_NAMES = (
    *("changelog", "changes", "history", "news", "releases"),
    *("release-notes", "release_notes", "releasenotes"),
)
_RENDERED_SUFFIXES = frozenset(README_SUFFIXES) - {".txt", "", ".pod", ".creole"}

_LICENSE_NAME = re.compile(
    r"^(?:licen[sc]es?|copying|unlicense|(?:[a-z0-9.]+[-_])?licen[sc]e)(?:[-_. ][\w.+ -]*)?$"
)
_LICENSE_ORDER = re.compile(r"^(licen[sc]e|copying|unlicense)(\.[a-z]+)?$")
_NOT_OURS = re.compile(r"third|3rd|extern|depend|vendor|header|template|check")
_TEXT_SUFFIXES = frozenset({"", ".md", ".markdown", ".txt", ".rst", ".adoc", ".org", ".textile"})
_NO_LICENSE_SUFFIXES = """
    .py .js .mjs .cjs .ts .tsx .go .rs .rb .php .c .h .cc .cpp .java .kt .cs .swift .sh .ps1 .bat
    .json .json5 .yml .yaml .toml .lock .xml .ini .cfg .conf .css .html .svg .png .jpg .jpeg .gif
    .ico .pdf .webp .in .tmpl .j2 .csv
"""
_CODE_SUFFIXES = frozenset(_NO_LICENSE_SUFFIXES.split())


def find_papers(
    files: FileTree, settings: SourceSettings, *, warn: Callable[[BuildWarning], None]
) -> Papers:
    """Return where the documents are; a path from the settings wins, a missing one is reported."""
    readme = _chosen(files, settings.readme, "source.readme", warn) or find_readme(files)
    docs = _chosen_folder(files, settings.docs, warn) or find_docs_folder(files)
    changelog = _chosen(files, settings.changelog, "source.changelog", warn)
    return Papers(
        readme=readme,
        translations=find_translations(files, readme=readme),
        docs=docs,
        changelog=changelog or _find_changelog(files),
        contributing=_find_community(files, "contributing"),
        conduct=_find_community(files, "code_of_conduct", "code-of-conduct", "conduct"),
        security=_find_community(files, "security"),
        support=_find_community(files, "support"),
        governance=_find_community(files, "governance"),
        licenses=_find_licenses(files),
        funding=_first(files, [f"{folder}/funding.yml".lstrip("/") for folder in _README_FOLDERS]),
        citation=_first(files, ["citation.cff", "citation.bib", "citation.md", "citation"]),
    )


def find_readme(files: FileTree) -> str | None:
    """Return the README that GitHub would show: by folder, then by suffix, in any letter case."""
    return _first(
        files,
        [
            _join(folder, f"readme{suffix}")
            for folder in _README_FOLDERS
            for suffix in README_SUFFIXES
        ],
    )


def missing_path(path: str, key: str) -> BuildWarning:
    """Return the warning about a setting that names what the repository does not have."""
    return BuildWarning(
        code="setting_path_missing",
        message=f"{key} names {path}, which the repository does not have.",
        hint=f"Correct {key} in the configuration, or remove it to have it found.",
    )


def _find_community(files: FileTree, *names: str) -> str | None:
    return _first(
        files,
        [
            _join(folder, f"{name}{suffix}")
            for folder in _COMMUNITY_FOLDERS
            for name in names
            for suffix in README_SUFFIXES
        ],
    )


def _find_changelog(files: FileTree) -> str | None:
    """Return the first by folder; a text we can render wins over a plain one (`ChangeLog`)."""
    suffixes = sorted(README_SUFFIXES, key=lambda suffix: suffix not in _RENDERED_SUFFIXES)
    rendered, plain = suffixes[: len(_RENDERED_SUFFIXES)], suffixes[len(_RENDERED_SUFFIXES) :]
    return _first(
        files,
        [
            _join(folder, f"{name}{suffix}")
            for folder in _CHANGELOG_FOLDERS
            for group in (rendered, plain)
            for name in _CHANGELOG_NAMES
            for suffix in group
        ],
    )


def _find_licenses(files: FileTree) -> tuple[str, ...]:
    paths = [path for path in files.sizes if "/" not in path and _is_license_name(path)]
    if not paths:
        paths = [path for path in files.under(".github") if _is_license_name(_name_of(path))]
    collected = [
        path
        for path in files.sizes
        if path.startswith("LICENSES/") and PurePosixPath(path).suffix not in _CODE_SUFFIXES
    ]
    return (*sorted(paths, key=_license_rank), *sorted(collected)[:20])


def _is_license_name(name: str) -> bool:
    folded = name.casefold()
    suffix = PurePosixPath(folded).suffix
    if suffix in _CODE_SUFFIXES or _NOT_OURS.search(folded):
        return False
    return _LICENSE_NAME.match(folded) is not None


def _license_rank(path: str) -> tuple[bool, bool, str]:
    """The plain name first, then named variants; among equals a text suffix, then the path."""
    name = _name_of(path).casefold()
    is_text = PurePosixPath(name).suffix in _TEXT_SUFFIXES
    return (_LICENSE_ORDER.match(name) is None, not is_text, path)


def _first(files: FileTree, candidates: Iterable[str]) -> str | None:
    for candidate in candidates:
        path = files.find(candidate)
        if path is not None and files.sizes[path] > 0:
            return path
    return None


def _chosen(
    files: FileTree, path: str | None, key: str, warn: Callable[[BuildWarning], None]
) -> str | None:
    if path is None:
        return None
    found = files.find(path.removeprefix("./"))
    if found is None:
        warn(missing_path(path, key))
    return found


def _chosen_folder(
    files: FileTree, folder: str | None, warn: Callable[[BuildWarning], None]
) -> str | None:
    if folder is None:
        return None
    wanted = folder.removeprefix("./").strip("/")
    if wanted in files.folders:
        return wanted
    warn(missing_path(folder, "source.docs"))
    return None


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _name_of(path: str) -> str:
    return path.rpartition("/")[2]
