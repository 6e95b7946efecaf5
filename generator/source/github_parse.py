"""GitHub's answers, as PyGithub gives them, become the model's values. Asks nothing itself.

Every object is marked complete first: PyGithub would fetch a field that an older server does not
send by itself, one request each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlsplit

from generator.model.release import Release, ReleaseFile
from generator.model.repository import Contributor, ForgeFacts, Tag
from generator.source.people import is_bot

if TYPE_CHECKING:
    from github.GitRelease import GitRelease
    from github.GitReleaseAsset import GitReleaseAsset
    from github.NamedUser import NamedUser
    from github.Repository import Repository as GitHubRepository
    from github.Tag import Tag as GitHubTag

# Licences that GitHub's detector could not name.
_NO_LICENSE = frozenset({"", "NOASSERTION", "NONE", "OTHER"})
_DIGEST = re.compile(r"sha(?:256|512):[0-9a-f]{64,128}")
_LIMIT_BODY_CHARACTERS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Listings:
    """What GitHub tells in answers beside the repository's own; None where it gave none."""

    languages: Mapping[str, object] | None = None
    contributors: Iterable[Contributor] | None = None
    open_pulls: int | None = None
    health_percent: int | None = None
    funding: Iterable[tuple[str, str]] | None = None


def parse_facts(
    found: GitHubRepository, listings: Listings, *, fetched_at: datetime | None
) -> ForgeFacts:
    """Return what the forge knows. Open issues are only given when pull requests can be told
    from them: GitHub's own count holds both.
    """
    return ForgeFacts(
        description=_text(found.description),
        homepage=_web_url(found.homepage),
        topics=tuple(found.topics or ()),
        stars=found.stargazers_count,
        forks=found.forks_count,
        open_issues=_count_issues(found, listings.open_pulls),
        license_spdx=parse_license(found),
        languages=_count_bytes(listings.languages or {}),
        contributors=tuple(listings.contributors or ()),
        is_archived=bool(found.archived),
        is_fork=bool(found.fork),
        has_discussions=bool(found.has_discussions),
        funding=tuple(listings.funding or ()),
        health_percent=listings.health_percent,
        fetched_at=fetched_at,
    )


def _count_issues(found: GitHubRepository, open_pulls: int | None) -> int | None:
    total = cast("int | None", found.open_issues_count)
    if not found.has_issues or total is None or open_pulls is None:
        return None
    return max(total - open_pulls, 0)


def _count_bytes(languages: Mapping[str, object]) -> dict[str, int]:
    """Keep the numbers: PyGithub puts the address it asked among them."""
    pairs = ((name, size) for name, size in languages.items() if isinstance(size, int))
    return {name: size for name, size in pairs if size > 0}


def parse_license(found: GitHubRepository) -> str | None:
    """Return the SPDX identifier, None when GitHub sees no licence or one it cannot name."""
    spdx = (found.raw_data.get("license") or {}).get("spdx_id")
    return spdx if isinstance(spdx, str) and spdx.upper() not in _NO_LICENSE else None


def parse_release(found: GitRelease) -> Release | None:
    """Return a published release, None for a draft."""
    if found.draft:
        return None
    author = cast("NamedUser | None", found.author)  # null for a deleted account
    return Release(
        tag=found.tag_name,
        name=_text(found.name) or found.tag_name,
        published_at=_aware(found.published_at),
        body=(found.body or "")[:_LIMIT_BODY_CHARACTERS],
        url=_web_url(found.html_url),
        is_prerelease=bool(found.prerelease),
        author=author.login if author else None,
        files=tuple(
            _parse_asset(asset, raw)
            for asset, raw in zip(
                found.assets or (), found.raw_data.get("assets") or (), strict=True
            )
            if asset.state == "uploaded"
        ),
    )


def _parse_asset(found: GitReleaseAsset, raw: Mapping[str, object]) -> ReleaseFile:
    # Older Enterprise servers send no digest; the attribute would ask for it, once per file.
    digest = raw.get("digest")
    return ReleaseFile(
        name=found.name,
        url=found.browser_download_url,
        size_bytes=found.size,
        download_count=found.download_count,
        digest=digest if isinstance(digest, str) and _DIGEST.fullmatch(digest) else None,
    )


def parse_contributor(found: NamedUser) -> Contributor:
    login = found.login
    return Contributor(
        name=login,
        commits=found.contributions,
        login=login,
        url=_web_url(found.html_url),
        avatar_url=_web_url(found.avatar_url),
        is_bot=found.type == "Bot" or is_bot(login, login=login),
    )


def parse_tag(found: GitHubTag) -> Tag:
    """Return a tag. The listing names its commit but not when that was made."""
    return Tag(name=found.name, commit=found.commit.sha)


def parse_commit(listed: Any, headers: Mapping[str, str]) -> tuple[str, datetime, int] | None:
    """Return sha, time and number of commits from a listing with one commit a page.

    The number is that of the last page, which the `Link` header names. None for no commit.
    """
    if not isinstance(listed, list) or not listed:
        return None
    sha, date = listed[0]["sha"], listed[0]["commit"]["committer"]["date"]
    return str(sha), datetime.fromisoformat(date), count_pages(headers, shown=len(listed))


def count_pages(headers: Mapping[str, str], *, shown: int) -> int:
    """Return the last page's number from a `Link` header, `shown` when there is no header."""
    for part in headers.get("link", "").split(","):
        url, _, relation = part.partition(";")
        if 'rel="last"' in relation:
            pages = parse_qs(urlsplit(url.strip(" <>")).query).get("page", [""])
            return int(pages[0]) if pages[0].isdigit() else shown
    return shown


def parse_funding(answer: Any) -> list[tuple[str, str]]:
    """Return platform and URL of each way to give money, from GraphQL's `fundingLinks`."""
    links = ((answer.get("data") or {}).get("repository") or {}).get("fundingLinks") or []
    pairs = [(str(link.get("platform", "")).lower(), _web_url(link.get("url"))) for link in links]
    return [(platform, url) for platform, url in pairs if url]


def parse_date(headers: Mapping[str, str]) -> datetime | None:
    """Return when the server made the answer; a cached one keeps its date until it changes."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def _text(value: str | None) -> str | None:
    tidy = " ".join((value or "").split())
    return tidy or None


def _web_url(value: str | None) -> str | None:
    """Return a web address; people also write a bare host, anything else is dropped."""
    url = (value or "").strip()
    if url and "://" not in url and re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", url):
        url = f"https://{url}"
    return url if re.match(r"https?://[^\s/]", url) else None


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
