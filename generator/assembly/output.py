"""From pages to a folder: assets first, then pages, then the small files, then what must go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.assembly.indexing import make_search_files
from generator.assembly.picturing import find_accent, make_card_files
from generator.assets.styles import make_scripts, make_styles
from generator.assets.widget import make_widget
from generator.cache import Cache
from generator.model.output import OutputFile
from generator.model.page import Page, PageKind
from generator.model.report import BuildWarning
from generator.pages.frame import SiteFrame, make_frame
from generator.pages.make import make_pages
from generator.pages.material import Material
from generator.render.companions import (
    make_host_files,
    make_llms,
    make_robots,
    make_site_proof,
    make_sitemap,
    make_twins,
)
from generator.render.feeds import make_feeds
from generator.render.pages import PageRenderer
from generator.render.theme import Theme, find_theme
from generator.settings import BuildOptions
from generator.workers import map_forked
from generator.write.folder import OutputFolder, Written

_FEED_TYPES = {
    "changelog/feed.xml": "application/atom+xml",
    "changelog/feed.json": "application/feed+json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCounts:
    """What `write_site` did, beside what the folder itself knows."""

    pages: int
    removed: int


def write_site(  # noqa: PLR0913  the build's own values, each named
    material: Material,
    folder: OutputFolder,
    icons: Callable[[], Sequence[OutputFile]],
    *,
    cache: Cache | None,
    options: BuildOptions,
    report: Callable[[str], None],
    warn: Callable[[BuildWarning], None],
) -> SiteCounts:
    """Make every file of the site and bring the folder up to date; `icons` waits for the icons."""
    theme = find_theme(material.settings.theme.name)
    frame, pages = make_frame(material), make_pages(material)
    names, files = _make_assets(material, theme, icons(), warn=warn)
    cards = make_card_files(material, frame, theme, pages, cache=cache)
    folder.record(folder.put(file) for file in [*files, *cards])
    if frame.has_search:
        index = make_search_files(material, pages, cache=cache, processes=options.processes)
        folder.record(folder.put(file) for file in index)
    feeds = _make_feeds(material, frame)
    renderer = PageRenderer(
        frame=frame,
        theme=theme,
        assets=names,
        feeds={_FEED_TYPES[file.path]: file.path for file in feeds},
        overrides=_overrides(material),
        cache_dir=options.cache_dir if options.use_cache else None,
        has_cards=bool(cards),
    )
    report(f"Writing {len(pages)} pages")
    _put_pages(folder, renderer, pages, processes=options.processes)
    folder.record(folder.put(file) for file in feeds)
    folder.record(folder.put(file) for file in _small_files(frame, pages))
    return SiteCounts(pages=len(pages), removed=folder.finish())


def _put_pages(
    folder: OutputFolder,
    renderer: PageRenderer,
    pages: Sequence[Page],
    *,
    processes: int | None,
) -> None:
    """Render what is not current on every core, each core writing its own pages."""
    keys = [renderer.key(page) for page in pages]
    stale: list[tuple[Page, str]] = []
    for page, key in zip(pages, keys, strict=True):
        if folder.is_current(page.place.file, key):
            folder.record([folder.keep(page.place.file)])
        else:
            stale.append((page, key))

    def put(item: tuple[Page, str]) -> Written:
        page, key = item
        return folder.put(renderer.render(page), key=key)

    folder.record(map_forked(put, stale, processes=processes))
    folder.record(folder.put(twin) for twin in make_twins(pages))


def _make_assets(
    material: Material,
    theme: Theme,
    icons: Sequence[OutputFile],
    *,
    warn: Callable[[BuildWarning], None],
) -> tuple[dict[str, str], list[OutputFile]]:
    """Return the site URL of each asset by its plain name, and all asset files."""
    accent = find_accent(material.insight, material.settings)
    names, files = make_styles(theme.folders, accent=accent, extra=_extra_css(material, warn))
    scripts = ["site.js", *(["search.js"] if material.place(PageKind.SEARCH) else [])]
    script_names, script_files = make_scripts(scripts)
    names |= script_names | {Path(file.path).name: file.path for file in icons}
    widget_names, widget_files = _make_widget(material)
    return names | widget_names, [
        *files, *script_files, *widget_files, *icons, *material.image_files(),
    ]  # fmt: skip


def _make_widget(material: Material) -> tuple[dict[str, str], list[OutputFile]]:
    """Return the share widget in the languages of the site's pages; nothing when it is off."""
    if not material.settings.share.enabled:
        return {}, []
    tags = {place.language for place in material.places} | {material.settings.site.language}
    return make_widget(sorted(tags - {""}))


def _extra_css(material: Material, warn: Callable[[BuildWarning], None]) -> str:
    path = material.settings.theme.css
    if path is None:
        return ""
    if material.repository.files.has(path):
        return material.repository.files.read_text(path)
    warn(
        BuildWarning(
            code="css_missing",
            message=f"The style sheet {path} does not exist.",
            hint="Correct theme.css in the configuration.",
            path=path,
        )
    )
    return ""


def _overrides(material: Material) -> Path | None:
    """Return the repository's own templates folder, if it names one that exists."""
    name = material.settings.theme.templates
    if name is None or name not in material.repository.files.folders:
        return None
    return material.repository.files.root / name


def _make_feeds(material: Material, frame: SiteFrame) -> tuple[OutputFile, ...]:
    if not frame.has_feeds or frame.url is None:
        return ()
    return make_feeds(
        name=frame.name, site_url=frame.url, language=frame.language, versions=material.versions
    )


def _small_files(frame: SiteFrame, pages: Sequence[Page]) -> Iterator[OutputFile]:
    if frame.url:
        yield make_sitemap(pages, frame.url)
    yield make_robots(frame.url)
    yield make_llms(pages, name=frame.name, pitch=frame.pitch, site_url=frame.url)
    if frame.service:
        yield make_site_proof(frame.service.site_key)
    yield from make_host_files()
