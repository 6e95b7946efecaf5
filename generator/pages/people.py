"""Contributors and sponsors: who made it, and how to give something back."""

from __future__ import annotations

from dataclasses import dataclass

from generator.model.insight import FundingLink
from generator.model.page import Page, PageKind
from generator.model.repository import Contributor
from generator.pages.material import Material

# More people than this make a page heavier than it is useful; the forge lists them all.
_PEOPLE_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A contributor as shown: `avatar_url` is a baked picture of the site's own, or None."""

    name: str
    login: str | None
    url: str | None
    avatar_url: str | None
    commits: int
    initials: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributorsView:
    """`total` counts everyone (without bots), also those not listed."""

    project: str
    people: tuple[Person, ...]
    total: int
    guide_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingView:
    project: str
    links: tuple[FundingLink, ...]


def make_contributors(material: Material) -> list[Page]:
    """Return the contributors page, bots left out."""
    place = material.place(PageKind.CONTRIBUTORS)
    contributors = _contributors(material)
    if place is None or not contributors:
        return []
    guide = next((p.url for p in material.places if p.url == "contributing/"), None)
    name = material.insight.name.value
    return [
        Page(
            place=place,
            title="Contributors",
            description=f"The people who made {name}.",
            template="site/contributors.html",
            view=ContributorsView(
                project=name,
                people=tuple(
                    _person(material, contributor) for contributor in contributors[:_PEOPLE_LIMIT]
                ),
                total=len(contributors),
                guide_url=guide,
            ),
        )
    ]


def make_funding(material: Material) -> list[Page]:
    """Return the page of ways to support the project."""
    place = material.place(PageKind.FUNDING)
    if place is None:
        return []
    name = material.insight.name.value
    return [
        Page(
            place=place,
            title=f"Sponsor {name}",
            description=f"Ways to support the people behind {name}.",
            template="site/funding.html",
            view=FundingView(project=name, links=material.insight.funding),
            edit_url=material.edit_url(place.source),
        )
    ]


def _contributors(material: Material) -> list[Contributor]:
    """Return people by commits: git's own count where complete, else the forge's."""
    history, facts = material.repository.history, material.repository.facts
    from_forge = {person.login: person for person in (facts.contributors if facts else ())}
    people = history.contributors if history and history.is_complete else ()
    if not people:
        people = tuple(from_forge.values())
    return [
        from_forge.get(person.login, person) if person.login else person
        for person in people
        if not person.is_bot
    ]


def _person(material: Material, contributor: Contributor) -> Person:
    words = [word for word in contributor.name.split() if word[:1].isalnum()]
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:]))
    avatar = contributor.avatar_url
    return Person(
        name=contributor.name,
        login=contributor.login,
        url=contributor.url,
        avatar_url=material.avatar_url(avatar) if avatar else None,
        commits=contributor.commits,
        initials=initials.upper() or contributor.name[:1].upper(),
    )
