"""Install methods that the project's own texts spell out, with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.insight.install.commands import Command, read_commands
from generator.insight.install.names import EXACT, ProjectNames
from generator.insight.install.recognition import Recognised, recognise
from generator.insight.outline import CodeBlock, Outline
from generator.model.insight import InstallMethod, Origin

PRELUDE_LIMIT = 8
PACKAGES_LIMIT = 4

_INSTALL = re.compile(
    r"install|set ?up|getting started|get started|quick ?start|download|get it"
    r"|安装|安裝|インストール|導入|설치|установ|встанов|instal|kurulum|نصب|تثبيت"
    r"|स्थापना|telepít|εγκατ|cài đặt|ติดตั้ง",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:build|compil|contribut|develop|hack|test|uninstall|upgrad|updat|remov|prerequisite"
    r"|requirement|dependenc|migrat)|ビルド|開発|环境|構築|构建|编译",
    re.IGNORECASE,
)
# Installing a published crate or module is what "from source" means to these two.
_SOURCE_TOOLS = frozenset({"cargo", "go", "brew"})

# What may stand before the installing command in one block, by installer.
_PRELUDES = {
    "brew": re.compile(r"brew (?:tap|trust)"),
    "scoop": re.compile(r"scoop bucket"),
    "dnf": re.compile(r"(?:sudo )?(?:dnf|yum)(?:-3)? (?:copr|config-manager|-y install|install)"),
    "helm": re.compile(r"helm repo"),
    "flatpak": re.compile(r"flatpak remote-add"),
    "zypper": re.compile(r"(?:sudo )?zypper (?:addrepo|ar|ref)"),
    "conda": re.compile(r"(?:conda|mamba) (?:create|activate|config)"),
    "docker": re.compile(r"(?:docker|podman) (?:pull|volume|network)"),
    "dotnet": re.compile(r"dotnet (?:nuget|new tool-manifest)"),
    "asdf": re.compile(r"asdf plugin"),
    "nix": re.compile(r"cachix|nix-channel"),
}
_UNRELATED = re.compile(
    r"(?:sudo )?(?:git clone|cd |make\b|cmake|\./configure|npm run|pip install -)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A method as found, with what decides between two of one installer: lower is better."""

    method: InstallMethod
    rank: tuple[bool, int, bool, bool]
    closeness: int


def find_written(outline: Outline, names: ProjectNames) -> list[InstallMethod]:
    """Return the best method of each installer, in the order of the text."""
    found = list(_find_all(outline, names))
    exact = {item.method.tool for item in found if item.closeness == EXACT}
    best: dict[tuple[str, str], Written] = {}
    for item in found:
        method = item.method
        if item.closeness != EXACT and (method.tool in exact or item.rank[0]):
            continue
        key = (method.tool, method.label)
        if key not in best or item.rank < best[key].rank:
            best[key] = item
    order = {id(item): at for at, item in enumerate(found)}
    return [item.method for item in sorted(best.values(), key=lambda item: order[id(item)])]


def _find_all(outline: Outline, names: ProjectNames) -> Iterator[Written]:
    for block in outline.blocks:
        headings = " / ".join(block.section[1:] or block.section)
        is_install = _INSTALL.search(headings) is not None
        is_elsewhere = _ELSEWHERE.search(block.section[-1] if block.section else "") is not None
        for run in read_commands(block):
            for recognised, closeness, commands in _find_in_run(run, names):
                if is_elsewhere and recognised.tool.name not in _SOURCE_TOOLS:
                    continue
                rank = (
                    not is_install,
                    closeness,
                    recognised.has_options,
                    not isinstance(block, CodeBlock),
                )
                method = _method(recognised, commands, outline.source.path)
                yield Written(method=method, rank=rank, closeness=closeness)


def _find_in_run(
    run: list[Command], names: ProjectNames
) -> Iterator[tuple[Recognised, int, list[Command]]]:
    before: list[Command] = []
    for command in run:
        recognised = recognise(command.flat)
        closeness = _closeness(recognised, names) if recognised else None
        if recognised is None or closeness is None:
            before = [] if _UNRELATED.match(command.flat) else [*before, command]
            continue
        yield recognised, closeness, [*_prelude(recognised.tool.name, before), command]
        before = [command] if recognised.tool.name == "docker" else []


def _prelude(tool: str, before: list[Command]) -> list[Command]:
    """Return the commands without which the last one would not work: taps, buckets, keys."""
    if len(before) > PRELUDE_LIMIT:
        return []
    if tool == "apt":
        return [
            command
            for command in before
            if recognise(command.flat) is None or "apt" in command.flat
        ]
    pattern = _PRELUDES.get(tool)
    return [command for command in before if pattern and pattern.match(command.flat)]


def _closeness(recognised: Recognised, names: ProjectNames) -> int | None:
    if recognised.tool.name == "script":
        own = any(names.owns_script(url) for url in recognised.packages)
        return EXACT if own else None
    if len(recognised.packages) > PACKAGES_LIMIT:
        return None
    found = [names.closeness(package) for package in recognised.packages]
    known = [value for value in found if value is not None]
    if not known or (min(known) != EXACT and found[0] is None):
        return None
    return min(known)


def _method(recognised: Recognised, commands: list[Command], path: str) -> InstallMethod:
    tool = recognised.tool
    return InstallMethod(
        tool=tool.name,
        label=tool.label,
        commands=tuple(command.text for command in commands),
        origin=Origin(path=path, line=commands[-1].line),
        platforms=tool.platforms,
    )
