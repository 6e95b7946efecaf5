"""Which folder holds the documentation tree, whatever generator it was written for."""

from __future__ import annotations

import re

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
    documents = sorted(path for path in files.sizes if _is_document(path))
    by_folded = {folder.casefold(): folder for folder in sorted(_folders_of(documents))}
    for candidate in (*_configured(files), *_NAMES):
        folder = by_folded.get(candidate)
        inside = _below(documents, folder) if folder else []
        if folder and not all(_is_community_file(path, folder) for path in inside):
            return _innermost(inside, folder)
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


def _is_document(path: str) -> bool:
    return "." + path.rpartition(".")[2].casefold() in DOCUMENT_SUFFIXES


def _folders_of(documents: list[str]) -> set[str]:
    """Every folder with a document at any depth below it."""
    found: set[str] = set()
    for path in documents:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _below(documents: list[str], folder: str) -> list[str]:
    return [path for path in documents if path.startswith(f"{folder}/")]


def _is_community_file(path: str, folder: str) -> bool:
    """Whether a text is no more than a community file; one in a subfolder is a document."""
    name = path[len(folder) + 1 :]
    return "/" not in name and _is_paper(name)


def _innermost(documents: list[str], folder: str) -> str:
    """Step into a generator's content folder, and into the only language below it."""
    for name in _INNER:
        inside = _below(documents, f"{folder}/{name}")
        if 2 * len(inside) > len(documents):
            return _only_language(inside, f"{folder}/{name}")
    return _only_language(documents, folder)


def _only_language(documents: list[str], folder: str) -> str:
    names = [path[len(folder) + 1 :] for path in documents]
    children = {name.partition("/")[0] for name in names if "/" in name}
    texts = [name for name in names if "/" not in name and not _is_paper(name)]
    if len(children) == 1 and not texts:
        child = children.pop()
        return f"{folder}/{child}" if read_language_tag(child) else folder
    return folder


def _is_paper(name: str) -> bool:
    return _PAPER.match(name.rpartition(".")[0].casefold()) is not None
