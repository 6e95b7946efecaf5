"""Looks up who a ping is for, remembering the answer for some seconds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from backend.actions.context import Context
from backend.domain.gates import Gate
from backend.domain.instants import SECOND, Instant
from backend.store.sites import find_gates

REMEMBERED_SITES = 100_000
REMEMBERED_FOR = 10 * SECOND
"""How long a change of origins or status may take to be felt by pings."""


class Gates:
    """Gates by site key; unknown keys are remembered too, so that they cost no query each."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: OrderedDict[str, tuple[Instant, Gate | None]] = OrderedDict()

    def recall(self, key: str, now: Instant) -> tuple[bool, Gate | None]:
        """Return whether the answer is remembered and still good, and the answer."""
        known = self._known.get(key)
        # Longer than that is left only when the clock was set back.
        if known is None or not 0 <= known[0] - now <= REMEMBERED_FOR:
            return False, None
        return True, known[1]

    def look_up(self, keys: Sequence[str]) -> dict[str, Gate | None]:
        """Ask the database for each key. Raises Unavailable when it cannot be asked."""
        with self._context.database.reading() as session:
            found = find_gates(session, keys)
        gates = {key: found.get(key) for key in keys}
        good_until = Instant(self._context.clock.now() + REMEMBERED_FOR)
        for key, gate in gates.items():
            self._known[key] = (good_until, gate)
            self._known.move_to_end(key)
        while len(self._known) > REMEMBERED_SITES:
            self._known.popitem(last=False)
        return gates
