"""What lies in a bucket and what should: the objects of a site, and the record of those there."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from generator.errors import PublishError
from generator.model.output import digest_of
from generator.model.serving import cache_control, content_type, is_compressible
from generator.publish.bundle import Bundle, SiteFile

GZIP, BESIDE = "gzip", "beside"
ENCODINGS = (GZIP, BESIDE)
"""How `encoding=` may store what compresses: as gzip, or plain with `.gz` and `.br` beside it."""
SMALLEST_COMPRESSED = 1024
_BROTLI_QUALITY = 11
_GZIP_START = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One object to be: its key, the file in it, and how that is coded (`''`, `gzip`, `br`)."""

    key: str
    file: SiteFile
    encoding: str

    @property
    def content_type(self) -> str:
        return content_type(self.file.path)

    @property
    def cache_control(self) -> str:
        return cache_control(self.file.path)

    @property
    def mark(self) -> str:
        """A name for exactly this content with exactly these headers."""
        parts = (self.file.digest, self.content_type, self.cache_control, self.encoding)
        return digest_of("\n".join(parts).encode())

    def read(self) -> bytes:
        """Return the bytes to store. Raises PublishRefused when the file has changed."""
        content = self.file.read()
        if self.encoding == "gzip":
            return gzip.compress(content, mtime=0)
        return _as_brotli(content) if self.encoding == "br" else content


def forms_of(bundle: Bundle, encoding: str) -> dict[str, Form]:
    """Return the objects of a site by key, under one of ENCODINGS or none."""
    forms = {}
    for path, file in bundle.files.items():
        is_coded = is_compressible(path) and file.size >= SMALLEST_COMPRESSED
        plain = "gzip" if is_coded and encoding == GZIP else ""
        forms[path] = Form(key=path, file=file, encoding=plain)
        if is_coded and encoding == BESIDE:
            for suffix, coding in ((".br", "br"), (".gz", "gzip")):
                if path + suffix not in bundle.files:
                    forms[path + suffix] = Form(key=path + suffix, file=file, encoding=coding)
    return forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An object of ours: the mark of what is in it and the store's ETag, '' until it is there."""

    mark: str
    etag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Every object of ours by key, and the release they are from. Kept in the bucket itself."""

    version: int = 1
    release: str = ""
    objects: dict[str, Known] = field(default_factory=dict)

    @property
    def pending(self) -> list[str]:
        """Keys that a run which broke off may or may not have written."""
        return [key for key, known in self.objects.items() if not known.etag]


def encode_record(record: Record) -> bytes:
    """Return the record as JSON in gzip: it is written twice by each run."""
    return gzip.compress(msgspec.json.encode(record, order="sorted"), mtime=0)


def decode_record(content: bytes) -> Record | None:
    """Return the record, or None when this is none that we can read."""
    try:
        # Some stores unpack what is stored as gzip.
        plain = gzip.decompress(content) if content.startswith(_GZIP_START) else content
        record = msgspec.json.decode(plain, type=Record)
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError):
        return None
    return record if record.version == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found: all ETags by key, the record, the ETags of those objects that are as wanted,
    and the wanted keys at which somebody else's object lies.
    """

    etags: Mapping[str, str]
    record: Record
    same: Mapping[str, str]
    strange: Sequence[str]

    def gone(self, wanted: Mapping[str, str]) -> list[str]:
        """Return the objects of ours that are there and no longer wanted."""
        return sorted(key for key in self.record.objects if key not in wanted and key in self.etags)


def compare(
    wanted: Mapping[str, str],
    etags: Mapping[str, str],
    record: Record,
    find_marks: Callable[[Sequence[str]], Mapping[str, str | None]],
) -> Seen:
    """Compare wanted marks with what is there. `find_marks` asks the objects themselves; it is
    needed only where the record and the ETag leave a doubt. No ETag is taken for a hash: with
    keys of KMS it is none.
    """
    same: dict[str, str] = {}
    doubtful = []
    for key, mark in wanted.items():
        known, etag = record.objects.get(key), etags.get(key)
        if etag is None:
            continue
        if known is None or known.etag != etag:
            doubtful.append(key)
        elif known.mark == mark:
            same[key] = etag
    marks = find_marks(doubtful)
    same |= {key: etags[key] for key in doubtful if marks[key] == wanted[key]}
    strange = [key for key in doubtful if marks[key] is None and key not in record.objects]
    return Seen(etags=etags, record=record, same=same, strange=strange)


def _as_brotli(content: bytes) -> bytes:
    try:
        import brotli  # noqa: PLC0415  only for this way of storing
    except ModuleNotFoundError as error:
        raise PublishError(
            "encoding=beside needs the library brotli.", hint="pip install '4site[s3]'"
        ) from error
    compressed: bytes = brotli.compress(content, quality=_BROTLI_QUALITY)
    return compressed
