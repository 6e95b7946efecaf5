"""The targets that have a server in tests, each made ready to be published to through a proxy.

A new target with a server adds itself to `TARGETS`, and `test_faults.py` breaks it everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.model.serving import HOST_FILES
from tests.support import cloudflare_server, netlify_server, vercel_server
from tests.support.netlify_server import serve_netlify
from tests.support.vercel_server import STATIC
from tests.support.webdav_server import serve_webdav

OURS = frozenset({".4site-manifest.json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyTarget:
    """`server` is where a proxy has to stand; `to` and `environ` say how to publish to the target
    at an address. `served` is what visitors see, by path. On an atomic target all of it changes
    at once. `is_patient` is False where a library of the vendor's repeats requests, and waits.
    """

    server: str
    to: Callable[[str], str]
    environ: Callable[[str], Mapping[str, str]]
    served: Callable[[], dict[str, bytes]]
    is_atomic: bool
    is_patient: bool = True


@contextmanager
def _netlify(folder: Path) -> Iterator[FaultyTarget]:
    with serve_netlify() as fake:
        yield FaultyTarget(
            server=fake.url,
            to=lambda _url: f"netlify:{netlify_server.NAME}",
            environ=lambda url: fake.environ | {"NETLIFY_API_URL": f"{url}/api/v1"},
            served=fake.served,
            is_atomic=True,
        )


@contextmanager
def _webdav(folder: Path) -> Iterator[FaultyTarget]:
    with serve_webdav(folder) as server:
        yield FaultyTarget(
            server=server.url,
            to=lambda url: f"{url.replace('http:', 'webdav:')}/www",
            environ=lambda _url: server.environ,
            served=lambda: _files_in(server.root / "www"),
            is_atomic=False,
        )


@contextmanager
def _cloudflare(folder: Path) -> Iterator[FaultyTarget]:
    with cloudflare_server.serve_cloudflare() as (server, pages):

        def served() -> dict[str, bytes]:
            manifest = pages.live.manifest if pages.live else {}
            return {path.lstrip("/"): pages.store[key][0] for path, key in manifest.items()}

        yield FaultyTarget(
            server=server.url,
            to=lambda _url: f"cloudflare-pages:{cloudflare_server.PROJECT}",
            environ=cloudflare_server.environment,
            served=served,
            is_atomic=True,
        )


@contextmanager
def _vercel(folder: Path) -> Iterator[FaultyTarget]:
    with vercel_server.serve_vercel() as (server, vercel):

        def served() -> dict[str, bytes]:
            files = vercel.live.files if vercel.live else {}
            shown = {path: digest for path, digest in files.items() if STATIC in path}
            return {path.removeprefix(STATIC): vercel.store[key] for path, key in shown.items()}

        yield FaultyTarget(
            server=server.url,
            to=lambda _url: f"vercel:{vercel_server.PROJECT}",
            environ=vercel_server.environment,
            served=served,
            is_atomic=True,
        )


@contextmanager
def _s3(folder: Path) -> Iterator[FaultyTarget]:
    from tests.support.s3_server import start_s3  # noqa: PLC0415  its library is an extra

    folder.mkdir()
    with start_s3(folder) as server:
        bucket = server.make_bucket()
        yield FaultyTarget(
            server=server.url,
            to=lambda _url: f"s3://{bucket.name}/www",
            environ=lambda url: server.environ(AWS_ENDPOINT_URL_S3=url),
            served=lambda: _files_in(bucket / "www"),
            is_atomic=False,
            is_patient=False,
        )


TARGETS: dict[str, Callable[[Path], AbstractContextManager[FaultyTarget]]] = {
    "cloudflare-pages": _cloudflare,
    "netlify": _netlify,
    "s3": _s3,
    "vercel": _vercel,
    "webdav": _webdav,
}


def visible(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what visitors may ask for: hosts read some files themselves."""
    return {path: content for path, content in files.items() if path not in HOST_FILES | OURS}


def _files_in(folder: Path) -> dict[str, bytes]:
    found = [file for file in folder.rglob("*") if file.is_file()]
    names = {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}
    return {path: content for path, content in names.items() if not path.startswith(".4site-")}
