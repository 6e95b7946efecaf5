"""Downloads of the newest release that has files, by operating system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from generator.model.changelog import Version
from generator.model.insight import Companion, Download, InstallMethod, Platform
from generator.model.page import Page, PageKind
from generator.pages.material import Material

_PLATFORM_LABELS = {
    Platform.MACOS: "macOS",
    Platform.WINDOWS: "Windows",
    Platform.LINUX: "Linux",
    Platform.FREEBSD: "FreeBSD",
    Platform.ANDROID: "Android",
    Platform.IOS: "iOS",
    Platform.ANY: "Any system",
}
_OLDER_LIMIT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadGroup:
    """The downloads of one system; `platform` is its machine name, for the visitor's own first."""

    platform: str
    label: str
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsView:
    """`shared` are companions that speak about every file, such as `SHA256SUMS`."""

    project: str
    version: str
    released_on: date | None
    release_url: str | None
    groups: tuple[DownloadGroup, ...]
    shared: tuple[Companion, ...]
    install: tuple[InstallMethod, ...]
    older: tuple[Version, ...]
    has_changelog: bool


def make_downloads(material: Material) -> list[Page]:
    """Return the downloads page, or nothing when no release has a file a person would want."""
    place = material.place(PageKind.DOWNLOADS)
    current = _current(material.versions)
    if place is None or current is None:
        return []
    name = material.insight.name.value
    older = [version for version in material.versions if version.downloads and version != current]
    return [
        Page(
            place=place,
            title="Downloads",
            description=f"Download {name} {current.name} for your system.",
            template="site/downloads.html",
            view=DownloadsView(
                project=name,
                version=current.name,
                released_on=current.date,
                release_url=current.url,
                groups=group_downloads(current.downloads),
                shared=_shared(current.downloads),
                install=material.insight.install,
                older=tuple(older[:_OLDER_LIMIT]),
                has_changelog=material.place(PageKind.CHANGELOG) is not None,
            ),
        )
    ]


def _current(versions: Sequence[Version]) -> Version | None:
    """Return the newest full release with files, else the newest pre-release with files."""
    with_files = [version for version in versions if version.downloads]
    full = [version for version in with_files if not version.is_prerelease]
    return next(iter(full or with_files), None)


def group_downloads(downloads: Sequence[Download]) -> tuple[DownloadGroup, ...]:
    """Return the systems in order; those that are no `Platform` stand by name before the last."""
    others = sorted({download.system for download in downloads if download.system})
    known = [(platform.value, label) for platform, label in _PLATFORM_LABELS.items()]
    found: dict[str, list[Download]] = {label: [] for _, label in known[:-1]}
    found |= {label: [] for label in (*others, known[-1][1])}
    for download in downloads:
        label = download.system or _PLATFORM_LABELS[download.platform or Platform.ANY]
        found[label].append(download)
    names = {label: name for name, label in known}
    return tuple(
        DownloadGroup(
            platform=names.get(label) or label.lower().replace(" ", "-"),
            label=label,
            downloads=tuple(files),
        )
        for label, files in found.items()
        if files
    )


def _shared(downloads: Sequence[Download]) -> tuple[Companion, ...]:
    """Return companions that belong to several downloads, once each, in order."""
    counts: dict[str, int] = {}
    by_name: dict[str, Companion] = {}
    for download in downloads:
        for companion in download.companions:
            counts[companion.file.name] = counts.get(companion.file.name, 0) + 1
            by_name[companion.file.name] = companion
    return tuple(by_name[name] for name, count in counts.items() if count > 1)
