"""rsync over SSH: everything through the program itself, so that no other is needed there."""

from __future__ import annotations

import re
import subprocess
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath

from generator.errors import CredentialsMissing, TargetRefused, TargetUnreachable
from generator.publish.bundle import Bundle, SiteFile
from generator.publish.distant_folder import Before, DistantFolder, Named, Seen
from generator.publish.git import printable, retrying
from generator.publish.ssh import Login, Place, read_login, read_place
from generator.publish.target import Destination, Report

SECONDS = 3600.0
_LARGEST_READ = "256m"
_CHMOD = "--chmod=Du=rwx,Dgo=rx,Fu=rw,Fgo=r"
# A line of `--list-only`: mode, size, day, time, name, and where a link leads.
_LISTED = re.compile(
    r"(?P<kind>[-dlpscb])\S{9}\S*\s+[\d,.KMGT]+\s+(?P<day>[\d/]+)\s+(?P<time>[\d:]+)"
    r"\s(?P<name>.*?)(?: -> (?P<target>.*))?"
)
# The one character of a name that means something in a pattern.
_BRACKET, _ESCAPED = re.compile(r"\["), r"\\["
_KINDS = {"d": "folder", "l": "link"}
_SAYS_WHO = ("permission denied (", "too many authentication failures", "no such identity")


def make_target(destination: Destination) -> DistantFolder:
    place = read_place(destination)
    carrier = Rsync(place, read_login(destination.environ), destination.environ)
    return DistantFolder(carrier, place.path, place.title, destination.url)


