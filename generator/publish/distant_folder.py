"""A site in a folder of another machine, whatever carries files there.

Where the address is free, or a link that was made here, each version gets a folder of its own and
the link is switched to it: `tool` leads to `tool-releases/ID` (`current` to `releases/ID`). A plain
folder is changed file by file: assets first, pages last, deletions at the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

import msgspec

from generator.errors import TargetRefused
from generator.publish.bundle import MANIFEST_NAME, Bundle, SiteFile, in_sending_order
from generator.publish.http import fetch_served
from generator.publish.target import Plan, Published, Release, Report, Served
from generator.write.manifest import Entry, Manifest, encode_manifest

KEPT_RELEASES = 5
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What lies at a path: `kind` is 'folder', 'link', 'file' or 'nothing'."""

    kind: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entry of a folder; `made_at` in RFC 3339."""

    name: str
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a new release may take over: the live one beside it, and those of its files
    that are the same.

    The new folder itself may hold files of a run that broke off; they are whole.
    """

    release: str | None
    same: frozenset[str]


class Carrier(Protocol):
    """What carries files to the other machine. Everything may be repeated; all raise PublishError.

    Paths are POSIX paths there. No file is ever half written under its own name.
    """

    def look(self, path: str) -> Seen: ...
    def names(self, folder: str) -> list[Named]: ...
    def read(self, path: str) -> bytes | None: ...
    def make_folder(self, path: str) -> None: ...
    def write(self, path: str, content: bytes) -> None: ...
    def send(
        self,
        bundle: Bundle,
        files: Sequence[SiteFile],
        folder: str,
        before: Before | None,
        report: Report,
    ) -> None:
        """Put files into `folder` in their order; with `before` it is a release of its own."""
        ...  # fmt: skip

    def delete(self, folder: str, paths: Sequence[str]) -> None: ...
    def remove_folder(self, path: str) -> None: ...
    def point(self, link: str, target: str) -> None:
        """Make `link` lead to `target` in one step."""
        ...


