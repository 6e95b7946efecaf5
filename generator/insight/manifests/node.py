"""package.json and composer.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from generator.insight.manifests.facts import (
    ITEMS_LIMIT,
    ManifestBroken,
    ManifestFacts,
    fact_at,
    table_in,
    text_in,
    texts_in,
    web_fact,
)
from generator.insight.texts import SourceText
from generator.model.files import FileTree
from generator.model.insight import Fact

_ENTRY_POINTS = ("main", "module", "exports", "types", "typings", "unpkg", "browser")


def read_package_json(source: SourceText, files: FileTree) -> ManifestFacts | None:
    """Return what npm would publish. A package without a name or version is private in effect."""
    data = parse_json(source)
    name = text_in(data, "name")
    return ManifestFacts(
        ecosystem="npm",
        path=source.path,
        name=_fact(source, data, "name"),
        version=_fact(source, data, "version"),
        description=_fact(source, data, "description"),
        homepage=web_fact(_fact(source, data, "homepage")),
        license=_fact(source, data, "license") or _old_license(source, data),
        keywords=texts_in(data, "keywords"),
        executables=_executables(data, name),
        dependencies=frozenset(
            key
            for group in ("dependencies", "peerDependencies", "devDependencies")
            for key in table_in(data, group)
        ),
        is_private=data.get("private") is True or name is None,
        is_library=any(key in data for key in _ENTRY_POINTS) or files.has(_beside(source)),
    )


def read_composer_json(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    """Return what Packagist would list; a project skeleton counts as private."""
    data = parse_json(source)
    if not text_in(data, "name"):
        return None
    licenses = texts_in(data, "license")
    return ManifestFacts(
        ecosystem="composer",
        path=source.path,
        name=_fact(source, data, "name"),
        version=_fact(source, data, "version"),
        description=_fact(source, data, "description"),
        homepage=web_fact(_fact(source, data, "homepage")),
        license=fact_at(source, " OR ".join(licenses), r'^[ \t]*"license"'),
        keywords=texts_in(data, "keywords"),
        executables=tuple(path.rpartition("/")[2] for path in texts_in(data, "bin")),
        dependencies=frozenset(table_in(data, "require")),
        is_private=text_in(data, "type") == "project",
        is_library=bool(table_in(data, "autoload")),
    )


def parse_json(source: SourceText) -> Mapping[str, object]:
    """Return the object. Raises ManifestBroken for anything else."""
    try:
        data = json.loads(source.text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ManifestBroken(str(error)) from error
    if not isinstance(data, dict):
        raise ManifestBroken("the file holds no object")
    return data


def _fact(source: SourceText, data: Mapping[str, object], key: str) -> Fact[str] | None:
    return fact_at(
        source, text_in(data, key), rf'^[ \t]{{0,8}}[{{]?[ \t]*"{re.escape(key)}"[ \t]*:'
    )


def _old_license(source: SourceText, data: Mapping[str, object]) -> Fact[str] | None:
    """Before SPDX: `{"license": {"type": "MIT"}}`, or a list of such under `licenses`."""
    listed = data.get("licenses")
    first = listed[0] if isinstance(listed, list) and listed else None
    table = table_in(data, "license") or (first if isinstance(first, dict) else {})
    return fact_at(source, text_in(table, "type"), r'^[ \t]*"licenses?"[ \t]*:')


def _executables(data: Mapping[str, object], name: str | None) -> tuple[str, ...]:
    if text_in(data, "bin") and name:
        return (name.rpartition("/")[2],)
    return tuple(table_in(data, "bin"))[:ITEMS_LIMIT]


def _beside(source: SourceText) -> str:
    """npm's default entry point is `index.js` next to the manifest."""
    folder = source.path.rpartition("/")[0]
    return f"{folder}/index.js" if folder else "index.js"
