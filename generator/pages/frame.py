"""What every page shows around its content: names, sections, links, sharing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from generator.model.forge import Forge, ForgeKind
from generator.model.page import Link, PageKind
from generator.pages.material import Material

_FORGE_LABELS = {
    ForgeKind.GITHUB: "GitHub",
    ForgeKind.GITLAB: "GitLab",
    ForgeKind.FORGEJO: "Forgejo",
    ForgeKind.BITBUCKET: "Bitbucket",
}
_FORGE_LABELS_BY_HOST = {"codeberg.org": "Codeberg", "gitea.com": "Gitea"}

_SECTIONS = (
    (PageKind.DOC, "Docs"),
    (PageKind.DOWNLOADS, "Downloads"),
    (PageKind.CHANGELOG, "Changelog"),
    (PageKind.CONTRIBUTORS, "Contributors"),
)

# Each platform's documented share address; {url} and {text} are percent-encoded.
_SHARE_TARGETS = {
    "x": ("X", "https://x.com/intent/post?url={url}&text={text}"),
    "linkedin": ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    "facebook": ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    "reddit": ("Reddit", "https://www.reddit.com/submit?url={url}&title={text}"),
    "hackernews": ("Hacker News", "https://news.ycombinator.com/submitlink?u={url}&t={text}"),
    "mastodon": ("Mastodon", "https://mastodonshare.com/?url={url}&text={text}"),
    "bluesky": ("Bluesky", "https://bsky.app/intent/compose?text={text}%20{url}"),
    "email": ("Email", "mailto:?subject={text}&body={url}"),
    "whatsapp": ("WhatsApp", "https://wa.me/?text={text}%20{url}"),
    "telegram": ("Telegram", "https://t.me/share/url?url={url}&text={text}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTarget:
    """One platform: `template` holds `{url}` and `{text}`, which the site's script fills with the
    page's own address; `href` is ready to use without it.
    """

    platform: str
    label: str
    template: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFrame:
    """The site as each of its pages shows it. URLs without a scheme are relative to the root.

    `url` is the absolute address with a final slash, None when it is not known; `mode` the colour
    scheme before the visitor chooses; `languages` pairs of tag and home URL, if more than one.
    """

    name: str
    language: str
    mode: str
    pitch: str | None
    version: str | None
    url: str | None
    repository_url: str | None
    forge_label: str | None
    stars: int | None
    license_name: str | None
    logo_url: str | None
    homepage_url: str | None
    sections: tuple[Link, ...]
    footer: tuple[Link, ...]
    languages: tuple[tuple[str, str], ...]
    share: tuple[ShareTarget, ...]
    has_powered_by: bool
    has_search: bool
    has_feeds: bool

    @property
    def base_path(self) -> str | None:
        """The path part of `url` (`/name/`), None when the address is not known."""
        return urlsplit(self.url).path if self.url else None


def make_frame(material: Material) -> SiteFrame:
    insight, settings, repository = material.insight, material.settings, material.repository
    site_url = settings.site.url.rstrip("/") + "/" if settings.site.url else None
    forge, facts = repository.forge, repository.facts
    logo = insight.logo.value if insight.logo else None
    return SiteFrame(
        name=insight.name.value,
        language=settings.site.language,
        mode=settings.theme.mode,
        pitch=_pitch(material),
        version=insight.version.value if insight.version else None,
        url=site_url,
        repository_url=forge.url if forge else None,
        forge_label=_label_forge(forge),
        stars=facts.stars if facts else None,
        license_name=insight.license.name if insight.license else None,
        logo_url=material.asset_url(logo) if logo else None,
        homepage_url=insight.homepage.value if insight.homepage else None,
        sections=tuple(_sections(material)),
        footer=tuple(_footer(material)),
        languages=_languages(material),
        share=_share_targets(material, site_url or (forge.url if forge else None)),
        has_powered_by=settings.share.powered_by,
        has_search=material.place(PageKind.SEARCH) is not None,
        has_feeds=bool(site_url and any(version.date for version in material.versions)),
    )


def _pitch(material: Material) -> str | None:
    if material.insight.pitch:
        return material.insight.pitch.value
    readme = material.readmes.get("")
    return readme.pitch if readme else None


def _sections(material: Material) -> list[Link]:
    found = []
    for kind, label in _SECTIONS:
        if place := material.place(kind):
            # The docs begin at their index, or at the first page when there is none.
            found.append(Link(label=label, url=place.url))
    return found


def _footer(material: Material) -> list[Link]:
    labels = {
        "contributing/": "Contributing",
        "code-of-conduct/": "Code of conduct",
        "security/": "Security",
        "support/": "Support",
        "governance/": "Governance",
        "license/": "Licence",
        "sponsor/": "Sponsor",
    }
    return [
        Link(label=labels[place.url], url=place.url)
        for place in material.places
        if place.url in labels
    ]


def _languages(material: Material) -> tuple[tuple[str, str], ...]:
    homes = [place for place in material.places if place.kind is PageKind.HOME]
    if len(homes) < 2:
        return ()
    return tuple((home.language or material.settings.site.language, home.url) for home in homes)


def _label_forge(forge: Forge | None) -> str | None:
    if forge is None:
        return None
    host = forge.base.partition("://")[2]
    return _FORGE_LABELS_BY_HOST.get(host, _FORGE_LABELS[forge.kind])


def _share_targets(material: Material, url: str | None) -> tuple[ShareTarget, ...]:
    """Return the footer's share links; none when there is no address that could be shared."""
    share = material.settings.share
    if not share.enabled or url is None:
        return ()
    text = material.insight.name.value
    return tuple(
        ShareTarget(
            platform=platform,
            label=_SHARE_TARGETS[platform][0],
            template=_SHARE_TARGETS[platform][1],
            href=_SHARE_TARGETS[platform][1].format(
                url=quote(url, safe=""), text=quote(text, safe="")
            ),
        )
        for platform in share.platforms
    )
