"""Icons and social cards of one site, from what its pages say."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from generator.assets.card import Card, CardColours, card_key
from generator.cache import Cache
from generator.model.insight import Fact
from generator.model.output import OutputFile
from generator.model.page import Page
from generator.pages.frame import SiteFrame
from generator.pages.material import Material
from generator.render.pages import card_path
from generator.render.theme import Theme
from generator.workers import map_forked

_LOGO_LIMIT_BYTES = 2 * 1024 * 1024


def make_card_files(
    material: Material,
    frame: SiteFrame,
    theme: Theme,
    pages: Sequence[Page],
    *,
    cache: Cache | None,
) -> list[OutputFile]:
    """Return the social card of each page for readers; none when they are turned off.

    A card costs as much as several pages, so each is kept by what it says.
    """
    if not material.settings.cards.enabled:
        return []
    shown = [page for page in pages if page.is_indexed]
    cards = [make_card(material, frame, theme, page) for page in shown]
    keys = [card_key(card) for card in cards]
    drawn = cache.get_many(keys) if cache else {}
    missing = {key: card for key, card in zip(keys, cards, strict=True) if key not in drawn}
    fresh = dict(zip(missing, map_forked(_draw, list(missing.values())), strict=True))
    if cache:
        cache.put_many(fresh)
    drawn |= fresh
    return [
        OutputFile(path=card_path(page.place), content=drawn[key])
        for page, key in zip(shown, keys, strict=True)
    ]


def make_card(material: Material, frame: SiteFrame, theme: Theme, page: Page) -> Card:
    """Return what a page's card says."""
    colours = theme.file.card
    accent = find_accent(material) or colours.accent
    version = f"v{frame.version}" if frame.version and frame.version[0].isdigit() else frame.version
    return Card(
        project=frame.name,
        title="" if page.title == frame.name else page.title,
        text=page.description or frame.pitch or "",
        theme=theme.file.name,
        colours=CardColours(
            background=colours.background,
            text=colours.text,
            muted=colours.muted,
            line=colours.line,
            accent=accent,
        ),
        facts=tuple(fact for fact in (version, frame.license_name) if fact),
        host=urlsplit(frame.url).netloc if frame.url else "",
        logo=read_logo(material),
    )


def find_accent(material: Material) -> str | None:
    """Return the project's own colour, from the settings or its logo."""
    accent = material.insight.accent
    return material.settings.theme.accent or (accent.value if accent else None)


def read_logo(material: Material) -> bytes | None:
    """Return the logo's bytes, None without one of a sensible size."""
    logo: Fact[str] | None = material.insight.logo
    files = material.repository.files
    if logo is None or files.sizes.get(logo.value, _LOGO_LIMIT_BYTES) >= _LOGO_LIMIT_BYTES:
        return None
    return files.read_bytes(logo.value)


def _draw(card: Card) -> bytes:
    from generator.assets.cards import draw_card  # noqa: PLC0415  Pillow, and only for new cards

    return draw_card(card)


def make_icon_files(material: Material, theme: Theme) -> tuple[OutputFile, ...]:
    """Return the icons and the web manifest."""
    del material, theme
    return ()
