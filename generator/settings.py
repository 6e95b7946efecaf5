"""The generator's settings: a layer per source, merged once into one frozen object.

Weakest first: defaults, `4site.toml` (or `[tool.4site]` in `pyproject.toml`), environment
(`FOURSITE_*`), flags. A layer has every field optional and refuses unknown keys; `Settings` has
every field set, and is all that the rest of the code sees. No other file reads `os.environ`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec

# Every platform of the rules of sharing; `twitter` is another name of `x`.
SharePlatform = Literal[
    "x", "linkedin", "facebook", "reddit", "hackernews", "email", "copy_link", "discord", "slack",
    "mastodon", "bluesky", "whatsapp", "telegram", "native", "twitter",
]  # fmt: skip
# The eight that the widget shows when nobody chose, in its order.
SHARE_PLATFORMS: tuple[SharePlatform, ...] = (
    "x", "linkedin", "reddit", "hackernews", "mastodon", "bluesky", "facebook", "email",
)  # fmt: skip

Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9a-fA-F]{6}$")]
WebUrl = Annotated[str, msgspec.Meta(pattern="^https?://[^\\s]+$")]
# Becomes part of every page's Content-Security-Policy, so nothing that could end a directive.
ServiceUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?$",
        max_length=200,
    ),
]
SiteKey = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z]{8,32}$")]
ReferralCode = Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z_-]{3,32}$")]


class _Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the configuration file: frozen, and an unknown key is an error."""


class ProjectSettings(_Group, frozen=True, kw_only=True):
    """What the project says about itself, where the repository's own files do not."""

    name: str | None = None
    pitch: str | None = None
    kind: Literal["tool", "library", "application", "documents", "profile", "project"] | None = None
    logo: str | None = None
    screenshot: str | None = None
    homepage: str | None = None


class SourceSettings(_Group, frozen=True, kw_only=True):
    """Where the texts are. `forge` is the repository's URL; `forges` maps a host to its family."""

    forge: WebUrl | None = None
    forges: Mapping[str, Literal["github", "gitlab", "forgejo", "bitbucket"]] = msgspec.field(
        default_factory=dict
    )
    readme: str | None = None
    docs: str | None = None
    changelog: str | None = None
    exclude: tuple[str, ...] = ()


class SiteSettings(_Group, frozen=True, kw_only=True):
    """The site as a whole. `url` is where it will be served, with its base path."""

    url: WebUrl | None = None
    language: str = "en"


class ThemeSettings(_Group, frozen=True, kw_only=True):
    """Look. `mode` is `auto`, `light` or `dark`: what a visitor sees who chose nothing."""

    name: str = "atlas"
    accent: Colour | None = None
    mode: Literal["auto", "light", "dark"] = "auto"
    css: str | None = None
    """A repository path of a style sheet loaded after the theme."""
    templates: str | None = None
    """A repository folder whose templates win over the theme's."""


class PagesSettings(_Group, frozen=True, kw_only=True):
    """Which pages are made when there is something to show; false leaves one out."""

    docs: bool = True
    changelog: bool = True
    downloads: bool = True
    contributors: bool = True
    license: bool = True
    community: bool = True
    funding: bool = True
    search: bool = True


class HomeSettings(_Group, frozen=True, kw_only=True):
    """How the README is taken apart; false keeps that part where the README has it."""

    badges: bool = True
    features: bool = True
    install: bool = True
    demo: bool = True
    quick_start: bool = True


class ShareSettings(_Group, frozen=True, kw_only=True):
    """The share button, the links it stands for without JavaScript, and the line that says what
    made the site.
    """

    enabled: bool = True
    platforms: tuple[SharePlatform, ...] = SHARE_PLATFORMS
    position: Literal["inline", "bottom-right", "bottom-left"] = "inline"
    """`inline` is the footer; the others float over the page."""
    counts: bool = False
    """Show how often the site was shared, where the service answers."""
    powered_by: bool = True


class ServiceSettings(_Group, frozen=True, kw_only=True):
    """The service that counts visits and shares. Without `url` and `site_key` nothing is sent.

    `4site link` writes all three; `referral` is the owner's code in the powered-by link.
    """

    url: ServiceUrl | None = None
    site_key: SiteKey | None = None
    referral: ReferralCode | None = None


class PublishSettings(_Group, frozen=True, kw_only=True):
    """Where `4site publish` sends the site. Credentials come from the environment alone."""

    target: str | None = None
    """As `--to` takes it: `github-pages`, `s3://bucket/prefix`, `netlify:SITE`, ..."""
    url: WebUrl | None = None
    """Where people reach the site, when the target does not know."""
    branch: str | None = None
    """The branch that GitHub Pages serves; `gh-pages` when nothing else is said."""
    keep_history: bool = False
    """Keep earlier versions as commits of that branch."""


class CardsSettings(_Group, frozen=True, kw_only=True):
    """Social cards, one picture a page."""

    enabled: bool = True


class Settings(_Group, frozen=True, kw_only=True):
    """Everything a build may depend on beside the repository and `built_at`."""

    project: ProjectSettings = msgspec.field(default_factory=ProjectSettings)
    source: SourceSettings = msgspec.field(default_factory=SourceSettings)
    site: SiteSettings = msgspec.field(default_factory=SiteSettings)
    theme: ThemeSettings = msgspec.field(default_factory=ThemeSettings)
    pages: PagesSettings = msgspec.field(default_factory=PagesSettings)
    home: HomeSettings = msgspec.field(default_factory=HomeSettings)
    share: ShareSettings = msgspec.field(default_factory=ShareSettings)
    service: ServiceSettings = msgspec.field(default_factory=ServiceSettings)
    cards: CardsSettings = msgspec.field(default_factory=CardsSettings)
    publish: PublishSettings = msgspec.field(default_factory=PublishSettings)


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
    github_host: str | None = None
    """The host that `owner/name` means and that alone may see the token (`GH_HOST`); None is
    github.com.
    """
    processes: int | None = None
    """How many processes render; None chooses by the number of pages and cores."""

    def token_for(self, host: str) -> str | None:
        """Return the token where `host` may see it: one that the person chose, never a file.

        The settings may be a stranger's, and name any host at all as a GitHub.
        """
        return self.token if host == (self.github_host or "github.com") else None
