"""Spreads a pure function over the machine's cores by forking, where that pays.

A forked child inherits everything the parent has read, so nothing but results crosses a pipe.
Where fork does not exist (Windows) or is unsafe (macOS), or for little work, it runs in place.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")

# Forking and collecting costs about 10 ms; a page costs about 4 ms to read and 1 ms to render.
_SMALLEST_SHARE = 12

_work: Callable[[int], object] | None = None


def map_forked(
    function: Callable[[Item], Result], items: Sequence[Item], *, processes: int | None = None
) -> list[Result]:
    """Return `[function(item) for item in items]`, in order, computed by several processes.

    Results are pickled; items and the function are not. An exception in a child is raised here.
    """
    count = min(processes or _cores(), len(items) // _SMALLEST_SHARE)
    if count < 2 or not sys.platform.startswith("linux"):
        return [function(item) for item in items]
    # Interleaved shares even out the load: long documents tend to lie beside each other.
    shares = [items[start::count] for start in range(count)]
    results = _run_shares(lambda index: [function(item) for item in shares[index]], count)
    merged: list[Result] = [None] * len(items)  # type: ignore[list-item]  # every slot is filled below
    for start, share in enumerate(results):
        merged[start::count] = share
    return merged


def start_forked(function: Callable[[], Result]) -> Callable[[], Result]:
    """Begin `function` in a child beside this process; return what waits for its result.

    Where a child cannot be had, or ends without a result, the waiting itself does the work.
    """
    if _cores() < 2 or not sys.platform.startswith("linux"):
        return function
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _send_and_exit(function, writer)
    os.close(writer)

    def wait() -> Result:
        with os.fdopen(reader, "rb") as pipe:
            content = pipe.read()
        _, status = os.waitpid(child, 0)
        return cast(Result, pickle.loads(content)) if status == 0 else function()  # noqa: S301  our own child's

    return wait


def _send_and_exit(function: Callable[[], object], writer: int) -> NoReturn:
    """End a child without running anything that its parent registered for its own end."""
    status = 1
    try:
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(pickle.dumps(function()))
        status = 0
    finally:
        os._exit(status)


def _run_shares(work: Callable[[int], list[Result]], count: int) -> list[list[Result]]:
    import multiprocessing  # noqa: PLC0415  20 ms, and small sites never need it

    global _work  # noqa: PLW0603  a forked child finds the closure here, since closures cannot be pickled
    _work = work
    try:
        with multiprocessing.get_context("fork").Pool(count) as pool:
            return cast(list[list[Result]], pool.map(_run_share, range(count), chunksize=1))
    finally:
        _work = None


def _run_share(index: int) -> object:
    assert _work is not None  # noqa: S101  set by the parent before the fork
    return _work(index)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
