"""Mermaid diagrams are drawn at build time: no script on the page, no browser in the build.

The package mermaid-render brings Pele, Obsidian's renderer of Mermaid's language, and runs it in
an embedded QuickJS with limits on time, memory and source. Against it stood the real Mermaid: as
a script it costs a reader 3.5 MB and the page its strict style policy, and drawn at build time in
QuickJS 0.6 s a diagram instead of 1 ms.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape

from generator.content.diagram_svg import keep_known_svg

# Of the renderer's themes the one whose colours are all different; see diagram_svg.
_THEME = "dark"
_SVG_LIMIT = 2_000_000


@lru_cache(maxsize=256)
def mermaid_block(source: str) -> str:
    """Return a diagram's figure: the drawing, or the source where it cannot be drawn.

    `<figure class="diagram">` holds an `svg`, else `<pre class="mermaid">` with the source.
    """
    drawing = _draw(source)
    if drawing is None:
        text = escape(source.strip("\n"), quote=False)
        drawing = f'<pre class="mermaid" tabindex="0"><code>{text}</code></pre>'
    return f'<figure class="diagram">{drawing}</figure>'


def _draw(source: str) -> str | None:
    """Return the drawing as safe SVG, or None: no renderer here, unknown kind, or a mistake."""
    try:
        from mermaid_render import renderer  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError:  # there is no wheel of its engine for every machine
        return None
    try:
        svg: str = renderer.render(source, _THEME)["result"]["svg"]
        return keep_known_svg(svg) if len(svg) <= _SVG_LIMIT else None
    except (renderer.RenderError, ValueError, KeyError):
        return None
