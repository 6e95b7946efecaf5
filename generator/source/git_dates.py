"""When each document of a checkout was last changed, from one walk over git's log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Generator, Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import PurePosixPath

from generator.source.git import Git

_LIMIT_COMMITS = 200_000
# Git compares a path with each of these at each commit: a glob costs a hundred times a folder,
# and many files cost more than their folder.
_LIMIT_PLACES = 100
_FILES_OF_A_FOLDER = 4
DOCUMENT_SUFFIXES = (
    ".md",
    ".markdown",
    ".mdown",
    ".mkd",
    ".mdx",
    ".rst",
    ".adoc",
    ".asciidoc",
    ".org",
    ".txt",
    ".ipynb",
)


def find_documents(paths: Iterable[str]) -> list[str]:
    """Return the paths that hold text for readers, sorted."""
    return sorted(path for path in paths if _is_document(path))


def _is_document(path: str) -> bool:
    name = PurePosixPath(path).name.casefold()
    return name.endswith(DOCUMENT_SUFFIXES) or ("." not in name and "/" not in path)


def read_changes(git: Git, documents: Collection[str]) -> dict[str, datetime]:
    """Return when each document last changed; the walk ends once all were seen.

    `documents` are relative to git's folder. Raises GitFailed when git takes too long.
    """
    # What HEAD does not hold (a new file) would never be found, and the walk would not end early.
    held = git.records(["ls-tree", "-r", "-z", "--name-only", "HEAD"])
    missing = set(documents).intersection(held)
    changed: dict[str, datetime] = {}
    if not missing:
        return changed
    with closing(_walk(git, choose_places(missing))) as changes:
        for seconds, path in changes:
            if path in missing:
                missing.remove(path)
                changed[path] = datetime.fromtimestamp(seconds, UTC)
                if not missing:
                    break
    return changed


def choose_places(documents: Collection[str]) -> list[str]:
    """Return at most a hundred folders and files that cover the documents; `.` covers all."""
    in_folder = Counter(path.rpartition("/")[0] for path in documents)
    places = set()
    for path in documents:
        folder = path.rpartition("/")[0]
        is_crowded = folder and in_folder[folder] >= _FILES_OF_A_FOLDER
        places.add(folder if is_crowded else path)
    places = _outermost(places)
    while len(places) > _LIMIT_PLACES:
        places = _outermost({place.rpartition("/")[0] or "." for place in places})
    return sorted(places)


def _outermost(places: set[str]) -> set[str]:
    """Leave out what lies in another place of the set."""
    if "." in places:
        return {"."}
    return {
        place
        for place in places
        if not any(str(parent) in places for parent in PurePosixPath(place).parents)
    }


def _walk(git: Git, places: list[str]) -> Generator[tuple[int, str], None, None]:
    """Yield (commit time, path) for every change in these places, newest commit first."""
    args = ["--literal-pathspecs", "log", "--format=tformat:%x01%ct", "--name-only", "-z"]
    args += ["--no-renames", "--no-ext-diff", "--relative", f"--max-count={_LIMIT_COMMITS}"]
    seconds = 0
    with closing(git.records([*args, "HEAD", "--", *places], limit_bytes=1 << 30)) as records:
        for record in records:
            text = record.lstrip("\n")
            if text.startswith("\x01"):
                seconds = int(text[1:])
            elif text:
                yield seconds, text
