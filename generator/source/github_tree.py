"""The files of a commit at GitHub: its tarball, unpacked once and kept by commit.

A tarball lacks what `.gitattributes` marks `export-ignore`, which is often the changelog and the
docs; then git fetches that one commit instead.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from generator.errors import SourceError, SourceMissing, SourceUnreachable
from generator.model.files import FileTree
from generator.model.report import BuildWarning
from generator.settings import SourceSettings
from generator.source.archive import ArchiveBounds, unpack
from generator.source.cache_place import keep_or_make, prune_folders
from generator.source.clone import fetch_commit
from generator.source.exclude import exclude_paths
from generator.source.git import has_git
from generator.source.git_dates import find_documents
from generator.source.github_client import Session, fetch_json, translated
from generator.source.tree import list_tree, warn_of_left_out

_KEPT_TREES = 8
# What projects leave out of tarballs, and sites can do without.
_UNREAD_FOLDERS = frozenset({"test", "tests", "Tests", "spec", ".circleci", ".vscode", ".idea"})


def fetch_tree(session: Session, slug: str, commit: str) -> Path:
    """Return the unpacked tarball of a commit; what the cache holds is not fetched again.

    The folder has `files/`, and `left-out.json` with the paths that could not be unpacked.
    """
    address = f"{session.base}/{slug}".casefold()
    place = session.cache / "trees" / sha256(address.encode()).hexdigest()[:32]
    bounds = ArchiveBounds()

    def fetch(work: Path) -> None:
        packed, files = work / "archive.tar.gz", work / "files"
        files.mkdir()
        with packed.open("w+b") as file:
            url = f"{session.api}/repos/{slug}/tarball/{commit}"
            session.web.download(url, file, accept="*/*", limit_bytes=bounds.packed_bytes)
            file.seek(0)
            left_out = unpack(file, files, bounds=bounds)
        packed.unlink()
        if _lacks_documents(session, slug, commit, files) and has_git():
            shutil.rmtree(files)
            files.mkdir()
            left_out = []
            fetch_commit(session.remote(slug), commit, files)
        (work / "left-out.json").write_text(json.dumps(left_out))

    try:
        tree = keep_or_make(place / commit, fetch)
    except OSError as error:
        raise SourceUnreachable(
            f"The files of {slug} cannot be stored: {error}.",
            hint="Is the disk full? The cache folder can be moved or deleted.",
        ) from error
    prune_folders(place, keep=tree, count=_KEPT_TREES)
    return tree


def _lacks_documents(session: Session, slug: str, commit: str, files: Path) -> bool:
    """Say whether the commit's top folder has a document or folder that the tarball has not."""
    try:
        with translated(slug, has_token=session.has_token):
            _, answer = fetch_json(session.requester, f"/repos/{slug}/git/trees/{commit}")
            entries = [(str(entry["path"]), str(entry["type"])) for entry in answer["tree"]]
    except SourceError:
        # Without the list the tarball is the best there is.
        return False
    missing = [(path, kind) for path, kind in entries if not os.path.lexists(files / path)]
    return any(
        find_documents([path]) if kind == "blob" else kind == "tree" and path not in _UNREAD_FOLDERS
        for path, kind in missing
    )


def list_fetched(
    tree: Path, subfolder: str, *, settings: SourceSettings, warn: Callable[[BuildWarning], None]
) -> FileTree:
    """Return the files below `subfolder` of what `fetch_tree` gave.

    Raises SourceMissing when the folder is not there, or holds no files.
    """
    root = (tree / "files").resolve()
    folder = root / subfolder
    if not folder.is_dir() or not folder.resolve().is_relative_to(root):
        raise SourceMissing(
            f"The repository has no folder {subfolder} there.",
            hint="Check the path and the branch; letter case counts.",
        )
    prefix = f"{subfolder}/" if subfolder else ""
    left_out: list[str] = json.loads((tree / "left-out.json").read_text())
    files, warnings = list_tree(folder, skip=exclude_paths(settings.exclude))
    warnings += warn_of_left_out([path for path in left_out if path.startswith(prefix)])
    for warning in warnings:
        warn(warning)
    if not files.sizes:
        raise SourceMissing(
            "The repository holds no files to build a site from.",
            hint="Add a README.md, or name another branch or folder.",
        )
    return files