class Rsync:
    """A carrier. rsync itself writes each file under another name and renames it."""

    def __init__(self, place: Place, login: Login, environ: Mapping[str, str]) -> None:
        self._place = place
        work = tempfile.TemporaryDirectory(prefix="4site-", ignore_cleanup_errors=True)
        weakref.finalize(self, work.cleanup)
        self._work = Path(work.name)
        self._empty = self._work / "empty"
        self._empty.mkdir()
        self._environ = {
            **environ,
            "LC_ALL": "C",
            "TZ": "UTC",
            "RSYNC_RSH": _shell(place, login, self._work),
        }

    def look(self, path: str) -> Seen:
        found = self._list(path)
        if not found:
            return Seen(kind="nothing")
        return Seen(kind=_KINDS.get(found[0]["kind"], "file"), target=found[0]["target"] or "")

    def names(self, folder: str) -> list[Named]:
        return [
            Named(name=one["name"], made_at=f"{one['day'].replace('/', '-')}T{one['time']}Z")
            for one in self._list(f"{folder}/")
            if one["name"] != "."
        ]

    def read(self, path: str) -> bytes | None:
        got = self._work / "got"
        got.unlink(missing_ok=True)
        self._run(f"--max-size={_LARGEST_READ}", "-L", self._from(path), str(got), may_lack=True)
        return got.read_bytes() if got.is_file() else None

    def make_folder(self, path: str) -> None:
        self._run("-d", _CHMOD, f"{self._empty}/", self._at(f"{path}/"))

    def write(self, path: str, content: bytes) -> None:
        given = self._work / PurePosixPath(path).name
        given.write_bytes(content)
        self._run("--checksum", _CHMOD, str(given), self._at(path))

    def send(
        self,
        bundle: Bundle,
        files: Sequence[SiteFile],
        folder: str,
        before: Before | None,
        report: Report,
    ) -> None:
        done = 0
        links = [f"--link-dest=../{before.release}"] if before and before.release else []
        for _is_page, some in groupby(files, key=lambda file: file.path.endswith(".html")):
            paths = [file.path for file in some]
            report(f"Sending {done} to {done + len(paths)} of {len(files)} files")
            self._run(
                "--checksum", "--compress", _CHMOD, *links, self._list_file(paths),
                f"{bundle.folder.resolve()}/", self._at(f"{folder}/"),
            )  # fmt: skip
            done += len(paths)

    def delete(self, folder: str, paths: Sequence[str]) -> None:
        """Delete files, and the folders that are empty then; everything else is shielded."""
        parents = {f"{up}/" for path in paths for up in PurePosixPath(path).parents[:-1]}
        self._delete(folder, [*sorted(parents), *paths])

    def remove_folder(self, path: str) -> None:
        place = PurePosixPath(path)
        self._delete(str(place.parent), [f"{place.name}/***"])

    def _delete(self, folder: str, patterns: Sequence[str]) -> None:
        rules = self._work / "rules"
        lines = (f"/{_BRACKET.sub(_ESCAPED, pattern)}\0" for pattern in patterns)
        rules.write_text("".join(lines), encoding="utf-8")
        self._run("-r", "--delete", f"--include-from={rules}", "--exclude=*", f"{self._empty}/",
                  self._at(f"{folder}/"))  # fmt: skip

    def point(self, link: str, target: str) -> None:
        place = PurePosixPath(link)
        own = self._work / "links" / place.name
        own.parent.mkdir(exist_ok=True)
        own.unlink(missing_ok=True)
        own.symlink_to(target)
        self._run("--links", str(own), self._at(f"{place.parent}/"))

    def _list(self, path: str) -> list[re.Match[str]]:
        said = self._run("--list-only", "--links", "-d", self._from(path), may_lack=True)
        return [found for line in said.splitlines() if (found := _LISTED.fullmatch(line))]

    def _list_file(self, paths: Sequence[str]) -> str:
        named = self._work / "paths"
        named.write_text("".join(f"{path}\0" for path in paths), encoding="utf-8")
        return f"--files-from={named}"

    def _at(self, path: str) -> str:
        host = f"[{self._place.host}]" if ":" in self._place.host else self._place.host
        return f"{self._place.user}@{host}:{path}" if self._place.user else f"{host}:{path}"

    def _from(self, path: str) -> str:
        """Return a path to read: there, unlike in a path to write, wildcards count."""
        return self._at(re.sub(r"([\[*?\\])", r"\\\1", path))

    def _run(self, *args: str, may_lack: bool = False) -> str:
        """Return what rsync printed; '' for a path that is not there if that `may_lack`."""
        return retrying()(self._run_once, args, may_lack)

    def _run_once(self, args: Sequence[str], may_lack: bool) -> str:
        command = ["rsync", "--protect-args", "--from0", "--8-bit-output", "--timeout=60", *args]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed program, no shell
                command,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                # Without a terminal ssh cannot stop to ask for a passphrase.
                start_new_session=True,
            )
        except subprocess.TimeoutExpired as error:
            raise TargetUnreachable(f"{self._place.title} took too long.") from error
        except OSError as error:
            raise TargetUnreachable(
                f"rsync cannot be run: {error}.", hint="Install rsync, or publish by sftp."
            ) from error
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "surrogateescape")
        if may_lack and "No such file or directory" in said:
            return ""
        raise self._explain(said, done.returncode)

    def _explain(
        self, said: str, status: int
    ) -> CredentialsMissing | TargetRefused | TargetUnreachable:
        title, folded = self._place.title, said.casefold()
        lines = printable(said)
        causes = [line for line in lines if line.startswith(("rsync:", "ssh:", "kex_"))]
        reason = (causes or lines or [f"status {status}"])[0].removeprefix("rsync: ")
        if "host key verification failed" in folded:
            return TargetRefused(
                f"The host key of {self._place.host} is not the known one.",
                hint="Connect with ssh once and compare it, or set FOURSITE_SSH_KNOWN_HOSTS.",
            )
        if any(sign in folded for sign in _SAYS_WHO):
            return CredentialsMissing(
                f"{title} accepts no key that was offered.",
                hint="Load the key into the ssh agent, or set FOURSITE_SSH_KEY to its file.",
            )
        if status in {11, 23, 24, 127}:
            return TargetRefused(
                f"{title} refused: {reason[:300]}",
                hint="The folder above must exist and be writable, with space left.",
            )
        return TargetUnreachable(
            f"{title} cannot be reached: {reason[:300]}",
            hint="Check the network and that rsync is installed there, then publish again.",
        )


def _shell(place: Place, login: Login, work: Path) -> str:
    """Return the ssh command in rsync's own quoting, where a doubled quote stands for one."""
    words = ["ssh", "-oBatchMode=yes", "-oStrictHostKeyChecking=yes", "-oConnectTimeout=30",
             # One connection for the many short questions of a run.
             "-oControlMaster=auto", f"-oControlPath={work}/%C", "-oControlPersist=5"]  # fmt: skip
    if place.port:
        words.append(f"-p{place.port}")
    if login.key:
        words += [f"-i{login.key}", "-oIdentitiesOnly=yes"]
    if login.known_hosts:
        quoted = str(login.known_hosts).replace('"', '\\"')
        words.append(f'-oUserKnownHostsFile="{quoted}"')
        words.append("-oGlobalKnownHostsFile=none")
    return " ".join("'" + word.replace("'", "''") + "'" for word in words)
