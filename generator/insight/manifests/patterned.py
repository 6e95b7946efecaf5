"""Manifests that are programs or plain text, read by pattern and never run.

Gemspecs, mix.exs, Package.swift, Cabal files, rockspecs, Gradle scripts, Nix flakes, Dockerfiles.
A value that is computed does not match and is absent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from generator.insight.manifests.facts import TEXT_LIMIT, ManifestFacts, web_fact
from generator.insight.texts import SourceText
from generator.model.files import FileTree
from generator.model.insight import Fact, Origin

_QUOTED = r"[\"']([^\"'\n]{1,400})[\"']"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grammar:
    """One pattern a field; the first group is the value."""

    ecosystem: str
    name: str = ""
    version: str = ""
    description: str = ""
    homepage: str = ""
    license: str = ""
    executables: str = ""
    is_library: bool = False


def _ruby(key: str) -> str:
    literal = r"(?:%[qQ]?[({\[]([^)}\]\n]{1,400})[)}\]]|[\"']([^\"'\n#{]{1,400})[\"'])"
    return rf"^[ \t]*\w+\.{key}[ \t]*=[ \t]*\[?{literal}"


def _lua(key: str) -> str:
    return rf"^[ \t]*{key}[ \t]*=[ \t]*{_QUOTED}"


def _cabal(key: str) -> str:
    return rf"^(?i:{key}):[ \t]*(\S[^\n]{{0,400}})"


def _gradle(key: str) -> str:
    return rf"^[ \t]*{key}[ \t]*=?[ \t]*{_QUOTED}"


def _nix(key: str) -> str:
    return rf"^[ \t]*{key}[ \t]*=[ \t]*\"([^\"\n]{{1,400}})\""


_GEMSPEC = _Grammar(
    ecosystem="gem",
    name=_ruby("name"),
    version=_ruby("version"),
    description=_ruby("summary") + "|" + _ruby("description"),
    homepage=_ruby("homepage"),
    license=_ruby("licenses?"),
    executables=r"\.executables?[ \t]*=[ \t]*(?:%w[\[({]([^\])}\n]+)|\[?[\"']([\w.-]+)[\"'])",
    is_library=True,
)
_MIX = _Grammar(
    ecosystem="hex",
    name=r"^[ \t]*app:[ \t]*:(\w+)",
    version=r"^[ \t]*version:[ \t]*\"([^\"\n]+)\"|^[ \t]*@version[ \t]+\"([^\"\n]+)\"",
    description=r"^[ \t]*description:[ \t]*\"([^\"\n]+)\"|^[ \t]*@description[ \t]+\"([^\"\n]+)\"",
    homepage=r"^[ \t]*homepage_url:[ \t]*\"([^\"\n]+)\"",
    license=r"^[ \t]*licenses:[ \t]*\[\"([^\"\n]+)\"\]",
    executables=r"escript:[ \t]*\[[^\]]{0,200}name:[ \t]*[:\"](\w+)",
    is_library=True,
)
_SWIFT = _Grammar(
    ecosystem="swift",
    name=r"Package\(\s*name:[ \t]*\"([^\"\n]+)\"",
    executables=r"\.executable\(\s*name:[ \t]*\"([^\"\n]+)\"",
)
_CABAL = _Grammar(
    ecosystem="hackage",
    name=_cabal("name"),
    version=_cabal("version"),
    description=_cabal("synopsis"),
    homepage=_cabal("homepage"),
    license=_cabal("license"),
    executables=r"^(?i:executable)[ \t]+([\w-]+)",
)
_ROCKSPEC = _Grammar(
    ecosystem="luarocks",
    name=_lua("package"),
    version=_lua("version"),
    description=_lua("summary"),
    homepage=_lua("homepage"),
    license=_lua("license"),
    is_library=True,
)
_GRADLE = _Grammar(
    ecosystem="maven",
    version=_gradle("version"),
    description=_gradle("description"),
)
_FLAKE = _Grammar(ecosystem="nix", description=_nix("description"))
_DOCKERFILE = _Grammar(
    ecosystem="docker",
    name=r"org\.opencontainers\.image\.title[\"']?=[ \t]*\"([^\"\n$]+)\"",
    description=r"org\.opencontainers\.image\.description[\"']?=[ \t]*\"([^\"\n$]+)\"",
)


def read_gemspec(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    return _read(source, _GEMSPEC)


def read_mix(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    return _read(source, _MIX)


def read_package_swift(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    return replace(_read(source, _SWIFT), is_library=".library(" in source.text)


def read_cabal(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    return _read(source, _CABAL)


def read_rockspec(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    return _read(source, _ROCKSPEC)


def read_gradle(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    return _read(source, _GRADLE)


def read_flake(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    return _read(source, _FLAKE)


def read_dockerfile(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    return _read(source, _DOCKERFILE)


def _read(source: SourceText, grammar: _Grammar) -> ManifestFacts:
    executables = tuple(
        name
        for match in list(re.finditer(grammar.executables, source.text, re.MULTILINE))[:20]
        for name in _value(match).split()
        if grammar.executables
    )
    return ManifestFacts(
        ecosystem=grammar.ecosystem,
        path=source.path,
        name=_fact(source, grammar.name),
        version=_fact(source, grammar.version),
        description=_fact(source, grammar.description),
        homepage=web_fact(_fact(source, grammar.homepage)),
        license=_fact(source, grammar.license),
        executables=tuple(dict.fromkeys(executables)),
        is_library=grammar.is_library,
    )


def _fact(source: SourceText, pattern: str) -> Fact[str] | None:
    match = re.search(pattern, source.text, re.MULTILINE) if pattern else None
    value = " ".join(_value(match).split())[:TEXT_LIMIT] if match else ""
    if match is None or not value:
        return None
    line = source.line_at(match.start())
    return Fact(value=value, origin=Origin(path=source.path, line=line))


def _value(match: re.Match[str]) -> str:
    return next((group for group in match.groups() if group), "")
