"""What GitHub knows beside the files, asked for in parallel; each part may be missing alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from generator.errors import RepositoryNotFound, SourceError
from generator.model.release import Release
from generator.model.report import BuildWarning
from generator.model.repository import Contributor, ForgeFacts, Tag
from generator.source.github_client import fetch_json, fetch_listed, translated
from generator.source.github_parse import (
    Listings,
    count_pages,
    parse_contributor,
    parse_date,
    parse_facts,
    parse_funding,
    parse_release,
    parse_tag,
)
from generator.source.quota import QuotaSpent

if TYPE_CHECKING:
    from github.Repository import Repository as GitHubRepository

T = TypeVar("T")

_LIMIT_RELEASES = 2000
_LIMIT_CONTRIBUTORS = 500
_LIMIT_TAGS = 500
_THREADS = 8
_FUNDING = """query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { fundingLinks { platform url } }
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that the API told, and why a part is missing: one error for each."""

    facts: ForgeFacts
    releases: tuple[Release, ...]
    tags: tuple[Tag, ...]
    failures: tuple[tuple[str, SourceError], ...]


class FactsInFlight:
    """The questions of one build, under way in threads while the caller fetches the files."""

    def __init__(self, found: GitHubRepository, *, has_token: bool) -> None:
        self._found, self._has_token = found, has_token
        self._failures: list[tuple[str, SourceError]] = []
        self._pool = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="github")
        # Releases first: they take the most pages.
        self._releases = self._start(fetch_releases)
        self._contributors = self._start(_fetch_contributors)
        self._tags = self._start(_fetch_tags)
        self._languages = self._start(lambda repo: repo.get_languages())
        self._pulls = self._start(_count_pulls)
        self._health = self._start(_fetch_health)
        self._funding = self._start(_fetch_funding) if has_token else None

    def __enter__(self) -> FactsInFlight:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def collect(self) -> Findings:
        """Wait for every answer."""
        releases = self._result("releases", self._releases)
        tags = self._result("tags", self._tags)
        listings = Listings(
            languages=self._result("languages", self._languages),
            contributors=self._result("contributors", self._contributors),
            open_pulls=self._result("open pull requests", self._pulls),
            health_percent=self._result("community profile", self._health),
            funding=None if self._funding is None else self._result("funding", self._funding),
        )
        fetched_at = parse_date(
            {name: str(value) for name, value in self._found.raw_headers.items()}
        )
        return Findings(
            facts=parse_facts(self._found, listings, fetched_at=fetched_at),
            releases=tuple(releases or ()),
            tags=tuple(tags or ()),
            failures=tuple(self._failures),
        )

    def _start(self, ask: Callable[[GitHubRepository], T]) -> Future[T]:
        def run() -> T:
            with translated(self._found.full_name, has_token=self._has_token):
                return ask(self._found)

        return self._pool.submit(run)

    def _result(self, what: str, future: Future[T]) -> T | None:
        try:
            return future.result()
        except RepositoryNotFound:
            # Enterprise servers lack some answers; a fork has no community profile.
            return None
        except SourceError as error:
            self._failures.append((what, error))
            return None


def fetch_releases(repo: GitHubRepository) -> list[Release]:
    """Return all published releases with their files, newest first, as GitHub orders them."""
    from github.GitRelease import GitRelease  # noqa: PLC0415 - see make_requester

    found = fetch_listed(GitRelease, repo, "/releases", limit=_LIMIT_RELEASES)
    return [release for one in found if (release := parse_release(one)) is not None]


def warn_of_failures(
    findings: Findings, stale_reason: SourceError | None, warn: Callable[[BuildWarning], None]
) -> None:
    """Give one warning for a spent quota, else one that names what is missing."""
    missing = ", ".join(what for what, _ in findings.failures)
    errors = [error for _, error in findings.failures]
    errors += [stale_reason] if stale_reason else []
    spent = next((error for error in errors if isinstance(error, QuotaSpent)), None)
    error = spent or next(iter(errors), None)
    if error is None:
        return
    lack = f"Left out: {missing}." if missing else "What was fetched earlier is shown instead."
    code = "forge_limited" if spent else "forge_incomplete"
    warn(BuildWarning(code=code, message=f"{error.message} {lack}", hint=error.hint))


def _fetch_contributors(repo: GitHubRepository) -> list[Contributor]:
    from github.GithubException import GithubException  # noqa: PLC0415 - see make_requester
    from github.NamedUser import NamedUser  # noqa: PLC0415

    try:
        found = fetch_listed(NamedUser, repo, "/contributors", limit=_LIMIT_CONTRIBUTORS)
        return [parse_contributor(one) for one in found]
    except GithubException as error:
        # GitHub refuses to list the contributors of the very largest repositories.
        if error.status == 403 and "too large" in str(error.data):
            return []
        raise


def _fetch_tags(repo: GitHubRepository) -> list[Tag]:
    return [parse_tag(one) for one in islice(repo.get_tags(), _LIMIT_TAGS)]


def _count_pulls(repo: GitHubRepository) -> int:
    headers, listed = fetch_json(repo.requester, f"{repo.url}/pulls", state="open", per_page="1")
    return count_pages(headers, shown=len(listed or []))


def _fetch_health(repo: GitHubRepository) -> int | None:
    _, profile = fetch_json(repo.requester, f"{repo.url}/community/profile")
    percent = profile.get("health_percentage") if isinstance(profile, dict) else None
    return percent if isinstance(percent, int) else None


def _fetch_funding(repo: GitHubRepository) -> list[tuple[str, str]]:
    variables = {"owner": repo.owner.login, "name": repo.name}
    _, answer = repo.requester.graphql_query(_FUNDING, variables)
    return parse_funding(answer)
