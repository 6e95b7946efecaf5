"""A GitHub repository becomes a `Repository`: files by tarball, facts by the API.

The caller turns to git where the API answers no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from generator.errors import RepositoryNotFound, SourceError, SourceMissing
from generator.model.files import FileTree
from generator.model.forge import Forge, ForgeKind
from generator.model.report import BuildWarning
from generator.model.repository import History, Repository
from generator.settings import BuildOptions, SourceSettings
from generator.source.github_client import Session, fetch_json, open_session, translated
from generator.source.github_facts import FactsInFlight, Findings, warn_of_failures
from generator.source.github_parse import parse_commit
from generator.source.github_tree import fetch_tree, list_fetched
from generator.source.reference import GitHubReference
from generator.source.submodules import find_lfs_pointers, read_submodules
from generator.source.web import Patience

if TYPE_CHECKING:
    from github.Repository import Repository as GitHubRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The commit that is built. `ref` is None when a bare commit was asked for."""

    commit: str
    date: datetime
    count: int
    ref: str | None
    subfolder: str


def read_github(
    session: Session,
    reference: GitHubReference,
    *,
    settings: SourceSettings,
    report: Callable[[str], None],
    warn: Callable[[BuildWarning], None],
) -> Repository:
    """Return the repository with files and facts.

    Raises QuotaSpent, ServerFailing or NotCached when git has to do it; any other SourceError is
    an answer (no such repository, no such ref, a refused token).
    """
    report(f"Asking {urlsplit(reference.base).netloc} about {reference.slug}")
    found = find_repository(session, reference.slug)
    if found.full_name.casefold() != reference.slug.casefold():
        report(f"{reference.slug} is now {found.full_name}")
    head = _find_head(session, found, reference)
    with FactsInFlight(found, has_token=session.has_token) as flight:
        report(f"Fetching {found.full_name} at {head.commit[:10]}")
        tree = fetch_tree(session, found.full_name, head.commit)
        findings = flight.collect()
    files = list_fetched(tree, head.subfolder, settings=settings, warn=warn)
    warn_of_failures(findings, session.web.stale_reason, warn)
    forge = Forge(
        kind=ForgeKind.GITHUB, base=session.base, owner=found.owner.login, name=found.name
    )
    return _assemble(forge, files, head, findings, default_branch=found.default_branch)


def find_repository(session: Session, slug: str) -> GitHubRepository:
    """Return what the API says about `owner/name`; a renamed one is followed."""
    from github.Repository import Repository as Found  # noqa: PLC0415 - see make_requester

    address = f"{session.base}/{slug}"
    with translated(address, has_token=session.has_token):
        headers, answer = fetch_json(session.requester, f"/repos/{slug}")
        return Found(session.requester, headers, answer, completed=True)


def ask_facts(
    session: Session, slug: str, *, warn: Callable[[BuildWarning], None]
) -> tuple[GitHubRepository, Findings]:
    """Return what GitHub knows about a repository whose files are already here."""
    found = find_repository(session, slug)
    with FactsInFlight(found, has_token=session.has_token) as flight:
        findings = flight.collect()
    warn_of_failures(findings, session.web.stale_reason, warn)
    return found, findings


def _find_head(session: Session, found: GitHubRepository, reference: GitHubReference) -> Head:
    ref, subfolder = _resolve_ref(session, found, reference)
    from github.GithubException import GithubException  # noqa: PLC0415 - see make_requester

    with translated(reference.url, has_token=session.has_token):
        try:
            # One commit a page: the number of the last page is the number of commits.
            parameters = {"sha": ref, "per_page": "1"}
            headers, listed = fetch_json(session.requester, f"{found.url}/commits", **parameters)
        except GithubException as error:
            if error.status == 409:
                raise _empty(reference) from error
            if error.status in {404, 422}:
                raise _no_ref(reference, ref) from error
            raise
        commit = parse_commit(listed, headers)
    if commit is None:
        raise _empty(reference)
    sha, date, count = commit
    is_bare = len(ref) >= 7 and sha.startswith(ref.lower())
    return Head(
        commit=sha, date=date, count=count, ref=None if is_bare else ref, subfolder=subfolder
    )


def _empty(reference: GitHubReference) -> SourceMissing:
    return SourceMissing(
        f"{reference.url} is empty: it has no commit.", hint="Push a README.md first."
    )


def _no_ref(reference: GitHubReference, ref: str) -> SourceMissing:
    return SourceMissing(
        f"{reference.url} has no branch, tag or commit {ref}.",
        hint=f"Its branches are listed at {reference.url}/branches.",
    )


def _resolve_ref(
    session: Session, found: GitHubRepository, reference: GitHubReference
) -> tuple[str, str]:
    """Tell the ref from the folder in `…/tree/REF/DIR`: the longest branch or tag that fits."""
    readings = list(reference.readings())
    if not readings:
        return found.default_branch, ""
    if len(readings) > 1:
        known = _names_like(session, found, readings[-1][0])
        for ref, subfolder in readings:
            if ref in known:
                return ref, subfolder
    return readings[-1]


def _names_like(session: Session, found: GitHubRepository, start: str) -> set[str]:
    """Return the branches and tags whose name begins with `start`."""
    names: set[str] = set()
    with translated(found.full_name, has_token=session.has_token):
        for kind in ("heads", "tags"):
            path = f"{found.url}/git/matching-refs/{kind}/{quote(start)}"
            _, listed = fetch_json(session.requester, path, per_page="100")
            prefix = f"refs/{kind}/"
            names |= {str(item["ref"]).removeprefix(prefix) for item in listed}
    return names


def _assemble(
    forge: Forge, files: FileTree, head: Head, findings: Findings, *, default_branch: str
) -> Repository:
    return Repository(
        name=forge.name,
        files=files,
        forge=forge,
        ref=head.ref,
        default_branch=default_branch,
        commit=head.commit,
        subfolder=head.subfolder,
        history=History(
            is_complete=False, head_date=head.date, commit_count=head.count, tags=findings.tags
        ),
        facts=findings.facts,
        releases=findings.releases,
        submodules=read_submodules(files, forge),
        lfs_pointers=find_lfs_pointers(files),
    )


def enrich(
    repository: Repository,
    forge: Forge,
    *,
    options: BuildOptions,
    warn: Callable[[BuildWarning], None],
    patience: Patience | None = None,
) -> Repository:
    """Return a local repository with what GitHub knows, as it was when GitHub cannot be asked."""
    try:
        with open_session(forge.base, options, patience) as session:
            found, findings = ask_facts(session, forge.slug, warn=warn)
    except SourceError as error:
        is_unknown = isinstance(error, RepositoryNotFound)
        warn(
            BuildWarning(
                code="forge_limited" if error.code == "rate_limited" else "forge_unavailable",
                message=f"{error.message} The site is built without its stars and releases.",
                hint=f"{error.hint} Is {forge.url} right? `--repo` sets it."
                if is_unknown
                else error.hint,
            )
        )
        return repository
    history = repository.history
    if history is not None and not history.is_complete and not history.tags:
        history = replace(history, tags=findings.tags)
    return replace(
        repository,
        facts=findings.facts,
        releases=findings.releases,
        default_branch=found.default_branch,
        history=history,
    )
