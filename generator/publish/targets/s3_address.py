"""The address of a site in a bucket: `BUCKET[/PREFIX][?OPTION=VALUE&…]`, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from generator.errors import UsageError
from generator.publish.target import Destination
from generator.publish.targets.s3_objects import ENCODINGS

FEWEST_RELEASES, MOST_RELEASES = 2, 100
DISTRIBUTION_VARIABLE = "FOURSITE_CLOUDFRONT_DISTRIBUTION"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_SEGMENT = re.compile(r"[^\x00-\x1f\x7f\\?*#]{1,255}")
_PREVIEW = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_DISTRIBUTION = re.compile(r"[A-Z0-9]{8,32}")
_OPTIONS = ("cloudfront", "encoding", "releases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`prefix` is '' or ends with a slash; `releases` is how many are kept, 0 for none; `url` is
    where people reach the prefix.
    """

    bucket: str
    prefix: str
    encoding: str = ""
    releases: int = 0
    distribution: str = ""
    url: str | None = None


def read_address(destination: Destination) -> Address:
    """Return the checked address; a preview's lies under `preview/NAME/` and keeps no releases.

    Raises UsageError for what cannot be.
    """
    place, _, query = destination.address.partition("?")
    bucket, _, prefix = place.partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise UsageError(
            f"{bucket!r} is no name of a bucket.",
            hint="Say --to s3://BUCKET or s3://BUCKET/PREFIX.",
        )
    options = _read_options(query)
    segments = _segments_of(prefix)
    url = destination.url.rstrip("/") + "/" if destination.url else None
    if destination.preview is not None:
        segments += ["preview", _preview_name(destination.preview)]
        url = f"{url}preview/{destination.preview}/" if url else None
    return Address(
        bucket=bucket,
        prefix="".join(f"{segment}/" for segment in segments),
        encoding=_encoding(options.get("encoding", "")),
        releases=0 if destination.preview is not None else _releases(options.get("releases", "0")),
        distribution=_distribution(
            options.get("cloudfront") or destination.environ.get(DISTRIBUTION_VARIABLE, "")
        ),
        url=url,
    )


def _read_options(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=9
        )
    except ValueError as error:
        raise UsageError(f"?{query} cannot be read.", hint="Say ?OPTION=VALUE&….") from error
    for name, value in pairs:
        if name not in _OPTIONS:
            raise UsageError(f"s3 has no option {name!r}.", hint=f"Options: {', '.join(_OPTIONS)}.")
        if not value or [one for one, _ in pairs].count(name) > 1:
            raise UsageError(f"The option {name} needs one value.", hint=f"Say ?{name}=VALUE.")
    return dict(pairs)


def _segments_of(prefix: str) -> list[str]:
    segments = prefix.strip("/").split("/") if prefix.strip("/") else []
    for segment in segments:
        if segment in {".", ".."} or not _SEGMENT.fullmatch(segment):
            raise UsageError(f"The prefix {prefix!r} is not a plain path.")
    return segments


def _preview_name(name: str) -> str:
    if not _PREVIEW.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a preview.",
            hint="Use letters, digits, dots, hyphens and underscores, 63 at most.",
        )
    return name


def _encoding(text: str) -> str:
    if text and text not in ENCODINGS:
        raise UsageError(f"encoding={text} is none.", hint=f"Say {' or '.join(ENCODINGS)}.")
    return text


def _releases(text: str) -> int:
    if text == "0":
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise UsageError(f"releases={text} is not a whole number.")
    if not FEWEST_RELEASES <= int(text) <= MOST_RELEASES:
        raise UsageError(
            f"releases={text} cannot be kept.",
            hint=f"Keep between {FEWEST_RELEASES} and {MOST_RELEASES}.",
        )
    return int(text)


def _distribution(text: str) -> str:
    if text and not _DISTRIBUTION.fullmatch(text):
        raise UsageError(
            f"{text!r} is no id of a CloudFront distribution.", hint="It looks like E1ABCDEF2GHIJK."
        )
    return text
