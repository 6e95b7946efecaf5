"""A README taken apart: the home page puts the pieces where a visitor looks for them."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.model.document import Heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image as trusted HTML (`<img>` or `<picture>`), with its text alternative."""

    html: Markup
    alt: str
    width_px: int | None = None
    height_px: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A badge as text, or as a baked picture. Never a third-party request.

    `label` and `message` like shields.io's two halves; `picture` when the image was fetched.
    """

    label: str
    message: str = ""
    href: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureCard:
    """One item of a feature list: a few words, then trusted inline HTML (may be empty).

    `href` is where the title led, if it was a link.
    """

    title: str
    html: Markup
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmeParts:
    """The README's pieces; every piece shown elsewhere is gone from `body`.

    `body` has no `h1`; its headings keep the anchors they have on GitHub. `headings` lists them.
    The `…_anchor` fields are the anchors of headings that are gone from `body`: the page gives them
    to what it shows instead, so that links from elsewhere still find it.
    """

    title: str | None
    pitch: str | None
    banner: Picture | None
    demo: Picture | None
    badges: tuple[Badge, ...]
    features: tuple[FeatureCard, ...]
    features_title: str
    quick_start: Markup | None
    quick_start_title: str
    body: Markup
    headings: tuple[Heading, ...]
    origin: str
    """The README's path in the repository."""
    title_anchor: str = ""
    features_anchor: str = ""
    install_anchor: str = ""
    quick_start_anchor: str = ""
