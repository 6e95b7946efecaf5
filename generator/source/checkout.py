"""A local folder becomes a `Repository`: its files, and what git says where there is git.

Nothing here asks the network.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import ConfigurationError, SourceError, SourceMissing
from generator.model.files import FileTree
from generator.model.forge import Forge, ForgeKind, parse_forge
from generator.model.report import BuildWarning
from generator.model.repository import History, Repository
from generator.settings import BuildOptions, SourceSettings
from generator.source.exclude import exclude_paths
from generator.source.git import Git, GitFailed, has_git
from generator.source.git_dates import find_documents
from generator.source.git_history import read_history
from generator.source.history_memory import open_memory
from generator.source.submodules import find_lfs_pointers, read_submodules
from generator.source.tree import list_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class _GitState:
    """Where a checkout stands. `prefix` is the folder's path inside the checkout."""

    git: Git
    top: str
    prefix: str
    is_shallow: bool
    commit: str | None
    branch: str | None


def read_checkout(
    folder: Path,
    *,
    settings: SourceSettings,
    options: BuildOptions,
    warn: Callable[[BuildWarning], None],
) -> Repository:
    """Return the folder as a repository: tracked files and new ones that git does not ignore.

    Raises SourceMissing when there is nothing to build from, SourceRefused over a bound.
    """
    root = Path(os.path.realpath(folder))
    state = _find_git(root)
    files = _list_files(root, state, settings, options, warn)
    if not files.sizes:
        raise SourceMissing(
            f"{folder} holds no files to build a site from.",
            hint="Add a README.md, or name another folder; ignored files do not count.",
        )
    kinds = forge_kinds(settings.forges)
    forge = forge_of_settings(settings) or (_read_forge(state.git, kinds) if state else None)
    name = forge.name if forge else root.name
    return Repository(
        name=name or "repository",
        files=files,
        forge=forge,
        ref=None if state is None else state.branch or _tag_at_head(state.git),
        default_branch=None if state is None else _default_branch(state),
        commit=None if state is None else state.commit,
        subfolder="" if state is None else state.prefix,
        history=None if state is None else _read_history(state, files, options, warn),
        submodules=read_submodules(files, forge),
        lfs_pointers=find_lfs_pointers(files),
    )


def forge_kinds(forges: Mapping[str, str]) -> dict[str, ForgeKind]:
    """Return each host of the settings with its family. Raises ConfigurationError."""
    try:
        return {host.lower(): ForgeKind(family) for host, family in forges.items()}
    except ValueError as error:
        known = ", ".join(kind.value for kind in ForgeKind)
        raise ConfigurationError(
            f"[source] forges: {error}.", hint=f"The families are {known}."
        ) from error


def forge_of_settings(settings: SourceSettings) -> Forge | None:
    """Return the forge that `--repo` or the settings name. Raises ConfigurationError."""
    if settings.forge is None:
        return None
    forge = parse_forge(settings.forge, kinds=forge_kinds(settings.forges))
    if forge is None:
        raise ConfigurationError(
            f"{settings.forge} is not the address of a repository at a forge that 4site knows.",
            hint="Give https://github.com/owner/name, or add the host under [source] forges.",
        )
    return forge


def _find_git(root: Path) -> _GitState | None:
    git = Git(folder=root)
    if not has_git():
        return None
    said = git.text("rev-parse", "--is-shallow-repository", "--show-prefix", "--show-toplevel")
    if said is None:
        return None
    shallow, prefix, top = said.split("\n", 2)
    # A `core.worktree` that points elsewhere would make another folder's files look like ours.
    if not root.is_relative_to(os.path.realpath(top)):
        return None
    return _GitState(
        git=git,
        top=top,
        prefix=prefix.rstrip("/"),
        is_shallow=shallow == "true",
        commit=git.text("rev-parse", "--verify", "--quiet", "HEAD^{commit}"),
        branch=git.text("symbolic-ref", "--quiet", "--short", "HEAD"),
    )


def _list_files(
    root: Path,
    state: _GitState | None,
    settings: SourceSettings,
    options: BuildOptions,
    warn: Callable[[BuildWarning], None],
) -> FileTree:
    skip = exclude_paths(settings.exclude, folder=_folder_inside(root, options.out))
    wanted = None if state is None else _git_paths(state.git)
    files, warnings = list_tree(root, wanted=wanted, skip=skip)
    for warning in warnings:
        warn(warning)
    return files


def _folder_inside(root: Path, out: Path) -> str | None:
    """Return the output folder's path below the root; None when it is elsewhere or the root."""
    place = Path(os.path.realpath(out))
    if place == root or not place.is_relative_to(root):
        return None
    return place.relative_to(root).as_posix()


def _git_paths(git: Git) -> frozenset[str]:
    """Return tracked paths and new ones that are not ignored."""
    args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        return frozenset(git.records(args))
    except GitFailed as error:
        # A walk instead would show ignored files, and people ignore what is secret.
        raise SourceError(
            f"The files of the checkout cannot be listed: {error.message}",
            hint="`git status` and `git fsck` there tell more.",
        ) from error


def _read_history(
    state: _GitState,
    files: FileTree,
    options: BuildOptions,
    warn: Callable[[BuildWarning], None],
) -> History | None:
    documents = find_documents(files.sizes)
    place = [state.top, state.prefix, state.commit or ""]
    history = read_history(
        state.git,
        documents=documents,
        is_shallow=state.is_shallow,
        memory=open_memory(options, place, _stamp(Path(state.top) / ".mailmap"), documents),
        warn=warn,
    )
    if state.is_shallow:
        warn(
            BuildWarning(
                code="history_shallow",
                message="This is a shallow clone: the site shows no dates or people from git.",
                hint="Run `git fetch --unshallow`, or set `fetch-depth: 0` in the CI checkout.",
            )
        )
    return history


def _stamp(file: Path) -> list[str]:
    """Return what changes when the file does."""
    try:
        status = file.stat()
    except OSError:
        return []
    return [str(status.st_mtime_ns), str(status.st_size)]


def _read_forge(git: Git, kinds: dict[str, ForgeKind]) -> Forge | None:
    """Return the forge of `origin`, or of the only remote there is."""
    remotes = (git.text("remote") or "").split("\n")
    name = "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else ""
    if not name or name.startswith("-"):
        return None
    # The address as configured comes first: a mirror set by `insteadOf` is not where readers go.
    for args in (("config", "--get", f"remote.{name}.url"), ("ls-remote", "--get-url", name)):
        forge = parse_forge(git.text(*args) or "", kinds=kinds)
        if forge is not None:
            return forge
    return None


def _default_branch(state: _GitState) -> str | None:
    head = state.git.text("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    return head.partition("/")[2] if head else state.branch


def _tag_at_head(git: Git) -> str | None:
    return git.text("describe", "--tags", "--exact-match", "HEAD")
