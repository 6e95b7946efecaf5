"""Finds a GitHub token where its owner already keeps one; it is never printed or written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping

from generator.source.reference import PUBLIC_HOST

_TIMEOUT_SECONDS = 5
_LIMIT_CHARACTERS = 4096


def find_token(environ: Mapping[str, str], *, host: str = PUBLIC_HOST) -> str | None:
    """Return the token for `host` from the environment, else from the login of `gh`.

    An Enterprise host has variables of its own in `gh` (`GH_ENTERPRISE_TOKEN`); inside its CI jobs
    it is `GITHUB_TOKEN`, too. Source: https://cli.github.com/manual/gh_help_environment
    """
    names = ["GITHUB_TOKEN", "GH_TOKEN"]
    if host != PUBLIC_HOST and not host.endswith(".ghe.com"):
        names = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", *names]
    for name in names:
        token = _check(environ.get(name, ""))
        if token:
            return token
    return _ask_gh(environ, host)


def default_host(environ: Mapping[str, str]) -> str:
    """Return the GitHub host that the environment prefers (`GH_HOST`), github.com without one."""
    return environ.get("GH_HOST", "").strip().lower() or PUBLIC_HOST


def _ask_gh(environ: Mapping[str, str], host: str) -> str | None:
    gh = shutil.which("gh", path=environ.get("PATH"))
    if gh is None or host.startswith("-"):
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the person's own tool, no shell
            [gh, "auth", "token", "--hostname", host],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = done.stdout.decode("ascii", "replace") if done.returncode == 0 else ""
    return _check(said)


def _check(text: str) -> str | None:
    """Return the token without white space; a text that could not be a header is no token."""
    token = text.strip()
    is_token = token.isascii() and token.isprintable() and len(token) <= _LIMIT_CHARACTERS
    return token if token and is_token and " " not in token else None
