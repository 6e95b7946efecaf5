"""Draws cards of rewards with the letters and colours that social cards of sites are drawn with."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from typing import TYPE_CHECKING

from backend.domain.reward_cards import RewardCard
from generator.assets.colours import mix
from generator.assets.lettering import Style, set_text
from generator.assets.typefaces import Family

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw as Pen

SIZE = (1200, 630)
_KEPT = 128
"""How many drawn cards are kept, of 15 KB each."""
_PAPER, _INK, _MUTED, _LINE = "#fbfbfa", "#15181e", "#5a616d", "#e3e5e8"
_ACCENTS = {"Milestone": "#1f7a4d", "Achievement": "#2f5bd8"}
_LEFT, _RIGHT = 84, 690
_SEAL_CENTRE, _SEAL_RADIUS = (918, 315), 196
_PETALS = 36
_SCALE = 3
"""The seal is drawn so many times larger, and its edges come out smooth."""
_COLOURS = 64


@lru_cache(maxsize=_KEPT)
def draw_card(card: RewardCard) -> bytes:
    """Return the card as a PNG; equal cards are equal bytes."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  slow to import, and seldom needed

    accent = _ACCENTS[card.kind]
    image = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    _draw_grid(pen)
    _draw_seal(image, accent)
    _write_seal(pen, card)
    _write(pen, card, accent)
    reduced = image.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    reduced.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def _draw_grid(pen: Pen) -> None:
    width, height = SIZE
    line = mix(_PAPER, _LINE, 0.6)
    for x in range(15, width, 60):
        pen.line((x, 0, x, height), fill=line)
    for y in range(15, height, 60):
        pen.line((0, y, width, y), fill=line)


def _draw_seal(image: Image, accent: str) -> None:
    """Draw a disc with a scalloped edge and two rings inside."""
    from PIL import Image as Pillow  # noqa: PLC0415  as above
    from PIL import ImageDraw  # noqa: PLC0415  as above

    side = 2 * (_SEAL_RADIUS + 12)
    large = Pillow.new("L", (side * _SCALE, side * _SCALE), 0)
    mask = ImageDraw.Draw(large)
    middle = side * _SCALE / 2
    mask.polygon(_scallops(middle, _SEAL_RADIUS * _SCALE), fill=255)
    disc = large.resize((side, side), Pillow.Resampling.LANCZOS)
    x, y = _SEAL_CENTRE
    corner = (x - side // 2, y - side // 2)
    image.paste(accent, (*corner, corner[0] + side, corner[1] + side), disc)
    rings = Pillow.new("L", large.size, 0)
    pen = ImageDraw.Draw(rings)
    for radius, width in ((164, 3), (154, 1)):
        reach = radius * _SCALE
        box = (middle - reach, middle - reach, middle + reach, middle + reach)
        pen.ellipse(box, outline=255, width=width * _SCALE)
    smooth = rings.resize((side, side), Pillow.Resampling.LANCZOS)
    light = mix(accent, "#ffffff", 0.6)
    image.paste(light, (*corner, corner[0] + side, corner[1] + side), smooth)


def _scallops(middle: float, radius: float) -> list[tuple[float, float]]:
    """Return the corners of a disc whose edge goes in and out."""
    steps = _PETALS * 24
    found = []
    for step in range(steps):
        turn = 2 * math.pi * step / steps
        reach = radius * (1 - 0.022 * (1 - abs(math.sin(_PETALS * turn / 2))) * 2)
        found.append((middle + reach * math.sin(turn), middle - reach * math.cos(turn)))
    return found


def _write_seal(pen: Pen, card: RewardCard) -> None:
    x, y = _SEAL_CENTRE
    room = 250
    amount = set_text(card.amount, _style(700, (128, 112, 96, 84, 72, 60), lines=1), room)
    unit = set_text(card.unit, _style(500, (30, 27, 24), lines=1), room)
    if amount is not None:
        left = x - amount.width_of(amount.lines[0]) / 2
        amount.draw(pen, left, y - amount.line_px / 2 - 14, right=x + room, fill="#ffffff")
    if unit is not None:
        left = x - unit.width_of(unit.lines[0]) / 2
        unit.draw(pen, left, y + 58, right=x + room, fill="#ffffff")


def _write(pen: Pen, card: RewardCard, accent: str) -> None:
    """Write what it is at the top, whose in the middle, and when and where at the foot."""
    width = _RIGHT - _LEFT
    kind = set_text(card.kind, _style(600, (30,), lines=1), width)
    title = set_text(card.title, _style(700, (92, 80, 70, 60, 52), lines=2), width)
    name = set_text(card.name, _style(500, (46, 40, 36, 32), lines=2), width)
    evidence = set_text(card.evidence, _style(400, (32, 29, 26), lines=2), width)
    rows = [
        (kind, accent, 20),
        (title, _INK, 26),
        (name, _INK, 14),
        (evidence, _MUTED, 0),
    ]
    height = sum(row.height_px + gap for row, _fill, gap in rows if row is not None)
    y = (SIZE[1] - 60 - height) / 2
    for row, fill, gap in rows:
        if row is not None:
            row.draw(pen, _LEFT, y, right=_RIGHT, fill=fill)
            y += row.height_px + gap
    foot = set_text(f"{card.day} · {card.host}", _style(500, (26, 23, 20), lines=1), width)
    if foot is not None:
        foot.draw(pen, _LEFT, 570, right=_RIGHT, fill=_MUTED)


def _style(weight: int, sizes: tuple[int, ...], *, lines: int) -> Style:
    return Style(
        family=Family.SANS,
        weight=weight,
        sizes=tuple((size, lines) for size in sizes),
        leading=1.12,
    )
