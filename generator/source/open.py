"""The door of this stage: a reference becomes a `Repository` whose files lie on disk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from generator.errors import SourceMissing
from generator.model.forge import ForgeKind
from generator.model.report import BuildWarning
from generator.model.repository import Repository
from generator.settings import BuildOptions, SourceSettings
from generator.source.checkout import read_checkout
from generator.source.reference import (
    PUBLIC_HOST,
    FolderReference,
    GitHubReference,
    GitReference,
    parse_reference,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What one call of `open_repository` was given, beside the reference."""

    settings: SourceSettings
    options: BuildOptions
    report: Callable[[str], None]
    warn: Callable[[BuildWarning], None]


def open_repository(
    reference: str,
    *,
    settings: SourceSettings,
    options: BuildOptions,
    report: Callable[[str], None],
    warn: Callable[[BuildWarning], None],
) -> Repository:
    """Return the repository that `reference` names.

    `report` receives lines of progress, `warn` what the site will do without. A folder asks no
    network unless `options.enrich`. Raises a SourceError when the files cannot be had.
    """
    task = _Task(settings=settings, options=options, report=report, warn=warn)
    place = parse_reference(
        reference, forges=settings.forges, default_host=options.github_host or PUBLIC_HOST
    )
    match place:
        case FolderReference(path=path):
            report(f"Reading {path}")
            repository = read_checkout(path, settings=settings, options=options, warn=warn)
            return _enrich(repository, task) if options.enrich else repository
        case GitHubReference() as place:
            return _open_github(place, task)
        case GitReference() as place:
            return _open_clone(place, task)


def _enrich(repository: Repository, task: _Task) -> Repository:
    forge = repository.forge
    if forge is None or forge.kind is not ForgeKind.GITHUB:
        place = f"{forge.base} is no GitHub" if forge else "The checkout names no forge"
        task.warn(
            BuildWarning(
                code="forge_unavailable",
                message=f"{place}, so the site is built without stars and releases.",
                hint="`--repo https://github.com/owner/name` names it; leave --enrich out else.",
            )
        )
        return repository
    from generator.source.github import enrich  # noqa: PLC0415 - a plain build never needs it

    task.report(f"Asking {forge.base} about {forge.slug}")
    return enrich(repository, forge, options=task.options, warn=task.warn)


def _open_github(place: GitHubReference, task: _Task) -> Repository:
    from generator.source.github import read_github  # noqa: PLC0415 - see _enrich
    from generator.source.github_client import open_session  # noqa: PLC0415
    from generator.source.quota import QuotaSpent  # noqa: PLC0415
    from generator.source.web import NotCached, ServerFailing  # noqa: PLC0415

    try:
        with open_session(place.base, task.options) as session:
            return read_github(
                session, place, settings=task.settings, report=task.report, warn=task.warn
            )
    except NotCached:
        return _clone_github(place, task)
    except (QuotaSpent, ServerFailing) as error:
        task.warn(
            BuildWarning(
                code="forge_limited" if isinstance(error, QuotaSpent) else "forge_unavailable",
                message=f"{error.message} The site is built from git alone, without stars and "
                "releases.",
                hint=error.hint,
            )
        )
        return _clone_github(place, task)


def _clone_github(place: GitHubReference, task: _Task) -> Repository:
    """Read the repository through git, trying the readings of its ref, longest first."""
    is_safe = place.clone_url.startswith("https://")
    token = task.options.token_for(urlsplit(place.base).netloc) if is_safe else None
    *others, last = list(place.readings()) or [("", "")]
    for ref, subfolder in others:
        with suppress(SourceMissing):
            git_place = GitReference(url=place.clone_url, ref=ref)
            return _open_clone(git_place, task, subfolder=subfolder, token=token)
    git_place = GitReference(url=place.clone_url, ref=last[0] or None)
    return _open_clone(git_place, task, subfolder=last[1], token=token)


def _open_clone(
    place: GitReference, task: _Task, *, subfolder: str = "", token: str | None = None
) -> Repository:
    """Clone and read. The token is for a GitHub host only; other hosts never see it."""
    from generator.source.cache_place import cache_folder  # noqa: PLC0415 - see _enrich
    from generator.source.clone import Remote, clone_repository  # noqa: PLC0415

    task.report(f"Cloning {place.url}")
    options = task.options
    clone = clone_repository(
        Remote(url=place.url, token=token),
        ref=place.ref,
        cache=cache_folder(options),
        is_offline=options.offline,
    )
    folder = clone.folder / subfolder
    if not folder.is_dir() or not folder.resolve().is_relative_to(clone.folder.resolve()):
        raise SourceMissing(
            f"{place.url} has no folder {subfolder} there.",
            hint="Check the path and the branch; letter case counts.",
        )
    repository = read_checkout(folder, settings=task.settings, options=options, warn=task.warn)
    name = PurePosixPath(place.url.replace(":", "/")).name.removesuffix(".git")
    return replace(
        repository,
        name=repository.forge.name if repository.forge else name or repository.name,
        ref=clone.head.ref,
        default_branch=clone.head.default_branch,
    )
