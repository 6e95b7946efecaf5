"""A folder on a WebDAV server: replaced file by file, assets first, pages last.

A manifest in the folder says what is ours. Before anything changes, what is going to be replaced is
marked there as unknown, so that a run after a broken one sends it again.
"""

from __future__ import annotations

import threading
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

import msgspec

from generator.errors import CredentialsMissing, OutputRefused, TargetRefused, UsageError
from generator.publish.bundle import MANIFEST_NAME, Bundle, SiteFile, in_sending_order
from generator.publish.http import fetch_served
from generator.publish.sending import send_all
from generator.publish.target import Destination, Plan, Published, Report, Served
from generator.publish.targets.webdav_folder import UPLOADS, RemoteFolder
from generator.write.manifest import Entry, Manifest, encode_manifest
from generator.write.paths import checked

CHECKPOINT_FILES = 100
"""After so many files what was sent is written down, so that a broken run need not start again."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def make_target(destination: Destination) -> WebDavTarget:
    url = _folder_url(destination)
    user = destination.environ.get("FOURSITE_WEBDAV_USER", "")
    password = destination.environ.get("FOURSITE_WEBDAV_PASSWORD", "")
    if not user or not password:
        raise CredentialsMissing(
            "A WebDAV server must know who publishes.",
            hint="Set FOURSITE_WEBDAV_USER and FOURSITE_WEBDAV_PASSWORD.",
        )
    public = destination.url
    if destination.preview is not None:
        url = f"{url}/{quote(destination.preview)}"
        public = f"{public.rstrip('/')}/{quote(destination.preview)}/" if public else None
    return WebDavTarget(RemoteFolder(url, user, password), public)


class WebDavTarget:
    """Knows by its manifest what the folder holds; deletes nothing else."""

    def __init__(self, folder: RemoteFolder, url: str | None) -> None:
        self._folder = folder
        self._url = url
        self._is_there = True
        self._present: dict[str, Entry] = {}
        self._now: dict[str, Entry] = {}
        self._writing = threading.Lock()

    def plan(self, bundle: Bundle) -> Plan:
        self._present = self._read_present()
        changed = [file for path, file in bundle.files.items() if not self._has(path, file)]
        return Plan(
            title=self._folder.url,
            upload=tuple(in_sending_order(changed)),
            delete=tuple(sorted(set(self._present) - set(bundle.files), key=_pages_first)),
            unchanged=len(bundle.files) - len(changed),
            present=len(self._present),
            url=self._url,
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        if plan.upload or plan.delete:
            self._claim(plan)
            self._make_folders(plan)
            send_all(plan.upload, self._send, report)
            for number, path in enumerate(plan.delete, 1):
                report(f"Deleting {number} of {len(plan.delete)} files")
                self._folder.remove(path)
            self._remove_empty_folders(bundle, plan)
            self._write_manifest({path: _entry(file) for path, file in bundle.files.items()})
            self._folder.remove_uploads()
        return Published(url=self._url, sent=len(plan.upload), deleted=len(plan.delete))

    def fetch(self, published: Published, path: str) -> Served | None:
        if published.url:
            return fetch_served(published.url, path)
        content = self._folder.read(path)
        return None if content is None else Served(content=content)

    def _has(self, path: str, file: SiteFile) -> bool:
        known = self._present.get(path)
        return known is not None and known.digest == file.digest and known.size == file.size

    def _read_present(self) -> dict[str, Entry]:
        """Return what a manifest says is there. Raises TargetRefused for a place not ours."""
        content = self._folder.read(MANIFEST_NAME)
        if content is not None:
            return _decode(content, self._folder.url)
        names = self._folder.list()
        self._is_there = names is not None
        if set(names or ()) - {UPLOADS}:
            raise TargetRefused(
                f"{self._folder.url} holds files that 4site did not publish.",
                hint="Name an empty folder, or one that was published to before.",
            )
        return {}

    def _claim(self, plan: Plan) -> None:
        """Write down what may come to lie here, and that it is not yet known to be whole."""
        if not self._is_there:
            self._folder.make()
        self._folder.make(UPLOADS)
        unknown = {file.path: Entry(digest="", size=0) for file in plan.upload}
        self._write_manifest(self._present | unknown)

    def _make_folders(self, plan: Plan) -> None:
        known = {folder for path in self._present for folder in _folders_of(path)}
        wanted = {folder for file in plan.upload for folder in _folders_of(file.path)}
        for folder in sorted(wanted - known):
            self._folder.make(folder)

    def _send(self, file: SiteFile) -> None:
        self._folder.replace(file.path, file.read())
        with self._writing:
            self._now[file.path] = _entry(file)
            known = len([entry for entry in self._now.values() if entry.digest])
            if known % CHECKPOINT_FILES == 0:
                self._write_manifest(self._now)

    def _remove_empty_folders(self, bundle: Bundle, plan: Plan) -> None:
        kept = {folder for path in bundle.files for folder in _folders_of(path)}
        left = {folder for path in plan.delete for folder in _folders_of(path)} - kept
        for folder in sorted(left, reverse=True):
            self._folder.remove_empty(folder)

    def _write_manifest(self, files: dict[str, Entry]) -> None:
        self._now = dict(files)
        self._folder.replace(MANIFEST_NAME, encode_manifest(Manifest(files=files)))


def _folder_url(destination: Destination) -> str:
    """Return the folder's http address. Raises UsageError when a password would go in the clear,
    or stands in the address.
    """
    scheme = "https" if destination.kind == "webdavs" else "http"
    try:
        parts = urlsplit(f"{scheme}://{destination.address}")
        host, is_odd = parts.hostname, bool(parts.query or parts.fragment or parts.port == 0)
    except ValueError:
        host, is_odd = None, True
    if not host or is_odd:
        raise UsageError(
            "That is no address of a WebDAV folder.", hint="Say --to webdavs://HOST/PATH."
        )
    if "@" in parts.netloc:
        raise UsageError(
            "Credentials do not belong into an address.",
            hint="Set FOURSITE_WEBDAV_USER and FOURSITE_WEBDAV_PASSWORD.",
        )
    if scheme == "http" and host not in _LOOPBACK:
        raise UsageError(
            f"webdav:// would send your password to {host} in the clear.",
            hint="Say webdavs:// instead; webdav:// is for loopback alone.",
        )
    return f"{scheme}://{parts.netloc}{quote(unquote(parts.path))}".rstrip("/")


def _decode(content: bytes, place: str) -> dict[str, Entry]:
    """Return the files of a manifest that came from elsewhere: its paths are to be deleted by."""
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
        files = {checked(path): entry for path, entry in manifest.files.items()}
    except (msgspec.MsgspecError, OutputRefused) as error:
        raise TargetRefused(
            f"{place} holds a {MANIFEST_NAME} that 4site did not write.",
            hint="Look who else writes there. Publish into an empty folder.",
        ) from error
    files.pop(MANIFEST_NAME, None)
    return files


def _entry(file: SiteFile) -> Entry:
    return Entry(digest=file.digest, size=file.size)


def _folders_of(path: str) -> list[str]:
    return [parent.as_posix() for parent in PurePosixPath(path).parents if parent.name]


def _pages_first(path: str) -> tuple[bool, str]:
    return not path.endswith(".html"), path
