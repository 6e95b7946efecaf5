"""Look-ups of the hot path that wait for the database together.

What is remembered goes stale for many requests at one moment. Each of them asking by itself would
open as many connections as there are threads, and hold up everything else for as long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

T = TypeVar("T")


class LookUps(Generic[T]):
    """Asks for keys in one thread: those wanted while it asks are asked for together, each once.

    `ask` runs in that thread and returns a value for every key that it is given. What it raises
    reaches all who waited for the keys.
    """

    def __init__(self, ask: Callable[[Sequence[str]], Mapping[str, T]]) -> None:
        self._ask = ask
        self._wanted: dict[str, asyncio.Future[T]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def get(self, key: str) -> T:
        """Return the value of a key."""
        answer = self._wanted.get(key)
        if answer is None:
            answer = self._wanted[key] = asyncio.get_running_loop().create_future()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._run())
        # Shielded: a visitor who goes away does not take the answer from the others.
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        while self._wanted:
            wanted, self._wanted = self._wanted, {}
            try:
                found = await run_in_threadpool(self._ask, list(wanted))
            except Exception as error:
                for answer in wanted.values():
                    answer.set_exception(error)
                    answer.exception()  # all of them may have gone away
            else:
                for key, answer in wanted.items():
                    answer.set_result(found[key])
