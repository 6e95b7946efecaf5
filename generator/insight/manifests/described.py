"""Manifests in YAML: pubspec.yaml, a chart's Chart.yaml, an action's action.yml."""

from __future__ import annotations

from collections.abc import Mapping

from generator.insight.manifests.facts import (
    ITEMS_LIMIT,
    ManifestFacts,
    fact_at,
    table_in,
    text_in,
    texts_in,
    web_fact,
)
from generator.insight.manifests.yaml import parse_yaml
from generator.insight.texts import SourceText
from generator.model.files import FileTree
from generator.model.insight import Fact


def read_pubspec(source: SourceText, files: FileTree) -> ManifestFacts | None:
    """Return a Dart or Flutter package; `publish_to: none` makes it private."""
    data = parse_yaml(source)
    folder = f"{source.path.rpartition('/')[0]}/".lstrip("/")
    return ManifestFacts(
        ecosystem="pub",
        path=source.path,
        name=_fact(source, data, "name"),
        version=_fact(source, data, "version"),
        description=_fact(source, data, "description"),
        homepage=web_fact(_fact(source, data, "homepage")),
        keywords=texts_in(data, "topics"),
        executables=tuple(table_in(data, "executables"))[:ITEMS_LIMIT],
        dependencies=frozenset(table_in(data, "dependencies")),
        is_private=text_in(data, "publish_to") == "none",
        is_library=not files.has(f"{folder}lib/main.dart"),
    )


def read_chart(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    data = parse_yaml(source)
    return ManifestFacts(
        ecosystem="helm",
        path=source.path,
        name=_fact(source, data, "name"),
        version=_fact(source, data, "appVersion") or _fact(source, data, "version"),
        description=_fact(source, data, "description"),
        homepage=web_fact(_fact(source, data, "home")),
        keywords=texts_in(data, "keywords"),
    )


def read_action(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    """Return a GitHub Action; None for a file of that name that does not run anything."""
    data = parse_yaml(source)
    if "runs" not in data:
        return None
    return ManifestFacts(
        ecosystem="action",
        path=source.path,
        name=_fact(source, data, "name"),
        description=_fact(source, data, "description"),
    )


def _fact(source: SourceText, data: Mapping[str, object], key: str) -> Fact[str] | None:
    return fact_at(source, text_in(data, key), rf"^{key}[ \t]*:")