class DistantFolder:
    """The target: one folder, or one link with its releases."""

    def __init__(self, carrier: Carrier, path: str, title: str, url: str | None) -> None:
        self._carrier, self._path, self._title, self._url = carrier, path, title, url
        place = PurePosixPath(path)
        name = "releases" if place.name == "current" else f"{place.name}-releases"
        self._releases = str(place.with_name(name))
        self._live: str | None = None
        self._is_plain = False
        self._known: dict[str, Entry] = {}

    def plan(self, bundle: Bundle) -> Plan:
        self._look()
        known = self._read_manifest(self._path)
        if known is None:
            self._check_empty()
        self._known = known or {}
        changed = [file for file in bundle.files.values() if not self._has(file)]
        return Plan(
            title=self._title,
            upload=tuple(in_sending_order(changed)),
            delete=tuple(sorted(set(self._known) - set(bundle.files))),
            unchanged=len(bundle.files) - len(changed),
            present=len(self._known),
            url=self._url,
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        for file in bundle.files.values():
            file.read()
        if self._is_plain:
            self._change(bundle, plan, report)
        else:
            self._release(bundle, report)
        return Published(
            url=self._url, release=self._live, sent=len(plan.upload), deleted=len(plan.delete)
        )

    def fetch(self, published: Published, path: str) -> Served | None:
        del published
        if self._url is not None:
            return fetch_served(self._url, path)
        content = self._carrier.read(f"{self._path}/{path}")
        return None if content is None else Served(content=content)

    def list_releases(self) -> list[Release]:
        self._look()
        return [
            Release(id=name.name, made_at=name.made_at, is_live=name.name == self._live)
            for name in self._find_releases()
            if self._read_manifest(f"{self._releases}/{name.name}") is not None
        ]

    def roll_back(self, release: str) -> Published:
        self._look()
        if not _ID.fullmatch(release) or not self._is_complete(release):
            raise TargetRefused(
                f"{self._title} has no release {release}.", hint="--list names those it has."
            )
        self._switch(release)
        return Published(url=self._url, release=release)

    def _look(self) -> None:
        """Find out which of the two forms the address has, and which release is live."""
        seen = self._carrier.look(self._path)
        self._is_plain = seen.kind == "folder"
        if seen.kind == "file":
            raise TargetRefused(f"{self._title} is a file.", hint="Name a folder.")
        if seen.kind != "link":
            return
        target = PurePosixPath(seen.target)
        own = PurePosixPath(self._releases)
        if target.parent not in {own, PurePosixPath(own.name)} or not _ID.fullmatch(target.name):
            raise TargetRefused(
                f"{self._title} is a link to {seen.target}, which 4site did not publish.",
                hint="Name the folder that it leads to, or another address.",
            )
        self._live = target.name

    def _read_manifest(self, folder: str) -> dict[str, Entry] | None:
        content = self._carrier.read(f"{folder}/{MANIFEST_NAME}")
        if content is None:
            return None
        try:
            manifest = msgspec.json.decode(content, type=Manifest)
        except msgspec.MsgspecError:
            return None
        return manifest.files if manifest.version == 1 else None

    def _check_empty(self) -> None:
        if self._is_plain and self._carrier.names(self._path):
            raise TargetRefused(
                f"{self._title} holds files that 4site did not publish.",
                hint="Name an empty folder, a new one, or one that was published to before.",
            )

    def _has(self, file: SiteFile) -> bool:
        entry = self._known.get(file.path)
        return entry is not None and entry.digest == file.digest

    def _is_complete(self, release: str) -> bool:
        return self._read_manifest(f"{self._releases}/{release}") is not None

    def _release(self, bundle: Bundle, report: Report) -> None:
        """Fill a folder of its own, its manifest last, then switch the link."""
        release = bundle.digest[:16]
        folder = f"{self._releases}/{release}"
        if release == self._live:
            return
        if not self._is_complete(release):
            self._carrier.make_folder(self._releases)
            self._carrier.make_folder(folder)
            files = in_sending_order(bundle.files.values())
            same = frozenset(file.path for file in files if self._has(file))
            before = Before(release=self._live, same=same)
            self._carrier.send(bundle, files, folder, before, report)
            self._carrier.write(f"{folder}/{MANIFEST_NAME}", _manifest_of(bundle))
        report(f"Switching to {release}")
        self._switch(release)
        self._remove_old()

    def _switch(self, release: str) -> None:
        self._carrier.point(self._path, f"{PurePosixPath(self._releases).name}/{release}")
        self._live = release

    def _remove_old(self) -> None:
        others = [one for one in self._find_releases() if one.name != self._live]
        for old in others[KEPT_RELEASES - 1 :]:
            self._carrier.remove_folder(f"{self._releases}/{old.name}")

    def _find_releases(self) -> list[Named]:
        """Return the folders of releases, the newest first."""
        if self._is_plain or self._carrier.look(self._releases).kind != "folder":
            return []
        names = [one for one in self._carrier.names(self._releases) if _ID.fullmatch(one.name)]
        return sorted(names, key=lambda one: (one.made_at, one.name), reverse=True)

    def _change(self, bundle: Bundle, plan: Plan, report: Report) -> None:
        manifest = f"{self._path}/{MANIFEST_NAME}"
        if plan.upload or plan.delete:
            self._carrier.write(manifest, self._claim(plan))
        if plan.upload:
            self._carrier.send(bundle, plan.upload, self._path, None, report)
        if plan.delete:
            self._carrier.delete(self._path, plan.delete)
        if plan.upload or plan.delete:
            self._carrier.write(manifest, _manifest_of(bundle))

    def _claim(self, plan: Plan) -> bytes:
        """Return a manifest of all that may lie there for a while: with no digest for a file whose
        sending may break off, so that the next run sends it.
        """
        coming = {file.path: Entry(digest="", size=file.size) for file in plan.upload}
        kept = {path: entry for path, entry in self._known.items() if path not in coming}
        return encode_manifest(Manifest(files=kept | coming))


def _manifest_of(bundle: Bundle) -> bytes:
    return encode_manifest(
        Manifest(
            files={
                path: Entry(digest=file.digest, size=file.size)
                for path, file in bundle.files.items()
            }
        )
    )
