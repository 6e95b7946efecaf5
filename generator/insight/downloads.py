"""A release's files as downloads: sorted by system, each with what proves it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from generator.insight.companions import split_companions
from generator.insight.platforms import FileTraits, label_of, read_file_name
from generator.model.insight import Companion, Download, Platform
from generator.model.release import Release, ReleaseFile

FILES_LIMIT = 1000

_PLATFORM_ORDER = (
    *(Platform.WINDOWS, Platform.MACOS, Platform.LINUX, Platform.FREEBSD),
    *(Platform.ANDROID, Platform.IOS, Platform.ANY, None),
)
_ARCHITECTURE_ORDER = ("universal", "x86_64", "aarch64", "i686", "armv7", "armv6", "arm")
_FORM_ORDER = ("installer", "image", "package", "binary", "archive", "wheel", "source")
_SIMPLE_VARIANTS = frozenset({"gnu", "msvc"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    file: ReleaseFile
    traits: FileTraits


def find_downloads(release: Release) -> tuple[Download, ...]:
    """Return the files a person would want, the most convenient of each system first.

    Checksums, signatures, SBOMs and attestations stand with their file as companions, those about
    all files with every one; files for updaters and release tools are left out.
    """
    files, companions = split_companions(release.files[:FILES_LIMIT])
    read = [_Read(file=file, traits=read_file_name(file.name)) for file in files]
    read = [_settle(item, read) for item in read]
    common = _common_words(read)
    made = [_make(item, common, companions[item.file.name]) for item in read]
    return tuple(sorted(_tell_apart(made), key=_order))


def _settle(item: _Read, every: list[_Read]) -> _Read:
    """Decide what a name alone cannot: Alpine's `.apk`, and an archive that is the source."""
    traits = item.traits
    if traits.suffix == ".apk" and traits.platform is Platform.ANDROID:
        stem = item.file.name.rpartition(".")[0]
        kin = {f"{stem}.deb", f"{stem}.rpm"} & {other.file.name for other in every}
        if kin:
            return replace(item, traits=replace(traits, platform=Platform.LINUX))
    is_bare = traits.platform is None and traits.architecture is None and not traits.system
    if is_bare and traits.form == "archive" and _is_source_name(item.file.name, every):
        return replace(item, traits=replace(traits, form="source"))
    if is_bare and traits.form != "source":
        return replace(item, traits=replace(traits, platform=Platform.ANY))
    return item


def _is_source_name(name: str, every: list[_Read]) -> bool:
    """`name-1.2.3.tar.gz` beside built files, or alone as autotools make it, is the source."""
    if not re.search(
        r"^[A-Za-z][\w.+]*?(?:-[A-Za-z][\w.+]*?)*[-_]v?\d[\w.+-]*?\.(?:tar\.\w+|tgz|zip)$", name
    ):
        return False
    has_built = any(other.traits.platform or other.traits.form == "wheel" for other in every)
    return has_built or ".tar." in name


def _common_words(read: Iterable[_Read]) -> frozenset[str]:
    """The words that most names share: the project's own, which tell no two files apart."""
    names = [set(item.traits.words) for item in read if item.traits.form != "source"]
    counts = Counter(word for words in names for word in words)
    return frozenset(word for word, count in counts.items() if 2 * count > len(names))


def _make(item: _Read, common: frozenset[str], companions: list[Companion]) -> Download:
    traits = item.traits
    words = [word for word in dict.fromkeys(traits.words) if word not in common]
    return Download(
        file=item.file,
        platform=traits.platform,
        architecture=traits.architecture,
        form=traits.form,
        label=label_of(traits),
        system=traits.system,
        variant=" ".join(words[:3]),
        companions=tuple(companions),
    )


def _tell_apart(downloads: list[Download]) -> list[Download]:
    """Keep a variant only where files of one system and processor differ in it."""
    groups: dict[tuple[object, ...], set[str]] = {}
    for download in downloads:
        groups.setdefault(_machine(download), set()).add(download.variant)
    return [
        download if len(groups[_machine(download)]) > 1 else replace(download, variant="")
        for download in downloads
    ]


def _machine(download: Download) -> tuple[object, ...]:
    return download.platform, download.system, download.architecture


def _order(download: Download) -> tuple[object, ...]:
    architecture = download.architecture or ""
    known = architecture in _ARCHITECTURE_ORDER
    return (
        _PLATFORM_ORDER.index(download.platform),
        download.system,
        download.form == "source",
        _ARCHITECTURE_ORDER.index(architecture) if known else (99 if architecture else -1),
        architecture,
        _FORM_ORDER.index(download.form),
        download.variant not in _SIMPLE_VARIANTS and download.variant != "",
        download.variant,
        download.file.name,
    )
