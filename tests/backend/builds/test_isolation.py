"""What a build that means harm can do: nothing outside, and not much of anything inside."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.gateways.builds import (
    Bounds,
    Ended,
    Ending,
    Run,
    clean_line,
    is_apart,
    run_apart,
)

ROOT = Path(__file__).resolve().parents[3]
BOUNDS = Bounds(seconds=20, memory_bytes=300_000_000, folder_bytes=30_000_000)
needs_namespaces = pytest.mark.skipif(
    not is_apart(), reason="this machine gives unprivileged processes no namespaces"
)


def run(
    folder: Path,
    program: str,
    *,
    bounds: Bounds = BOUNDS,
    hosts: frozenset[str] = frozenset(),
    environment: Mapping[str, str] | None = None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> tuple[Ended, list[str]]:
    """Run Python code as a build is run; return how it ended and what it said."""
    said: list[str] = []
    folder.mkdir(exist_ok=True)
    order = Run(
        command=[sys.executable, "-I", "-c", program],
        environment={"PATH": "/usr/bin:/bin", "HOME": str(folder), **(environment or {})},
        folder=folder,
        hosts=hosts,
        private_hosts=("127.0.0.1",),
    )
    return run_apart(order, bounds, say=said.append, is_wanted=is_wanted), said


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A web server on the loopback that remembers what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        is_over = threading.Event()

        def serve() -> None:
            while not is_over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    asked.append(connection.recv(4_000))
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], asked
        finally:
            is_over.set()
            thread.join()


def test_the_environment_holds_what_was_given_and_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOURSITE_SECRET", "a secret of the service, 32 characters")
    program = """import os, pathlib
print(sorted(os.environ))
for process in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        print(process.name, "secret of the service" in (process / "environ").read_text())
    except OSError:
        pass"""
    ended, said = run(tmp_path / "build", program)
    assert ended == Ended(ending=Ending.DONE)
    assert "FOURSITE_SECRET" not in said[0]
    assert "https_proxy" in said[0]
    assert not any(line.endswith("True") for line in said)


@needs_namespaces
def test_it_neither_reads_nor_writes_outside_its_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the service's own")
    program = f"""import os
open("mine", "w").write("inside")
for act in (lambda: open({str(secret)!r}).read(), lambda: open({str(tmp_path / "evil")!r}, "w"),
            lambda: os.listdir({str(tmp_path)!r}), lambda: os.unlink({str(secret)!r}),
            lambda: os.symlink({str(secret)!r}, "link") or open("link").read(),
            lambda: os.link({str(secret)!r}, "hard"), lambda: open("/etc/shadow").read(),
            lambda: open("/proc/sys/kernel/hostname", "w").write("mine")):
    try:
        act()
        print("done")
    except OSError as error:
        print(type(error).__name__)"""
    ended, said = run(tmp_path / "build", program)
    assert ended == Ended(ending=Ending.DONE)
    assert "done" not in said
    assert len(said) == 8
    assert (tmp_path / "build" / "mine").read_text() == "inside"
    assert secret.read_text() == "the service's own"
    assert not (tmp_path / "evil").exists()


@needs_namespaces
def test_it_sees_no_process_but_its_own(tmp_path: Path) -> None:
    program = f"""import os, signal
print([name for name in os.listdir("/proc") if name.isdigit()])
try:
    os.kill({os.getpid()}, signal.SIGKILL)
except OSError as error:
    print(type(error).__name__)"""
    _ended, said = run(tmp_path / "build", program)
    assert len(said[0].split()) <= 3
    assert said[1] == "ProcessLookupError"


@needs_namespaces
def test_nothing_answers_but_the_forge_by_the_proxy(tmp_path: Path) -> None:
    with listening() as (port, asked), listening() as (forge_port, forge_asked):
        program = f"""import socket, urllib.request
for address in (("127.0.0.1", {port}), ("1.1.1.1", 53)):
    try:
        socket.create_connection(address, timeout=3)
        print("connected")
    except OSError as error:
        print(type(error).__name__)
