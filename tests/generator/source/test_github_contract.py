"""The GitHub of our tests says what GitHub's own description of its API says.

A fake that drifts from the real thing would make every other test here worthless.
"""

from __future__ import annotations

import json
import warnings
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.generator.source.conftest import GOOD_TOKEN, Opener
from tests.support.github_answers import FakeRelease, FakeRepository
from tests.support.github_server import FakeGitHub
from tests.support.openapi import ABSENT, ApiDescription, load_description

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def description() -> ApiDescription:
    found = load_description()
    if found is None:
        pytest.skip(ABSENT)
    return found


def _check(description: ApiDescription, path: str, status: int, body: bytes) -> None:
    from jsonschema import Draft4Validator, FormatChecker  # noqa: PLC0415 - only these tests

    formats = FormatChecker(formats=())
    formats.checks("date-time")(_is_moment)
    formats.checks("uri")(_is_address)

    schema = description.schema_for(path, status)
    if schema is None:
        assert not body
        return
    with warnings.catch_warnings():
        # The library warns of how it resolves references; ours are all inside the schema.
        warnings.simplefilter("ignore", DeprecationWarning)
        checker = Draft4Validator(schema, format_checker=formats)
        errors = sorted(checker.iter_errors(json.loads(body)), key=str)
    assert not errors, f"{path}: {errors[0].message} at {list(errors[0].absolute_path)}"


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value).tzinfo)


def _is_address(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


def _ask(url: str, token: str | None = None) -> tuple[int, bytes, Any]:
    import httpx  # noqa: PLC0415 - slow to import

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx.get(url, headers=headers, follow_redirects=False)
    return answer.status_code, answer.content, answer.headers


@pytest.mark.parametrize(
    "what",
    [
        "",
        "/releases",
        "/contributors",
        "/languages",
        "/tags",
        "/pulls",
        "/commits",
        "/commits?sha=trunk&per_page=1",
        "/community/profile",
        "/git/matching-refs/heads/feature",
        "/git/matching-refs/tags/v",
    ],
)
def test_every_answer_fits_githubs_description(
    description: ApiDescription, github: FakeGitHub, hello: FakeRepository, what: str
) -> None:
    path = f"/repos/{hello.slug}{what}"
    status, body, _ = _ask(f"{github.base}/api/v3{path}", GOOD_TOKEN)
    assert status == 200
    assert json.loads(body)
    _check(description, urlsplit(path).path, status, body)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/repos/octo/nothing", 404),
        ("/repos/octo/old", 301),
        ("/repos/octo/hello/commits?sha=nothing", 404),
        ("/repos/octo/hello/tarball/trunk", 302),
    ],
)
def test_every_refusal_fits_githubs_description(
    description: ApiDescription, github: FakeGitHub, hello: FakeRepository, path: str, status: int
) -> None:
    github.renamed["octo/old"] = hello.slug
    answered, body, _ = _ask(f"{github.base}/api/v3{path}", GOOD_TOKEN)
    assert answered == status
    _check(description, urlsplit(path).path, status, body)


def test_the_folder_of_a_commit_fits_as_well(
    description: ApiDescription, github: FakeGitHub, hello: FakeRepository
) -> None:
    path = f"/repos/{hello.slug}/git/trees/{hello.git.git('rev-parse', 'HEAD')}"
    status, body, _ = _ask(f"{github.base}/api/v3{path}", GOOD_TOKEN)
    assert len(json.loads(body)["tree"]) == 3
    _check(description, path, status, body)


def test_a_repository_with_nothing_known_fits_as_well(
    description: ApiDescription, github: FakeGitHub, hello: FakeRepository
) -> None:
    hello.description = hello.homepage = hello.license = None
    hello.topics, hello.languages, hello.releases = (), {}, (FakeRelease(tag="v2", is_draft=True),)
    for what in ("", "/releases", "/languages"):
        _, body, _ = _ask(f"{github.base}/api/v3/repos/{hello.slug}{what}", GOOD_TOKEN)
        _check(description, f"/repos/{hello.slug}{what}", 200, body)


def test_every_path_that_a_build_asks_for_exists_at_github(
    description: ApiDescription, github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    opener.open(f"{github.base}/{hello.slug}/tree/feature/x/docs")
    asked = [urlsplit(path).path for path in github.paths() if path.startswith("/api/v3/")]
    assert len(asked) >= 10
    for path in asked:
        status = 302 if "/tarball/" in path else 200
        description.schema_for(path.removeprefix("/api/v3"), status)


def test_a_body_that_lacks_a_field_would_be_noticed(
    description: ApiDescription, github: FakeGitHub, hello: FakeRepository
) -> None:
    _, body, _ = _ask(f"{github.base}/api/v3/repos/{hello.slug}", GOOD_TOKEN)
    less = {name: value for name, value in json.loads(body).items() if name != "license"}
    with pytest.raises(AssertionError, match="license"):
        _check(description, f"/repos/{hello.slug}", 200, json.dumps(less).encode())


def test_pages_are_linked_as_github_links_them(github: FakeGitHub, hello: FakeRepository) -> None:
    hello.releases = tuple(FakeRelease(tag=f"v{number}") for number in range(5))
    url = f"{github.base}/api/v3/repos/{hello.slug}/releases?per_page=2"
    _, _, headers = _ask(f"{url}&page=2", GOOD_TOKEN)
    relations = [part.split("; ")[1] for part in headers["link"].split(", ")]
    assert relations == ['rel="next"', 'rel="last"', 'rel="prev"', 'rel="first"']
    _, _, headers = _ask(f"{url}&page=3", GOOD_TOKEN)
    assert 'rel="next"' not in headers["link"]
