"""Exchange rates for the demo world: invented, and the same for a day whenever they are asked."""

from __future__ import annotations

import math

from backend.domain.instants import Day, date_of

PROVIDER = "demo"
"""Under this name they are stored: nobody shall take them for a central bank's."""
_SATURDAY = 5


def write_rates(days: range) -> bytes:
    """Return the rates of those of the days that are no weekend, as a file to be imported."""
    lines = ["Date,USD,JPY"]
    for number in days:
        date = date_of(Day(number))
        if date.weekday() < _SATURDAY:
            dollars, yen = _wave(1.13, 0.04, number), _wave(165.0, 5.0, number)
            lines.append(f"{date.isoformat()},{dollars:.4f},{yen:.2f}")
    return "\n".join(lines).encode()


def _wave(middle: float, reach: float, day: int) -> float:
    """Return a value that swings slowly around its middle, and a little from day to day."""
    return middle + reach * (0.8 * math.sin(day / 43) + 0.2 * math.sin(day * 1.7))
