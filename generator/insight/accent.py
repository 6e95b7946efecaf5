"""The project's colour: the most telling one of its logo, none when the logo is grey."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping

from generator.insight.rasters import read_pixels
from generator.insight.texts import read_source
from generator.model.files import FileTree
from generator.model.insight import Fact, Origin

MINIMUM_CHROMA = 0.05
"""Below this a colour reads as grey. Unit: chroma of OKLCH, where sRGB's red has 0.26."""

MINIMUM_SHARE = 0.015

Rgb = tuple[int, int, int]

_HEX = re.compile(
    r"(?:fill|stroke|stop-color|color)\s*[:=]\s*[\"']?\s*#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b"
)
_FUNCTION = re.compile(
    r"(?:fill|stroke|stop-color|color)\s*[:=]\s*[\"']?\s*rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})"
)
_EMBEDDED = re.compile(r"data:image/")


def find_accent(files: FileTree, logo: str | None, chosen: str | None) -> Fact[str] | None:
    """Return `#rrggbb` from the settings, else from the logo."""
    if chosen:
        return Fact(value=chosen, origin=Origin(path="settings"))
    if logo is None:
        return None
    weights = (
        _read_svg(files, logo)
        if logo.casefold().endswith(".svg")
        else _count_shades(read_pixels(files, logo))
    )
    color = choose_color(weights)
    return Fact(value=color, origin=Origin(path=logo)) if color else None


def choose_color(weights: Mapping[Rgb, int]) -> str | None:
    """Return the colour with the most chroma for its share; None when all of them are grey.

    The share counts by its square root, so that a small bright mark on a grey ground speaks, and a
    speck of another colour does not. Nearly white and nearly black say nothing.
    """
    total = sum(weights.values())
    best: tuple[float, Rgb] | None = None
    for color in sorted(weights):
        lightness, chroma = measure_color(color)
        share = weights[color] / total
        if chroma < MINIMUM_CHROMA or share < MINIMUM_SHARE or not 0.2 < lightness < 0.95:
            continue
        score = chroma * math.sqrt(share)
        if best is None or score > best[0]:
            best = (score, color)
    return "#{:02x}{:02x}{:02x}".format(*best[1]) if best else None


def measure_color(color: Rgb) -> tuple[float, float]:
    """Return lightness (0 to 1) and chroma of a colour in OKLCH.

    Source: Björn Ottosson, "A perceptual color space for image processing".
    """
    red, green, blue = (_linear(part / 255) for part in color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _read_svg(files: FileTree, path: str) -> dict[Rgb, int]:
    """Count the colours that the drawing names; what is inside an embedded raster is not seen."""
    source = read_source(files, path)
    if source is None or _EMBEDDED.search(source.text):
        return {}
    counter: Counter[Rgb] = Counter()
    for digits in _HEX.findall(source.text):
        full = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
        counter[(int(full[:2], 16), int(full[2:4], 16), int(full[4:], 16))] += 1
    for parts in _FUNCTION.findall(source.text):
        red, green, blue = (min(255, int(part)) for part in parts)
        counter[(red, green, blue)] += 1
    return dict(counter)


def _count_shades(pixels: bytes) -> dict[Rgb, int]:
    """Group RGBA bytes by the upper four bits of each part; a group's colour is its mean."""
    sums: dict[Rgb, list[int]] = {}
    for at in range(0, len(pixels), 4):
        red, green, blue, alpha = pixels[at : at + 4]
        if alpha < 128:
            continue
        group = sums.setdefault((red >> 4, green >> 4, blue >> 4), [0, 0, 0, 0])
        for part, value in enumerate((red, green, blue, 1)):
            group[part] += value
    return {
        (red // count, green // count, blue // count): count
        for red, green, blue, count in sums.values()
    }
