"""The door of this stage: a reference becomes a `Repository` whose files lie on disk."""

from __future__ import annotations

from collections.abc import Callable

from generator.errors import SourceRefused
from generator.model.report import BuildWarning
from generator.model.repository import Repository
from generator.settings import BuildOptions, SourceSettings
from generator.source.checkout import read_checkout
from generator.source.reference import FolderReference, parse_reference


def open_repository(
    reference: str,
    *,
    settings: SourceSettings,
    options: BuildOptions,
    report: Callable[[str], None],
    warn: Callable[[BuildWarning], None],
) -> Repository:
    """Return the repository that `reference` names.

    `report` receives lines of progress, `warn` what the site will do without. A folder asks no
    network unless `options.enrich`. Raises a SourceError when the files cannot be had.
    """
    place = parse_reference(reference, forges=settings.forges)
    if isinstance(place, FolderReference):
        report(f"Reading {place.path}")
        return read_checkout(place.path, settings=settings, options=options, warn=warn)
    raise SourceRefused(f"{reference} is not a folder.", hint="Clone it, then build the folder.")
