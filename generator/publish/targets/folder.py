"""A folder on this machine, for a web server that serves it: replaced file by file, pages last."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from generator.errors import TargetRefused, UsageError
from generator.model.output import digest_of
from generator.publish.bundle import MANIFEST_NAME, Bundle, SiteFile, in_sending_order
from generator.publish.target import Destination, Plan, Published, Report, Served
from generator.write.manifest import Entry, Manifest, encode_manifest, read_manifest
from generator.write.paths import checked


def make_target(destination: Destination) -> FolderTarget:
    if not destination.address:
        raise UsageError("A folder needs its path.", hint="Say --to folder:PATH.")
    return FolderTarget(
        Path(destination.address).expanduser(), destination.url, destination.preview
    )


class FolderTarget:
    """Keeps a manifest in the folder, by which it knows what is its own; deletes nothing else."""

    def __init__(self, folder: Path, url: str | None, preview: str | None) -> None:
        self._folder = folder if preview is None else folder / preview
        is_inside = url is not None and preview is not None
        self._url = f"{str(url).rstrip('/')}/{preview}/" if is_inside else url

    def plan(self, bundle: Bundle) -> Plan:
        if self._folder.exists() and not self._folder.is_dir():
            raise TargetRefused(f"{self._folder} is a file.", hint="Name a folder.")
        if bundle.folder.resolve() == self._folder.resolve():
            raise TargetRefused("That is the site's own folder.", hint="Name another folder.")
        known = read_manifest(self._folder)
        if known is None and self._folder.is_dir() and any(self._folder.iterdir()):
            raise TargetRefused(
                f"{self._folder} holds files that 4site did not publish.",
                hint="Name an empty folder, or one that was published to before.",
            )
        present = known[0].files if known else {}
        changed = [file for file in bundle.files.values() if not self._has(file)]
        return Plan(
            title=str(self._folder),
            upload=tuple(in_sending_order(changed)),
            delete=tuple(sorted(set(present) - set(bundle.files))),
            unchanged=len(bundle.files) - len(changed),
            present=len(present),
            url=self._url,
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        try:
            if plan.upload or plan.delete:
                self._claim(bundle, plan)
            for number, file in enumerate(plan.upload, 1):
                self._replace(file.path, file.read())
                if number % 100 == 0:
                    report(f"Copied {number} of {len(plan.upload)} files")
            for path in plan.delete:
                self._remove(path)
            self._write_manifest(bundle.files)
        except OSError as error:
            raise TargetRefused(
                f"{self._folder} cannot be written: {error.strerror or error}.",
                hint="Check its permissions and free space, then publish again.",
            ) from error
        return Published(url=self._url, sent=len(plan.upload), deleted=len(plan.delete))

    def fetch(self, published: Published, path: str) -> Served | None:
        del published
        try:
            return Served(content=(self._folder / path).read_bytes())
        except OSError:
            return None

    def _has(self, file: SiteFile) -> bool:
        try:
            there = self._folder / file.path
            return (
                there.stat().st_size == file.size and digest_of(there.read_bytes()) == file.digest
            )
        except OSError:
            return False

    def _claim(self, bundle: Bundle, plan: Plan) -> None:
        """Write down first what may come to lie here, so that a broken run can be finished."""
        known = read_manifest(self._folder)
        kept = {path: known[0].files[path] for path in plan.delete} if known else {}
        entries = {
            file.path: Entry(digest=file.digest, size=file.size) for file in bundle.files.values()
        }
        self._folder.mkdir(parents=True, exist_ok=True)
        self._replace(MANIFEST_NAME, encode_manifest(Manifest(files=kept | entries)))

    def _write_manifest(self, files: dict[str, SiteFile]) -> None:
        entries = {path: Entry(digest=file.digest, size=file.size) for path, file in files.items()}
        self._replace(MANIFEST_NAME, encode_manifest(Manifest(files=entries)))

    def _replace(self, path: str, content: bytes) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
        try:
            partial.write_bytes(content)
            partial.replace(target)
        finally:
            with contextlib.suppress(OSError):
                partial.unlink()

    def _remove(self, path: str) -> None:
        with contextlib.suppress(OSError):
            (self._folder / checked(path)).unlink()
            for parent in (self._folder / path).parents:
                if parent == self._folder:
                    break
                parent.rmdir()
