"""What the project is called and how it describes itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from generator.insight.manifests.facts import ManifestFacts
from generator.insight.manifests.read import plain_name
from generator.insight.outline import Outline
from generator.model.insight import Fact, Origin
from generator.model.repository import Repository
from generator.settings import ProjectSettings

SETTINGS = Origin(path="settings")
FORGE = Origin(path="forge")
FOLDER = Origin(path="repository name")

TOPICS_LIMIT = 20

_LINK = re.compile(
    r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,400}\)|\[([^\[\]]{1,200})\](?:\[[^\]]{0,200}\])?"
)
_NOISE = re.compile(
    r"<[^<>]{0,300}>|&\w+;|:[\w+-]{1,40}:|[`*~]|(?<!\w)_|_(?!\w)|[^\w\s.:/@()'’&+#,!?·|–—-]"
)
_DECORATED = re.compile(r"\s+(?:is|for|by|[-–—:|(])\s*.*$")


def find_name(
    repository: Repository,
    manifests: tuple[ManifestFacts, ...],
    outline: Outline | None,
    settings: ProjectSettings,
) -> Fact[str]:
    """Return the name as its makers write it.

    A README title that spells the repository's or the package's name in other letters
    (`Datasette`), or ends with it (`GitHub CLI`), wins over a manifest's; that over the
    repository's.
    """
    if settings.name:
        return Fact(value=settings.name, origin=SETTINGS)
    wanted = {plain_name(repository.name)}
    wanted |= {plain_name(facts.name.value) for facts in manifests[:1] if facts.name}
    if title := _title_with_name(outline, wanted):
        return title
    for facts in manifests:
        if facts.name and plain_name(facts.name.value) == plain_name(repository.name):
            spelled = facts.name.value.rpartition("/")[2]
            if repository.name.islower() or not spelled.islower():
                return Fact(value=spelled, origin=facts.name.origin)
    return Fact(value=repository.name, origin=FOLDER)


def _title_with_name(outline: Outline | None, wanted: set[str]) -> Fact[str] | None:
    if outline is None or outline.title is None:
        return None
    title = _LINK.sub(lambda match: match[1] or match[2] or "", outline.title[:400])
    clean = " ".join(_NOISE.sub(" ", title).split())
    for candidate in (clean, _DECORATED.sub("", clean), *clean.split(" ")[:1]):
        bare = candidate.rpartition("/")[2].strip(" .:!,-–—")
        if bare and plain_name(bare) in wanted:
            return _title_fact(outline, bare)
    words = clean.split(" ")
    if len(words) > 4 or "?" in clean or outline.title != outline.first_heading:
        return None
    tails = {plain_name("".join(words[at:])) for at in range(1, len(words))}
    return _title_fact(outline, clean) if tails & wanted else None


def _title_fact(outline: Outline, title: str) -> Fact[str]:
    at = outline.source.text.find(title)
    line = outline.source.line_at(at) if at >= 0 else None
    return Fact(value=title, origin=Origin(path=outline.source.path, line=line))


def find_pitch(
    repository: Repository, manifests: tuple[ManifestFacts, ...], settings: ProjectSettings
) -> Fact[str] | None:
    """Return one line from the settings, the forge, or a manifest; the README's is not asked."""
    if settings.pitch:
        return Fact(value=settings.pitch, origin=SETTINGS)
    if repository.facts and repository.facts.description:
        return Fact(value=" ".join(repository.facts.description.split()), origin=FORGE)
    for facts in manifests:
        if facts.description and len(facts.description.value) > 3:
            names = {
                plain_name(repository.name),
                plain_name(facts.name.value if facts.name else ""),
            }
            if plain_name(facts.description.value) not in names:
                return facts.description
    return None


def find_homepage(
    repository: Repository, manifests: tuple[ManifestFacts, ...], settings: ProjectSettings
) -> Fact[str] | None:
    """Return the project's own site; the repository's address is none."""
    candidates = [Fact(value=settings.homepage, origin=SETTINGS)] if settings.homepage else []
    if repository.facts and repository.facts.homepage:
        candidates.append(Fact(value=repository.facts.homepage.strip(), origin=FORGE))
    candidates += [facts.homepage for facts in manifests if facts.homepage]
    return next((fact for fact in candidates if _is_own_site(fact.value, repository)), None)


def _is_own_site(url: str, repository: Repository) -> bool:
    try:
        split = urlsplit(url)
        host = (split.hostname or "").casefold()
    except ValueError:
        return False
    if split.scheme not in {"http", "https"} or "." not in host:
        return False
    parts = [part for part in split.path.casefold().removesuffix(".git").split("/") if part]
    is_forge = host.removeprefix("www.") in {"github.com", "gitlab.com", "codeberg.org"}
    own_forge = repository.forge.base.partition("://")[2] if repository.forge else ""
    return not ((is_forge or host == own_forge) and len(parts) >= 2)


def find_topics(repository: Repository, manifests: tuple[ManifestFacts, ...]) -> tuple[str, ...]:
    """Return the forge's topics, else the main manifest's keywords, folded."""
    topics = repository.facts.topics if repository.facts else ()
    words = topics or next((facts.keywords for facts in manifests if facts.keywords), ())
    folded = (" ".join(word.split()).casefold() for word in words)
    return tuple(dict.fromkeys(word for word in folded if 0 < len(word) <= 50))[:TOPICS_LIMIT]
