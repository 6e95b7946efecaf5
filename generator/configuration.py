"""Reads the layers of the settings and merges them once; the one place with line numbers.

A layer is a plain mapping of tables to keys. Each is checked by itself, so that an error names
the layer it came from, and for a file the line.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from generator.errors import ConfigurationError
from generator.settings import Settings

_FILES = ("4site.toml", ".github/4site.toml", "pyproject.toml")
_ENVIRONMENT_PREFIX = "FOURSITE_"
# Shorter names of variables: what CI keeps is called what it is, not after its table.
_SHORT_VARIABLES = {"FOURSITE_SITE_KEY": ("service", "site_key")}
_HEADER = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+")
_KEY = re.compile(r"^\s*[\"']?([\w-]+)[\"']?\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One source of settings. `text` and `table` place an error in a file; empty elsewhere."""

    name: str
    values: Mapping[str, Any]
    text: str = ""
    table: tuple[str, ...] = field(default=())


def read_file_layer(read: Callable[[str], str | None]) -> Layer | None:
    """Return the repository's own layer: the first of 4site.toml, .github/4site.toml and
    `[tool.4site]` in pyproject.toml that exists. `read` returns a file's text or None.
    """
    for name in _FILES:
        text = read(name)
        if text is None:
            continue
        table = ("tool", "4site") if name == "pyproject.toml" else ()
        try:
            values: Any = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            if table:
                continue  # a broken manifest is reported by the stage that reads manifests
            raise ConfigurationError(
                f"{name} is not valid TOML: {error}", hint="Correct that line."
            ) from error
        for key in table:
            values = values.get(key) if isinstance(values, dict) else None
        if values is not None:
            return Layer(name=name, values=values, text=text, table=table)
    return None


def read_environment_layer(environ: Mapping[str, str]) -> Layer:
    """Return the layer of `FOURSITE_TABLE_KEY` variables, such as `FOURSITE_SITE_URL`.

    Lists are comma-separated, tables `name=value,…`, booleans `true` or `false`. Variables that
    name no setting are left alone: the service has `FOURSITE_` variables of its own. So are empty
    ones, unless a list is meant: CI passes on as empty what nobody has set.
    """
    values: dict[str, dict[str, Any]] = {}
    names = {**_SHORT_VARIABLES, **_variable_names()}
    for name, (table, key) in names.items():
        raw = environ.get(name)
        if raw is not None and (value := _parse_variable(table, key, raw)) != "":
            values.setdefault(table, {})[key] = value
    return Layer(name="environment", values=values)


def merge_layers(*layers: Layer | None) -> Settings:
    """Merge layers, weakest first, over the defaults; ConfigurationError names what is wrong."""
    merged: dict[str, dict[str, Any]] = {}
    for layer in layers:
        if layer is None:
            continue
        _convert(layer)
        for table, values in layer.values.items():
            merged.setdefault(table, {}).update(values)
    return msgspec.convert(merged, Settings)


def check_settings(settings: Settings) -> None:
    """Raise ConfigurationError for settings that are right alone and wrong together."""
    service = settings.service
    if service.url is None and (service.site_key or service.referral):
        key = "site_key" if service.site_key else "referral"
        raise ConfigurationError(
            f"service.{key} is set, but service.url is not.",
            hint="Say which service it belongs to, with service.url or --service.",
        )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of `4site.toml`, for editors."""
    schema = msgspec.json.schema(Settings)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "4site.toml",
    } | schema


def _convert(layer: Layer) -> Settings:
    try:
        return msgspec.convert(layer.values, Settings)
    except msgspec.ValidationError as error:
        raise _explain(layer, str(error)) from error


def _explain(layer: Layer, problem: str) -> ConfigurationError:
    """Turn msgspec's message into ours: which key, where, and the nearest one that exists."""
    where = re.search(r" - at `\$\.?(.*?)`$", problem)
    path = where[1].split(".") if where and where[1] else []
    unknown = re.search(r"unknown field `(.+?)`", problem)
    if unknown:
        key = unknown[1]
        known = sorted(_known_keys() if not path else _known_keys().get(path[0], ()))
        nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        hint = f"Did you mean `{nearest[0]}`?" if nearest else f"Known keys: {', '.join(known)}."
        spelt = ".".join([*path, key])
        return ConfigurationError(
            f"{_place(layer, [*path, key])}: unknown key `{spelt}`.", hint=hint
        )
    reason = problem.split(" - at `", maxsplit=1)[0].rstrip(".").replace("`", "")
    spelt = ".".join(path) or "the top level"
    return ConfigurationError(
        f"{_place(layer, path)}: {spelt}: {reason}.", hint="See the configuration page of the docs."
    )


def _place(layer: Layer, path: list[str]) -> str:
    line = _line_of(layer.text, [*layer.table, *path])
    return f"{layer.name}:{line}" if line else layer.name


def _line_of(text: str, path: list[str]) -> int | None:
    """Return the line of a key in TOML, or of its table's header; None when it is not found."""
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = [part.strip().strip("\"'") for part in header[1].split(".")]
            if table == path:
                return number
        elif (key := _KEY.match(line)) and [*table, key[1]] == path:
            return number
    return None


def _known_keys() -> dict[str, tuple[str, ...]]:
    return {
        group.encode_name: tuple(
            key.encode_name for key in msgspec.structs.fields(group.default_factory)
        )
        for group in msgspec.structs.fields(Settings)
    }


def _variable_names() -> dict[str, tuple[str, str]]:
    return {
        f"{_ENVIRONMENT_PREFIX}{table}_{key}".upper(): (table, key)
        for table, keys in _known_keys().items()
        for key in keys
    }


def _parse_variable(table: str, key: str, raw: str) -> Any:
    """Read a variable's text as the setting's type; msgspec refuses what does not fit."""
    group = getattr(Settings(), table)
    default = getattr(group, key)
    if isinstance(default, bool):
        return {"true": True, "1": True, "false": False, "0": False}.get(raw.strip().lower(), raw)
    if isinstance(default, dict):
        pairs = (part.partition("=") for part in raw.split(",") if part.strip())
        return {name.strip(): value.strip() for name, _, value in pairs}
    if isinstance(default, tuple):
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    return raw
