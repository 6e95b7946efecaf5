"""Clones a repository through git itself, for any URL, and where the API cannot be asked.

The checkout is kept by commit, so the next build of the same commit fetches nothing. Nothing that
the repository brings is run: no hooks, filters, submodules or helpers.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from generator.errors import (
    RepositoryNotFound,
    SourceError,
    SourceMissing,
    SourceRefused,
    SourceUnreachable,
)
from generator.source.cache_place import keep_or_make, prune_folders
from generator.source.git import clean_environment, has_git
from generator.source.web import NotCached

_LIMIT_BYTES = 4 << 30
_LIMIT_SAID = 1 << 20
_KEPT_CLONES = 8
_SHA = re.compile(r"[0-9a-f]{7,64}")

_SAYS_NO_COMMIT = ("unable to find", "reference is not a tree", "pathspec", "unable to read tree")
_SAYS_NO_REPOSITORY = (
    *("not found", "could not read username", "authentication failed", "denied"),
    *("does not appear to be a git repository", "does not exist"),
)

_OPTIONS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "filter.lfs.smudge=",
    "filter.lfs.process=",
    "filter.lfs.required=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.detachedHead=false",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneBounds:
    """How long git may take: for a question, for a whole history, and for one commit alone."""

    ask_seconds: float = 30.0
    history_seconds: float = 240.0
    commit_seconds: float = 240.0
    total_bytes: int = _LIMIT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where to clone from. The token is for https and is given to the URL's host alone."""

    url: str
    token: str | None = field(default=None, repr=False)
    bounds: CloneBounds = field(default_factory=CloneBounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteHead:
    """What a remote says about the wanted ref. `ref` is None when a bare commit was asked for."""

    commit: str
    ref: str | None
    default_branch: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A checkout on disk."""

    folder: Path
    head: RemoteHead


def clone_repository(
    remote: Remote, *, ref: str | None, cache: Path, is_offline: bool = False
) -> Clone:
    """Return a checkout of `ref` (the remote's HEAD without one).

    Raises RepositoryNotFound, SourceUnreachable, SourceMissing (no such ref, or nothing there).
    """
    if not has_git():
        raise SourceUnreachable("git is not installed.", hint="Install git, or build a folder.")
    url = remote.url
    git = _RemoteGit(remote)
    place = cache / "clones" / hashlib.sha256(url.encode()).hexdigest()[:32]
    note = place / f"head-{hashlib.sha256((ref or '').encode()).hexdigest()[:16]}.json"
    head = _read_note(note, url) if is_offline else git.find_head(ref)
    folder = place / head.commit
    if is_offline and not folder.is_dir():
        raise _offline(url)
    keep_or_make(folder, lambda work: git.check_out(head, work))
    prune_folders(place, keep=folder, count=_KEPT_CLONES)
    with suppress(OSError):
        note.write_text(json.dumps(asdict(head)))
    return Clone(folder=folder, head=head)


def fetch_commit(remote: Remote, commit: str, folder: Path) -> None:
    """Fill the empty `folder` with the files of one commit, without its history."""
    _RemoteGit(remote).fetch_commit(commit, folder)


def _read_note(note: Path, url: str) -> RemoteHead:
    try:
        return RemoteHead(**json.loads(note.read_text()))
    except (OSError, ValueError, TypeError):
        raise _offline(url) from None


def _offline(url: str) -> NotCached:
    return NotCached(
        f"The build is offline, and {url} was not cloned before.",
        hint="Build once without --offline.",
    )


class _RemoteGit:
    """Git talking to one URL."""

    def __init__(self, remote: Remote) -> None:
        self.url, self.token, self.bounds = remote.url, remote.token, remote.bounds

    def find_head(self, ref: str | None) -> RemoteHead:
        wanted = [f"refs/heads/{ref}", f"refs/tags/{ref}", f"refs/tags/{ref}^{{}}"] if ref else []
        said = self._run(
            ["ls-remote", "--symref", "--", self.url, "HEAD", *wanted],
            seconds=self.bounds.ask_seconds,
        )
        names, default = _read_refs(said)
        if ref is None:
            if "HEAD" not in names:
                raise SourceMissing(
                    f"{self.url} is empty: it has no commit.", hint="Push a README.md first."
                )
            return RemoteHead(commit=names["HEAD"], ref=default, default_branch=default)
        for name in (wanted[0], wanted[2], wanted[1]):
            if name in names:
                return RemoteHead(commit=names[name], ref=ref, default_branch=default)
        if _SHA.fullmatch(ref):
            return RemoteHead(commit=ref, ref=None, default_branch=default)
        raise SourceMissing(
            f"{self.url} has no branch, tag or commit {ref}.",
            hint="`git ls-remote` with that URL lists what there is.",
        )

    def check_out(self, head: RemoteHead, work: Path) -> None:
        """Fill `work`: the whole history without old contents, or one commit if that takes long."""
        narrow = ["--single-branch", f"--branch={head.ref}"] if head.ref else []
        common = ["--no-checkout", "--template=", "--no-recurse-submodules", "--filter=blob:none"]
        try:
            self._run(
                ["clone", "--quiet", *common, *narrow, "--", self.url, str(work)],
                seconds=self.bounds.history_seconds,
                grows=work,
            )
        except _TooSlow:
            if not head.ref:
                raise
            # `git clone` removed what it had written; a commit alone is much smaller.
            work.mkdir(exist_ok=True)
            self._run(
                ["clone", "--quiet", "--depth=1", *common, *narrow, "--", self.url, str(work)],
                seconds=self.bounds.commit_seconds,
                grows=work,
            )
        self._run(
            ["-C", str(work), "checkout", "--quiet", "--detach", head.commit, "--"],
            seconds=self.bounds.commit_seconds,
            grows=work,
        )

    def fetch_commit(self, commit: str, folder: Path) -> None:
        place, seconds = ["-C", str(folder)], self.bounds.commit_seconds
        self._run([*place, "init", "--quiet", "--template="], seconds=self.bounds.ask_seconds)
        fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--", self.url, commit]
        self._run([*place, *fetch], seconds=seconds, grows=folder)
        check_out = ["checkout", "--quiet", "--detach", "FETCH_HEAD", "--"]
        self._run([*place, *check_out], seconds=seconds, grows=folder)

    def _run(self, args: list[str], *, seconds: float, grows: Path | None = None) -> str:
        options = [part for setting in _OPTIONS for part in ("-c", setting)]
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
            try:
                process = subprocess.Popen(  # noqa: S603 - a fixed program, no shell
                    ["git", *options, *args],  # noqa: S607 - found on PATH, as a person would
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=complaints,
                    # Without a terminal ssh cannot stop the build to ask for a passphrase.
                    start_new_session=True,
                )
            except OSError as error:
                raise SourceUnreachable(f"git cannot be run: {error}.") from error
            with process:
                self._watch(process, seconds, grows)
            complaints.seek(0)
            if process.returncode != 0:
                raise self._explain(complaints.read(4000).decode("utf-8", "replace"))
            output.seek(0)
            return output.read(_LIMIT_SAID).decode("utf-8", "surrogateescape")

    def _watch(self, process: subprocess.Popen[bytes], seconds: float, grows: Path | None) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                is_big = grows is not None and _size_of(grows) > self.bounds.total_bytes
                if is_big or time.monotonic() > deadline:
                    # Its transport is a process of its own; the session ends with both.
                    with suppress(OSError):
                        os.killpg(process.pid, 9)
                    process.wait()
                    raise self._refuse_size() if is_big else _TooSlow(self.url) from None
            else:
                return

    def _refuse_size(self) -> SourceRefused:
        return SourceRefused(
            f"{self.url} is larger than {self.bounds.total_bytes >> 30} GiB.",
            hint="Clone the part you need (`git sparse-checkout`), and build that folder.",
        )

    def _environment(self) -> dict[str, str]:
        """Allow the one transport of the URL, and give the token by environment, not argument."""
        scheme = urlsplit(self.url).scheme if "://" in self.url else "ssh"
        extra = {"GIT_ALLOW_PROTOCOL": scheme, "GIT_LFS_SKIP_SMUDGE": "1", "GIT_NO_LAZY_FETCH": "0"}
        for name in ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO"):
            if name in os.environ:
                extra[name] = os.environ[name]
        extra.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
        if self.token:
            split = urlsplit(self.url)
            login = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
            extra |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{split.scheme}://{split.netloc}/.extraHeader",
                "GIT_CONFIG_VALUE_0": f"Authorization: Basic {login}",
            }
        return clean_environment(extra)

    def _explain(self, said: str) -> SourceError:
        lines = [line for line in said.strip().splitlines() if line.startswith(("fatal", "error"))]
        reason = (lines or said.strip().splitlines() or ["no reason given"])[-1][:300]
        folded = said.casefold()
        if any(sign in folded for sign in _SAYS_NO_COMMIT):
            return SourceMissing(
                f"{self.url} does not have that commit.", hint="Check the sha, or give a branch."
            )
        if any(sign in folded for sign in _SAYS_NO_REPOSITORY) and "resolve host" not in folded:
            return RepositoryNotFound(
                f"No repository at {self.url}, or it is private.",
                hint="Check the spelling and your access: `git ls-remote` with that URL must work.",
            )
        return SourceUnreachable(f"{self.url} cannot be cloned: {reason}", hint="Try again later.")


class _TooSlow(SourceUnreachable):
    """Git was stopped because it took too long."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"{url} took too long to clone.", hint="Clone it yourself, and build the folder."
        )


def _read_refs(said: str) -> tuple[dict[str, str], str | None]:
    """Return ref → commit and the default branch from `git ls-remote --symref`."""
    names: dict[str, str] = {}
    default = None
    for line in said.splitlines():
        value, _, name = line.partition("\t")
        if value.startswith("ref: ") and name == "HEAD":
            default = value.removeprefix("ref: refs/heads/")
        elif _SHA.fullmatch(value):
            names[name] = value
    return names, default


def _size_of(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - speed
    return total
