"""Amazon S3 and every store that speaks like it: objects with their headers, pages last.

A record in the bucket says which objects are ours and what is in them. It is written before
anything else, so that a run that breaks off can be finished, and at the end.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from generator.errors import NotAsPublished, TargetRefused
from generator.model.output import digest_of
from generator.model.serving import IMMUTABLE, REVALIDATED, cache_control, content_type, url_path
from generator.publish.bundle import MANIFEST_NAME, Bundle, SiteFile, in_sending_order
from generator.publish.http import fetch_served
from generator.publish.sending import send_all
from generator.publish.target import Destination, Plan, Published, Report, Served, Target
from generator.publish.targets.s3_address import Address, read_address
from generator.publish.targets.s3_bucket import Bucket, Got, in_parallel, invalidate
from generator.publish.targets.s3_objects import (
    Form,
    Known,
    Record,
    Seen,
    compare,
    decode_record,
    encode_record,
    forms_of,
)

MOST_PATHS = 30
"""Above this many paths CloudFront is told to forget everything, which counts as one path."""

Clock = Callable[[], datetime]


def make_target(destination: Destination) -> Target:
    from generator.publish.targets.s3_releases import (  # noqa: PLC0415  it builds on this module
        S3ReleasesTarget,
    )

    address = read_address(destination)
    kind = S3ReleasesTarget if address.releases else S3Target
    return kind(address, destination.environ, clock=lambda: datetime.now(UTC))


class S3Target:
    """One site in a bucket, under a prefix."""

    def __init__(self, address: Address, environ: Mapping[str, str], *, clock: Clock) -> None:
        self.address = address
        self.bucket = Bucket(address.bucket, address.prefix, environ)
        self.clock = clock
        self._environ = environ
        self._forms: dict[str, Form] = {}
        self._seen: Seen | None = None

    def plan(self, bundle: Bundle) -> Plan:
        self._forms = forms_of(bundle, self.address.encoding)
        wanted = self.wanted
        seen = self._seen = self.look(wanted)
        changed = {form.file.path for key, form in self._forms.items() if key not in seen.same}
        return Plan(
            title=self.bucket.title,
            upload=tuple(in_sending_order(bundle.files[path] for path in changed)),
            delete=tuple(seen.gone(wanted)),
            unchanged=len(bundle.files) - len(changed),
            present=sum(key in seen.etags for key in seen.record.objects),
            url=self.address.url,
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        seen = self.seen(bundle)
        self.replace(seen, self.wanted, lambda: self.upload(plan.upload, seen, report))
        return Published(url=self.address.url, sent=len(plan.upload), deleted=len(plan.delete))

    def fetch(self, published: Published, path: str) -> Served | None:
        if published.url:
            return fetch_served(published.url, path)
        got = self.bucket.find(path)
        if got is None:
            raise NotAsPublished(
                f"{path} is not in {self.bucket.title}.",
                hint="Somebody else may publish there at the same time. Publish again.",
            )
        return Served(content=_decoded(got), headers=got.headers)

    @property
    def wanted(self) -> dict[str, str]:
        """The marks of the objects of the planned site by key."""
        return {key: form.mark for key, form in self._forms.items()}

    def seen(self, bundle: Bundle) -> Seen:
        """Return what the plan saw, looking now if nobody planned."""
        if self._seen is None:
            self.plan(bundle)
        assert self._seen is not None  # noqa: S101  `plan` sets it
        return self._seen

    def look(self, wanted: Mapping[str, str]) -> Seen:
        """Ask what is there. Raises TargetRefused where somebody else's object is in the way."""
        etags = self.bucket.list_etags()
        record = self.read_record("") if MANIFEST_NAME in etags else Record()
        seen = compare(wanted, etags, record, lambda keys: in_parallel(keys, self.bucket.find_mark))
        if seen.strange:
            raise TargetRefused(
                f"{self.bucket.title} holds {seen.strange[0]}, which 4site did not publish"
                f" and would replace{_and_more(len(seen.strange) - 1)}.",
                hint="Name another prefix, or remove what lies there.",
            )
        return seen

    def read_record(self, folder: str) -> Record:
        """Return the record under `folder` ('' or ending with a slash).

        Raises TargetRefused when it cannot be read: without it nobody knows what is ours.
        """
        got = self.bucket.find(folder + MANIFEST_NAME)
        record = decode_record(got.content) if got else Record()
        if record is None:
            raise TargetRefused(
                f"{self.bucket.title}/{folder}{MANIFEST_NAME} is not a record that we can read.",
                hint="It may be a newer version's. Update 4site, or remove the object.",
            )
        return record

    def write_record(self, record: Record, folder: str = "") -> None:
        self.bucket.put(
            folder + MANIFEST_NAME,
            encode_record(record),
            content_type=content_type(MANIFEST_NAME),
            cache_control=REVALIDATED,
            encoding="gzip",
        )

    def replace(
        self,
        seen: Seen,
        wanted: Mapping[str, str],
        bring: Callable[[], Mapping[str, str]],
        release: str = "",
    ) -> None:
        """Make the site what is wanted. `bring` puts the objects there that are missing or differ
        and returns their ETags.
        """
        gone = seen.gone(wanted)
        same = {key: Known(mark=wanted[key], etag=etag) for key, etag in seen.same.items()}
        if len(same) == len(wanted) and seen.record == Record(release=release, objects=same):
            return
        changed = {key: Known(mark=mark) for key, mark in wanted.items() if key not in same}
        leaving = {key: Known(mark=seen.record.objects[key].mark) for key in gone}
        claim = Record(release=seen.record.release, objects={**leaving, **same, **changed})
        self.write_record(claim)
        brought = {key: Known(mark=wanted[key], etag=etag) for key, etag in bring().items()}
        self.bucket.delete(gone)
        self._invalidate({*changed, *gone, *seen.record.pending}, seen)
        self.write_record(Record(release=release, objects={**same, **brought}))

    def upload(
        self, files: tuple[SiteFile, ...], seen: Seen, report: Report, folder: str = ""
    ) -> dict[str, str]:
        """Send the objects of `files` that are not as wanted to `folder`; return their ETags."""
        by_path: dict[str, list[Form]] = {}
        for key, form in self._forms.items():
            if key not in seen.same:
                by_path.setdefault(form.file.path, []).append(form)
        etags: dict[str, str] = {}

        def send(file: SiteFile) -> None:
            for form in by_path[file.path]:
                etags[form.key] = self.put(folder, form)

        send_all([file for file in files if file.path in by_path], send, report)
        return etags

    def put(self, folder: str, form: Form) -> str:
        """Store one object of the site under `folder` and return its ETag."""
        return self.bucket.put(
            folder + form.key,
            form.read(),
            content_type=form.content_type,
            cache_control=form.cache_control,
            encoding=form.encoding,
            mark=form.mark,
        )

    def _invalidate(self, keys: Iterable[str], seen: Seen) -> None:
        if not self.address.distribution:
            return
        touched = [
            key for key in sorted(keys) if key in seen.etags or cache_control(key) != IMMUTABLE
        ]
        if touched:
            now = self.clock().isoformat()
            invalidate(
                self.address.distribution,
                paths_to_forget(touched, self._visited_under()),
                f"4site-{now}-{digest_of(' '.join(touched).encode())[:8]}",
                self._environ,
            )

    def _visited_under(self) -> str:
        """Return the path at which visitors find the prefix: that of the site's URL if known."""
        if self.address.url:
            return urlsplit(self.address.url).path or "/"
        return f"/{quote(self.address.prefix)}"


def paths_to_forget(keys: Iterable[str], base: str) -> list[str]:
    """Return the paths of a CDN for changed objects: a folder's page has two addresses."""
    paths = dict.fromkeys(base + quote(path) for key in keys for path in (url_path(key), key))
    return list(paths) if len(paths) <= MOST_PATHS else [f"{base}*"]


def _decoded(got: Got) -> bytes:
    """Return what a browser would see."""
    if got.headers.get("content-encoding") != "gzip":
        return got.content
    try:
        return gzip.decompress(got.content)
    except (OSError, EOFError, zlib.error):
        return got.content


def _and_more(number: int) -> str:
    return f" ({number} more such objects)" if number else ""
