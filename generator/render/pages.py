"""Pages become HTML: one template each, with a key that tells whether it must be made again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from generator.model.output import OutputFile, digest_of
from generator.model.page import Page, Place
from generator.places import TEMPLATES
from generator.render.languages import text_direction
from generator.render.links import link_from, root_of
from generator.render.metadata import absolute, json_ld
from generator.render.theme import Theme

# Markup is a text to msgspec; sets are sorted so that equal pages have equal keys.
_ENCODER = msgspec.msgpack.Encoder(enc_hook=str, order="deterministic")
# Runs before the first paint, so that a visitor's choice of light or dark never flashes.
_FIRST_SCRIPT = TEMPLATES / "assets" / "first.js"


class PageRenderer:
    """Renders the pages of one site. Safe to use in forked children.

    `frame` is what every page shows around its content, `assets` the site URL of each asset by
    its plain name (`site.css`), `feeds` the site URLs of feeds by media type.
    """

    def __init__(  # noqa: PLR0913  what a site is made of, each named
        self,
        *,
        frame: Any,
        theme: Theme,
        assets: Mapping[str, str],
        feeds: Mapping[str, str],
        overrides: Path | None = None,
        cache_dir: Path | None = None,
        has_cards: bool = False,
    ) -> None:
        self._frame = frame
        self._facts = {item.name: getattr(frame, item.name) for item in fields(frame)}
        self._theme = theme
        self._assets = dict(assets)
        self._feeds = dict(feeds)
        self._has_cards = has_cards
        self._cache_dir = cache_dir
        self._overrides = overrides
        self._first_script = _FIRST_SCRIPT.read_text(encoding="utf-8").strip()
        self._environment: Any = None
        self._sidebars: Any = None
        self._site_key = self._make_site_key()

    def key(self, page: Page) -> str:
        """Return a digest of everything that the page's HTML depends on."""
        return digest_of(self._site_key + _ENCODER.encode(page))

    def render(self, page: Page) -> OutputFile:
        """Return the page's file."""
        self._prepare()
        template = self._environment.get_template(page.template)
        html = template.render(self._context(page))
        return OutputFile(path=page.place.file, content=html.encode("utf-8", "replace"))

    def _prepare(self) -> None:
        """Load Jinja on the first page that needs it: a build that changes nothing never does."""
        if self._environment is not None:
            return
        from generator.render.environment import make_environment  # noqa: PLC0415  80 ms
        from generator.render.sidebar import Sidebars  # noqa: PLC0415

        self._environment = make_environment(
            self._theme.template_folders, overrides=self._overrides, cache_dir=self._cache_dir
        )
        self._sidebars = Sidebars(self._render_sidebar)

    def _context(self, page: Page) -> dict[str, Any]:
        place = page.place
        base_path = self._frame.base_path
        language = place.language or self._frame.language
        return {
            "site": self._frame,
            "page": page,
            "view": page.view,
            "theme": self._theme.file,
            "root": root_of(place),
            "language": language,
            "direction": text_direction(language),
            # The words around the content are English, whatever the content is.
            "ui_language": Markup("" if language.startswith("en") else ' lang="en"'),  # noqa: S704
            "rel": lambda url: link_from(place, url, base_path=base_path),
            "asset": lambda name: link_from(place, self._assets[name], base_path=base_path),
            "has_asset": self._assets.__contains__,
            "absolute": lambda url: absolute(self._frame.url, url),
            "sidebar": lambda sidebar: self._sidebars.show(sidebar, sidebar.key, place),
            "card_url": f"{card_path(place)}" if self._has_cards else None,
            "feeds": self._feeds,
            "json_ld": lambda: json_ld(page, self._facts),
            "first_script": Markup(self._first_script),  # noqa: S704  our own file
            "csp": self._policy(),
        }

    def _render_sidebar(self, sidebar: object, place: Place) -> str:
        base_path = self._frame.base_path
        template = self._environment.get_template("partials/sidebar.html")
        rendered: str = template.render(
            nodes=sidebar.nodes,  # type: ignore[attr-defined]  # a Sidebar of the pages stage
            rel=lambda url: link_from(place, url, base_path=base_path),
        )
        return rendered

    def _policy(self) -> str:
        """Return every page's Content-Security-Policy; it names the first script by its hash."""
        digest = hashlib.sha256(self._first_script.encode()).digest()
        # Only the widget asks the service, and only a site with the widget may.
        reports = bool(self._frame.service and self._frame.sharing)
        service = f" {self._frame.service.origin}" if reports else ""
        return (
            "default-src 'none'; base-uri 'none'; form-action 'self'; img-src 'self' data:; "
            "style-src 'self'; font-src 'self'; "
            f"connect-src 'self'{service}; "
            "media-src 'self'; manifest-src 'self'; "
            f"script-src 'self' 'sha256-{base64.b64encode(digest).decode()}'"
        )

    def _make_site_key(self) -> bytes:
        """Return a digest of what all pages share: frame, assets, templates and this code."""
        folders: list[Path] = [*self._theme.template_folders, Path(__file__).parent]
        if self._overrides:
            folders.append(self._overrides)
        shared = [self._facts, self._assets, self._feeds, self._has_cards, _stamps(folders)]
        return digest_of(_ENCODER.encode(shared)).encode()


def card_path(place: Place) -> str:
    """Return where a page's social card lies, beside its HTML in a folder of its own."""
    name = place.url.strip("/").removesuffix(".html").replace("/", "-") or "home"
    return f"assets/cards/{name}.png"


def _stamps(folders: Sequence[Path]) -> list[tuple[str, int, int]]:
    """Return name, size and time of every file in `folders`: enough to notice an edit."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                status = path.stat()
                found.append((str(path), status.st_size, status.st_mtime_ns))
    return found
