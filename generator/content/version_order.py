"""The order in which versions are told, and which of them are worth telling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from generator.content.version_names import Order, read_version
from generator.model.changelog import Version

_NO_ORDER: Order = ((), ())


def without_bare(versions: Sequence[Version], project: str) -> list[Version]:
    """Leave out what is only a tag, where others have notes: previews, and other packages."""
    if not any(version.html for version in versions):
        return list(versions)
    main = any(version.html and not _package_of(version, project) for version in versions)
    return [
        version
        for version in versions
        if [str(origin) for origin in version.origins] != ["git"]
        or not (version.is_prerelease or (main and _package_of(version, project)))
    ]


def _package_of(version: Version, project: str) -> str:
    name = read_version(version.name, project=project)
    return name.package if name else ""


def newest_first(versions: Sequence[Version], project: str) -> list[Version]:
    """Sort by number; by date between packages, for names without a number, and for previews
    that no final version followed: an abandoned 2.0 beta is not the newest version for ever.
    """
    planned = [version for version in versions if version.is_unreleased]
    released = [version for version in versions if not version.is_unreleased]
    if len({_package_of(version, project) for version in released}) > 1:
        released.sort(key=lambda version: version.date or date.min, reverse=True)
        return planned + released
    names = [read_version(version.name, project=project) for version in released]
    finals = {name.order[0] for name in names if name and not name.is_prerelease}
    ordered: list[tuple[Order, Version]] = []
    loose = []
    for name, version in zip(names, released, strict=True):
        is_open = name is not None and name.is_prerelease and name.order[0] not in finals
        if name is None or (is_open and version.date):
            loose.append((name.order if name else _NO_ORDER, version))
        else:
            ordered.append((name.order, version))
    for group in (ordered, loose):
        group.sort(key=lambda pair: (pair[0], pair[1].date or date.min), reverse=True)
    newest = [version for _, version in ordered]
    for _, version in loose:
        newest.insert(_place_by_date(newest, version), version)
    return planned + newest


def _place_by_date(ordered: Sequence[Version], version: Version) -> int:
    if version.date is None:
        return len(ordered)
    return next(
        (
            place
            for place, other in enumerate(ordered)
            if other.date is not None and other.date < version.date
        ),
        len(ordered),
    )
