"""Cargo.toml, with what a member inherits from its workspace."""

from __future__ import annotations

from collections.abc import Mapping

from generator.insight.manifests.facts import (
    ITEMS_LIMIT,
    ManifestFacts,
    table_in,
    text_in,
    texts_in,
    web_fact,
)
from generator.insight.manifests.toml import parse_toml, toml_fact
from generator.insight.texts import SourceText, read_source
from generator.model.files import FileTree
from generator.model.insight import Fact


def read_cargo(source: SourceText, files: FileTree) -> ManifestFacts | None:
    """Return the package; None for a virtual workspace, whose members are read on their own."""
    data = parse_toml(source)
    package = table_in(data, "package")
    if not text_in(package, "name"):
        return None
    root = _workspace_root(source, data, files)
    inherited = table_in(parse_toml(root), "workspace", "package") if root else {}

    def fact(key: str) -> Fact[str] | None:
        if root and table_in(package, key).get("workspace") is True:
            return toml_fact(root, inherited, key, under="workspace.package")
        return toml_fact(source, package, key, under="package")

    folder = f"{source.path.rpartition('/')[0]}/".lstrip("/")
    name = fact("name")
    keywords = package if isinstance(package.get("keywords"), list) else inherited
    return ManifestFacts(
        ecosystem="cargo",
        path=source.path,
        name=name,
        version=fact("version"),
        description=fact("description"),
        homepage=web_fact(fact("homepage") or fact("documentation")),
        license=fact("license"),
        keywords=texts_in(keywords, "keywords"),
        executables=_binaries(data, files, folder, name.value if name else ""),
        dependencies=frozenset(table_in(data, "dependencies")),
        is_private=package.get("publish") is False or package.get("publish") == [],
        is_library="lib" in data or files.has(f"{folder}src/lib.rs"),
    )


def _workspace_root(
    source: SourceText, data: Mapping[str, object], files: FileTree
) -> SourceText | None:
    if "workspace" in data:
        return source
    folder = source.path.rpartition("/")[0]
    while folder:
        folder = folder.rpartition("/")[0]
        path = f"{folder}/Cargo.toml".lstrip("/")
        candidate = read_source(files, path) if files.has(path) else None
        if candidate and "[workspace" in candidate.text:
            return candidate
    return None


def _binaries(
    data: Mapping[str, object], files: FileTree, folder: str, name: str
) -> tuple[str, ...]:
    """Cargo's own rules: `[[bin]]`, `src/main.rs` under the package's name, and `src/bin/`."""
    listed = data.get("bin")
    named = [
        text
        for entry in (listed if isinstance(listed, list) else [])[:ITEMS_LIMIT]
        if isinstance(entry, dict) and (text := text_in(entry, "name"))
    ]
    has_main = files.has(f"{folder}src/main.rs") and "src/main.rs" not in str(listed)
    found = [name, *named] if has_main else named
    prefix = f"{folder}src/bin/"
    found.extend(
        path[len(prefix) :].split("/")[0].removesuffix(".rs")
        for path in sorted(files.sizes)
        if path.startswith(prefix) and path.endswith(".rs") and path not in str(listed)
    )
    return tuple(dict.fromkeys(found))[:ITEMS_LIMIT]
