"""Addresses and keys for targets reached over SSH."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.errors import CredentialsMissing, UsageError
from generator.publish.target import Destination

KEY, KNOWN_HOSTS = "FOURSITE_SSH_KEY", "FOURSITE_SSH_KNOWN_HOSTS"
_FORM = re.compile(
    r"(?:(?P<user>[A-Za-z0-9_][\w.-]*)@)?"
    r"(?P<host>[A-Za-z0-9][\w.-]*|\[[0-9a-fA-F:.]+\])"
    r"(?::(?P<port>\d{1,5})?)?(?P<path>/.*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder on another machine. `path` is absolute, or below the person's home there."""

    host: str
    path: str
    user: str | None = None
    port: int | None = None

    @property
    def title(self) -> str:
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{user}{self.host}{port}:{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Files that stand in for the agent's keys and the person's known hosts, where they are set."""

    key: Path | None = None
    known_hosts: Path | None = None


def read_place(destination: Destination) -> Place:
    """Return the folder that `[user@]host[:port]/path` names; `/~/path` is below the home there.

    Raises UsageError when it names none.
    """
    kind = destination.kind
    found = _FORM.fullmatch(destination.address)
    hint = f"Say --to {kind}://user@host/path/of/the/site."
    if found is None or not destination.address.isprintable():
        raise UsageError(f"{destination.address!r} is no address for {kind}.", hint=hint)
    port = int(found["port"]) if found["port"] else None
    path = found["path"].removeprefix("/~/")
    plain = PurePosixPath(path)
    if not plain.name or ".." in plain.parts or (port is not None and not 0 < port < 65536):
        raise UsageError(f"{destination.address!r} names no folder for a site.", hint=hint)
    if destination.preview is not None:
        raise UsageError(
            f"{kind} makes no previews.", hint="Publish to a folder of its own instead."
        )
    host = found["host"].strip("[]")
    return Place(user=found["user"], host=host, port=port, path=str(plain))


def read_login(environ: Mapping[str, str]) -> Login:
    """Return which files to use. Raises CredentialsMissing when one that is named is not there."""
    found = {name: Path(environ[name]).expanduser() for name in (KEY, KNOWN_HOSTS)
             if environ.get(name)}  # fmt: skip
    for name, path in found.items():
        if not path.is_file():
            raise CredentialsMissing(
                f"{name} names {path}, which is no file.", hint="Give the path of the file."
            )
    return Login(key=found.get(KEY), known_hosts=found.get(KNOWN_HOSTS))
