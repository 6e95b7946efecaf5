"""Our reading of GitHub against answers that GitHub really gave, from 2012 until today."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from generator.errors import RepositoryNotFound, SourceError
from generator.model.repository import Contributor
from generator.settings import BuildOptions
from generator.source.github import find_repository
from generator.source.github_client import JSON, Session, fetch_json, open_session
from generator.source.github_facts import fetch_releases
from generator.source.github_parse import (
    Listings,
    count_pages,
    parse_commit,
    parse_contributor,
    parse_facts,
    parse_tag,
)
from generator.source.http_cache import Answer, HttpCache, Question
from tests.support.recorded_answers import ABSENT, Recorded, find_archive, read_records

_ABOUT = re.compile(r"/repos/([^/?]+/[^/?]+)(/releases|/contributors|/languages|/tags|/commits)?")


@pytest.fixture(scope="module")
def records() -> list[Recorded]:
    archive = find_archive()
    if archive is None:
        pytest.skip(ABSENT)
    return [one for one in read_records(archive) if one.verb == "GET"]


@contextmanager
def _session(folder: Path, *records: tuple[str, Recorded]) -> Iterator[Session]:
    """Give a session that knows nothing but these answers, by the path that is asked for."""
    cache = HttpCache(folder=folder / "http")
    for path, record in records:
        headers = {name: value for name, value in record.headers.items() if name != "link"}
        answer = Answer(status=record.status, headers=headers, body=record.body.encode())
        cache.save(Question(url=f"https://api.github.com{path}", accept=JSON), answer)
    with open_session(
        "https://github.com", BuildOptions(cache_dir=folder, offline=True)
    ) as session:
        yield session


def _about(records: list[Recorded], what: str | None, status: int = 200) -> list[tuple[str, Any]]:
    """Return (slug, record) of every answer about a part of a repository."""
    matches = [(_ABOUT.fullmatch(one.path.split("?")[0]), one) for one in records]
    return [
        (match[1], one)
        for match, one in matches
        if match and match[2] == what and one.status == status
    ]


def test_every_recorded_repository_is_read(records: list[Recorded], tmp_path: Path) -> None:
    found = {record.body: (slug, record) for slug, record in _about(records, None)}
    assert len(found) > 20
    for number, (body, (slug, record)) in enumerate(found.items()):
        said = json.loads(body)
        if "full_name" not in said:
            continue  # recorded in 2012, before repositories had one
        paths = [f"/repos/{slug}", f"/repos/{said['full_name']}"]
        places = [(path, record) for path in paths]
        with _session(tmp_path / str(number), *places) as session:
            repository = find_repository(session, slug)
            facts = parse_facts(repository, Listings(open_pulls=0), fetched_at=None)
        spdx = (said.get("license") or {}).get("spdx_id")
        assert facts.stars == said.get("stargazers_count"), record.file
        assert facts.forks == said.get("forks_count")
        assert facts.topics == tuple(said.get("topics") or ())
        assert facts.is_fork == bool(said.get("fork"))
        assert facts.license_spdx == (None if spdx == "NOASSERTION" else spdx)
        assert facts.homepage is None or facts.homepage.startswith("http")
        assert (facts.description or "") == " ".join((said.get("description") or "").split())


def test_every_recorded_release_is_read(records: list[Recorded], tmp_path: Path) -> None:
    (_, repository), *_ = _about(records, None)
    pages = _about(records, "/releases")
    assert pages
    for number, (_, record) in enumerate(pages):
        slug = json.loads(repository.body)["full_name"]
        places = [(f"/repos/{slug}", repository), (f"/repos/{slug}/releases?per_page=100", record)]
        with _session(tmp_path / str(number), *places) as session:
            releases = fetch_releases(find_repository(session, slug))
        said = [one for one in json.loads(record.body) if not one["draft"]]
        assert [release.tag for release in releases] == [one["tag_name"] for one in said]
        assert [len(release.files) for release in releases] == [len(one["assets"]) for one in said]
        assert [release.body for release in releases] == [one["body"] or "" for one in said]
        assert all(release.published_at and release.published_at.tzinfo for release in releases)


def test_recorded_contributors_and_tags_are_read(records: list[Recorded], tmp_path: Path) -> None:
    from github.NamedUser import NamedUser  # noqa: PLC0415 - slow to import
    from github.Tag import Tag  # noqa: PLC0415

    with _session(tmp_path) as session:
        for _, record in _about(records, "/contributors"):
            said = json.loads(record.body)
            people = [
                parse_contributor(NamedUser(session.requester, {}, one, completed=True))
                for one in said
            ]
            assert [one.login for one in people] == [one["login"] for one in said]
            assert all(isinstance(one, Contributor) and one.commits > 0 for one in people)
        for _, record in _about(records, "/tags"):
            said = json.loads(record.body)
            tags = [parse_tag(Tag(session.requester, {}, one)) for one in said]
            assert [(tag.name, tag.commit) for tag in tags] == [
                (one["name"], one["commit"]["sha"]) for one in said
            ]


def test_recorded_languages_are_numbers(records: list[Recorded], tmp_path: Path) -> None:
    (_, repository), *_ = _about(records, None)
    slug = json.loads(repository.body)["full_name"]
    for _, record in _about(records, "/languages"):
        places = [(f"/repos/{slug}", repository), (f"/repos/{slug}/languages", record)]
        with _session(tmp_path, *places) as session:
            found = find_repository(session, slug)
            listings = Listings(languages=found.get_languages())
            assert parse_facts(found, listings, fetched_at=None).languages == json.loads(
                record.body
            )


def test_recorded_commits_and_pages_are_read(records: list[Recorded]) -> None:
    listings = _about(records, "/commits")
    assert listings
    counted = 0
    for _, record in listings:
        said = json.loads(record.body)
        commit = parse_commit(said, record.headers)
        assert (commit is None) == (not said)
        if commit:
            assert commit[0] == said[0]["sha"]
            assert commit[1].tzinfo is not None
        counted += count_pages(record.headers, shown=0) > 1
    assert counted


@pytest.mark.parametrize("status", [400, 404, 500, 502])
def test_recorded_refusals_become_our_errors(
    records: list[Recorded], tmp_path: Path, status: int
) -> None:
    refusals = _about(records, None, status)
    assert refusals
    slug, record = refusals[0]
    expected = RepositoryNotFound if status == 404 else SourceError
    with _session(tmp_path, (f"/repos/{slug}", record)) as session, pytest.raises(expected):
        find_repository(session, slug)


def test_a_question_that_was_not_recorded_is_not_asked(tmp_path: Path) -> None:
    with _session(tmp_path) as session, pytest.raises(SourceError, match="offline"):
        fetch_json(session.requester, "/repos/octo/hello")
