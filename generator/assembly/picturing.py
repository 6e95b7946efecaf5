"""Icons and social cards of one site, from what its pages say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import msgspec

from generator.assets.card import Card, CardColours, card_key
from generator.cache import Cache
from generator.model.insight import Insight
from generator.model.output import OutputFile, digest_of
from generator.model.page import Page
from generator.model.repository import Repository
from generator.pages.frame import SiteFrame
from generator.pages.material import Material
from generator.render.pages import card_path
from generator.render.theme import Theme, find_theme
from generator.settings import Settings
from generator.workers import map_forked, start_forked

# Raise it when the icons' design changes.
_ICONS_EDITION = 1
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
    cards = [
        _make_card(
            material.repository, material.insight, material.settings, theme,
            title="" if page.title == frame.name else page.title,
            text=page.description or frame.pitch or "",
        )
        for page in shown
    ]  # fmt: skip
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


def draw_home_card(repository: Repository, insight: Insight, settings: Settings) -> bytes:
    """Return the home page's card as a PNG, without building anything else."""
    theme = find_theme(settings.theme.name)
    pitch = insight.pitch.value if insight.pitch else ""
    return _draw(_make_card(repository, insight, settings, theme, title="", text=pitch))


def find_accent(insight: Insight, settings: Settings) -> str | None:
    """Return the project's own colour, from the settings or its logo."""
    return settings.theme.accent or (insight.accent.value if insight.accent else None)


def _make_card(  # noqa: PLR0913  what a card is made of
    repository: Repository,
    insight: Insight,
    settings: Settings,
    theme: Theme,
    *,
    title: str,
    text: str,
) -> Card:
    colours = theme.file.card
    version = insight.version.value if insight.version else ""
    number = f"v{version}" if version[:1].isdigit() else version
    license_name = insight.license.spdx or insight.license.name if insight.license else ""
    return Card(
        project=insight.name.value,
        title=title,
        text=text,
        theme=theme.file.name,
        colours=CardColours(
            background=colours.background,
            text=colours.text,
            muted=colours.muted,
            line=colours.line,
            accent=find_accent(insight, settings) or colours.accent,
        ),
        facts=tuple(fact for fact in (number, license_name) if fact),
        host=urlsplit(settings.site.url).netloc if settings.site.url else "",
        logo=_read_logo(repository, insight),
    )


def _read_logo(repository: Repository, insight: Insight) -> bytes | None:
    """Return the logo's bytes, None without one of a sensible size."""
    path = insight.logo.value if insight.logo else None
    files = repository.files
    if path is None or files.sizes.get(path, _LOGO_LIMIT_BYTES) >= _LOGO_LIMIT_BYTES:
        return None
    return files.read_bytes(path)


def _draw(card: Card) -> bytes:
    from generator.assets.cards import draw_card  # noqa: PLC0415  Pillow, and only for new cards

    return draw_card(card)


def start_icon_files(
    repository: Repository, insight: Insight, settings: Settings, *, cache: Cache | None
) -> Callable[[], tuple[OutputFile, ...]]:
    """Begin the icons and the web manifest; return what waits for them.

    Drawing takes as long as reading a small repository, and needs nothing of it.
    """
    theme = find_theme(settings.theme.name)
    name, logo = insight.name.value, _read_logo(repository, insight)
    accent = find_accent(insight, settings) or theme.file.card.accent
    light, dark = theme.file.chrome_light, theme.file.chrome_dark
    key = _icons_key(name, logo, accent, light, dark)
    stored = cache.get_many([key]).get(key) if cache else None
    if stored is not None:
        icons = msgspec.msgpack.decode(stored, type=tuple[OutputFile, ...])
        return lambda: icons

    def draw() -> tuple[OutputFile, ...]:
        from generator.assets.icons import make_icons  # noqa: PLC0415  Pillow, if not kept

        return make_icons(name=name, logo=logo, accent=accent, light=light, dark=dark)

    drawn = start_forked(draw)

    def wait() -> tuple[OutputFile, ...]:
        icons = drawn()
        if cache:
            cache.put_many({key: msgspec.msgpack.encode(icons)})
        return icons

    return wait


def _icons_key(*parts: object) -> bytes:
    return digest_of(msgspec.msgpack.encode(("icons", _ICONS_EDITION, *parts))).encode()
