"""SFTP: many files at a time over one connection, each under another name until it is whole."""

from __future__ import annotations

import asyncio
import posixpath
import stat
import threading
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any, TypeVar

from generator.errors import CredentialsMissing, PublishError, TargetRefused, TargetUnreachable
from generator.publish.bundle import Bundle, SiteFile
from generator.publish.distant_folder import Before, DistantFolder, Named, Seen
from generator.publish.git import retrying
from generator.publish.ssh import Login, Place, read_login, read_place
from generator.publish.target import Destination, Report

try:
    import asyncssh
except ModuleNotFoundError as error:
    raise PublishError(
        "Publishing by sftp needs asyncssh.", hint="pip install '4site[sftp]'"
    ) from error

AT_A_TIME = 32
CONNECT_SECONDS = 30
_LARGEST_READ = 256 << 20
_MISSING = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_LOST = (
    OSError, asyncssh.ConnectionLost, asyncssh.DisconnectError, asyncssh.ChannelOpenError,
    asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection,
)  # fmt: skip
T = TypeVar("T")
Work = Callable[["asyncssh.SFTPClient"], Awaitable[T]]


def make_target(destination: Destination) -> DistantFolder:
    place = read_place(destination)
    carrier = Sftp(place, read_login(destination.environ), destination.environ)
    return DistantFolder(carrier, place.path, place.title, destination.url)


class Sftp:
    """A carrier. Connects when it is first used, and again when the connection was lost."""

    def __init__(self, place: Place, login: Login, environ: Mapping[str, str]) -> None:
        self._place = place
        self._line = _Line(place, login, environ)
        weakref.finalize(self, self._line.close)

    def look(self, path: str) -> Seen:
        async def work(sftp: asyncssh.SFTPClient) -> Seen:
            try:
                mode = (await sftp.lstat(path)).permissions or 0
            except _MISSING:
                return Seen(kind="nothing")
            if stat.S_ISLNK(mode):
                return Seen(kind="link", target=_text(await sftp.readlink(path)))
            return Seen(kind="folder" if stat.S_ISDIR(mode) else "file")

        return self._do(work)

    def names(self, folder: str) -> list[Named]:
        async def work(sftp: asyncssh.SFTPClient) -> list[Named]:
            return [
                Named(name=_text(entry.filename), made_at=_time(entry.attrs.mtime or 0))
                for entry in await sftp.readdir(folder)
                if _text(entry.filename) not in {".", ".."}
            ]

        return self._do(work)

    def read(self, path: str) -> bytes | None:
        async def work(sftp: asyncssh.SFTPClient) -> bytes | None:
            try:
                async with sftp.open(path, "rb") as file:
                    content: Any = await file.read(_LARGEST_READ)
                    return bytes(content)
            except _MISSING:
                return None

        return self._do(work)

    def make_folder(self, path: str) -> None:
        self._do(lambda sftp: _make_folder(sftp, path))

    def write(self, path: str, content: bytes) -> None:
        self._do(lambda sftp: _put(sftp, path, content))

    def send(
        self,
        bundle: Bundle,
        files: Sequence[SiteFile],
        folder: str,
        before: Before | None,
        report: Report,
    ) -> None:
        del bundle
        sent: set[str] = set()

        async def send_one(sftp: asyncssh.SFTPClient, file: SiteFile) -> None:
            path = f"{folder}/{file.path}"
            if before is None or not await _take_over(sftp, before, folder, file):
                await _put(sftp, path, file.read())
            sent.add(file.path)
            report(f"Sent {len(sent)} of {len(files)} files")

        async def work(sftp: asyncssh.SFTPClient) -> None:
            left = [file for file in files if file.path not in sent]
            await _make_folders(sftp, folder, [file.path for file in left])
            for _is_page, some in groupby(left, key=lambda file: file.path.endswith(".html")):
                await _each(some, lambda file: send_one(sftp, file))

        self._do(work)

    def delete(self, folder: str, paths: Sequence[str]) -> None:
        async def work(sftp: asyncssh.SFTPClient) -> None:
            await _each(paths, lambda path: _remove(sftp, f"{folder}/{path}"))
            parents = {str(up) for path in paths for up in PurePosixPath(path).parents[:-1]}
            for parent in sorted(parents, key=len, reverse=True):
                with suppress(asyncssh.SFTPError):
                    await sftp.rmdir(f"{folder}/{parent}")

        self._do(work)

    def remove_folder(self, path: str) -> None:
        async def work(sftp: asyncssh.SFTPClient) -> None:
            with suppress(*_MISSING):
                await sftp.rmtree(path)

        self._do(work)

    def point(self, link: str, target: str) -> None:
        async def work(sftp: asyncssh.SFTPClient) -> None:
            partial = f"{link}.4site-new"
            await _remove(sftp, partial)
            await sftp.symlink(target, partial)
            await sftp.posix_rename(partial, link)

        self._do(work)

    def _do(self, work: Work[T]) -> T:
        done: T = retrying()(self._do_once, work)
        return done

    def _do_once(self, work: Work[T]) -> T:
        try:
            return self._line.run(work)
        except (OSError, asyncssh.Error) as error:
            if isinstance(error, _LOST):
                self._line.drop()
            raise self._explain(error) from error

    def _explain(self, error: OSError | asyncssh.Error) -> PublishError:
        title, said = self._place.title, str(error) or type(error).__name__
        if isinstance(error, asyncssh.HostKeyNotVerifiable):
            return TargetRefused(
                f"The host key of {self._place.host} is not the known one.",
                hint="Connect with ssh once and compare it, or set FOURSITE_SSH_KNOWN_HOSTS.",
            )
        if isinstance(error, asyncssh.PermissionDenied):
            return CredentialsMissing(
                f"{title} accepts no key that was offered.",
                hint="Load the key into the ssh agent, or set FOURSITE_SSH_KEY to its file.",
            )
        if isinstance(error, asyncssh.SFTPError) and not isinstance(error, _LOST):
            return TargetRefused(
                f"{title} refused: {said}.",
                hint="The folder above must exist and be writable, with space left.",
            )
        return TargetUnreachable(
            f"{title} cannot be reached: {said}.",
            hint="Check the network, and publish again: it goes on where it stopped.",
        )


