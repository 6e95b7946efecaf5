"""Many files at once: in parallel, in the given order, with progress, ending at the first error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from itertools import groupby

from generator.publish.bundle import SiteFile
from generator.publish.target import Report

SENDERS = 8
"""Connections at a time: enough to fill a line, few enough for vendors' limits."""


def send_all(files: Sequence[SiteFile], send: Callable[[SiteFile], object], report: Report) -> None:
    """Call `send` with each file, several at a time. Pages wait until everything else is there, the
    home page until the others are.

    The first error ends it, after the calls that were under way.
    """
    done = 0
    for _turn, some in groupby(files, key=_turn_of):
        batch = list(some)
        with ThreadPoolExecutor(max_workers=SENDERS) as pool:
            running = {pool.submit(send, file): file for file in batch}
            remaining: set[Future[object]] = set(running)
            try:
                while remaining:
                    finished, remaining = wait(remaining, return_when=FIRST_EXCEPTION, timeout=0.2)
                    for future in finished:
                        future.result()
                    if finished:
                        done += len(finished)
                        report(f"Sent {done} of {len(files)} files")
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise


def _turn_of(file: SiteFile) -> tuple[bool, bool]:
    return file.path.endswith(".html"), file.path == "index.html"
