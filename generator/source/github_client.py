"""GitHub's API through PyGithub, with our own transport beneath it.

PyGithub knows the API's shapes and pages; `Web` underneath brings the cache, the quota, bounded
retries and the offline rule. The token is added there, so PyGithub never sees it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from generator.errors import RepositoryNotFound, SourceError, SourceRefused, SourceUnreachable
from generator.settings import BuildOptions
from generator.source.cache_place import cache_folder
from generator.source.clone import Remote
from generator.source.http_cache import Answer, HttpCache
from generator.source.reference import PUBLIC_HOST
from generator.source.web import Credentials, Patience, Web

if TYPE_CHECKING:
    from github.GithubException import GithubException
    from github.GithubObject import CompletableGithubObject
    from github.Repository import Repository as GitHubRepository
    from github.Requester import Requester

T = TypeVar("T", bound="CompletableGithubObject")

JSON = "application/vnd.github+json"
_API_VERSION = {"X-GitHub-Api-Version": "2022-11-28"}
_PAGE_SIZE = 100


def api_base(base: str) -> str:
    """Return the API's address for a GitHub host (scheme and host, no final slash).

    Source: https://docs.github.com/en/enterprise-server@latest/rest/quickstart and, for the hosts
    under ghe.com, https://docs.github.com/en/enterprise-cloud@latest/rest/using-the-rest-api
    """
    split = urlsplit(base)
    if split.netloc == PUBLIC_HOST or split.netloc.endswith(".ghe.com"):
        return f"https://api.{split.netloc}"
    return f"{base}/api/v3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One build's conversation with one GitHub host."""

    base: str
    web: Web
    requester: Requester
    cache: Path

    @property
    def api(self) -> str:
        return api_base(self.base)

    def remote(self, slug: str) -> Remote:
        """Return where git finds a repository of this host."""
        token = self.web.credentials.token if self.base.startswith("https://") else None
        return Remote(url=f"{self.base}/{slug}.git", token=token)

    @property
    def has_token(self) -> bool:
        return self.web.credentials.token is not None


@contextmanager
def open_session(
    base: str, options: BuildOptions, patience: Patience | None = None
) -> Iterator[Session]:
    """Give a conversation with the GitHub host `base` (scheme and host)."""
    folder = cache_folder(options)
    split = urlsplit(api_base(base))
    web = Web(
        credentials=Credentials(
            origin=f"{split.scheme}://{split.netloc}",
            token=options.token_for(urlsplit(base).netloc),
        ),
        cache=HttpCache(folder=folder / "http") if options.use_cache else None,
        is_offline=options.offline,
        patience=patience,
    )
    requester = make_requester(web, base)
    try:
        yield Session(base=base, web=web, requester=requester, cache=folder)
    finally:
        requester.close()
        web.close()


def make_requester(web: Web, base: str) -> Requester:
    """Return PyGithub's requester for one host, talking through `web`."""
    from github.Requester import Requester  # noqa: PLC0415 - a quarter of a second to import

    class CachedRequester(Requester):
        """A class of its own, because PyGithub keeps the transport on the class."""

    class Connection(_Connection):
        _web = web

    # Typed for PyGithub's own two classes; ours has the three methods it calls.
    CachedRequester.injectConnectionClasses(Connection, Connection)  # type: ignore[arg-type]
    return CachedRequester(
        auth=None,
        base_url=api_base(base),
        timeout=60,
        user_agent="4site",
        per_page=_PAGE_SIZE,
        verify=True,
        retry=None,
        pool_size=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
    )


class _Connection:
    """What PyGithub takes for a connection. Threads share one, so a question is kept by thread."""

    _web: Web

    def __init__(self, host: str, port: int | None = None, **_: object) -> None:
        self.host = host
        self.port = port
        self._asked = threading.local()

    def request(
        self, verb: str, url: str, input: str | None, headers: dict[str, str], stream: bool = False
    ) -> None:
        del stream
        if verb not in {"GET", "POST"}:
            raise AssertionError(f"4site only reads, and this would be {verb} {url}")
        self._asked.question = (url, input or "", headers.get("Accept", JSON))

    def getresponse(self) -> _Response:
        path, body, accept = self._asked.question
        origin = urlsplit(self._web.credentials.origin)
        url = f"{origin.scheme}://{origin.netloc}{path}"
        answer = self._web.ask(url, accept=accept, body=body.encode(), headers=_API_VERSION)
        return _Response(answer)

    def close(self) -> None:
        """Nothing to close: `Web` owns the sockets."""


class _Response:
    """An answer in the shape PyGithub reads. A 202 (come back later) is handed on as no content,
    because PyGithub would wait for it without end.
    """

    def __init__(self, answer: Answer) -> None:
        self.status = 204 if answer.status == 202 else answer.status
        self._answer = answer

    def getheaders(self) -> list[tuple[str, str]]:
        return list(self._answer.headers.items())

    def read(self) -> str:
        return "" if self.status == 204 else self._answer.body.decode("utf-8", "replace")


@contextmanager
def translated(what: str, *, has_token: bool) -> Iterator[None]:
    """Turn PyGithub's errors into ours. `what` is the address that was asked for."""
    from github.GithubException import GithubException  # noqa: PLC0415 - see make_requester

    try:
        yield
    except GithubException as error:
        raise _translate(error, what, has_token=has_token) from error
    except (AssertionError, RuntimeError, ValueError, TypeError, KeyError) as error:
        # PyGithub checks hosts and types of what it reads by assertion.
        raise SourceUnreachable(
            f"The answer about {what} is not what GitHub's API gives: {error!r:.200}.",
            hint="Is there a proxy in between, or is the host no GitHub?",
        ) from error


def _translate(error: GithubException, what: str, *, has_token: bool) -> SourceError:
    said = error.data if isinstance(error.data, Mapping) else {}
    message = " ".join(str(said.get("message") or "no reason given").split())[:200]
    match error.status:
        case 401:
            return SourceRefused(
                f"GitHub refused the token: {message}.",
                hint="It may be expired or revoked. Set GITHUB_TOKEN anew, or unset it: a public "
                "repository needs none.",
            )
        case 404:
            cure = (
                "Check the spelling, and that the token may read this repository."
                if has_token
                else "Check the spelling, or set GITHUB_TOKEN if it is private."
            )
            return RepositoryNotFound(f"No repository at {what}.", hint=cure)
        case 403 | 451:
            return SourceRefused(
                f"GitHub does not show {what}: {message}.",
                hint="It is blocked, or the token lacks a right (such as single sign-on).",
            )
        case status:
            return SourceUnreachable(
                f"GitHub answered {status} about {what}: {message}.", hint="Try again later."
            )


def fetch_json(requester: Requester, path: str, **parameters: str) -> tuple[dict[str, Any], Any]:
    """Return the headers and parsed body of one GET; for what PyGithub has no method for."""
    return requester.requestJsonAndCheck("GET", path, parameters=dict(parameters))


def fetch_listed(kind: type[T], repo: GitHubRepository, path: str, *, limit: int) -> list[T]:
    """Return the items of all pages of a listing below the repository, at most `limit`.

    They are marked complete, so that a field which the server does not send is None.
    """
    from github.PaginatedList import PaginatedList  # noqa: PLC0415 - see make_requester

    def make(requester: Requester, headers: dict[str, Any], attributes: dict[str, Any]) -> T:
        return kind(requester, headers, attributes, completed=True)

    # PyGithub only ever calls what it types as a class.
    items: PaginatedList[T] = PaginatedList(make, repo.requester, f"{repo.url}{path}", {})  # type: ignore[arg-type]
    return list(islice(items, limit))
