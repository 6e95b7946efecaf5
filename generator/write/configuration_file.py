"""Writes settings into the repository's own configuration file; comments and order stay."""

from __future__ import annotations

import contextlib
import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from generator.configuration import Layer, read_file_layer
from generator.errors import ConfigurationError, OutputRefused

_NEW_FILE = "4site.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A configuration file before and after. `name` is its path in the repository."""

    name: str
    path: Path
    before: str
    after: str

    @property
    def added(self) -> tuple[str, ...]:
        """The lines that are new or changed, for a person to read."""
        lines = difflib.ndiff(self.before.splitlines(), self.after.splitlines())
        return tuple(line[2:] for line in lines if line.startswith("+ ") and line[2:].strip())

    def save(self) -> None:
        """Replace the file in one step. Raises OutputRefused when it cannot be written."""
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            partial.write_bytes(self.after.encode())
            if self.path.exists():
                partial.chmod(self.path.stat().st_mode & 0o777)
            partial.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise OutputRefused(
                f"Cannot write {self.name}: {error.strerror or error}.",
                hint="Add these lines yourself:\n" + "\n".join(self.added),
            ) from error


def plan_edit(folder: Path, table: str, values: Mapping[str, str]) -> Edit:
    """Return the edit that sets `values` in `table`, in the file that holds the configuration.

    That is what the settings are read from; without one, a new `4site.toml`. Raises
    ConfigurationError for a file that cannot be edited.
    """
    layer = read_file_layer(lambda name: _read(folder, name))
    name = layer.name if layer else _NEW_FILE
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ConfigurationError(
            f"{name} is a link that leads out of the folder.",
            hint="Put the file itself into the repository.",
        )
    before = layer.text if layer else ""
    after = _set(before, layer, table, values)
    if "\r\n" in before:
        after = after.replace("\r\n", "\n").replace("\n", "\r\n")
    return Edit(name=name, path=path, before=before, after=after)


def format_table(table: str, values: Mapping[str, str]) -> str:
    """Return the lines that a person would add to `4site.toml`."""
    return _set("", None, table, values).strip()


def _read(folder: Path, name: str) -> str | None:
    path = folder / name
    if not path.is_file():
        return None
    # Not `read_text`, which would turn every kind of line end into one.
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{name} is not UTF-8: {error.reason} at byte {error.start}.",
            hint="TOML files are UTF-8; save it as such.",
        ) from error


def _set(before: str, layer: Layer | None, table: str, values: Mapping[str, str]) -> str:
    try:
        document = tomlkit.parse(before)
        place: Any = document
        for part in (*(layer.table if layer else ()), table):
            if part not in place:
                place[part] = tomlkit.table()
            place = place[part]
        for key, value in values.items():
            place[key] = value
        return tomlkit.dumps(document)
    except (TOMLKitError, TypeError, AttributeError) as error:
        # TypeError and AttributeError: the table's name is taken by a value of another kind.
        name = layer.name if layer else _NEW_FILE
        raise ConfigurationError(
            f"{name} cannot be edited: {error}.",
            hint="Add these lines yourself:\n" + format_table(table, values),
        ) from error
