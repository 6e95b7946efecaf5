"""The Jinja environment: strict, escaping, and compiled once."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.render.languages import language_name


def make_environment(
    folders: Sequence[Path], *, overrides: Path | None = None, cache_dir: Path | None = None
) -> Environment:
    """Return the environment that looks templates up in `overrides`, then in `folders`.

    Templates from a repository are not ours: with `overrides` everything runs in the sandbox.
    """
    kind = ImmutableSandboxedEnvironment if overrides else Environment
    searched = [overrides, *folders] if overrides else list(folders)
    compiled = None
    if cache_dir is not None and overrides is None:
        compiled_dir = cache_dir / "templates"
        compiled_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        compiled = FileSystemBytecodeCache(str(compiled_dir))
    environment = kind(
        loader=FileSystemLoader([str(folder) for folder in searched]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=compiled,
    )
    environment.filters["bytes"] = format_bytes
    environment.filters["day"] = format_day
    environment.filters["short_day"] = format_short_day
    environment.filters["compact"] = format_count
    environment.filters["language_name"] = language_name
    return environment


def format_bytes(size: int) -> str:
    """Return a size for people, in the decimal units that download pages use: `4.2 MB`."""
    if size < 1000:
        return f"{size} B"
    power = min(int(math.log(size + 0.05, 1000)), len(_UNITS))
    amount = size / 1000**power
    return (
        f"{amount:.0f} {_UNITS[power - 1]}"
        if amount >= 100
        else f"{amount:.1f} {_UNITS[power - 1]}"
    )


def format_day(day: datetime.date | datetime.datetime | str) -> str:
    """Return a date in words, `4 August 2026`, from a date or an ISO text."""
    if isinstance(day, str):
        day = datetime.date.fromisoformat(day[:10])
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_short_day(day: datetime.date | datetime.datetime | str) -> str:
    """Return a date for a narrow place: `4 Aug 2026`."""
    number, month, year = format_day(day).split(" ")
    return f"{number} {month[:3]} {year}"


def format_count(number: int) -> str:
    """Return a count in the width of a button: `987`, `12.3k`, `1.2M`."""
    for limit, unit in ((1_000_000, "M"), (1_000, "k")):
        if number >= limit:
            text = f"{number / limit:.1f}".removesuffix(".0")
            return f"{text}{unit}"
    return str(number)


_UNITS = ("kB", "MB", "GB", "TB")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
