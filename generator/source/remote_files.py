"""Fetches the pictures that documents show from other hosts, so that a page never asks for them.

Public https servers only, bounded in size, number and time; what cannot be had is left out with
one warning.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from generator.model.report import BuildWarning
from generator.settings import BuildOptions
from generator.source.cache_place import cache_folder, prune_files, write_whole
from generator.source.http_cache import Answer, HttpCache, Question
from generator.source.pictures import find_suffix

if TYPE_CHECKING:
    import httpx

_ACCEPT = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8"
_TYPES = ("image/", "application/octet-stream", "binary/octet-stream")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FAILED = 599
_NAMED_IN_WARNING = 3
_MAX_AGE = re.compile(r"max-age=(\d{1,9})")
# Servers say for how long an answer holds; a rebuild within ten minutes never asks again.
_FRESH_SECONDS = (600, 86_400)
_LIMIT_CACHE_BYTES = 512 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRules:
    """The bounds of one build. `allowed_hosts` (host and port) need not be public or https."""

    limit_bytes: int = 5 << 20
    limit_total_bytes: int = 100 << 20
    limit_count: int = 200
    limit_redirects: int = 3
    threads: int = 8
    timeout_seconds: float = 10.0
    total_seconds: float = 60.0
    allowed_hosts: frozenset[str] = frozenset()


class _NotHad(Exception):
    """This picture is left out; the text says why."""


@dataclass(slots=True)
class _Hunt:
    """The state of one build's fetching."""

    rules: PictureRules
    folder: Path
    cache: HttpCache
    is_offline: bool
    client: httpx.Client | None
    deadline: float
    # Threads add to it without a lock: it may be over by as many pictures as there are threads.
    total_bytes: int = 0
    has_asked: bool = False


def fetch_images(
    urls: Iterable[str],
    *,
    options: BuildOptions,
    report: Callable[[str], None],
    warn: Callable[[BuildWarning], None],
    rules: PictureRules | None = None,
) -> dict[str, Path]:
    """Return url → file on disk for each picture that could be had, in the order asked.

    The file's suffix tells its kind (`.png`, `.svg`, …), found in its content. SVG comes as it is:
    show it by `<img>` only. With `options.offline` only the cache is looked at.
    """
    rules = rules or PictureRules()
    wanted = [url for url in dict.fromkeys(urls) if _is_web(url)]
    if not wanted:
        return {}
    report(f"Fetching {len(wanted)} pictures from other hosts")
    answers: list[Path | str] = []
    with _hunting(options, rules) as hunt, ThreadPoolExecutor(rules.threads) as pool:
        answers = list(pool.map(lambda url: _try(hunt, url), wanted[: rules.limit_count]))
    found = dict(zip(wanted, answers, strict=False))
    missing = {url: str(why) for url, why in found.items() if not isinstance(why, Path)}
    missing |= dict.fromkeys(wanted[rules.limit_count :], "too many pictures")
    if missing:
        warn(_warn_of_missing(missing, total=len(wanted)))
    return {url: path for url, path in found.items() if isinstance(path, Path)}


@contextmanager
def _hunting(options: BuildOptions, rules: PictureRules) -> Iterator[_Hunt]:
    folder = cache_folder(options)
    cache = HttpCache(folder=folder / "http")
    client = None if options.offline else _open_client(rules)
    hunt = _Hunt(
        rules=rules,
        folder=folder / "pictures",
        cache=cache,
        is_offline=options.offline,
        client=client,
        deadline=time.monotonic() + rules.total_seconds,
    )
    try:
        yield hunt
    finally:
        if client is not None:
            client.close()
        if hunt.has_asked:
            cache.prune()
            prune_files(
                hunt.folder, "*", limit_bytes=_LIMIT_CACHE_BYTES, limit_count=20 * rules.limit_count
            )


def _open_client(rules: PictureRules) -> httpx.Client:
    import httpx  # noqa: PLC0415 - a build without the network never needs it

    from generator.source.public_hosts import PublicTransport  # noqa: PLC0415

    transport = PublicTransport(allowed=rules.allowed_hosts, connections=rules.threads)
    headers = {"User-Agent": "4site", "Accept": _ACCEPT}
    return httpx.Client(transport=transport, timeout=rules.timeout_seconds, headers=headers)


def _is_web(url: str) -> bool:
    try:
        split = urlsplit(url)
        return split.scheme in {"http", "https"} and bool(split.hostname) and len(url) <= 2000
    except ValueError:
        return False


def _try(hunt: _Hunt, url: str) -> Path | str:
    """Return the picture's file, or why there is none."""
    try:
        return _fetch(hunt, url)
    except _NotHad as error:
        return str(error)


