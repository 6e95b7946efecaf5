"""Everything the page makers may draw on, gathered once by the build."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from generator.model.changelog import Version
from generator.model.document import Document
from generator.model.insight import Insight
from generator.model.output import OutputFile
from generator.model.page import PageKind, Place
from generator.model.readme import ReadmeParts
from generator.model.repository import Repository
from generator.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """`documents` are by repository path, `texts` their sources; `readmes` by language ("" first).

    `asset_url` gives the site URL of a repository file that is copied, `avatar_url` that of a
    person's baked picture, or None. `image_files` yields the copied pictures when all is known.
    """

    repository: Repository
    insight: Insight
    settings: Settings
    places: tuple[Place, ...]
    documents: Mapping[str, Document]
    texts: Mapping[str, str]
    readmes: Mapping[str, ReadmeParts]
    versions: tuple[Version, ...]
    asset_url: Callable[[str], str]
    avatar_url: Callable[[str], str | None]
    image_files: Callable[[], Iterable[OutputFile]]

    def place(self, kind: PageKind) -> Place | None:
        """Return the first planned page of a kind in the site's own language."""
        return next(
            (place for place in self.places if place.kind is kind and not place.language), None
        )

    def edit_url(self, path: str | None) -> str | None:
        """Return where a reader may change a file at the forge, if both are known."""
        forge, branch = self.repository.forge, self.repository.default_branch
        if path is None or forge is None or branch is None:
            return None
        return forge.edit_url(self.repository.forge_path(path), branch=branch)

    def modified_at(self, path: str | None) -> str | None:
        """Return the ISO date of a file's last commit, where git's whole history is known."""
        history = self.repository.history
        changed = history.changed_at.get(path) if history and path else None
        return changed.date().isoformat() if changed else None
