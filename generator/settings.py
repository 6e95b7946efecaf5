"""The generator's settings: a layer per source, merged once into one frozen object.

Weakest first: defaults, `4site.toml` (or `[tool.4site]` in `pyproject.toml`), environment
(`FOURSITE_*`), flags. A layer has every field optional and refuses unknown keys; `Settings` has
every field set, and is all that the rest of the code sees. No other file reads `os.environ`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

SHARE_PLATFORMS = ("x", "linkedin", "facebook", "reddit", "hackernews", "mastodon", "bluesky", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSettings:
    """What the project says about itself, where the repository's own files do not."""

    name: str | None = None
    pitch: str | None = None
    kind: str | None = None
    logo: str | None = None
    screenshot: str | None = None
    homepage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """Where the texts are. `forge` is the repository's URL; `forges` maps a host to its family."""

    forge: str | None = None
    forges: dict[str, str] = field(default_factory=dict)
    readme: str | None = None
    docs: str | None = None
    changelog: str | None = None
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """The site as a whole. `url` is where it will be served, with its base path."""

    url: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSettings:
    """Look. `mode` is `auto`, `light` or `dark`: what a visitor sees who chose nothing."""

    name: str = "atlas"
    accent: str | None = None
    mode: str = "auto"
    css: str | None = None
    """A repository path of a style sheet loaded after the theme."""
    templates: str | None = None
    """A repository folder whose templates win over the theme's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesSettings:
    """Which pages are made when there is something to show; false leaves one out."""

    docs: bool = True
    changelog: bool = True
    downloads: bool = True
    contributors: bool = True
    license: bool = True
    community: bool = True
    funding: bool = True
    search: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeSettings:
    """How the README is taken apart; false keeps that part where the README has it."""

    badges: bool = True
    features: bool = True
    install: bool = True
    demo: bool = True
    quick_start: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareSettings:
    """The share block in the footer, and the line that says what made the site."""

    enabled: bool = True
    platforms: tuple[str, ...] = SHARE_PLATFORMS
    powered_by: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsSettings:
    """Social cards, one picture a page."""

    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a build may depend on beside the repository and `built_at`."""

    project: ProjectSettings = field(default_factory=ProjectSettings)
    source: SourceSettings = field(default_factory=SourceSettings)
    site: SiteSettings = field(default_factory=SiteSettings)
    theme: ThemeSettings = field(default_factory=ThemeSettings)
    pages: PagesSettings = field(default_factory=PagesSettings)
    home: HomeSettings = field(default_factory=HomeSettings)
    share: ShareSettings = field(default_factory=ShareSettings)
    cards: CardsSettings = field(default_factory=CardsSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What one run was asked for on the command line; none of it changes what the site says,
    except `enrich` and `offline`, which decide what may be asked of the network.
    """

    out: Path = Path("site")
    enrich: bool = False
    offline: bool = False
    use_cache: bool = True
    force: bool = False
    strict: bool = False
    cache_dir: Path | None = None
    token: str | None = field(default=None, repr=False)
    processes: int | None = None
    """How many processes render; None chooses by the number of pages and cores."""
