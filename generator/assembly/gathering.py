"""Everything the pages draw on: documents, the README's pieces, versions and their downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from generator.assembly.reading import Reading, read_documents
from generator.assets.images import ImageStore
from generator.cache import Cache
from generator.content.anchors import check_anchors, mend_anchors
from generator.content.linkmap import LinkMap
from generator.content.readme import compose
from generator.model.changelog import Version
from generator.model.document import Document
from generator.model.insight import Insight
from generator.model.page import PageKind, Place
from generator.model.readme import ReadmeParts
from generator.model.report import BuildWarning
from generator.model.repository import Repository
from generator.pages.material import Material
from generator.settings import BuildOptions, Settings

Report = Callable[[str], None]
Warn = Callable[[BuildWarning], None]

_RENDERED_KINDS = {PageKind.HOME, PageKind.DOC, PageKind.PAPER, PageKind.CHANGELOG}
# Notes of more releases than this would make a build wait for what nobody scrolls to.
_RELEASE_NOTES_LIMIT = 300


def gather(  # noqa: PLR0913  the build's own values, each named
    repository: Repository,
    insight: Insight,
    settings: Settings,
    places: tuple[Place, ...],
    *,
    cache: Cache | None,
    options: BuildOptions,
    is_online: bool,
    report: Report,
    warn: Warn,
) -> Material:
    """Render every text once and gather what the page makers need."""
    images = ImageStore(repository.files)
    texts = _read_texts(repository, insight, places)
    remote: Mapping[str, str] = {}
    if is_online:
        remote = _bake_pictures(
            repository, texts, images, options=options, report=report, warn=warn
        )
    links = LinkMap(
        repository, places, asset_url=images.url, remote=remote, site_url=settings.site.url
    )
    readings = [
        Reading(path=place.source, text=texts[place.source], url=place.url)
        for place in places
        if place.kind in _RENDERED_KINDS and place.source in texts
    ]
    notes = [
        Reading(path=f"{release.tag}.md", text=release.body, url="changelog/")
        for release in repository.releases[:_RELEASE_NOTES_LIMIT]
        if release.body.strip()
    ]
    report(f"Rendering {len(readings) + len(notes)} texts")
    rendered = read_documents(
        readings + notes, links=links, forge=repository.forge, cache=cache,
        processes=options.processes,
    )  # fmt: skip
    documents = {reading.path: found for reading, found in zip(readings, rendered, strict=False)}
    bodies = {
        reading.path: found for reading, found in zip(notes, rendered[len(readings) :], strict=True)
    }
    for warning in _warnings_of(documents):
        warn(warning)
    documents = mend_anchors(documents, {reading.path: reading.url for reading in readings})
    versions = _versions(repository, insight, documents, bodies)
    return Material(
        repository=repository,
        insight=insight,
        settings=settings,
        places=places,
        documents=documents,
        texts=texts,
        readmes=dict(_readmes(places, documents, insight, settings, links)),
        versions=versions,
        asset_url=images.url,
        avatar_url=remote.get,
        image_files=lambda: images.files(_used_images([*documents.values(), *bodies.values()])),
    )


def _read_texts(
    repository: Repository, insight: Insight, places: Iterable[Place]
) -> dict[str, str]:
    """Return the sources of all texts that pages show, licences included."""
    wanted = {place.source for place in places if place.source}
    if insight.license:
        wanted |= set(insight.license.paths)
    files = repository.files
    return {path: files.read_text(path) for path in sorted(wanted) if files.has(path)}


def _bake_pictures(  # noqa: PLR0913  the build's own values, each named
    repository: Repository,
    texts: Mapping[str, str],
    images: ImageStore,
    *,
    options: BuildOptions,
    report: Report,
    warn: Warn,
) -> dict[str, str]:
    """Fetch the pictures that texts show from other hosts, and people's avatars."""
    from generator.content.pictures import find_remote_pictures  # noqa: PLC0415  only online
    from generator.source.remote_files import fetch_images  # noqa: PLC0415  httpx takes 190 ms

    urls = [url for text in texts.values() for url in find_remote_pictures(text)]
    urls += [url for release in repository.releases for url in find_remote_pictures(release.body)]
    people = repository.facts.contributors if repository.facts else ()
    urls += [person.avatar_url for person in people[:60] if person.avatar_url]
    found: dict[str, Path] = fetch_images(
        dict.fromkeys(urls), options=options, report=report, warn=warn
    )
    return {url: images.add_remote(url, path.read_bytes()) for url, path in found.items()}


def _readmes(
    places: Iterable[Place],
    documents: Mapping[str, Document],
    insight: Insight,
    settings: Settings,
    links: LinkMap,
) -> Iterable[tuple[str, ReadmeParts]]:
    commands = [command for method in insight.install for command in method.commands]
    for place in places:
        document = documents.get(place.source or "")
        if place.kind is PageKind.HOME and document is not None:
            resolver = links.resolver(path=document.path, url=place.url)
            # A translation shows its own first sentence; the others show the project's.
            shown = insight.pitch.value if insight.pitch and not place.language else None
            yield (
                place.language,
                compose(
                    document,
                    settings=settings.home,
                    install_commands=commands,
                    links=resolver,
                    shown_pitch=shown,
                ),
            )


def _versions(
    repository: Repository,
    insight: Insight,
    documents: Mapping[str, Document],
    bodies: Mapping[str, Document],
) -> tuple[Version, ...]:
    changelog = documents.get(insight.papers.changelog or "")
    tags = repository.history.tags if repository.history else ()
    if not (changelog or repository.releases or tags):
        return ()
    from generator.content.changelog import (  # noqa: PLC0415  35 ms of patterns, with the next
        merge_versions,
        split_changelog,
    )
    from generator.insight.downloads import find_downloads  # noqa: PLC0415

    releases = [
        (release, bodies[f"{release.tag}.md"].html if f"{release.tag}.md" in bodies else None,
         find_downloads(release))
        for release in repository.releases
    ]  # fmt: skip
    return merge_versions(
        split_changelog(changelog) if changelog else [],
        releases,
        tags,
        forge=repository.forge,
    )


def _warnings_of(documents: Mapping[str, Document]) -> Iterable[BuildWarning]:
    for document in documents.values():
        yield from document.warnings
    yield from check_anchors(documents)


def _used_images(documents: Iterable[Document]) -> tuple[str, ...]:
    return tuple(sorted({path for document in documents for path in document.assets}))
