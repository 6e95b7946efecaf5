"""The look of social cards, one function for each character; no text ever leaves its margins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.assets.card import Card
from generator.assets.colours import contrast, legible, mix
from generator.assets.lettering import Setting, Style, set_text
from generator.assets.pictures import ink_of, open_picture
from generator.assets.typefaces import Family

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw as Pen

_WIDTH, _HEIGHT = 1200, 630
# A picture wider than this is taken to hold the project's name.
_WORDMARK = 1.8
# Lines end this far from the margin, so that a long one does not lean on the edge.
_RAGGED_PX = 50


def draw_plain(card: Card) -> Image:
    """Draw atlas: text on a fine grid, and a figure of cells that is the project's own."""
    sheet = _Sheet(card, Family.SANS)
    sheet.draw_grid(cell_px=60, start_px=15)
    left, right = 75, 1125
    sheet.draw_brand(left, 75, height_px=60, right=735, weight=600)
    sheet.draw_foot(left, right, middle_px=525, rule_px=None)
    title = Style(
        family=Family.SANS,
        weight=650,
        sizes=((128, 1), (108, 1), (92, 2), (78, 2), (66, 3), (56, 3), (48, 3), (42, 3)),
        leading=1.08,
    )
    text = Style(
        family=Family.SANS, weight=400, sizes=((34, 3), (31, 4), (28, 4), (26, 4)), leading=1.36
    )
    sheet.stack(title, text, left=left, right=right, top=165, bottom=468, gap_px=18)
    return sheet.image


def draw_press(card: Card) -> Image:
    """Draw press: a title page with rules, the text in italics."""
    sheet = _Sheet(card, Family.SERIF)
    left, right = 84, 1116
    sheet.rule(left, right, top=60, height_px=7, fill=card.colours.text)
    sheet.rule(left, left + 150, top=60, height_px=7, fill=sheet.accent)
    sheet.rule(left, right, top=74, height_px=1, fill=card.colours.text)
    sheet.draw_brand(left, 100, height_px=52, right=right, weight=500)
    sheet.draw_foot(left, right, middle_px=562, rule_px=530)
    title = Style(
        family=Family.SERIF,
        weight=500,
        sizes=((140, 1), (120, 1), (100, 2), (88, 2), (76, 3), (64, 3), (54, 3), (46, 3)),
        leading=1.02,
    )
    text = Style(
        family=Family.SERIF_ITALIC,
        weight=400,
        sizes=((38, 3), (34, 4), (31, 4), (28, 4)),
        leading=1.28,
    )
    sheet.stack(title, text, left=left, right=right, top=176, bottom=506, gap_px=22)
    return sheet.image


def draw_terminal(card: Card) -> Image:
    """Draw terminal: a prompt, the cursor after what was typed, a status line at the bottom."""
    sheet = _Sheet(card, Family.MONO)
    left, right = 72, 1128
    sheet.draw_brand(left, 66, height_px=48, right=right, weight=500, prompt="~/")
    sheet.draw_status(left, right, top=566)
    title = Style(
        family=Family.MONO,
        weight=700,
        sizes=((112, 1), (96, 1), (80, 2), (68, 2), (58, 3), (50, 3), (42, 3), (36, 3)),
        leading=1.14,
    )
    text = Style(
        family=Family.MONO, weight=400, sizes=((30, 3), (28, 4), (25, 5), (23, 5)), leading=1.5
    )
    sheet.stack(title, text, left=left, right=right, top=150, bottom=520, gap_px=24, cursor=True)
    return sheet.image


DESIGNS: dict[str, Callable[[Card], Image]] = {
    "atlas": draw_plain,
    "press": draw_press,
    "terminal": draw_terminal,
}


@dataclass(frozen=True, slots=True)
class _Pair:
    """The title and the text below it; either may be missing."""

    title: Setting | None
    text: Setting | None
    gap_px: int

    @property
    def height_px(self) -> int:
        heights = [part.height_px for part in (self.title, self.text) if part]
        return sum(heights) + self.gap_px * (len(heights) - 1)


