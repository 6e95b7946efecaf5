"""The finished site as a publisher sees it: what 4site wrote, and nothing else in the folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.errors import OutputRefused, PublishRefused
from generator.model.output import digest_of
from generator.write.manifest import MANIFEST_NAME, read_manifest
from generator.write.paths import checked


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """One file to publish: a POSIX path in the site, its size in bytes and its digest."""

    path: str
    size: int
    digest: str
    source: Path

    def read(self) -> bytes:
        """Return the bytes. Raises PublishRefused when they are not what was built."""
        try:
            content = self.source.read_bytes()
        except OSError as error:
            raise _changed(self.path) from error
        if digest_of(content) != self.digest:
            raise _changed(self.path)
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A finished site: its files by path."""

    folder: Path
    files: dict[str, SiteFile]

    @property
    def digest(self) -> str:
        """A name for exactly these files with exactly these contents."""
        lines = (f"{file.digest} {path}\n" for path, file in sorted(self.files.items()))
        return digest_of("".join(lines).encode())


def open_bundle(folder: Path) -> Bundle:
    """Return the site in `folder`.

    Raises PublishRefused when 4site did not build it, or a file of it is gone, a link or of
    another size than was built.
    """
    known = read_manifest(folder) if folder.is_dir() else None
    if known is None:
        raise PublishRefused(
            f"{folder} is not a site that 4site built.",
            hint='Build one with "4site build", or name its folder.',
        )
    files = {}
    for path, entry in known[0].files.items():
        source = _locate(folder, path)
        if source is None or source.stat().st_size != entry.size:
            raise _changed(path)
        files[path] = SiteFile(path=path, size=entry.size, digest=entry.digest, source=source)
    if "index.html" not in files:
        raise PublishRefused(f"{folder} has no home page.", hint='Build it with "4site build".')
    return Bundle(folder=folder, files=files)


def _locate(folder: Path, path: str) -> Path | None:
    """Return the file in `folder`; None when it is gone, or a link is on the way to it.

    Raises PublishRefused for a path that a build never writes: a manifest is a file like others,
    and anyone may have changed it.
    """
    try:
        names = PurePosixPath(checked(path)).parts
    except OutputRefused as error:
        raise _not_ours(folder, path) from error
    if path == MANIFEST_NAME or any(name.lower() == ".git" for name in names):
        raise _not_ours(folder, path)
    source = folder
    for name in names:
        source /= name
        if source.is_symlink():
            return None
    return source if source.is_file() else None


def _not_ours(folder: Path, path: str) -> PublishRefused:
    return PublishRefused(
        f"The manifest of {folder} names {path!r}, which 4site never writes.",
        hint='Remove the folder and build it again with "4site build".',
    )


def in_sending_order(files: Iterable[SiteFile]) -> list[SiteFile]:
    """Return files so that no page is there before what it needs: pages last, the home page at the
    very end.
    """
    return sorted(files, key=lambda file: (_rank(file.path), file.path))


def _rank(path: str) -> int:
    if path == "index.html":
        return 3
    if path.endswith(".html"):
        return 2
    return 0 if path.startswith("assets/") else 1


def _changed(path: str) -> PublishRefused:
    return PublishRefused(
        f"{path} is not what was built: it was changed or removed after the build.",
        hint='Build again with "4site build".',
    )


__all__ = ["MANIFEST_NAME", "Bundle", "SiteFile", "in_sending_order", "open_bundle"]
