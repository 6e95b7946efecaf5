"""Opens a logo of unknown origin as pixels: raster by Pillow, SVG by resvg, within bounds."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from generator.assets.typefaces import Family, faces_for
from generator.assets.vectors import clean_svg

if TYPE_CHECKING:
    from PIL.Image import Image

_BYTES_LIMIT = 8 * 1024 * 1024
_PIXELS_LIMIT = 40_000_000
_SVG_BYTES_LIMIT = 1024 * 1024
# Each use of a symbol may use others: so few cannot multiply into a drawing that never ends.
_SVG_USES_LIMIT = 500


def open_picture(raw: bytes, *, width_px: int, height_px: int) -> Image | None:
    """Return the picture as RGBA, cut to what is visible and fitted into the box.

    Small ones are enlarged at most twice. Returns None for what cannot or should not be opened.
    """
    picture = _open_svg(raw, height_px) if is_svg(raw) else _open_raster(raw)
    if picture is None:
        return None
    box = picture.getchannel("A").point(lambda alpha: 255 * (alpha > 8)).getbbox()
    if box is None:
        return None
    picture = picture.crop(box)
    scale = min(width_px / picture.width, height_px / picture.height, 2.0)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    from PIL import Image  # noqa: PLC0415  slow to import, and most builds draw nothing

    # Colours behind transparent pixels must not bleed into the edges.
    return picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def is_svg(raw: bytes) -> bool:
    """Tell a drawing by its first element, whatever the file is called."""
    head = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"<svg" in head


def ink_of(picture: Image) -> str:
    """Return the mean colour of what is not transparent."""
    from PIL import ImageStat  # noqa: PLC0415  slow to import, and most builds draw nothing

    red, green, blue, *_ = ImageStat.Stat(picture, mask=picture.getchannel("A")).mean
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


def _open_raster(raw: bytes) -> Image | None:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  slow to import

    if len(raw) > _BYTES_LIMIT:
        return None
    try:
        with Image.open(io.BytesIO(raw)) as opened:
            if opened.width * opened.height > _PIXELS_LIMIT:
                return None
            # A JPEG is read at about the size that is needed.
            opened.draft("RGB", (512, 512))
            return opened.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None


def _open_svg(raw: bytes, height_px: int) -> Image | None:
    try:
        import resvg_py  # noqa: PLC0415  only for a logo that is a drawing
    except ImportError:
        return None
    drawing = clean_svg(raw)
    if len(drawing) > _SVG_BYTES_LIMIT or drawing.count(b"<use") > _SVG_USES_LIMIT:
        return None
    fonts = [str(face.path) for face in faces_for("a", Family.SANS)]
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=drawing.decode("utf-8"),
            height=min(max(2 * height_px, 64), 512),
            # The system's fonts would make the same build differ from machine to machine.
            skip_system_fonts=True,
            font_files=fonts,
            font_family="Inter",
            sans_serif_family="Inter",
        )
    except ValueError:
        return None
    return _open_raster(bytes(png))
