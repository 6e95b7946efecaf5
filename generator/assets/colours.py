"""Arithmetic on colours written `#rrggbb`, for pictures that are drawn here."""

from __future__ import annotations

import re

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def parse_colour(text: str) -> tuple[int, int, int]:
    """Return red, green and blue. Raises ValueError for anything but `#rrggbb`."""
    if not _HEX.fullmatch(text):
        raise ValueError(f"{text!r} is not a colour like #2f5bd8")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(colour: str, other: str, part: float) -> str:
    """Return `colour` with `part` (0 to 1) of `other` in it."""
    pairs = zip(parse_colour(colour), parse_colour(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * part):02x}" for one, two in pairs)


def contrast(one: str, two: str) -> float:
    """Return the contrast ratio from 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def legible(colour: str, background: str, *, ratio: float) -> str:
    """Return the colour, moved toward black or white until it stands out from the background."""
    goal = (
        "#ffffff"
        if contrast("#ffffff", background) > contrast("#000000", background)
        else "#000000"
    )
    steps = (mix(colour, goal, step / 20) for step in range(21))
    return next((step for step in steps if contrast(step, background) >= ratio), goal)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in parse_colour(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
