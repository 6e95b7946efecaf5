"""The site's icons and web manifest, from the logo, or from the project's initials.

They lie at the site's root under the names that browsers and systems ask for by themselves.
"""

from __future__ import annotations

import io
import json
import re
from html import escape
from typing import TYPE_CHECKING

from generator.assets.colours import contrast, legible, mix
from generator.assets.lettering import Style, clean, set_text
from generator.assets.pictures import ink_of, is_svg, open_picture
from generator.assets.typefaces import Family
from generator.assets.vectors import clean_svg
from generator.model.output import OutputFile

if TYPE_CHECKING:
    from PIL.Image import Image

_LARGEST_PX = 512
_FAVICON_SIZES = (16, 32, 48)
# A picture longer than this is a wordmark, and unreadable in a square.
_SQUARISH = 1.6
# A system may cut a maskable icon to a circle of 80 % of its width. Source: W3C, Web App Manifest.
_SAFE_PART = 0.6
_PADDED_PART = 0.76
_SHORT_NAME = 12
_SVG_ICON_LIMIT = 64 * 1024
_ASCII_PART = re.compile(r"[A-Z]?[a-z\d]+|[A-Z\d]+(?![a-z])")
_ANY_PART = re.compile(r"[^\W_]+")


def make_icons(
    *, name: str, logo: bytes | None, accent: str, light: str, dark: str
) -> tuple[OutputFile, ...]:
    """Return `favicon.ico`, `icon.svg`, the PNG icons and `site.webmanifest`.

    `light` and `dark` are the page's grounds in both modes. `icon.svg` is missing when the logo is
    a raster picture: enlarging it would only blur it.
    """
    picture = open_picture(logo, width_px=_LARGEST_PX, height_px=_LARGEST_PX) if logo else None
    if picture is not None and max(picture.size) > _SQUARISH * min(picture.size):
        picture = None
    ground = _ground_for(picture, light=light, dark=dark) if picture else accent
    files = [
        OutputFile(path="favicon.ico", content=_encode_ico(name, picture, accent)),
        OutputFile(path="apple-touch-icon.png", content=_png(name, picture, ground, 180, 0.76)),
        OutputFile(path="icon-192.png", content=_png(name, picture, ground, 192, _PADDED_PART)),
        OutputFile(path="icon-512.png", content=_png(name, picture, ground, 512, _SAFE_PART)),
        OutputFile(path="site.webmanifest", content=_manifest(name, light)),
    ]
    drawing = _logo_drawing(logo) if picture else _initials_drawing(name, accent, dark)
    if drawing is not None:
        files.append(OutputFile(path="icon.svg", content=drawing))
    return tuple(sorted(files, key=lambda file: file.path))


def initials(name: str) -> str:
    """Return one letter of a single word and two of several: `got` G, `react-router` RR."""
    text = clean(name)
    parts = (_ASCII_PART if text.isascii() else _ANY_PART).findall(text)
    return "".join(part[0].upper()[:1] for part in parts[:2]) or text[:1].upper() or "•"


def _ground_for(picture: Image, *, light: str, dark: str) -> str:
    ink = ink_of(picture)
    return light if contrast(ink, light) >= min(2.0, contrast(ink, dark)) else dark


def _encode_ico(name: str, picture: Image | None, accent: str) -> bytes:
    pictures = [
        _fit(picture, size, 1.0, ground=None)
        if picture
        else _tile(initials(name)[: 1 if size < 32 else 2], accent, size, radius_part=0.2)
        for size in _FAVICON_SIZES
    ]
    buffer = io.BytesIO()
    sizes = [(size, size) for size in _FAVICON_SIZES]
    pictures[-1].save(buffer, "ICO", sizes=sizes, append_images=pictures[:-1])
    return buffer.getvalue()


