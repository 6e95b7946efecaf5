"""The program that stands between the service and a build; `backend.gateways.builds` starts it.

It runs in namespaces of its own where the kernel gives them. There it hands the service a socket
to listen on, so that the build's one way out is a proxy on the outside; it locks the build into its
folder, bounds it, and ends everything when the build has ended or the service is gone. Nothing but
the standard library is imported, and nothing of the build is read.

Its argument is an order as JSON (`Order` below); it speaks on a Unix socket as standard input.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import TypedDict

_TICK_SECONDS = 0.1
_PAGE_BYTES = resource.getpagesize()
_OPEN_FILES = 1_024
# From <linux/prctl.h>, <linux/if.h> and <linux/landlock.h>.
_CAPBSET_DROP, _SET_NO_NEW_PRIVS, _SET_DUMPABLE = 24, 38, 4
_GET_FLAGS, _SET_FLAGS, _IS_UP = 0x8913, 0x8914, 1
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_LIST = 8
_READ = 1 | 4 | _LIST  # execute a file, read it
_WRITE = sum(1 << bit for bit in (1, 4, 5, 7, 8, 9, 10, 12, 13, 14))
_OF_FILES = 1 | 2 | 4 | 1 << 14
_EVERYTHING = (1 << 15) - 1
_NEEDED_VERSION = 3  # renaming across folders came with 2, truncating with 3


class Order(TypedDict):
    """What to run, where it may write, what it may read or only list, how much it may take.

    `is_apart` says that this process has namespaces of its own.
    """

    command: list[str]
    environment: dict[str, str]
    folder: str
    readable: list[str]
    listable: list[str]
    memory_bytes: int
    file_bytes: int
    cpu_seconds: int
    processes: int
    is_apart: bool


def main() -> int:
    """Run the order, and return how its program ended, as shells say it."""
    order: Order = json.loads(sys.argv[1])
    channel = socket.socket(fileno=os.dup(0))
    _call("prctl", _SET_DUMPABLE, 0, 0, 0, 0)  # what is left of the service's own must stay unseen
    if order["is_apart"]:
        _raise_loopback()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        socket.send_fds(channel, [b"listen\n"], [listener.fileno()])
    child = os.fork()
    if child == 0:
        _become(order, proxy)
    return _watch(child, channel, order)


def _become(order: Order, proxy: str) -> None:
    """Turn this process into the build."""
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.closerange(3, _OPEN_FILES)
        os.chdir(order["folder"])
        _limit(order)
        _lock_in(order)
        names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        environment = order["environment"] | dict.fromkeys(names, proxy)
        os.execve(order["command"][0], order["command"], environment)  # noqa: S606  as it is
    except BaseException as error:
        os.write(2, f"The build cannot be started: {error}\n".encode())
    os._exit(127)


def _limit(order: Order) -> None:
    bounds = {
        # Addresses are not memory: what is really used is watched from outside.
        resource.RLIMIT_AS: 3 * order["memory_bytes"],
        resource.RLIMIT_FSIZE: order["file_bytes"],
        resource.RLIMIT_CPU: order["cpu_seconds"],
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    if order["is_apart"]:
        bounds[resource.RLIMIT_NPROC] = order["processes"]  # counted for the namespace alone
    for name, most in bounds.items():
        hard = resource.getrlimit(name)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(name, (bound, bound))


def _lock_in(order: Order) -> None:
    """Take every capability, and all files but those of the order, from this process for good."""
    if order["is_apart"]:
        for capability in range(64):
            _call("prctl", _CAPBSET_DROP, capability, 0, 0, 0)
    _call("prctl", _SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if sys.platform != "linux" or _syscall(_CREATE_RULESET, None, 0, 1) < _NEEDED_VERSION:
        return
    attributes = ctypes.create_string_buffer(struct.pack("Q", _EVERYTHING), 8)
    rules = _syscall(_CREATE_RULESET, attributes, 8, 0)
    for path in order["readable"]:
        _allow(rules, path, _READ)
    for path in order["listable"]:
        _allow(rules, path, _LIST)
    for path in (order["folder"], os.devnull):
        _allow(rules, path, _READ | _WRITE)
    if rules < 0 or _syscall(_RESTRICT_SELF, rules, 0) != 0:
        raise OSError("it cannot be locked into its folder")
    os.close(rules)


def _allow(rules: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not Path(path).is_dir():
        access &= _OF_FILES
    rule = ctypes.create_string_buffer(struct.pack("=Qi", access, place), 12)
    if _syscall(_ADD_RULE, rules, 1, rule, 0) != 0:
        raise OSError(f"{path} cannot be allowed")
    os.close(place)


def _watch(child: int, channel: socket.socket, order: Order) -> int:
    """Wait for the build; end it when it takes too much, or when the service is gone."""
    status: int | None = None
    while (status := _reap(child)) is None:
        readable, _, _ = select.select([channel], [], [], _TICK_SECONDS)
        if readable:
            break  # nothing is ever sent here: it was closed
        if order["is_apart"] and (excess := _find_excess(order)):
            with contextlib.suppress(OSError):
                channel.send(excess)
            break
    if not order["is_apart"]:
        with contextlib.suppress(OSError):
            os.killpg(child, signal.SIGKILL)
    # As the first process of its namespace this one takes all others with it.
    return 137 if status is None else status


def _reap(child: int) -> int | None:
    """Return how the child ended, None while it runs; bury whatever else ended."""
    while True:
        try:
            found, status = os.waitpid(-1, os.WNOHANG)
        except InterruptedError:
            continue
        except ChildProcessError:
            return 127
        if found == 0:
            return None
        if found == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _find_excess(order: Order) -> bytes:
    """Return what there is too much of, `memory` or `processes`; nothing when all is well."""
    others = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]  # noqa: PTH208
    if len(others) > order["processes"]:
        return b"processes\n"
    if sum(map(_resident, others)) <= order["memory_bytes"]:
        return b""
    # Pages that processes share were counted for each; the exact number is dearer to get.
    return b"memory\n" if sum(map(_proportional, others)) > order["memory_bytes"] else b""


def _resident(process: str) -> int:
    return int((_look(process, "statm").split() or ["0", "0"])[1]) * _PAGE_BYTES


def _proportional(process: str) -> int:
    for line in _look(process, "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _look(process: str, name: str) -> str:
    try:
        return Path(f"/proc/{process}/{name}").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""  # it ended meanwhile


def _raise_loopback() -> None:
    """Switch on the one network device of a new namespace, which leads nowhere."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh22x", b"lo", 0)
        (flags,) = struct.unpack_from("16xh", fcntl.ioctl(any_socket, _GET_FLAGS, request))
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", flags | _IS_UP))


def _syscall(number: int, *arguments: object) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))


def _call(function: str, *arguments: int) -> None:
    with contextlib.suppress(AttributeError):  # no Linux
        getattr(ctypes.CDLL(None, use_errno=True), function)(*arguments)


if __name__ == "__main__":
    sys.exit(main())
