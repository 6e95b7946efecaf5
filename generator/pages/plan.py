"""Which pages exist and where, decided before any text is rendered so that links can find them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from generator.model.insight import Insight
from generator.model.page import PageKind, Place
from generator.model.repository import Repository
from generator.settings import Settings

# Texts that become pages. Plain `.txt` does not: in a docs tree it is nearly always data.
TEXT_SUFFIXES = (
    ".md",
    ".markdown",
    ".mdx",
    ".rst",
    ".adoc",
    ".asciidoc",
    ".org",
    ".textile",
    ".rdoc",
)
_INDEX_STEMS = {"readme", "index", "_index"}
# Folders inside a docs tree that hold no pages for readers.
_SKIPPED_FOLDERS = {"node_modules", "_build", "_templates", "_includes", "_layouts", "__pycache__"}
# Root files that speak to tools or to the forge's own pages, not to readers.
_NOT_PAGES = re.compile(
    r"^(\.|agents|claude|gemini|copilot|(pull_request|issue)_template|codeowners|maintainers|authors)",
    re.IGNORECASE,
)


def plan_site(repository: Repository, insight: Insight, settings: Settings) -> tuple[Place, ...]:
    """Return every page of the site in reading order; no two share an address."""
    taken: set[str] = set()
    return tuple(_unique(place, taken) for place in _places(repository, insight, settings))


def _places(repository: Repository, insight: Insight, settings: Settings) -> Iterator[Place]:
    wanted, papers = settings.pages, insight.papers
    yield Place(url="", kind=PageKind.HOME, source=papers.readme)
    for language, path in papers.translations:
        url = f"{language.lower()}/"
        yield Place(url=url, kind=PageKind.HOME, source=path, language=language)
    if wanted.docs:
        yield from _doc_places(repository, insight)
    if wanted.changelog and (papers.changelog or repository.releases or _dated_tags(repository)):
        yield Place(url="changelog/", kind=PageKind.CHANGELOG, source=papers.changelog)
    if wanted.downloads and any(release.files for release in repository.releases):
        yield Place(url="downloads/", kind=PageKind.DOWNLOADS)
    if wanted.community:
        yield from _paper_places(insight)
    if wanted.contributors and _has_people(repository):
        yield Place(url="contributors/", kind=PageKind.CONTRIBUTORS)
    if wanted.license and insight.license:
        source = insight.license.paths[0] if insight.license.paths else None
        yield Place(url="license/", kind=PageKind.LICENSE, source=source)
    if wanted.funding and insight.funding:
        yield Place(url="sponsor/", kind=PageKind.FUNDING, source=papers.funding)
    if wanted.search:
        yield Place(url="search/", kind=PageKind.SEARCH)
    yield Place(url="404.html", kind=PageKind.NOT_FOUND)


def _paper_places(insight: Insight) -> Iterator[Place]:
    papers = insight.papers
    for url, source in (
        ("contributing/", papers.contributing),
        ("code-of-conduct/", papers.conduct),
        ("security/", papers.security),
        ("support/", papers.support),
        ("governance/", papers.governance),
    ):
        if source:
            yield Place(url=url, kind=PageKind.PAPER, source=source)


def _doc_places(repository: Repository, insight: Insight) -> Iterator[Place]:
    """Yield the docs tree, then the guides that lie beside the README."""
    papers = insight.papers
    used = {place for _, place in papers.translations} | set(papers.licenses)
    used |= {
        path
        for path in (
            papers.readme, papers.changelog, papers.contributing, papers.conduct,
            papers.security, papers.support, papers.governance, papers.citation,
        )
        if path
    }  # fmt: skip
    tree = repository.files.under(papers.docs) if papers.docs is not None else ()
    guides = (path for path in sorted(repository.files.sizes) if "/" not in path)
    seen: set[str] = set()
    for folder, paths in ((papers.docs or "", tree), ("", guides)):
        for path in paths:
            if path not in used and path not in seen and _is_text_page(path, folder):
                seen.add(path)
                yield Place(url=_doc_url(path, folder), kind=PageKind.DOC, source=path)


def _is_text_page(path: str, folder: str) -> bool:
    pure = PurePosixPath(path)
    inner = pure.relative_to(folder).parts[:-1]
    if any(part in _SKIPPED_FOLDERS or part.startswith(".") for part in inner):
        return False
    return path.lower().endswith(TEXT_SUFFIXES) and not _NOT_PAGES.match(pure.name)


def _doc_url(path: str, folder: str) -> str:
    """Return the clean URL of a docs file: `docs/guide/start.md` → `docs/guide/start/`."""
    pure = PurePosixPath(path).relative_to(folder) if folder else PurePosixPath(path)
    parts = list(pure.with_suffix("").parts)
    if parts[-1].lower() in _INDEX_STEMS:
        parts.pop()
    segments = [segment for segment in map(_segment, parts) if segment]
    return "/".join(["docs", *segments]) + "/"


def _segment(name: str) -> str:
    """Return a file name as a URL segment: lower case, words joined by hyphens, letters kept."""
    words = re.sub(r"[^\w.~-]+", "-", name.lower(), flags=re.UNICODE)
    return words.strip("-.")[:100]


def _unique(place: Place, taken: set[str]) -> Place:
    """Give a second page of the same address a number: `docs/guide/` → `docs/guide-2/`."""
    url, number = place.url, 2
    # Addresses that differ in letter case only are one file on Windows and macOS.
    while url.casefold() in taken:
        url = f"{place.url.removesuffix('/')}-{number}/"
        number += 1
    taken.add(url.casefold())
    if url == place.url:
        return place
    return Place(url=url, kind=place.kind, source=place.source, language=place.language)


def _dated_tags(repository: Repository) -> bool:
    return bool(repository.history and any(tag.date for tag in repository.history.tags))


def _has_people(repository: Repository) -> bool:
    groups: Iterable[object] = (
        repository.facts and repository.facts.contributors,
        repository.history and repository.history.contributors,
    )
    return any(groups)
