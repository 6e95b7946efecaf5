"""TOML with places: `tomllib` reads the values, a line scan finds where they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from generator.insight.manifests.facts import ManifestBroken, text_in
from generator.insight.texts import SourceText
from generator.model.insight import Fact, Origin


def parse_toml(source: SourceText) -> Mapping[str, object]:
    """Return the document. Raises ManifestBroken when it is not TOML."""
    try:
        return tomllib.loads(source.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ManifestBroken(str(error)) from error


def toml_fact(
    source: SourceText, table: Mapping[str, object], key: str, *, under: str
) -> Fact[str] | None:
    """Return the text at `key` of a table whose header is `[under]`, with its line."""
    value = text_in(table, key)
    return Fact(value=value, origin=toml_origin(source, under, key)) if value else None


def toml_origin(source: SourceText, under: str, key: str) -> Origin:
    """Return where `key` is set in `[under]`, or the file alone when it is written another way."""
    current = ""
    wanted = re.compile(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=")
    for number, line in enumerate(source.text.split("\n"), start=1):
        header = re.match(r"^\s*\[([^\[\]]+)\]", line)
        if header:
            current = header[1].strip()
        elif current == under and wanted.match(line):
            return Origin(path=source.path, line=number)
    return Origin(path=source.path)
