"""A real OpenSSH server on the loopback, for sftp and rsync, and a line to it that can be cut."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
RSYNC = shutil.which("rsync")


@dataclass(frozen=True, slots=True, kw_only=True)
class SshServer:
    """`root` is a folder that the server's user may write; `port` is where it listens."""

    root: Path
    port: int
    key: Path
    known_hosts: Path
    host_key: str

    @property
    def address(self) -> str:
        return f"{getpass.getuser()}@127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "FOURSITE_SSH_KEY": str(self.key),
            "FOURSITE_SSH_KNOWN_HOSTS": str(self.known_hosts),
            "HOME": str(self.root.parent),
        }

    def know(self, port: int) -> None:
        """Let the host be known at another port, too: that of a proxy."""
        with self.known_hosts.open("a") as file:
            file.write(f"[127.0.0.1]:{port} {self.host_key}\n")


@contextmanager
def serve_ssh(folder: Path) -> Iterator[SshServer]:
    """Run sshd until the block ends, with keys of its own made in `folder`."""
    folder.mkdir(parents=True)
    root = folder / "srv"
    root.mkdir()
    for name in ("host", "user"):
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name))
    shutil.copy(folder / "user.pub", folder / "authorized")
    port = _free_port()
    (folder / "sshd.conf").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nMaxStartups 100\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
        # Where the shell that starts rsync finds nothing of this machine's user to run first.
        f"SetEnv HOME={folder}\n"
        # Each connection that is cut agrees on keys anew; this is the cheapest way.
        "KexAlgorithms curve25519-sha256\n"
    )
    if os.geteuid() == 0:
        # Where a server of root parts with its rights; packages make it when they start.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    log = (folder / "log").open("wb")
    assert SSHD is not None
    process = subprocess.Popen(
        [SSHD, "-D", "-e", "-f", str(folder / "sshd.conf")], stderr=log, stdin=subprocess.DEVNULL
    )
    try:
        _await_port(port, process, folder / "log")
        host_key = " ".join((folder / "host.pub").read_text().split()[:2])
        server = SshServer(root=root, port=port, key=folder / "user", host_key=host_key,
                           known_hosts=folder / "known_hosts")  # fmt: skip
        server.know(port)
        yield server
    finally:
        process.terminate()
        process.wait()
        log.close()


@dataclass(slots=True, kw_only=True)
class CutLine:
    """A line that is cut after `limit` bytes from the client; None never. May be changed."""

    port: int
    limit: int | None = None
    most: int = 0
    """The most bytes that one connection carried."""


@contextmanager
def cut_line(to_port: int) -> Iterator[CutLine]:
    """Pass TCP connections on to a port of the loopback until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    line = CutLine(port=listener.getsockname()[1])
    thread = threading.Thread(target=_accept, args=(listener, to_port, line), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _accept(listener: socket.socket, to_port: int, line: CutLine) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", to_port))
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_pass, args=(client, server, line), daemon=True).start()
        threading.Thread(target=_pass, args=(server, client, None), daemon=True).start()


def _pass(source: socket.socket, sink: socket.socket, line: CutLine | None) -> None:
    count = 0
    with suppress(OSError):
        while content := source.recv(4096):
            count += len(content)
            if line is not None:
                line.most = max(line.most, count)
                if line.limit is not None and count > line.limit:
                    break
            sink.sendall(content)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    if line is None:
        source.close()
        sink.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError(log.read_text())


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
