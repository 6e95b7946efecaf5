"""The docs sidebar as HTML, made once a section and depth, then marked for each page."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from generator.model.page import Place
from generator.render.links import link_from, root_of


class Sidebars:
    """Renders sidebars with the theme's macro and remembers them.

    A thousand pages of one section share one sidebar but for the current page, whose link is
    found by its exact `href` and marked.
    """

    def __init__(self, render: Callable[[object, Place], str]) -> None:
        self._render = render
        self._made: dict[tuple[str, str], str] = {}

    def show(self, sidebar: object, key: str, place: Place) -> Markup:
        """Return the sidebar for `place`, its own entry marked with `aria-current`."""
        made_for = (key, root_of(place))
        if made_for not in self._made:
            self._made[made_for] = self._render(sidebar, place)
        own = f'href="{escape(link_from(place, place.url))}"'
        html = self._made[made_for].replace(own, f'{own} aria-current="page"', 1)
        return Markup(html)  # noqa: S704  rendered by an escaping template