class _Sheet:
    """A card while it is drawn."""

    def __init__(self, card: Card, family: Family) -> None:
        from PIL import Image, ImageDraw  # noqa: PLC0415  slow to import, and most builds draw nothing

        self.card, self.family = card, family
        self.image = Image.new("RGB", (_WIDTH, _HEIGHT), card.colours.background)
        self.draw: Pen = ImageDraw.Draw(self.image)
        self.accent = legible(card.colours.accent, card.colours.background, ratio=3.0)

    def rule(self, left: int, right: int, *, top: int, height_px: int, fill: str) -> None:
        self.draw.rectangle((left, top, right - 1, top + height_px - 1), fill=fill)

    def draw_grid(self, *, cell_px: int, start_px: int) -> None:
        """Draw hairlines, and in the right upper corner cells that the project's name chooses."""
        colours = self.card.colours
        hairline = mix(colours.background, colours.line, 0.55)
        columns, rows = (_WIDTH - start_px) // cell_px, (_HEIGHT - start_px) // cell_px
        chance = hashlib.blake2b(
            self.card.project.encode("utf-8", "replace"), digest_size=32
        ).digest()
        for number in range(24):
            column, row = number % 6, number // 6
            tint = chance[number] % 4 if column + row < 5 and row < 2 else 0
            if number == 0 or (chance[number] > 56 * (column + row) and tint):
                x = start_px + (columns - 1 - column) * cell_px
                y = start_px + row * cell_px
                part = 0.0 if number == 0 else (0.0, 0.45, 0.7, 0.86)[tint]
                cell = (x, y, x + cell_px, y + cell_px)
                self.draw.rectangle(cell, fill=mix(self.accent, colours.background, part))
        for column in range(columns + 1):
            x = start_px + column * cell_px
            self.draw.line((x, 0, x, _HEIGHT), fill=hairline)
        for row in range(rows + 1):
            y = start_px + row * cell_px
            self.draw.line((0, y, _WIDTH, y), fill=hairline)

    def draw_brand(  # noqa: PLR0913  a place, and how it differs by design
        self, left: int, top: int, *, height_px: int, right: int, weight: int, prompt: str = ""
    ) -> None:
        """Draw the logo and the project's name in a row; the home page's title is the name."""
        x, is_wordmark = self._draw_logo(left, top, height_px)
        is_home = not self.card.title
        if (is_home and not prompt) or is_wordmark:
            return
        style = Style(
            family=self.family,
            weight=weight,
            sizes=tuple((size, 1) for size in (34, 30, 26, 22)),
            leading=1.0,
        )
        name = set_text(prompt if is_home else prompt + self.card.project, style, right - x)
        if name is not None:
            y = top + (height_px - name.line_px) / 2
            fill = self.accent if prompt else self.card.colours.text
            name.draw(self.draw, x, y, right=right, fill=fill)

    def _draw_logo(self, left: int, top: int, height_px: int) -> tuple[int, bool]:
        """Return where the next thing may stand, and whether the logo holds the name."""
        if self.card.logo is None:
            return left, False
        logo = open_picture(self.card.logo, width_px=420, height_px=height_px)
        if logo is None:
            return left, False
        background = self.card.colours.background
        if contrast(ink_of(logo), background) < 1.5:
            tile = mix(background, self.card.colours.text, 0.92)
            box = (left, top, left + logo.width + 24, top + height_px)
            self.draw.rounded_rectangle(box, radius=10, fill=tile)
            logo = logo.resize((max(1, logo.width * 7 // 10), max(1, logo.height * 7 // 10)))
            left += (box[2] - box[0] - logo.width) // 2
            end = box[2]
        else:
            end = left + logo.width
        self.image.paste(logo, (left, top + (height_px - logo.height) // 2), logo)
        return end + 22, logo.width > _WORDMARK * logo.height

    def draw_foot(self, left: int, right: int, *, middle_px: int, rule_px: int | None) -> None:
        """Draw facts at the left and the host at the right, over a hairline if there is a place."""
        colours = self.card.colours
        if rule_px is not None:
            self.rule(left, right, top=rule_px, height_px=1, fill=colours.line)
        self._draw_ends(left, right, middle=middle_px, fills=(colours.muted, colours.muted))

    def draw_status(self, left: int, right: int, *, top: int) -> None:
        self.draw.rectangle((0, top, _WIDTH, _HEIGHT), fill=self.accent)
        ink = legible(self.card.colours.background, self.accent, ratio=4.5)
        self._draw_ends(left, right, middle=(top + _HEIGHT) // 2, fills=(ink, ink))

    def _draw_ends(self, left: int, right: int, *, middle: int, fills: tuple[str, str]) -> None:
        style = Style(
            family=self.family, weight=500, sizes=((26, 1), (24, 1), (22, 1), (20, 1)), leading=1.0
        )
        facts = set_text(" · ".join(self.card.facts), style, (right - left) * 0.55)
        taken = facts.width_of(facts.lines[0]) + 40 if facts else 0
        host = set_text(self.card.host, style, right - left - taken)
        if facts is not None:
            facts.draw(self.draw, left, middle - facts.line_px / 2, right=right, fill=fills[0])
        if host is not None:
            x = right - host.width_of(host.lines[0])
            host.draw(self.draw, x, middle - host.line_px / 2, right=right, fill=fills[1])

    def stack(  # noqa: PLR0913  a box, and how it differs by design
        self,
        title_style: Style,
        text_style: Style,
        *,
        left: int,
        right: int,
        top: int,
        bottom: int,
        gap_px: int,
        cursor: bool = False,
    ) -> None:
        """Set title and text as large as the box allows and let them stand on its lower edge."""
        width = right - left - _RAGGED_PX
        pair = self._fit(title_style, text_style, width, bottom - top, gap_px)
        y = float(bottom - pair.height_px)
        if pair.title is not None:
            end = pair.title.draw(self.draw, left, y, right=right, fill=self.card.colours.text)
            y += pair.title.height_px
            if cursor and not pair.title.is_rtl:
                self._draw_cursor(end, y, pair.title)
            y += gap_px
        if pair.text is not None:
            pair.text.draw(self.draw, left, y, right=right, fill=self.card.colours.muted)

    def _fit(
        self, title_style: Style, text_style: Style, width: int, height: int, gap_px: int
    ) -> _Pair:
        words = self.card.title or self.card.project
        pairs = (
            _Pair(
                set_text(words, _from(title_style, number), width),
                set_text(self.card.text, _from(text_style, number // 2), width),
                gap_px,
            )
            for number in range(len(title_style.sizes))
        )
        return next((pair for pair in pairs if pair.height_px <= height), None) or _Pair(
            set_text(words, _from(title_style, len(title_style.sizes) - 1), width), None, gap_px
        )

    def _draw_cursor(self, x: float, line_end: float, title: Setting) -> None:
        size = title.size_px
        middle = line_end - title.line_px / 2
        box = (x + size * 0.12, middle - size * 0.46, x + size * 0.62, middle + size * 0.46)
        if box[2] < _WIDTH - 24:
            self.draw.rectangle(box, fill=self.accent)


def _from(style: Style, number: int) -> Style:
    """Return the style without its largest sizes."""
    sizes = style.sizes[min(number, len(style.sizes) - 1) :]
    return Style(family=style.family, weight=style.weight, sizes=sizes, leading=style.leading)
