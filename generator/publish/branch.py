"""One branch of a remote repository as a tree of files: read, changed, pushed.

Contents are fetched only when asked for; a push sends only what the remote lacks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import PublishError, TargetRefused
from generator.publish.git import Git, GitFailed, Remote, explain, printable

AUTHOR = "4site"
EMAIL = "4site@localhost"
_TIP = "refs/4site/tip"
_REFUSED = re.compile(r"^!\t\S+\t\[(?P<kind>[^\]]+)\]\s*(?P<why>.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file of the tree: its mode and the name of its content."""

    mode: str
    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """What the remote says: its default branch and the branch's commit, None without one."""

    default: str | None
    tip: str | None


class NotPushed(TargetRefused):
    """The remote took nothing: its rules, or somebody else's push, forbid it."""


class Branch:
    """The branch `name` of the remote, as it was when `read` looked."""

    def __init__(self, git: Git, name: str) -> None:
        self._git, self.name = git, name
        self.ref = f"refs/heads/{name}"
        self.tip: str | None = None
        self.files: dict[str, Blob] = {}

    def look(self) -> Refs:
        """Ask the remote where its branches are. Raises a PublishError."""
        # An answer that was cut off looks to git like a server without refs: ask that one twice.
        command = ("ls-remote", "--symref", "--", self._git.remote.url, "HEAD", self.ref)
        said = self._git.ask(*command) or self._git.ask(*command)
        default, tip = None, None
        for line in said.decode("utf-8", "replace").splitlines():
            value, _, name = line.partition("\t")
            if value.startswith("ref: ") and name == "HEAD":
                default = value.removeprefix("ref: refs/heads/")
            elif name == self.ref:
                tip = value
        return Refs(default=default, tip=tip)

    def read(self, tip: str | None) -> None:
        """Make the repository, and fetch the tree at `tip` if there is one."""
        git, self.tip = self._git, tip
        kind = "sha256" if tip and len(tip) == 64 else "sha1"
        git.run("init", "--quiet", "--bare", "--template=", f"--object-format={kind}")
        git.run("remote", "add", "origin", git.remote.url)
        if tip is None:
            return
        git.ask("fetch", "--quiet", "--depth=1", "--no-tags", "--filter=blob:none",
                "--no-write-fetch-head", "origin", f"+{self.ref}:{_TIP}")  # fmt: skip
        self.tip = git.run("rev-parse", _TIP).decode().strip()
        self.files = dict(_read_tree(git.run("ls-tree", "-r", "-z", "--full-tree", self.tip)))

    def name_of(self, content: bytes) -> str:
        """Return the name git gives to a content."""
        is_long = self.tip is not None and len(self.tip) == 64
        digest = hashlib.new("sha256" if is_long else "sha1", usedforsecurity=False)
        digest.update(b"blob %d\0" % len(content))
        digest.update(content)
        return digest.hexdigest()

    def content_of(self, sha: str) -> bytes:
        """Return a content, fetched if need be. Raises a PublishError."""
        return self._git.ask("cat-file", "blob", sha)

    def add_files(self, folder: Path, paths: Iterable[str]) -> list[str]:
        """Take in the contents of files below `folder` as they are; return their names."""
        given = "".join(f"{path}\n" for path in paths).encode()
        said = self._git.run("hash-object", "-w", "--no-filters", "--stdin-paths",
                             stdin=given, cwd=folder)  # fmt: skip
        return said.decode().split()

    def add_content(self, content: bytes) -> Blob:
        said = self._git.run("hash-object", "-w", "--stdin", stdin=content)
        return Blob(mode="100644", sha=said.decode().strip())

    def commit(
        self, files: Mapping[str, Blob], message: str, *, made_at: int, parent: str | None
    ) -> str:
        """Return a commit of exactly these files; the same arguments make the same commit."""
        index = {"GIT_INDEX_FILE": str(self._git.folder / "4site-index")}
        lines = "".join(f"{blob.mode} {blob.sha}\t{path}\0" for path, blob in files.items())
        try:
            self._git.run("update-index", "-z", "--index-info", stdin=lines.encode(
                "utf-8", "surrogateescape"), extra=index)  # fmt: skip
            tree = self._git.run("write-tree", "--missing-ok", extra=index).decode().strip()
        except GitFailed as error:
            raise TargetRefused(
                f"The branch {self.name} cannot hold these files: {error.said.strip()[:300]}",
                hint="A file of the branch may lie where the site needs a folder: remove it there.",
            ) from error
        parents = ["-p", parent] if parent else []
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", AUTHOR), ("EMAIL", EMAIL), ("DATE", f"{made_at} +0000"))
        }
        said = self._git.run("commit-tree", tree, *parents, stdin=message.encode(), extra=who)
        return said.decode().strip()

    def tree_of(self, commit: str) -> str:
        return self._git.run("rev-parse", f"{commit}^{{tree}}").decode().strip()

    def push(self, commit: str) -> None:
        """Put the branch at `commit` if it still is where `read` found it.

        Raises NotPushed when the remote says no, another PublishError when it does not answer.
        A push whose answer got lost is found out about by asking.
        """
        try:
            self._git.run(
                "push", "--porcelain", "--no-verify", "--no-follow-tags",
                f"--force-with-lease={self.ref}:{self.tip or ''}",
                "origin", f"{commit}:{self.ref}",
                is_network=True,
            )  # fmt: skip
        except GitFailed as error:
            reason = self._explain_push(error.said)
            if _has_moved(error.said) or not isinstance(reason, TargetRefused):
                self._check_landed(commit, reason, error)
            else:
                raise reason from error

    def _check_landed(self, commit: str, reason: PublishError, error: GitFailed) -> None:
        if self.look().tip != commit:
            raise reason from error

    def _explain_push(self, said: str) -> PublishError:
        title, refused = self._git.remote.title, _REFUSED.search(said)
        if refused is None:
            return explain(said, self._git.remote)
        if _has_moved(said):
            return NotPushed(
                f"Somebody else pushed to {self.name} of {title} in the meantime.",
                hint="Nothing was changed. Publish again to plan against what is there now.",
            )
        why = _words_of_remote(said) or refused["why"].strip("()") or refused["kind"]
        return NotPushed(
            f"{title} refused the push to {self.name}: {why}.",
            hint="A rule may protect the branch: allow this account to push to it, or name"
            " another with --branch.",
        )


def title_of(remote: Remote, branch: str) -> str:
    return f"{remote.title}, branch {branch}"


def _has_moved(said: str) -> bool:
    refused = _REFUSED.search(said)
    if refused is None:
        return False
    return refused["kind"] == "rejected" or "cannot lock ref" in said or "fetch first" in said


def _words_of_remote(said: str) -> str:
    """Return what the remote's own rules said, in at most 300 characters."""
    lines = [
        line.removeprefix("remote:").strip().removeprefix("error: ")
        for line in printable(said)
        if line.startswith("remote:")
    ]
    return " ".join(filter(None, lines))[:300].rstrip(".")


def _read_tree(listed: bytes) -> Iterable[tuple[str, Blob]]:
    for record in listed.decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = record.partition("\t")
        if path:
            mode, _kind, sha = head.split(" ")
            yield path, Blob(mode=mode, sha=sha)
