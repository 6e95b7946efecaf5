"""What every page shows around its content: names, sections, links, sharing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from generator.model.forge import Forge, ForgeKind
from generator.model.page import Link, PageKind
from generator.pages.material import Material
from generator.pages.sharing import ServiceFrame, Sharing, make_service, make_sharing

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
    sharing: Sharing | None
    service: ServiceFrame | None
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
        sharing=make_sharing(settings, url=site_url or (forge.url if forge else None)),
        service=make_service(settings),
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
