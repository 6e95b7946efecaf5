"""Git for publishing: objects made in a repository of our own, one branch read and pushed.

Nothing here sees a work tree, an index or the configuration of the checkout that the command runs
in; of the person's own git it keeps the credential helpers, proxies and ssh settings.
"""

from __future__ import annotations

import base64
import os
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from generator.errors import (
    CredentialsMissing,
    PublishError,
    TargetRefused,
    TargetUnreachable,
)

LOCAL_SECONDS, NETWORK_SECONDS = 120.0, 900.0
TRIES, FIRST_WAIT_SECONDS = 3, 0.4
_LIMIT_BYTES = 256 << 20
_OPTIONS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "gc.auto=0",
    "maintenance.auto=false",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.pushOption=",
    "push.recurseSubmodules=no",
    # Looks at every tree of the old commit, so that a moved file is not sent again.
    "pack.useSparse=false",
)
# What a person may have set for git's connections; every other GIT_* would point elsewhere.
_KEPT = frozenset(
    {"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"}
)
_SAYS_WHO = ("could not read username", "terminal prompts disabled", "could not read password")
_SAYS_NO = (
    *("authentication failed", "permission denied", "permission to", "returned error: 403"),
    *("returned error: 401", "access denied", "not granted", "host key verification failed"),
)
_SAYS_NOWHERE = (
    *("not found", "does not appear to be a git repository", "does not exist"),
    *("no such file or directory", "returned error: 404"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A repository to push to. `slug` is owner/name at a GitHub host, else ''."""

    url: str
    host: str = ""
    slug: str = ""
    token: str | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        return self.slug or self.url


class GitFailed(Exception):
    """Git ended with an error; `said` is what it printed."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Git in one bare repository of our own, for one remote."""

    folder: Path
    remote: Remote
    environ: Mapping[str, str] = field(repr=False)

    def run(
        self,
        *args: str,
        stdin: bytes = b"",
        cwd: Path | None = None,
        extra: Mapping[str, str] | None = None,
        is_network: bool = False,
    ) -> bytes:
        """Return what git printed. Raises GitFailed."""
        options = [part for setting in _OPTIONS for part in ("-c", setting)]
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as printed:
            given.write(stdin)
            given.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603 - a fixed program, no shell
                    ["git", *options, *args],  # noqa: S607 - found on PATH, as a person would
                    cwd=cwd or self.folder,
                    env=self._environment(is_network) | dict(extra or {}),
                    stdin=given,
                    stdout=printed,
                    stderr=subprocess.PIPE,
                    # Without a terminal ssh cannot stop to ask for a passphrase.
                    start_new_session=True,
                )
            except OSError as error:
                raise TargetUnreachable(
                    f"git cannot be run: {error}.", hint="Install git."
                ) from error
            said = self._wait(process, NETWORK_SECONDS if is_network else LOCAL_SECONDS)
            printed.seek(0)
            output = printed.read(_LIMIT_BYTES)
        if process.returncode != 0:
            raise GitFailed(f"{said}\n{output[:8000].decode('utf-8', 'replace')}")
        return output

    def ask(self, *args: str) -> bytes:
        """Talk to the remote; return what git printed. Raises a PublishError that says why not."""

        def ask_once() -> bytes:
            try:
                return self.run(*args, is_network=True)
            except GitFailed as error:
                raise explain(error.said, self.remote) from error

        return retrying()(ask_once)

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> str:
        try:
            _, said = process.communicate(timeout=seconds)
        except BaseException as error:
            # Its transport is a process of its own; the session ends with both.
            with suppress(OSError):
                os.killpg(process.pid, 9)
            process.communicate()
            if isinstance(error, subprocess.TimeoutExpired):
                raise GitFailed(f"git took longer than {seconds:.0f} seconds") from error
            raise
        return said.decode("utf-8", "replace")

    def _environment(self, is_network: bool) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in self.environ.items()
            if not name.startswith("GIT_") or name in _KEPT
        }
        fixed = {
            "LC_ALL": "C",
            "LANGUAGE": "C",
            "GIT_DIR": str(self.folder),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "SSH_ASKPASS_REQUIRE": "never",
            "GCM_INTERACTIVE": "never",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_ALLOW_PROTOCOL": "file:http:https:ssh",
        }
        inherited.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
        return inherited | fixed | (self._login() if is_network else {})

    def _login(self) -> dict[str, str]:
        """Return the token as a header for the remote's own host, unseen on any command line."""
        split = urlsplit(self.remote.url)
        if not self.remote.token or split.scheme not in {"https", "http"}:
            return {}
        login = base64.b64encode(f"x-access-token:{self.remote.token}".encode()).decode()
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{split.scheme}://{split.netloc}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {login}",
        }


def retrying() -> Retrying:
    """Return what calls something again while the remote does not answer."""
    return Retrying(
        retry=retry_if_exception_type(TargetUnreachable),
        stop=stop_after_attempt(TRIES),
        wait=wait_random_exponential(multiplier=FIRST_WAIT_SECONDS),
        reraise=True,
    )


def explain(said: str, remote: Remote) -> PublishError:
    """Return the error for what git printed when it talked to the remote."""
    folded = said.casefold()
    if any(sign in folded for sign in _SAYS_WHO) and not remote.token:
        return CredentialsMissing(
            f"{remote.title} asks who is pushing.",
            hint="Set GITHUB_TOKEN to a token that may write its contents, or set up git's"
            " credential helper for it.",
        )
    if any(sign in folded for sign in (*_SAYS_WHO, *_SAYS_NO)):
        return TargetRefused(
            f"{remote.title} refused the credentials: {_reason_of(said)}.",
            hint="The token needs the right to write contents; an ssh key must be allowed to push.",
        )
    if any(sign in folded for sign in _SAYS_NOWHERE) and "resolve host" not in folded:
        return TargetRefused(
            f"There is no repository at {remote.title}, or it is private.",
            hint="Check the spelling and your access: `git ls-remote` with its address must work.",
        )
    return TargetUnreachable(
        f"{remote.title} cannot be reached: {_reason_of(said)}.",
        hint="Check the network, and publish again.",
    )


def printable(said: str) -> list[str]:
    """Return the lines that a program printed without what could steer a terminal: another
    machine may have chosen the words.
    """
    lines = ("".join(filter(str.isprintable, line)).strip() for line in said.splitlines())
    return [line for line in lines if line]


def _reason_of(said: str) -> str:
    """Return the line that names the cause, without the address git repeats in it."""
    lines = printable(said)
    causes = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "ssh:"))]
    cause = (causes or lines or ["no reason given"])[0]
    return cause.partition(":")[2].strip()[:300].rstrip(".") if causes else cause[:300].rstrip(".")