for port in ({port}, {forge_port}):
    try:
        print(urllib.request.urlopen(f"http://127.0.0.1:{{port}}/", timeout=9).read())
    except OSError as error:
        print(error)"""
        ended, said = run(tmp_path / "build", program, hosts=frozenset({f"127.0.0.1:{forge_port}"}))
    assert ended == Ended(ending=Ending.DONE)
    assert said[:2] == ["ConnectionRefusedError", "OSError"]
    assert said[2:4] == ["HTTP Error 403: Forbidden", "b'ok'"]
    assert said[4] == "Refused: 127.0.0.1 is not the forge, and nothing else is reached."
    assert (asked, len(forge_asked)) == ([], 1)


@needs_namespaces
@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("l = []\nwhile True: l.append(bytearray(10**6))", "more than 300 MB of memory"),
        (
            "import os, time\n"
            "for _ in range(6):\n"
            "    if os.fork() == 0:\n"
            "        l = os.urandom(10**8); time.sleep(20)\n"
            "time.sleep(20)",
            "more than 300 MB of memory",
        ),
        (
            "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
            "more than 64 processes",
        ),
        (
            "import time\nfor n in range(99):\n"
            "    open(str(n), 'wb').write(bytes(10**6)); time.sleep(.02)\ntime.sleep(20)",
            "more than 30 MB",
        ),
    ],
    ids=["memory", "memory of many", "processes", "files"],
)
def test_who_takes_too_much_is_ended(tmp_path: Path, program: str, reason: str) -> None:
    ended, _said = run(tmp_path / "build", program)
    assert ended.ending is Ending.FAILED
    assert reason in ended.reason


def test_one_file_cannot_outgrow_the_folder(tmp_path: Path) -> None:
    ended, _said = run(tmp_path / "build", "open('big', 'wb').write(bytes(10**8))")
    assert ended.ending is Ending.FAILED
    assert (tmp_path / "build" / "big").stat().st_size <= BOUNDS.folder_bytes


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "import os, sys, time; sys.stdout.close(); os.close(1); os.close(2); time.sleep(60)",
        "import signal, time\nfor n in range(1, 32):\n"
        "    try: signal.signal(n, signal.SIG_IGN)\n    except OSError: pass\ntime.sleep(60)",
    ],
    ids=["sleeps", "spins", "is silent", "is deaf"],
)
def test_who_takes_too_long_is_ended(tmp_path: Path, program: str) -> None:
    bounds = Bounds(seconds=2, memory_bytes=10**9, folder_bytes=10**7)
    began = time.monotonic()
    ended, _said = run(tmp_path / "build", program, bounds=bounds)
    assert ended == Ended(ending=Ending.TIMED_OUT, reason="It took longer than 2 seconds.")
    assert time.monotonic() - began < 40


@needs_namespaces
def test_nothing_that_it_began_outlives_it(tmp_path: Path) -> None:
    beats = tmp_path / "build" / "beats"
    program = """import os, time
if os.fork() == 0:
    os.setsid()
    while True:
        open("beats", "a").write("."); time.sleep(.05)
time.sleep(.5)"""
    ended, _said = run(tmp_path / "build", program)
    size = beats.stat().st_size
    time.sleep(0.3)
    assert ended == Ended(ending=Ending.DONE)
    assert 0 < size == beats.stat().st_size


def test_what_is_no_longer_wanted_is_ended_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    ended, _said = run(
        tmp_path / "build",
        "import time; time.sleep(60)",
        is_wanted=lambda: time.monotonic() - began < 1.5,
    )
    assert ended == Ended(ending=Ending.STOPPED)
    assert time.monotonic() - began < 40


def test_a_build_ends_with_the_service_that_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    folder.mkdir()
    beat = "import time\\nwhile True: open('beats', 'a').write('.'); time.sleep(.05)"
    starter = f"""import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from backend.gateways.builds import *
folder = Path({str(folder)!r})
order = Run(command=[sys.executable, "-I", "-c", "{beat}"], environment={{}}, folder=folder,
            hosts=frozenset())
bounds = Bounds(seconds=60, memory_bytes=10**9, folder_bytes=10**7)
run_apart(order, bounds, say=print, is_wanted=lambda: True)"""
    beats = folder / "beats"
    with subprocess.Popen([sys.executable, "-c", starter]) as service:
        deadline = time.monotonic() + 60
        while not (beats.exists() and beats.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.05)
        service.send_signal(signal.SIGKILL)
    time.sleep(1)
    size = beats.stat().st_size
    time.sleep(0.5)
    assert 0 < size == beats.stat().st_size


def test_lines_lose_credentials_and_what_is_no_text() -> None:
    raw = (
        b"\x1b[31mred\x1b[0m\x07 ghp_0123456789abcdefABCDEF0123 https://me:pass@host/x "
        b"Authorization: Bearer abcdefghijkl AKIAABCDEFGHIJKLMNOP \xff"
    )
    assert clean_line(raw) == (
        "red  [hidden] https://[hidden]@host/x Authorization: Bearer [hidden] [hidden] \ufffd"
    )


def test_the_end_of_the_program_is_the_end_of_the_run(tmp_path: Path) -> None:
    ended, said = run(tmp_path / "build", "print('one'); print('two', end=''); raise SystemExit(3)")
    assert said == ["one", "two"]
    assert ended == Ended(ending=Ending.FAILED, reason="The build ended with status 3.")
