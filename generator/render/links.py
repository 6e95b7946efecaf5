"""Addresses as a page writes them: relative to itself, so that the site works anywhere."""

from __future__ import annotations

from generator.model.page import Place


def root_of(place: Place) -> str:
    """Return the way from a page to the site's root: `../../` for `docs/start/`, `./` for home."""
    return "../" * place.url.count("/") or "./"


def link_from(place: Place, url: str, *, base_path: str | None = None) -> str:
    """Return `url` (relative to the root, or absolute with a scheme) as `place` links to it.

    The not-found page is shown at any address, so it needs the base path where that is known.
    """
    if "://" in url or url.startswith(("mailto:", "#")):
        return url
    if place.url == "404.html" and base_path:
        return base_path + url
    root = root_of(place)
    return root + url if url else root
