"""A ZIP archive of the site, the same bytes for the same site: for releases, uploads by hand,
offline reading.
"""

from __future__ import annotations

import contextlib
import os
import zipfile
from pathlib import Path

from generator.errors import TargetRefused, UsageError
from generator.publish.bundle import Bundle, SiteFile, in_sending_order
from generator.publish.target import Destination, Plan, Published, Report, Served

_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that the format knows: when it was packed is nobody's business."""
_FILE_MODE = 0o100644
_UNIX = 3


def make_target(destination: Destination) -> ZipTarget:
    path = Path(destination.address).expanduser()
    if path.suffix.lower() != ".zip":
        raise UsageError("An archive needs its file name.", hint="Say --to zip:FILE.zip.")
    if destination.preview is not None:
        raise UsageError("An archive has no previews.", hint="Name another file instead.")
    return ZipTarget(path)


class ZipTarget:
    """Written beside its place and renamed, so that half an archive is never found there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def plan(self, bundle: Bundle) -> Plan:
        if self._path.is_dir():
            raise TargetRefused(f"{self._path} is a folder.", hint="Name a file.")
        if bundle.folder.resolve() in self._path.resolve().parents:
            raise TargetRefused(
                "The archive would lie in the site's own folder.", hint="Name another place."
            )
        if self._path.exists() and not zipfile.is_zipfile(self._path):
            raise TargetRefused(
                f"{self._path} is there and no ZIP archive.", hint="Name another file."
            )
        files = in_sending_order(bundle.files.values())
        return Plan(title=str(self._path), upload=tuple(files))

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        partial = self._path.with_name(f".{self._path.name[:200]}.{os.getpid()}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
                for path, file in sorted(bundle.files.items()):
                    _add(archive, path, file)
            partial.replace(self._path)
        except OSError as error:
            raise TargetRefused(
                f"{self._path} cannot be written: {error.strerror or error}.",
                hint="Check its permissions and free space, then publish again.",
            ) from error
        finally:
            with contextlib.suppress(OSError):
                partial.unlink()
        report(f"Packed {len(bundle.files)} files")
        return Published(sent=len(plan.upload))

    def fetch(self, published: Published, path: str) -> Served | None:
        del published
        try:
            with zipfile.ZipFile(self._path) as archive:
                return Served(content=archive.read(path))
        except (OSError, KeyError, zipfile.BadZipFile):
            return None


def _add(archive: zipfile.ZipFile, path: str, file: SiteFile) -> None:
    entry = zipfile.ZipInfo(path, _TIME)
    entry.create_system = _UNIX  # else Windows writes another archive
    entry.external_attr = _FILE_MODE << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, file.read(), compresslevel=9)
