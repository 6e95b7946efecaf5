"""The table of contents of a build: source, insight, content, pages, assets, render, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from generator.assembly.gathering import gather
from generator.assembly.output import write_site
from generator.assembly.picturing import start_icon_files
from generator.cache import Cache
from generator.configuration import (
    Layer,
    check_settings,
    merge_layers,
    read_environment_layer,
    read_file_layer,
)
from generator.insight.read import read_insight
from generator.model.insight import Insight
from generator.model.page import Place
from generator.model.report import BuildReport, BuildWarning
from generator.model.repository import Repository
from generator.pages.plan import plan_site
from generator.settings import BuildOptions, Settings
from generator.source.open import open_repository
from generator.write.folder import open_folder

_CONFIGURATION_LIMIT_BYTES = 1024 * 1024

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What is known before any text is rendered. `is_local` tells a folder from a reference."""

    repository: Repository
    settings: Settings
    insight: Insight
    places: tuple[Place, ...]
    is_local: bool


def build(
    reference: str,
    *,
    flags: Layer,
    environ: Mapping[str, str],
    options: BuildOptions,
    report: Report,
) -> BuildReport:
    """Build the site of `reference` into `options.out`; `report` receives lines of progress.

    Raises a FourSiteError when there is nothing to build or nowhere to write; the site that was
    there before is then as it was.
    """
    started = time.perf_counter()
    warnings: list[BuildWarning] = []
    warn = warnings.append
    folder = open_folder(options.out, force=options.force, protect=_local_folder(reference))
    try:
        found = detect(
            reference, flags=flags, environ=environ, options=options, report=report, warn=warn
        )
        is_online = not options.offline and (options.enrich or not found.is_local)
        with closing(_open_cache(options)) as cache:
            icons = start_icon_files(
                found.repository, found.insight, found.settings, cache=cache.store
            )
            material = gather(
                found.repository, found.insight, found.settings, found.places,
                cache=cache.store, options=options, is_online=is_online, report=report, warn=warn,
            )  # fmt: skip
            counts = write_site(
                material,
                folder,
                icons,
                cache=cache.store,
                options=options,
                report=report,
                warn=warn,
            )
    except BaseException:
        folder.discard()
        raise
    return BuildReport(
        out=folder.final,
        pages=counts.pages,
        files=len(folder.entries),
        bytes=sum(entry.size for entry in folder.entries.values()),
        written=folder.written,
        removed=counts.removed,
        seconds=time.perf_counter() - started,
        warnings=tuple(warnings),
    )


def detect(  # noqa: PLR0913  the build's own values, each named
    reference: str,
    *,
    flags: Layer,
    environ: Mapping[str, str],
    options: BuildOptions,
    report: Report,
    warn: Callable[[BuildWarning], None],
) -> Detected:
    """Read the repository, merge the settings, and find out what there is to show."""
    variables = read_environment_layer(environ)
    local = _local_folder(reference)
    settings = merge_layers(_read_local_layer(local), variables, flags)
    repository = open_repository(
        reference, settings=settings.source, options=options, report=report, warn=warn
    )
    if local is None:
        settings = merge_layers(_read_remote_layer(repository), variables, flags)
    check_settings(settings)
    report(f"Understanding {repository.name}")
    insight = read_insight(repository, settings, warn=warn)
    return Detected(
        repository=repository,
        settings=settings,
        insight=insight,
        places=plan_site(repository, insight, settings),
        is_local=local is not None,
    )


def _local_folder(reference: str) -> Path | None:
    path = Path(reference).expanduser()
    return path if path.is_dir() else None


class _OptionalCache:
    """The cache of a build, or none with `--no-cache`; either way it can be closed."""

    def __init__(self, store: Cache | None) -> None:
        self.store = store

    def close(self) -> None:
        if self.store is not None:
            self.store.close()


def _open_cache(options: BuildOptions) -> _OptionalCache:
    if not options.use_cache or options.cache_dir is None:
        return _OptionalCache(None)
    return _OptionalCache(Cache(options.cache_dir / "made.sqlite3"))


def _read_local_layer(folder: Path | None) -> Layer | None:
    if folder is None:
        return None

    def read(name: str) -> str | None:
        path = folder / name
        is_ours = path.is_file() and path.resolve().is_relative_to(folder.resolve())
        if not is_ours or path.stat().st_size > _CONFIGURATION_LIMIT_BYTES:
            return None
        return path.read_text(encoding="utf-8", errors="replace")

    return read_file_layer(read)


def _read_remote_layer(repository: Repository) -> Layer | None:
    files = repository.files
    return read_file_layer(lambda name: files.read_text(name) if files.has(name) else None)
