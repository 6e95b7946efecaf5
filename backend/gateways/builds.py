"""Runs a build as a stranger's program: without secrets, in its own folder, bounded, and with no
way out but a proxy to the forge.

`backend/gateways/jail.py` stands between the two. Where the kernel gives namespaces and Landlock
(Linux 6.2 and later) the build sees no other network, process or file; elsewhere what is left are
the bounds, an environment without secrets, and a proxy that the build is merely asked to use.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import generator
from backend.errors import Unavailable
from backend.gateways.checked_proxy import CheckedProxy, run_checked_proxy
from backend.gateways.public_addresses import Resolver, resolve_by_system
from generator.places import TEMPLATES, THEMES, WIDGET

PROCESSES = 64
FETCHED_BYTES = 2_000_000_000
"""What one build may bring over the network."""
START_SECONDS = 20.0
_LOOK_SECONDS = 1.0
_WEIGH_SECONDS = 2.0
_LINE_BYTES = 8_000
_JAIL = Path(__file__).with_name("jail.py")
_APART = (
    *("unshare", "--user", "--map-root-user", "--net", "--pid", "--ipc", "--mount"),
    *("--mount-proc", "--fork", "--kill-child=KILL", "--"),
)
_PACKAGE = Path(generator.__file__).resolve().parent
_PROGRAM = (
    *(_PACKAGE, _PACKAGE.with_name("cli.py"), TEMPLATES, THEMES, WIDGET),
    *(Path(sys.prefix), Path(sys.base_prefix)),
)
_SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib64", "/proc", "/dev/urandom", "/dev/random"),
    *("/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/alternatives", "/etc/ld.so.cache"),
    *("/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts", "/etc/localtime"),
    *("/etc/mime.types", "/etc/fonts", "/etc/gitconfig"),
)


class Ending(StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a run may take: wall clock, memory of all its processes, bytes in its folder."""

    seconds: int
    memory_bytes: int
    folder_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What to run. `folder` is the only place it may write to, and its home.

    `hosts` are the names with ports that it may reach. It reads the system's programs and 4site.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    hosts: frozenset[str]
    private_hosts: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended, and why when it did not end well."""

    ending: Ending
    reason: str = ""


def run_apart(
    run: Run,
    bounds: Bounds,
    *,
    say: Callable[[str], None],
    is_wanted: Callable[[], bool],
    resolve: Resolver = resolve_by_system,
) -> Ended:
    """Run a program to its end and pass on each line that it prints.

    `is_wanted` is asked every second; when it says no, the run is stopped. Raises Unavailable
    when nothing could be started.
    """
    with _started(run, bounds) as (process, channel):
        listener = _take_listener(channel)
        with run_checked_proxy(
            run.private_hosts,
            resolve,
            max_bytes=FETCHED_BYTES,
            only=run.hosts,
            listener=listener,
        ) as (_address, proxy):
            following = _Following(process, say, proxy)
            ended = following.follow(run, bounds, is_wanted)
        if ended is not None:
            return ended
        return _explain(process.wait(), _said(channel), bounds)


def is_apart() -> bool:
    """Tell whether runs get namespaces of their own on this machine."""
    return _can_unshare()


class _Following:
    """Reads what a run prints, and watches the clock, the folder and whether it is wanted."""

    def __init__(
        self, process: subprocess.Popen[bytes], say: Callable[[str], None], proxy: CheckedProxy
    ) -> None:
        self._process = process
        self._say = say
        self._proxy = proxy
        self._told: set[str] = set()
        self._rest = b""

    def follow(self, run: Run, bounds: Bounds, is_wanted: Callable[[], bool]) -> Ended | None:
        """Return why the run was ended, None when it ended by itself."""
        output = self._process.stdout
        assert output is not None  # noqa: S101  it was asked for
        ends_at = time.monotonic() + bounds.seconds
        looks_at = weighs_at = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while True:
                now = time.monotonic()
                if now >= ends_at:
                    reason = f"It took longer than {bounds.seconds} seconds."
                    return Ended(ending=Ending.TIMED_OUT, reason=reason)
                if now >= looks_at:
                    looks_at = now + _LOOK_SECONDS
                    self._tell_refusals()
                    if not is_wanted():
                        return Ended(ending=Ending.STOPPED)
                if now >= weighs_at:
                    weighs_at = now + _WEIGH_SECONDS
                    if weigh(run.folder, bounds.folder_bytes) > bounds.folder_bytes:
                        return _too_much("space", bounds)
                patience = min(_LOOK_SECONDS, ends_at - now)
                if not selector.get_map():
                    if self._ends_within(patience):
                        self._finish()
                        return None
                elif selector.select(patience):
                    chunk = os.read(output.fileno(), 64 * 1024)
                    self._take(chunk)
                    if not chunk:
                        selector.unregister(output)

    def _ends_within(self, seconds: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return True
        return False

    def _take(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._say(clean_line(line))
        if len(self._rest) > _LINE_BYTES:
            self._say(clean_line(self._rest))
            self._rest = b""

    def _finish(self) -> None:
        if self._rest:
            self._say(clean_line(self._rest))
        self._tell_refusals()

    def _tell_refusals(self) -> None:
        for host in dict.fromkeys(self._proxy.refused[:50]):
            if host not in self._told:
                self._told.add(host)
                self._say(f"Refused: {host[:200]} is not the forge, and nothing else is reached.")


def weigh(folder: Path, enough: int) -> int:
    """Return how many bytes lie in a folder; counting ends once there are more than `enough`."""
    total = 0
    for parent, _folders, files in os.walk(folder, onerror=None):
        for name in files:
            with contextlib.suppress(OSError):  # it went meanwhile
                total += Path(parent, name).lstat().st_size
        if total > enough:
            break
    return total


def clean_line(raw: bytes) -> str:
    """Return a printed line as text: no colours, no control characters, no credentials."""
    text = _COLOURS.sub("", raw[:_LINE_BYTES].decode("utf-8", "replace"))
    shown = "".join(char if char.isprintable() else " " for char in text).strip()
    for pattern, replacement in _SECRETS:
        shown = pattern.sub(replacement, shown)
    return shown


_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What tokens look like: GitHub's (with their documented prefixes), those in addresses and headers.
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,})"), "[hidden]"),
    (re.compile(r"\bgl(?:pat|ptt|dt)-[A-Za-z0-9_-]{16,}"), "[hidden]"),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), "[hidden]"),
    (re.compile(r"(?<=://)[^\s/@:]+(?::[^\s/@]*)?@"), "[hidden]@"),
    (re.compile(r"(?i)\b(authorization:\s*(?:\w+\s+)?|bearer\s+)[^\s\"',]{8,}"), r"\1[hidden]"),
)


@contextmanager
def _started(run: Run, bounds: Bounds) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """Start the jail; all that it holds is dead in the end."""
    ours, theirs = socket.socketpair()
    apart = _can_unshare()
    order = {
        "command": [*run.command],
        "environment": dict(run.environment),
        "folder": str(run.folder),
        "readable": [*_SYSTEM, *map(str, _PROGRAM)],
        # Python looks for modules in the folder of a checkout, and finds no others there.
        "listable": [str(_PACKAGE.parent)],
        "memory_bytes": bounds.memory_bytes,
        "file_bytes": bounds.folder_bytes,
        "cpu_seconds": 2 * bounds.seconds,
        "processes": PROCESSES,
        "is_apart": apart,
    }
    jail = [*(_APART if apart else ()), sys.executable, "-I", str(_JAIL), json.dumps(order)]
    with ours, theirs:
        try:
            process = subprocess.Popen(  # noqa: S603  no shell, and every word is ours
                jail,
                env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
                cwd="/",
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable(f"A build cannot be started: {error}.") from error
        theirs.close()
        with process:
            try:
                yield process, ours
            finally:
                # The jail ends its build when this side is closed, or when it is killed itself.
                ours.close()
                _kill(process, apart)


def _kill(process: subprocess.Popen[bytes], apart: bool) -> None:
    """End the jail: at once with its namespace, else after it had the time to end the build."""
    if not apart:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _take_listener(channel: socket.socket) -> socket.socket:
    """Return the socket that the jail listens on for the build's requests."""
    channel.settimeout(START_SECONDS)
    try:
        _said_so, sockets, _flags, _address = socket.recv_fds(channel, 64, 1)
        return socket.socket(fileno=sockets[0])
    except (OSError, IndexError) as error:
        raise Unavailable("A build cannot be started: its jail did not open.") from error


