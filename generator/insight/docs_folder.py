"""Which folder holds the documentation tree, whatever generator it was written for."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from generator.insight.texts import read_source
from generator.insight.translations import read_language_tag
from generator.model.files import FileTree

DOCUMENT_SUFFIXES = frozenset({".md", ".mdx", ".markdown", ".rst", ".adoc", ".asciidoc", ".org"})

_NAMES = ("docs", "doc", "documentation", "website/docs", "site/docs", "docs/content", "guide")

# Generators that keep the pages one floor deeper: Starlight, Hugo and Zola, mdBook, Sphinx, MkDocs.
_INNER = ("src/content/docs", "content", "src", "source", "docs")

# A generator's own file that names the folder: path, pattern, what it is when the key is absent.
_CONFIGURATIONS = (
    ("mkdocs.yml", r"^docs_dir:[ \t]*[\"']?([\w./-]+)", "docs"),
    ("mkdocs.yaml", r"^docs_dir:[ \t]*[\"']?([\w./-]+)", "docs"),
    ("zensical.toml", r"^[ \t]*docs_dir[ \t]*=[ \t]*[\"']([\w./-]+)", "docs"),
    ("book.toml", r"^[ \t]*src[ \t]*=[ \t]*[\"']([\w./-]+)", "src"),
    ("docs/book.toml", r"^[ \t]*src[ \t]*=[ \t]*[\"']([\w./-]+)", "src"),
    ("website/docusaurus.config.js", r"^[ \t]*path:[ \t]*[\"']([\w./-]*docs)[\"']", "docs"),
    ("website/docusaurus.config.ts", r"^[ \t]*path:[ \t]*[\"']([\w./-]*docs)[\"']", "docs"),
)

_PAPER = re.compile(
    r"^(readme|contributing|code[-_]of[-_]conduct|security|support|governance|change(log|s)|history"
    r"|licen[sc]e|copying|releases?|authors|maintainers|index)([-_.].*)?$"
)


def find_docs_folder(files: FileTree) -> str | None:
    """Return the folder of the docs tree, None when it holds only community files."""
    folders = _folders_with_documents(files)
    for candidate in (*_configured(files), *_NAMES):
        folder = next((found for found in folders if found.casefold() == candidate), None)
        if folder is not None and _holds_documents(files, folder):
            return _innermost(files, folder)
    return None


def _configured(files: FileTree) -> list[str]:
    found = []
    for path, pattern, default in _CONFIGURATIONS:
        if not files.has(path):
            continue
        source = read_source(files, path)
        match = re.search(pattern, source.text, re.MULTILINE) if source else None
        named = match[1] if match else default
        folder = _resolve(path.rpartition("/")[0], named)
        if folder:
            found.append(folder.casefold())
    return found


def _resolve(base: str, relative: str) -> str | None:
    """Return `relative` below `base` without dots, None when it leaves the repository."""
    parts = [part for part in base.split("/") if part]
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _folders_with_documents(files: FileTree) -> list[str]:
    """Every folder with a document at any depth below it, shallow ones first."""
    folders = {
        str(parent)
        for path in files.sizes
        if PurePosixPath(path).suffix.casefold() in DOCUMENT_SUFFIXES
        for parent in PurePosixPath(path).parents
    }
    return sorted(folders - {"."}, key=lambda folder: (folder.count("/"), folder))


def _holds_documents(files: FileTree, folder: str) -> bool:
    """Whether a text below the folder is more than a community file; one in a subfolder counts."""
    for path in files.under(folder):
        name = PurePosixPath(path)
        if name.suffix.casefold() not in DOCUMENT_SUFFIXES:
            continue
        is_direct = "/" not in path[len(folder) + 1 :]
        if not (is_direct and _PAPER.match(name.stem.casefold())):
            return True
    return False


def _innermost(files: FileTree, folder: str) -> str:
    """Step into a generator's content folder, and into the only language below it."""
    for name in _INNER:
        inner = f"{folder}/{name}"
        if inner in files.folders and _holds_most(files, inner, folder):
            return _only_language(files, inner)
    return _only_language(files, folder)


def _holds_most(files: FileTree, inner: str, outer: str) -> bool:
    return 2 * _count(files, inner) > _count(files, outer)


def _only_language(files: FileTree, folder: str) -> str:
    inner = {
        path[len(folder) + 1 :].split("/", 1)[0] + ("/" if "/" in path[len(folder) + 1 :] else "")
        for path in files.under(folder)
        if PurePosixPath(path).suffix.casefold() in DOCUMENT_SUFFIXES
    }
    children = {name.rstrip("/") for name in inner if name.endswith("/")}
    texts = {name for name in inner if not name.endswith("/") and not _is_paper(name)}
    if len(children) == 1 and not texts:
        child = children.pop()
        return f"{folder}/{child}" if read_language_tag(child) else folder
    return folder


def _is_paper(name: str) -> bool:
    return _PAPER.match(PurePosixPath(name).stem.casefold()) is not None


def _count(files: FileTree, folder: str) -> int:
    return sum(
        PurePosixPath(path).suffix.casefold() in DOCUMENT_SUFFIXES for path in files.under(folder)
    )
