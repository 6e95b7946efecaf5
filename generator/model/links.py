"""The seam between rendering and the link map: what a document may ask about a link's target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from generator.model.report import BuildWarning


class LinkResolver(Protocol):
    """Answers for one document shown on one page; remembers what it was asked.

    Every answer is ready for an attribute but for HTML escaping: relative to the page, or
    absolute with an allowed scheme.
    """

    def link(self, target: str) -> str | None:
        """Return where `<a href=target>` leads, or None when the text must stay without a link."""

    def image(self, target: str) -> str | None:
        """Return what `<img src=target>` shows: a copied asset. None when there is nothing to show
        without asking a third party; the caller then offers a link (`link`) with the alt text.
        A fragment such as `#gh-dark-mode-only` is kept, the site's style sheet acts on it.
        """

    def size(self, target: str) -> tuple[int, int] | None:
        """Return width and height in pixels of an image that `image` resolved, when known."""

    @property
    def assets(self) -> Sequence[str]:
        """Repository paths of the files that answers so far refer to."""

    @property
    def internal(self) -> Sequence[str]:
        """Site-internal targets so far, as `repository/path#anchor`, for the anchor check."""

    @property
    def warnings(self) -> Sequence[BuildWarning]:
        """What could not be resolved so far."""
