"""Real git repositories for tests, with fixed authors and times so that every run is the same."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_FIRST_COMMIT_AT = 1_600_000_000
_DAY_SECONDS = 86_400


@dataclass(slots=True)
class GitRepository:
    """A checkout under construction. Each commit is made a day after the one before."""

    folder: Path
    commits: int = 0

    def git(self, *args: str, **environment: str) -> str:
        """Run git in the checkout and return what it printed."""
        done = subprocess.run(
            ["git", *args],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
            env={**_environment(), **environment},
        )
        return done.stdout.strip()

    def write(self, path: str, content: str | bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(
        self,
        files: dict[str, str | bytes] | None = None,
        *,
        name: str = "Ada Example",
        email: str = "ada@example.org",
    ) -> str:
        """Write `files`, commit everything, and return the new commit's sha."""
        for path, content in (files or {}).items():
            self.write(path, content)
        self.git("add", "--all")
        at = f"{_FIRST_COMMIT_AT + self.commits * _DAY_SECONDS} +0000"
        who = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email}
        when = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        message = f"Commit {self.commits + 1}"
        self.git("commit", "--quiet", "--allow-empty", "-m", message, **who, **when)
        self.commits += 1
        return self.git("rev-parse", "HEAD")


def make_repository(folder: Path, *, branch: str = "main") -> GitRepository:
    """Return an empty checkout at `folder`, made with `git init`."""
    folder.mkdir(parents=True, exist_ok=True)
    repository = GitRepository(folder=folder)
    repository.git("init", "--quiet", f"--initial-branch={branch}")
    return repository


def _environment() -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_COMMITTER_NAME": "Ada Example",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
        "LC_ALL": "C",
    }
