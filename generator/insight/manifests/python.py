"""pyproject.toml (PEP 621, Poetry), setup.cfg, and setup.py as far as it holds plain literals."""

from __future__ import annotations

import ast
import configparser
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
from generator.insight.manifests.toml import parse_toml, toml_fact, toml_origin
from generator.insight.texts import SourceText
from generator.model.files import FileTree
from generator.model.insight import Fact, Origin

SETUP_LIMIT_CHARACTERS = 200_000

_HOMEPAGE_KEYS = ("homepage", "home", "home-page", "website", "documentation", "docs")
_CLASSIFIER = "License :: OSI Approved :: "


def read_pyproject(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    """Return the project's table; None when the file only configures tools."""
    data = parse_toml(source)
    project = table_in(data, "project")
    if project:
        return _read_project(source, project, is_package="build-system" in data)
    poetry = table_in(data, "tool", "poetry")
    return _read_poetry(source, poetry) if text_in(poetry, "name") else None


def _read_project(
    source: SourceText, project: Mapping[str, object], *, is_package: bool
) -> ManifestFacts:
    """A project without a build system is run in place: it is no package that could be had."""
    classifiers = texts_in(project, "classifiers")
    scripts = {**table_in(project, "scripts"), **table_in(project, "gui-scripts")}
    return ManifestFacts(
        ecosystem="python",
        path=source.path,
        name=toml_fact(source, project, "name", under="project"),
        version=toml_fact(source, project, "version", under="project"),
        description=toml_fact(source, project, "description", under="project"),
        homepage=_homepage(source, table_in(project, "urls"), under="project.urls"),
        license=_license(source, project, classifiers),
        keywords=texts_in(project, "keywords"),
        executables=tuple(scripts)[:ITEMS_LIMIT],
        dependencies=_requirement_names(texts_in(project, "dependencies")),
        is_private=not is_package or any(item.startswith("Private ::") for item in classifiers),
        is_library=is_package,
    )


def _read_poetry(source: SourceText, poetry: Mapping[str, object]) -> ManifestFacts:
    under = "tool.poetry"
    return ManifestFacts(
        ecosystem="python",
        path=source.path,
        name=toml_fact(source, poetry, "name", under=under),
        version=toml_fact(source, poetry, "version", under=under),
        description=toml_fact(source, poetry, "description", under=under),
        homepage=web_fact(
            toml_fact(source, poetry, "homepage", under=under)
            or toml_fact(source, poetry, "documentation", under=under)
        ),
        license=toml_fact(source, poetry, "license", under=under),
        keywords=texts_in(poetry, "keywords"),
        executables=tuple(table_in(poetry, "scripts"))[:ITEMS_LIMIT],
        dependencies=frozenset(name.casefold() for name in table_in(poetry, "dependencies")),
        is_private=poetry.get("package-mode") is False,
        is_library=True,
    )


def _homepage(source: SourceText, urls: Mapping[str, object], *, under: str) -> Fact[str] | None:
    by_key = {key.casefold().replace(" ", "-"): key for key in urls}
    for wanted in _HOMEPAGE_KEYS:
        if wanted in by_key:
            found = web_fact(toml_fact(source, urls, by_key[wanted], under=under))
            if found:
                return found
    return None


def _license(
    source: SourceText, project: Mapping[str, object], classifiers: tuple[str, ...]
) -> Fact[str] | None:
    declared = toml_fact(source, project, "license", under="project")
    text = text_in(table_in(project, "license"), "text")
    if declared or (text and len(text) < 100):
        origin = toml_origin(source, "project", "license")
        return declared or Fact(value=text or "", origin=origin)
    return _license_classifier(source, classifiers)


def _license_classifier(source: SourceText, classifiers: tuple[str, ...]) -> Fact[str] | None:
    names = [item.removeprefix(_CLASSIFIER) for item in classifiers if _CLASSIFIER in item]
    return fact_at(source, names[0], re.escape(_CLASSIFIER)) if len(names) == 1 else None


def _requirement_names(requirements: tuple[str, ...]) -> frozenset[str]:
    matches = (re.match(r"[\w.-]+", item) for item in requirements)
    return frozenset(match[0].casefold() for match in matches if match)


def read_setup_cfg(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    """Return `[metadata]`; None without a name. `attr:` and `file:` values are not static."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(source.text)
    except configparser.Error as error:
        raise ManifestBroken(str(error).replace("\n", " ")) from error
    if not parser.has_option("metadata", "name"):
        return None
    scripts = parser.get("options.entry_points", "console_scripts", fallback="")
    keywords = parser.get("metadata", "keywords", fallback="").strip()

    def fact(key: str) -> Fact[str] | None:
        value = " ".join(parser.get("metadata", key, fallback="").split())
        is_static = value and not re.match(r"(attr|file|find):", value)
        return fact_at(source, value[:1000], rf"^{re.escape(key)}[ \t]*[=:]") if is_static else None

    return ManifestFacts(
        ecosystem="python",
        path=source.path,
        name=fact("name"),
        version=fact("version"),
        description=fact("description"),
        homepage=web_fact(fact("url") or fact("home_page") or fact("home-page")),
        license=fact("license"),
        keywords=tuple(filter(None, re.split(r"[,\n]\s*", keywords))),
        executables=tuple(re.findall(r"(?m)^[ \t]*([\w.-]+)[ \t]*=", scripts)),
        is_library=True,
    )


def read_setup_py(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    """Return the literal arguments of `setup(…)`, following names set to literals in the module."""
    try:
        tree = ast.parse(source.text[:SETUP_LIMIT_CHARACTERS])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ManifestBroken(str(error)) from error
    call = next((node for node in ast.walk(tree) if _is_setup_call(node)), None)
    if not isinstance(call, ast.Call):
        return None
    constants = _constants(tree)
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    for keyword in call.keywords:
        if keyword.arg:
            values[keyword.arg] = _literal(keyword.value, constants)
            lines[keyword.arg] = keyword.value.lineno
    return _read_setup_arguments(source, values, lines)


def _read_setup_arguments(
    source: SourceText, values: Mapping[str, object], lines: Mapping[str, int]
) -> ManifestFacts | None:
    def fact(key: str) -> Fact[str] | None:
        value = text_in(values, key)
        origin = Origin(path=source.path, line=lines.get(key))
        return Fact(value=value, origin=origin) if value else None

    if not text_in(values, "name"):
        return None
    scripts = texts_in(table_in(values, "entry_points"), "console_scripts")
    classifiers = texts_in(values, "classifiers")
    keywords = text_in(values, "keywords")
    return ManifestFacts(
        ecosystem="python",
        path=source.path,
        name=fact("name"),
        version=fact("version"),
        description=fact("description"),
        homepage=web_fact(fact("url")),
        license=fact("license") or _license_classifier(source, classifiers),
        keywords=tuple(re.split(r"[,\s]+", keywords)) if keywords else texts_in(values, "keywords"),
        executables=tuple(item.split("=", 1)[0].strip() for item in scripts),
        dependencies=_requirement_names(texts_in(values, "install_requires")),
        is_library=True,
    )


def _is_setup_call(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "setup"


def _constants(tree: ast.Module) -> dict[str, object]:
    found: dict[str, object] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                found[target.id] = _literal(node.value, found)
    return found


def _literal(node: ast.expr, constants: Mapping[str, object]) -> object:
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
