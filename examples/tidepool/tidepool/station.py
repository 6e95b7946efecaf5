"""A place with known constants, and the water level there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Tide:
    """A high or a low."""

    at: datetime
    level_m: float
    kind: str


@dataclass(frozen=True)
class Station:
    """A mean level in metres, and (speed in degrees per hour, amplitude in metres, phase)."""

    mean_m: float
    constituents: tuple[tuple[float, float, float], ...]

    def level_m(self, hours: float) -> float:
        """Return the water level `hours` after the epoch of the constants."""
        return self.mean_m + sum(
            amplitude * math.cos(math.radians(speed * hours - phase))
            for speed, amplitude, phase in self.constituents
        )
