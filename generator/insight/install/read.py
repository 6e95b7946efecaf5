"""Every way to install the project, as the tabs of one block."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.insight.install.declared import declare_go, declare_method
from generator.insight.install.equivalents import find_equivalents
from generator.insight.install.evidence import find_evidence, read_workflows
from generator.insight.install.names import ProjectNames, name_project
from generator.insight.install.recognition import recognise
from generator.insight.install.tools import TOOLS
from generator.insight.install.written import find_written
from generator.insight.manifests.facts import ManifestFacts
from generator.insight.outline import Outline, read_outline
from generator.insight.texts import SourceText, read_source
from generator.model.files import FileTree
from generator.model.insight import InstallMethod, Papers
from generator.model.repository import Repository

METHODS_LIMIT = 10
DOCUMENTS_LIMIT = 8

_WEIGHT = {tool.name: tool.weight for tool in TOOLS}
_RARE_WEIGHT = 11
_GUIDE = re.compile(
    r"(?:^|/)(?:\d+[-_.])?(?:install(?:ation|ing)?|get(?:ting)?[-_]?started|quick-?start|intro"
    r"(?:duction)?)(?:[-_][\w-]+)?(?:/(?:index|readme|installation))?\.(?:mdx?|rst|adoc|org)$",
    re.IGNORECASE,
)


def read_install(
    repository: Repository,
    manifests: tuple[ManifestFacts, ...],
    papers: Papers,
    *,
    outline: Outline | None,
    is_program: bool,
) -> tuple[InstallMethod, ...]:
    """Return at most `METHODS_LIMIT` methods: what the README says first, then what is proven.

    `manifests` are the project's own; `outline` is the README's. Commands in the documentation's
    install pages are asked for only where the README has none.
    """
    names = name_project(repository, manifests)
    methods = find_written(outline, names) if outline else []
    if not methods:
        methods = _find_in_guides(repository.files, papers, names)
    texts = [outline.source] if outline else []
    methods = _add_declared(methods, repository, manifests, texts)
    return _choose(_add_equivalents(methods, is_program=is_program), names)


def _find_in_guides(files: FileTree, papers: Papers, names: ProjectNames) -> list[InstallMethod]:
    if not papers.docs:
        return []
    paths = [path for path in files.under(papers.docs) if _GUIDE.search(path)]
    paths.sort(key=lambda path: (path.count("/"), path))
    found: list[InstallMethod] = []
    for path in paths[:DOCUMENTS_LIMIT]:
        source = read_source(files, path)
        if source:
            found.extend(find_written(read_outline(source), names))
    return _distinct(found)


def _add_declared(
    methods: list[InstallMethod],
    repository: Repository,
    manifests: Iterable[ManifestFacts],
    texts: list[SourceText],
) -> list[InstallMethod]:
    known = {method.tool for method in methods}
    workflows = read_workflows(repository.files)
    for facts in manifests:
        if facts.ecosystem == "go":
            found = declare_go(facts, repository.forge)
        else:
            found = declare_method(facts, find_evidence(facts, texts, workflows))
        if found and found.tool not in known:
            known.add(found.tool)
            methods = [*methods, found]
    return methods


def _add_equivalents(methods: list[InstallMethod], *, is_program: bool) -> list[InstallMethod]:
    """Put the other clients of a registry right behind the one that is named."""
    written = {method.tool for method in methods}
    found: list[InstallMethod] = []
    for method in methods:
        found.append(method)
        found.extend(
            other
            for other in find_equivalents(method, is_program=is_program)
            if other.tool not in written
        )
    return _distinct(found)


def _distinct(methods: Iterable[InstallMethod]) -> list[InstallMethod]:
    """Keep the first of each tab, and no command twice."""
    by_tab: dict[tuple[str, str], InstallMethod] = {}
    seen: set[tuple[str, ...]] = set()
    for method in methods:
        if method.commands not in seen:
            by_tab.setdefault((method.tool, method.label), method)
            seen.add(method.commands)
    return list(by_tab.values())


def _choose(methods: list[InstallMethod], names: ProjectNames) -> tuple[InstallMethod, ...]:
    """Keep the most common installers where there are too many, and move rare ones behind."""

    def weight(method: InstallMethod) -> int:
        return _WEIGHT.get(method.tool, 0)

    kept = sorted(methods, key=weight)[:METHODS_LIMIT]
    place = {method: 2 if weight(method) >= _RARE_WEIGHT else 1 for method in kept}
    # A script of the project's own comes first: it is what its makers made for everyone.
    place |= {method: 0 for method in kept if _is_own_script(method, names)}
    return tuple(sorted(kept, key=lambda method: (place[method], methods.index(method))))


def _is_own_script(method: InstallMethod, names: ProjectNames) -> bool:
    recognised = recognise(" ".join(method.commands[-1].split()))
    if method.tool != "script" or recognised is None:
        return False
    return any(names.hosts_script(url) for url in recognised.packages)
