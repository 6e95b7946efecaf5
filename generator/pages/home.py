"""The home page: what it is, how to get it, what it looks like, then the rest of the README."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.model.document import Feature, Heading
from generator.model.insight import FundingLink, InstallMethod, LanguageShare, ProjectKind
from generator.model.page import Link, Page, PageKind, Place
from generator.model.readme import Badge, FeatureCard, Picture, ReadmeParts
from generator.pages.material import Material

# Headings shown in the contents of a long README.
_CONTENTS_LEVELS = (2, 3)
_CONTENTS_LIMIT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A figure with what it counts and where it leads; `origin` says where it was read."""

    label: str
    value: str
    url: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """`body` is the README without what is shown above it; empty when nothing is left."""

    kind: ProjectKind
    name: str
    pitch: str | None
    banner: Picture | None
    logo_url: str | None
    badges: tuple[Badge, ...]
    install: tuple[InstallMethod, ...]
    actions: tuple[Link, ...]
    features_title: str
    features: tuple[FeatureCard, ...]
    demo: Picture | None
    quick_start_title: str
    quick_start: Markup | None
    numbers: tuple[Number, ...]
    languages: tuple[LanguageShare, ...]
    topics: tuple[str, ...]
    funding: tuple[FundingLink, ...]
    body: Markup
    contents: tuple[Heading, ...]
    has_readme: bool
    title_anchor: str = ""
    install_anchor: str = ""
    features_anchor: str = ""
    quick_start_anchor: str = ""
    """The anchors that these parts have in the README, so that links to them still arrive."""


def make_homes(material: Material) -> list[Page]:
    """Return the home page and its translations."""
    homes = [place for place in material.places if place.kind is PageKind.HOME]
    own = material.settings.site.language
    alternates = tuple((home.language or own, home.url) for home in homes) if homes[1:] else ()
    return [_make_home(material, place, alternates) for place in homes]


def _make_home(material: Material, place: Place, alternates: tuple[tuple[str, str], ...]) -> Page:
    readme = material.readmes.get(place.language)
    view = _view(material, place, readme)
    document = material.documents.get(place.source or "")
    return Page(
        place=place,
        title=view.name,
        description=view.pitch or "",
        template="site/home.html",
        view=view,
        headings=view.contents,
        features=document.features if document else frozenset[Feature](),
        edit_url=material.edit_url(place.source),
        modified_at=material.modified_at(place.source),
        markdown=material.texts.get(place.source or ""),
        alternates=alternates,
    )


def _view(material: Material, place: Place, readme: ReadmeParts | None) -> HomeView:
    insight = material.insight
    is_translation = bool(place.language)
    known_pitch = insight.pitch.value if insight.pitch and not is_translation else None
    contents = [
        heading for heading in (readme.headings if readme else ())
        if heading.level in _CONTENTS_LEVELS
    ]  # fmt: skip
    if len(contents) > _CONTENTS_LIMIT:
        contents = [heading for heading in contents if heading.level == min(_CONTENTS_LEVELS)]
    logo = insight.logo.value if insight.logo else None
    return HomeView(
        kind=insight.kind.value,
        name=insight.name.value,
        pitch=known_pitch or (readme.pitch if readme else None) or _any_pitch(material),
        banner=readme.banner if readme else None,
        logo_url=material.asset_url(logo) if logo else None,
        badges=readme.badges if readme else (),
        install=insight.install if material.settings.home.install else (),
        actions=tuple(_actions(material)),
        features_title=readme.features_title if readme else "",
        features=readme.features if readme else (),
        demo=readme.demo if readme else None,
        quick_start_title=readme.quick_start_title if readme else "",
        quick_start=readme.quick_start if readme else None,
        numbers=tuple(_numbers(material)),
        languages=insight.languages,
        topics=insight.topics,
        funding=insight.funding,
        body=readme.body if readme else Markup(),
        contents=tuple(contents),
        has_readme=readme is not None,
        title_anchor=readme.title_anchor if readme else "",
        install_anchor=readme.install_anchor if readme else "",
        features_anchor=readme.features_anchor if readme else "",
        quick_start_anchor=readme.quick_start_anchor if readme else "",
    )


def _any_pitch(material: Material) -> str | None:
    return material.insight.pitch.value if material.insight.pitch else None


def _actions(material: Material) -> list[Link]:
    """Return at most two things to do next, other than installing."""
    actions = []
    if docs := material.place(PageKind.DOC):
        actions.append(Link(label="Read the docs", url=docs.url))
    elif downloads := material.place(PageKind.DOWNLOADS):
        actions.append(Link(label="Download", url=downloads.url))
    if forge := material.repository.forge:
        actions.append(Link(label="View source", url=forge.url))
    return actions


def _numbers(material: Material) -> list[Number]:
    """Return the figures that are known; an unknown one is absent, zero stays zero."""
    insight, repository, facts = material.insight, material.repository, material.repository.facts
    forge_url = repository.forge.url if repository.forge else ""
    numbers = []
    if insight.version:
        url = "changelog/" if material.place(PageKind.CHANGELOG) else ""
        numbers.append(
            Number(
                label="Version", value=insight.version.value, url=url,
                origin=str(insight.version.origin),
            )
        )  # fmt: skip
    if material.versions and (released := _last_release(material)):
        numbers.append(
            Number(label="Last release", value=released, url="changelog/", origin="releases")
        )
    if facts and facts.stars is not None:
        numbers.append(
            Number(label="Stars", value=f"{facts.stars:,}", url=forge_url, origin="forge")
        )
    if people := _count_people(material):
        numbers.append(
            Number(label="Contributors", value=f"{people:,}", url="contributors/", origin="git")
        )
    if insight.license:
        numbers.append(
            Number(
                label="Licence", value=insight.license.spdx or insight.license.name,
                url="license/", origin=str(insight.license.origin),
            )
        )  # fmt: skip
    placed = {place.url for place in material.places} | {"", forge_url}
    return [
        number if number.url in placed
        else Number(label=number.label, value=number.value, url="", origin=number.origin)
        for number in numbers
    ]  # fmt: skip


def _last_release(material: Material) -> str | None:
    for version in material.versions:
        if version.date and not version.is_prerelease and not version.is_unreleased:
            return version.date.isoformat()
    return None


def _count_people(material: Material) -> int:
    history, facts = material.repository.history, material.repository.facts
    people = history.contributors if history and history.is_complete else ()
    people = people or (facts.contributors if facts else ())
    return sum(not person.is_bot for person in people)
