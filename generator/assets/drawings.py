"""Draws SVG of our own as pixels, with the letters that come with 4site."""

from __future__ import annotations

from generator.assets.typefaces import Family, faces_for


def to_png(svg: str, *, width_px: int, words: str) -> bytes:
    """Return the drawing as a PNG of that width. `words` are all that is written in it.

    The same drawing is the same bytes wherever the packaged fonts hold its letters. Raises
    ValueError for what is no SVG.
    """
    import resvg_py  # noqa: PLC0415  only where a picture is asked for

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width_px,
            skip_system_fonts=True,
            font_files=[str(face.path) for face in faces_for(words, Family.SANS)],
            font_family="Inter",
            sans_serif_family="Inter",
        )
    )
