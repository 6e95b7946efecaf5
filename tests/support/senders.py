"""Visitors who do not give up: each event is sent until it is acknowledged, under the same id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import count

import httpx

from tests.support.service import BROWSER, SITE_URL

ORIGIN = SITE_URL.rstrip("/")
_KINDS = ("view", "share", "view", "engage", "copy")
_PLATFORMS = ("x", "linkedin", "reddit", "copy_link")


class Senders:
    """Sends views, visits through shares, shares, engagement and copies to one site.

    `acknowledged` holds the ids that were answered with 202; what was sent and not answered is
    sent again first, by the same sender, when `load` is called anew.
    """

    def __init__(self, key: str, number: int = 16) -> None:
        self._key = key
        self._pending: list[dict[str, object] | None] = [None] * number
        self._numbers = [count() for _ in range(number)]
        self.acknowledged: list[str] = []
        self.statuses: set[int] = set()

    async def load(self, url: str, *, is_enough: Callable[[], bool]) -> None:
        """Send until it is enough or the service is gone."""
        await asyncio.gather(
            *(self._send(url, sender, is_enough) for sender in range(len(self._pending)))
        )

    async def send_rest(self, url: str) -> None:
        """Send again what was never answered, and nothing new."""
        await self.load(url, is_enough=lambda: True)

    async def _send(self, url: str, sender: int, is_enough: Callable[[], bool]) -> None:
        async with httpx.AsyncClient(timeout=30) as client:
            while (ping := self._next(sender, is_enough=is_enough())) is not None:
                try:
                    answer = await client.post(
                        f"{url}/collect",
                        content=json.dumps(ping),
                        headers={"origin": ORIGIN, "user-agent": f"{BROWSER} {ping['i']}"},
                    )
                except httpx.TransportError:
                    return
                self.statuses.add(answer.status_code)
                if answer.status_code == 202:
                    self.acknowledged.append(str(ping["i"]))
                    self._pending[sender] = None
                else:
                    await asyncio.sleep(0.05)

    def _next(self, sender: int, *, is_enough: bool) -> dict[str, object] | None:
        if self._pending[sender] is None and not is_enough:
            self._pending[sender] = self._make(sender, next(self._numbers[sender]))
        return self._pending[sender]

    def _make(self, sender: int, number: int) -> dict[str, object]:
        kind = _KINDS[number % len(_KINDS)]
        ping: dict[str, object] = {
            "s": self._key, "t": kind, "i": f"s{sender:02d}n{number:07d}", "u": SITE_URL,
        }  # fmt: skip
        if kind == "share":
            ping["n"] = _PLATFORMS[number % len(_PLATFORMS)]
        elif kind == "engage":
            ping |= {"d": number % 100, "p": number % 101}
        elif number % len(_KINDS) == 2:  # through the share before it
            ping["v"] = f"s{sender:02d}n{number - 1:07d}"
        return ping
