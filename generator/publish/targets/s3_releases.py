"""Releases in a bucket: each publishing is kept whole under a prefix of its own.

`releases/ID/` is filled first: what changed is sent there, everything else is copied inside the
store. The live site is then switched by copies inside the store of what differs, pages last, and
so is a roll-back: nothing is sent. `releases/current.json` names the release, for an edge that
wants to switch in one step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from generator.errors import TargetRefused
from generator.model.output import digest_of
from generator.model.serving import REVALIDATED
from generator.publish.bundle import MANIFEST_NAME, Bundle
from generator.publish.target import Plan, Published, Release, Report
from generator.publish.targets.s3 import S3Target
from generator.publish.targets.s3_bucket import in_parallel
from generator.publish.targets.s3_objects import Known, Record, Seen

FOLDER = "releases/"
POINTER = "releases/current.json"
_TIME = "%Y%m%dT%H%M%SZ"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{10}")
_KEY = re.compile(rf"{FOLDER}(?P<id>{_ID.pattern})/(?P<key>.+)", re.DOTALL)


class S3ReleasesTarget(S3Target):
    """A site in a bucket of which the last releases are kept beside it."""

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        seen = self.seen(bundle)
        release = self._stage(seen, plan, report)
        self._switch(seen, self.wanted, release, report)
        self._prune(seen, release)
        return Published(
            url=self.address.url,
            release=release,
            sent=len(plan.upload),
            deleted=len(plan.delete),
        )

    def list_releases(self) -> list[Release]:
        seen = self.look({})
        return [
            Release(
                id=name,
                made_at=datetime.strptime(f"{name[:16]}+0000", f"{_TIME}%z").isoformat(),
                is_live=name == seen.record.release,
                url=f"{self.address.url}{FOLDER}{name}/" if self.address.url else None,
                note=f"{len(etags) - 1} objects",
            )
            for name, etags in _whole_releases(seen.etags)
        ]

    def roll_back(self, release: str) -> Published:
        kept = self.read_record(_folder(release)) if _ID.fullmatch(release) else Record()
        if not kept.objects:
            raise TargetRefused(
                f"{self.bucket.title} has no release {release}.",
                hint="Add --list to see which there are.",
            )
        wanted = {key: known.mark for key, known in kept.objects.items()}
        seen = self.look(wanted)
        if lost := wanted.keys() - _releases_in(seen.etags)[release].keys():
            raise TargetRefused(
                f"{release} is no longer whole: {min(lost)} was removed from it.",
                hint="Build that version again, and publish it.",
            )
        self._switch(seen, wanted, release, lambda _line: None)
        return Published(url=self.address.url, release=release)

    def _stage(self, seen: Seen, plan: Plan, report: Report) -> str:
        """Make the release whole under its prefix and return its name. What a run that broke off
        left there is used: objects are stored whole or not at all.
        """
        wanted = self.wanted
        digest = _digest_of(wanted)
        there = _releases_in(seen.etags)
        name = next((one for one in sorted(there, reverse=True) if one.endswith(digest)), None)
        name = name or f"{self.clock().strftime(_TIME)}-{digest}"
        have = there.get(name, {})
        if have.keys() >= {MANIFEST_NAME, *wanted}:
            return name
        folder = _folder(name)
        missing = [key for key in wanted if key not in have]
        report(f"Copying what did not change into {folder}")
        etags = dict(have) | in_parallel(
            [key for key in missing if key in seen.same],
            lambda key: self.bucket.copy(key, folder + key),
        )
        staged = Seen(etags=seen.etags, record=seen.record, same=etags, strange=())
        etags |= self.upload(plan.upload, staged, report, folder)
        objects = {key: Known(mark=mark, etag=etags[key]) for key, mark in wanted.items()}
        self.write_record(Record(release=name, objects=objects), folder)
        return name

    def _switch(self, seen: Seen, wanted: Mapping[str, str], release: str, report: Report) -> None:
        def bring() -> dict[str, str]:
            self._point_to(release)
            changed = [key for key in wanted if key not in seen.same]
            report(f"Switching {len(changed)} objects to {release}")
            etags: dict[str, str] = {}
            for some in _in_waves(changed):
                etags |= in_parallel(some, self._copier(release))
            return etags

        self.replace(seen, wanted, bring, release)

    def _copier(self, release: str) -> Callable[[str], str]:
        return lambda key: self.bucket.copy(_folder(release) + key, key)

    def _point_to(self, release: str) -> None:
        said = {"release": release, "prefix": self.bucket.prefix + _folder(release)}
        self.bucket.put(
            POINTER,
            msgspec.json.encode(said),
            content_type="application/json",
            cache_control=REVALIDATED,
        )

    def _prune(self, seen: Seen, live: str) -> None:
        """Remove the oldest releases, and what is left of ones that were never finished."""
        whole = [name for name, _etags in _whole_releases(seen.etags) if name != live]
        kept = {live, *whole[: self.address.releases - 1]}
        self.bucket.delete([
            f"{_folder(name)}{key}"
            for name, etags in sorted(_releases_in(seen.etags).items())
            if name not in kept
            # The record goes first: without it this is no release to go back to.
            for key in sorted(etags, key=lambda key: (key != MANIFEST_NAME, key))
        ])  # fmt: skip


def _folder(release: str) -> str:
    return f"{FOLDER}{release}/"


def _digest_of(wanted: Mapping[str, str]) -> str:
    lines = (f"{mark} {key}\n" for key, mark in sorted(wanted.items()))
    return digest_of("".join(lines).encode())[:10]


def _releases_in(etags: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the ETags of each release's objects, by release and key."""
    found: dict[str, dict[str, str]] = {}
    for path, etag in etags.items():
        if match := _KEY.fullmatch(path):
            found.setdefault(match["id"], {})[match["key"]] = etag
    return found


def _whole_releases(etags: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Return the finished releases, the newest first."""
    found = _releases_in(etags)
    return [(name, found[name]) for name in sorted(found, reverse=True)
            if MANIFEST_NAME in found[name]]  # fmt: skip


def _in_waves(keys: Iterable[str]) -> list[Sequence[str]]:
    """Return keys in groups of which each needs the ones before: pages late, the home page last."""
    waves: list[list[str]] = [[], [], []]
    for key in keys:
        name = key.removesuffix(".br").removesuffix(".gz")
        waves[2 if name == "index.html" else int(name.endswith(".html"))].append(key)
    return [wave for wave in waves if wave]