class _Line:
    """The connection with the event loop it lives in."""

    def __init__(self, place: Place, login: Login, environ: Mapping[str, str]) -> None:
        self._place, self._login = place, login
        self._agent = environ.get("SSH_AUTH_SOCK")
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None

    def run(self, work: Work[T]) -> T:
        async def connected() -> T:
            # What asyncssh had under way when the line was cut; the cut itself is raised.
            asyncio.get_running_loop().set_exception_handler(lambda *_: None)
            if self._sftp is None:
                self._connection = await self._connect()
                self._sftp = await self._connection.start_sftp_client()
            return await work(self._sftp)

        return self._runner.run(connected())

    def drop(self) -> None:
        """Forget the connection; the next call makes another."""
        connection, self._connection, self._sftp = self._connection, None, None
        if connection is not None:

            async def end() -> None:
                connection.abort()
                with suppress(OSError, asyncssh.Error):
                    await connection.wait_closed()

            self._runner.run(end())

    def close(self) -> None:
        """End for good. Whoever is collected may be so in the middle of somebody else's loop."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self._end()
        else:
            thread = threading.Thread(target=self._end)
            thread.start()
            thread.join()

    def _end(self) -> None:
        self.drop()
        self._runner.close()

    async def _connect(self) -> asyncssh.SSHClientConnection:
        options: dict[str, Any] = {}
        if self._login.known_hosts:
            options["known_hosts"] = str(self._login.known_hosts)
        if self._login.key:
            options |= {"client_keys": [str(self._login.key)], "agent_path": None}
        elif self._agent:
            options["agent_path"] = self._agent
        if self._place.user:
            options["username"] = self._place.user
        if self._place.port:
            options["port"] = self._place.port
        return await asyncssh.connect(
            self._place.host,
            preferred_auth="publickey",
            connect_timeout=CONNECT_SECONDS,
            keepalive_interval=15,
            **options,
        )


async def _put(sftp: asyncssh.SFTPClient, path: str, content: bytes) -> None:
    folder, name = posixpath.split(path)
    partial = f"{folder}/.{name[:200]}.4site-part"
    async with sftp.open(partial, "wb") as file:
        await file.write(content)
    await sftp.posix_rename(partial, path)


async def _take_over(
    sftp: asyncssh.SFTPClient, before: Before, folder: str, file: SiteFile
) -> bool:
    """Tell whether a file of a release need not be sent: it is there, or linked from the last."""
    path = f"{folder}/{file.path}"
    if await sftp.exists(path):
        return True
    if before.release is None or file.path not in before.same:
        return False
    try:
        await sftp.link(f"{PurePosixPath(folder).with_name(before.release)}/{file.path}", path)
    except (*_MISSING, asyncssh.SFTPOpUnsupported, asyncssh.SFTPFailure):
        return False
    return True


async def _make_folders(sftp: asyncssh.SFTPClient, folder: str, paths: Sequence[str]) -> None:
    """Make the folders of these paths, level by level; `folder` itself is there."""
    wanted = {str(up) for path in paths for up in PurePosixPath(path).parents[:-1]}
    by_depth = sorted(wanted, key=lambda name: name.count("/"))
    for _depth, names in groupby(by_depth, key=lambda name: name.count("/")):
        await _each(names, lambda name: _make_folder(sftp, f"{folder}/{name}"))


async def _make_folder(sftp: asyncssh.SFTPClient, path: str) -> None:
    try:
        await sftp.mkdir(path)
    except asyncssh.SFTPError:
        # Servers say in several ways that it is there.
        if not await sftp.isdir(path):
            raise


async def _remove(sftp: asyncssh.SFTPClient, path: str) -> None:
    with suppress(*_MISSING):
        await sftp.remove(path)


async def _each(items: Any, work: Callable[[Any], Awaitable[None]]) -> None:
    """Do it with each, several at a time; the first error ends it."""
    gate = asyncio.Semaphore(AT_A_TIME)

    async def one(item: Any) -> None:
        async with gate:
            await work(item)

    tasks = [asyncio.ensure_future(one(item)) for item in items]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _text(name: str | bytes) -> str:
    return name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
