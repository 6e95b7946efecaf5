"""Runs git on a checkout that may be hostile: no hooks, no pager, no network, bounded time.

A repository's own configuration can name programs (hooks, fsmonitor, pagers, signature checkers,
upload-packs of promisor remotes). Every call here switches those off, so reading runs nothing
but git itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from generator.errors import FourSiteError

# A command-line `-c` outranks the repository's own configuration.
_HARDENED = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.untrackedCache=false",
    "core.alternateRefsCommand=true",
    "log.showSignature=false",
    "log.mailmap=true",
    "gc.auto=0",
    "maintenance.auto=false",
    "diff.external=",
    "submodule.recurse=false",
    # Containers and CI jobs often build a checkout that another user owns. Git's ownership check
    # guards against hostile configuration, which the lines above already switch off.
    "safe.directory=*",
)
_CHUNK_BYTES = 1 << 16
_SMALL_BYTES = 1 << 20


class GitFailed(FourSiteError):
    """Git ended with an error, took too long, or said more than the caller is ready to read."""

    code = "git_failed"


def has_git() -> bool:
    return shutil.which("git") is not None


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without what would redirect git, in the C locale.

    Git needs PATH, HOME, proxies and the ssh agent from outside; `GIT_*` (set when 4site runs
    inside a hook, for one) would point it at another repository.
    """
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    fixed = {
        "LC_ALL": "C",
        "LANGUAGE": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
        "GIT_NO_LAZY_FETCH": "1",
    }
    return {**inherited, **fixed, **(extra or {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Git in one folder. Every call ends within `timeout_seconds`."""

    folder: Path
    timeout_seconds: float = 20.0

    def text(self, *args: str) -> str | None:
        """Return what git printed, without the last line end; None when git failed."""
        try:
            raw = b"".join(self.stream(args, limit_bytes=_SMALL_BYTES))
        except GitFailed:
            return None
        return raw.decode("utf-8", "surrogateescape").removesuffix("\n")

    def records(
        self, args: Sequence[str], *, stdin: bytes = b"", limit_bytes: int = 256 << 20
    ) -> Generator[str, None, None]:
        """Yield what git printed, cut at NUL. Raises GitFailed, also for a longer output."""
        rest = b""
        with closing(self.stream(args, stdin=stdin, limit_bytes=limit_bytes)) as chunks:
            for chunk in chunks:
                *whole, rest = (rest + chunk).split(b"\0")
                yield from (part.decode("utf-8", "surrogateescape") for part in whole)
        if rest:
            yield rest.decode("utf-8", "surrogateescape")

    def stream(
        self, args: Sequence[str], *, stdin: bytes = b"", limit_bytes: int
    ) -> Generator[bytes, None, None]:
        """Yield git's output in chunks as it comes; closing the iterator ends git."""
        options = [part for setting in _HARDENED for part in ("-c", setting)]
        command = ["git", "--no-pager", "--no-optional-locks", *options, *args]
        # No transport is allowed: a partial clone would else run its remote's upload-pack.
        environment = clean_environment({"GIT_ALLOW_PROTOCOL": ""})
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
            given.write(stdin)
            given.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603 - a fixed program, no shell
                    command,
                    cwd=self.folder,
                    env=environment,
                    stdin=given,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                )
            except OSError as error:
                raise GitFailed(f"git cannot be run: {error}.") from error
            with process:
                yield from self._read(process, limit_bytes)
            if process.returncode != 0:
                raise GitFailed(_complaint(args, process.returncode, complaints))

    def _read(
        self, process: subprocess.Popen[bytes], limit_bytes: int
    ) -> Generator[bytes, None, None]:
        timer = threading.Timer(self.timeout_seconds, process.kill)
        timer.start()
        output = process.stdout
        count = 0
        try:
            while output is not None and (chunk := os.read(output.fileno(), _CHUNK_BYTES)):
                count += len(chunk)
                if count > limit_bytes:
                    raise GitFailed(f"git printed more than {limit_bytes} bytes.")
                yield chunk
            process.wait()
        finally:
            timer.cancel()
            if process.poll() is None:
                process.kill()


def _complaint(args: Sequence[str], status: int, complaints: IO[bytes]) -> str:
    verb = next(arg for arg in args if not arg.startswith("-"))
    complaints.seek(0)
    said = complaints.read(2000).decode("utf-8", "replace").strip()
    if status < 0:
        return f"git {verb} was stopped: it took too long."
    return f"git {verb} failed: {said or f'status {status}'}"
