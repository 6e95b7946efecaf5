"""Runs a command as a whole process and measures it: wall time, and the largest memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. `peak_mib` is that of the largest single process, children included."""

    seconds: float
    peak_mib: float


def run(command: Sequence[str], *, folder: Path, environ: Mapping[str, str]) -> Run:
    """Run `command` in `folder`. Raises CalledProcessError with its output when it fails."""
    log = folder / "bench.log"
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=dict(environ), stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, log.read_bytes())
    return Run(seconds=seconds, peak_mib=usage.ru_maxrss / 1024)


def html_bytes(folder: Path) -> tuple[int, int]:
    """Return how many HTML files a site has and their bytes together."""
    sizes = [path.stat().st_size for path in folder.rglob("*.html")]
    return len(sizes), sum(sizes)
