"""What the repository is: every fact in one value, each from its own file of this folder."""

from __future__ import annotations

from collections.abc import Callable

from generator.insight.accent import find_accent
from generator.insight.funding import read_funding
from generator.insight.identity import (
    SETTINGS,
    find_homepage,
    find_name,
    find_pitch,
    find_topics,
)
from generator.insight.install.read import read_install
from generator.insight.kind import find_kind
from generator.insight.languages import count_code, read_languages
from generator.insight.license import find_license
from generator.insight.logo import find_logo
from generator.insight.manifests.read import own_manifests, read_manifests
from generator.insight.outline import Outline, read_outline
from generator.insight.papers import find_papers
from generator.insight.texts import README_LIMIT_BYTES, read_source
from generator.insight.versions import find_version
from generator.model.files import FileTree
from generator.model.insight import Fact, Insight, Papers, ProjectKind
from generator.model.report import BuildWarning
from generator.model.repository import Repository
from generator.settings import Settings


def read_insight(
    repository: Repository, settings: Settings, *, warn: Callable[[BuildWarning], None]
) -> Insight:
    """Return all facts about the repository; what is not known is absent, and nothing raises.

    A broken manifest, an unknown setting's path and the like become warnings.
    """
    files = repository.files
    papers = find_papers(files, settings.source, warn=warn)
    outline = _read_readme(files, papers)
    manifests = own_manifests(
        read_manifests(files, name=repository.name, warn=warn), repository.name
    )
    code = count_code(files)
    kind = _chosen_kind(settings) or find_kind(
        repository, manifests, papers, outline=outline, code=code
    )
    logo = find_logo(repository, outline=outline, chosen=settings.project.logo, warn=warn)
    return Insight(
        kind=kind,
        name=find_name(repository, manifests, outline, settings.project),
        papers=papers,
        pitch=find_pitch(repository, manifests, settings.project),
        version=find_version(repository, manifests),
        homepage=find_homepage(repository, manifests, settings.project),
        license=find_license(files, papers.licenses, manifests=manifests, forge=repository.facts),
        logo=logo,
        accent=find_accent(files, logo.value if logo else None, settings.theme.accent),
        install=read_install(
            repository,
            manifests,
            papers,
            outline=outline,
            is_program=kind.value in {ProjectKind.TOOL, ProjectKind.APPLICATION},
        ),
        languages=read_languages(repository, code),
        topics=find_topics(repository, manifests),
        funding=read_funding(files, papers.funding, facts=repository.facts, warn=warn),
    )


def _read_readme(files: FileTree, papers: Papers) -> Outline | None:
    if papers.readme is None:
        return None
    source = read_source(files, papers.readme, limit_bytes=README_LIMIT_BYTES)
    return read_outline(source) if source else None


def _chosen_kind(settings: Settings) -> Fact[ProjectKind] | None:
    chosen = settings.project.kind
    return Fact(value=ProjectKind(chosen), origin=SETTINGS) if chosen in set(ProjectKind) else None