def _png(name: str, picture: Image | None, ground: str, size_px: int, part: float) -> bytes:
    """Return an icon that fills its square: systems round or cut the corners themselves."""
    icon = (
        _fit(picture, size_px, part, ground=ground)
        if picture
        else _tile(initials(name), ground, size_px, radius_part=0)
    )
    buffer = io.BytesIO()
    icon.convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def _fit(picture: Image, size_px: int, part: float, *, ground: str | None) -> Image:
    from PIL import Image as Pillow  # noqa: PLC0415  slow to import, and a rebuild draws nothing

    fitted = picture.convert("RGBa")
    scale = size_px * part / max(fitted.size)
    width, height = (max(1, round(side * scale)) for side in fitted.size)
    fitted = fitted.resize((width, height), Pillow.Resampling.LANCZOS).convert("RGBA")
    icon = Pillow.new("RGBA", (size_px, size_px), ground or (0, 0, 0, 0))
    icon.alpha_composite(fitted, ((size_px - width) // 2, (size_px - height) // 2))
    return icon


def _tile(letters: str, colour: str, size_px: int, *, radius_part: float) -> Image:
    from PIL import Image as Pillow  # noqa: PLC0415  slow to import, and a rebuild draws nothing
    from PIL import ImageDraw  # noqa: PLC0415  the same

    # Round corners are drawn four times as large: Pillow gives them no smooth edges.
    large = size_px * (4 if radius_part else 1)
    tile = Pillow.new("RGBA", (large, large), (0, 0, 0, 0))
    pen = ImageDraw.Draw(tile)
    pen.rounded_rectangle((0, 0, large - 1, large - 1), radius=large * radius_part, fill=colour)
    height = round(large * (0.62 if len(letters) == 1 else 0.46))
    style = Style(family=Family.SANS, weight=700, sizes=((height, 1),), leading=1.0)
    setting = set_text(letters, style, large)
    if setting is not None:
        left = (large - setting.width_of(setting.lines[0])) / 2
        # Capitals have nothing below the line, so they stand a little lower than text would.
        top = (large - setting.line_px) / 2 + large * 0.01
        setting.draw(pen, left, top, right=large - left, fill=_ink_on(colour))
    return tile.resize((size_px, size_px), Pillow.Resampling.BOX)


def _ink_on(colour: str) -> str:
    white, black = "#ffffff", mix(colour, "#000000", 0.88)
    return white if contrast(white, colour) >= 3 else black


def _logo_drawing(logo: bytes | None) -> bytes | None:
    if logo is None or not is_svg(logo):
        return None
    drawing = clean_svg(logo)
    return drawing if len(drawing) <= _SVG_ICON_LIMIT else None


def _initials_drawing(name: str, accent: str, dark: str) -> bytes:
    letters = initials(name)
    on_dark = legible(accent, dark, ratio=3.0)
    size = 40 if len(letters) == 1 else 29
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><style>'
        f".t{{fill:{accent}}}.i{{fill:{_ink_on(accent)}}}@media(prefers-color-scheme:dark)"
        f"{{.t{{fill:{on_dark}}}.i{{fill:{_ink_on(on_dark)}}}}}</style>"
        '<rect class="t" width="64" height="64" rx="13"/><text class="i" x="32" y="32" dy=".36em" '
        f'font-family="Inter,system-ui,sans-serif" font-weight="700" font-size="{size}" '
        f'text-anchor="middle">{escape(letters)}</text></svg>'
    ).encode()


def _manifest(name: str, ground: str) -> bytes:
    full = clean(name)
    icons = [
        {"src": "icon-192.png", "sizes": "192x192", "type": "image/png"},
        {"src": "icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
    ]
    manifest = {
        "name": full,
        "short_name": full if len(full) <= _SHORT_NAME else full[:_SHORT_NAME].strip(" -_."),
        "start_url": "./",
        "scope": "./",
        "display": "browser",
        "background_color": ground,
        "theme_color": ground,
        "icons": icons,
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