def _said(channel: socket.socket) -> str:
    """Return what the jail found too much of, '' for nothing."""
    with contextlib.suppress(OSError):
        channel.setblocking(False)
        return channel.recv(64).decode("ascii", "replace").strip()
    return ""


def _explain(status: int, excess: str, bounds: Bounds) -> Ended:
    if excess:
        return _too_much(excess, bounds)
    if status == 0:
        return Ended(ending=Ending.DONE)
    if status == 128 + signal.SIGXCPU:
        return Ended(ending=Ending.TIMED_OUT, reason="It took too much of the processor.")
    if status == 128 + signal.SIGXFSZ:
        return _too_much("space", bounds)
    return Ended(ending=Ending.FAILED, reason=f"The build ended with status {status}.")


def _too_much(what: str, bounds: Bounds) -> Ended:
    words = {
        "memory": f"It took more than {bounds.memory_bytes // 1_000_000} MB of memory.",
        "space": f"It wrote more than {bounds.folder_bytes // 1_000_000} MB.",
        "processes": f"It began more than {PROCESSES} processes.",
    }
    return Ended(ending=Ending.FAILED, reason=words.get(what, "It took too much."))


@cache
def _can_unshare() -> bool:
    """Tell whether this kernel, and whoever set it up, lets us make namespaces."""
    if shutil.which("unshare") is None:
        return False
    done = subprocess.run(  # noqa: S603  as above
        [*_APART, "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20
    )
    return done.returncode == 0
