"""The `exclude` patterns of the settings: which paths stay out of the site."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

_LIMIT_PATTERNS = 200


def exclude_paths(patterns: Sequence[str], *, folder: str | None = None) -> Callable[[str], bool]:
    """Return a test for paths that `patterns` or the one `folder` (the output) leave out.

    A pattern means what it would in `.gitignore`: with a slash inside it starts at the root, else
    any file or folder of that name; `*` stays within a segment and `**` spans them.
    """
    split = [
        tuple(_segments(pattern)) for pattern in patterns[:_LIMIT_PATTERNS] if pattern.strip("/")
    ]

    def is_excluded(path: str) -> bool:
        if folder is not None and (path == folder or path.startswith(f"{folder}/")):
            return True
        parts = tuple(path.split("/")) if split else ()
        return any(_matches_prefix(pattern, parts) for pattern in split)

    return is_excluded


def _segments(pattern: str) -> list[str]:
    is_anchored = "/" in pattern.rstrip("/")
    parts = [part for part in pattern.split("/") if part not in {"", "."}]
    return parts if is_anchored else ["**", *parts]


def _matches_prefix(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Say whether the pattern matches the path or one of its folders, without backtracking."""
    # reachable[i]: the pattern's first i segments match what was read so far.
    reachable = _skip_stars(pattern, {0})
    for part in parts:
        following = set()
        for index in reachable:
            if index < len(pattern) and pattern[index] == "**":
                following.add(index)
                if index == len(pattern) - 1:
                    following.add(index + 1)
            elif index < len(pattern) and _matches_segment(part, pattern[index]):
                following.add(index + 1)
        reachable = _skip_stars(pattern, following)
        if len(pattern) in reachable:
            return True
    return False


def _skip_stars(pattern: tuple[str, ...], indexes: set[int]) -> set[int]:
    """Add what `**` reaches by matching nothing; a final `**` must match something."""
    found = set(indexes)
    for index in sorted(indexes):
        at = index
        while at < len(pattern) - 1 and pattern[at] == "**":
            at += 1
            found.add(at)
    return found


@lru_cache(maxsize=65536)
def _matches_segment(part: str, pattern: str) -> bool:
    return fnmatchcase(part, pattern)