def _fetch(hunt: _Hunt, url: str) -> Path:
    question = Question(url=url, accept=_ACCEPT)
    known = hunt.cache.find(question)
    kept = _kept_picture(hunt, known)
    if known is not None and (hunt.is_offline or _is_fresh(known)):
        if known.status == _FAILED:
            raise _NotHad(known.body.decode("utf-8", "replace"))
        if kept is not None:
            return kept
    if hunt.is_offline:
        raise _NotHad("offline, and not fetched before")
    return _ask_and_keep(hunt, question, known, kept)


def _ask_and_keep(hunt: _Hunt, question: Question, known: Answer | None, kept: Path | None) -> Path:
    try:
        answer = _ask(hunt, question.url, known if kept else None)
    except _NotHad as error:
        if kept is not None:
            return kept
        said = Answer(status=_FAILED, headers={}, body=str(error).encode())
        hunt.cache.save(question, said)
        raise
    if answer.status == 304 and known is not None and kept is not None:
        headers = {**known.headers, **answer.headers}
        answer, path = Answer(status=200, headers=headers, body=known.body), kept
    else:
        path = _keep(hunt, answer)
    entry = Answer(status=200, headers=answer.headers, body=path.name.encode())
    hunt.cache.save(question, entry)
    return path


def _kept_picture(hunt: _Hunt, known: Answer | None) -> Path | None:
    """Return the file that a cache entry names, if it is still there."""
    if known is None or known.status != 200:
        return None
    path = hunt.folder / Path(known.body.decode("ascii", "replace")).name
    return path if path.is_file() else None


def _is_fresh(known: Answer) -> bool:
    match = _MAX_AGE.search(known.headers.get("cache-control", ""))
    least, most = _FRESH_SECONDS
    seconds = min(max(int(match[1]) if match else 0, least), most)
    return 0 <= time.time() - known.saved_at < seconds


def _keep(hunt: _Hunt, answer: Answer) -> Path:
    """Write a picture under the hash of its content."""
    kind = answer.headers.get("content-type", "").lower()
    suffix = find_suffix(answer.body)
    if not kind.startswith(_TYPES) or suffix is None:
        raise _NotHad("not a picture")
    path = hunt.folder / f"{hashlib.sha256(answer.body).hexdigest()[:32]}{suffix}"
    try:
        write_whole(path, answer.body)
    except OSError as error:
        raise _NotHad(f"cannot be stored: {error.strerror}") from error
    return path


def _ask(hunt: _Hunt, url: str, known: Answer | None) -> Answer:
    """Ask for a picture, following redirects; each hop is checked by the transport."""
    import httpx  # noqa: PLC0415 - see _open_client

    headers = {}
    if known is not None and "etag" in known.headers:
        headers["If-None-Match"] = known.headers["etag"]
    elif known is not None and "last-modified" in known.headers:
        headers["If-Modified-Since"] = known.headers["last-modified"]
    hunt.has_asked = True
    try:
        target = _upgrade(httpx.URL(url), hunt.rules)
        for _ in range(hunt.rules.limit_redirects + 1):
            answer = _ask_once(hunt, target, headers)
            if answer.status not in _REDIRECTS:
                break
            target = _upgrade(target.join(answer.headers.get("location", "")), hunt.rules)
        else:
            raise _NotHad("redirected too often")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise _NotHad(str(error) or type(error).__name__) from error
    if answer.status not in {200, 304}:
        raise _NotHad(f"the server answered {answer.status}")
    return answer


def _upgrade(url: httpx.URL, rules: PictureRules) -> httpx.URL:
    """Ask by https even where the document says http, as GitHub's own image proxy would."""
    if url.scheme == "http" and url.netloc.decode("ascii") not in rules.allowed_hosts:
        return url.copy_with(scheme="https", port=None if url.port == 80 else url.port)
    return url


def _ask_once(hunt: _Hunt, url: httpx.URL, headers: Mapping[str, str]) -> Answer:
    if hunt.client is None or time.monotonic() > hunt.deadline:
        raise _NotHad("no time left for pictures")
    deadline = time.monotonic() + 2 * hunt.rules.timeout_seconds
    body = b""
    with hunt.client.stream("GET", url, headers=headers) as response:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > hunt.rules.limit_bytes:
                raise _NotHad(f"larger than {hunt.rules.limit_bytes >> 20} MiB")
            if time.monotonic() > deadline:
                raise _NotHad("too slow")
        hunt.total_bytes += len(body)
        if hunt.total_bytes > hunt.rules.limit_total_bytes:
            raise _NotHad("the pictures are too large in all")
        said = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status_code, headers=said, body=body)


def _warn_of_missing(missing: Mapping[str, str], *, total: int) -> BuildWarning:
    named = [f"{url[:120]} ({why})" for url, why in missing.items()]
    more = len(named) - _NAMED_IN_WARNING
    text = ", ".join(named[:_NAMED_IN_WARNING]) + (f" and {more} more" if more > 0 else "")
    return BuildWarning(
        code="pictures_missing",
        message=f"{len(missing)} of {total} pictures from other hosts are left out: {text}.",
        hint="Their text alternatives are shown. Pictures in the repository never fail.",
    )
