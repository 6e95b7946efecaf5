"""Where GitHub's API ends: spent quotas, failing servers, and clones by git alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import RepositoryNotFound, SourceError, SourceMissing, SourceUnreachable
from tests.generator.source.conftest import Opener
from tests.support.git_repositories import make_repository
from tests.support.github_answers import FakeRepository
from tests.support.github_server import FakeGitHub, Trouble

SLUG = "octo/hello"


def test_without_quota_git_alone_builds_and_one_warning_says_when_it_resets(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    github.quota = 0
    repository = opener.open(f"{github.base}/{SLUG}", token=None)
    assert opener.codes == ["forge_limited"]
    assert "2030-03-17 17:46 UTC" in opener.warnings[0].message
    assert "GITHUB_TOKEN" in opener.warnings[0].hint
    assert "README.md" in repository.files.sizes
    assert (repository.name, repository.ref, repository.default_branch) == (
        "hello",
        "trunk",
        "trunk",
    )
    assert repository.history is not None
    assert repository.history.is_complete
    assert repository.history.commit_count == 2
    assert "docs/a.md" in repository.history.changed_at
    assert repository.facts is None


def test_without_quota_a_folder_of_a_branch_is_still_found(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    github.quota = 0
    repository = opener.open(f"{github.base}/{SLUG}/tree/feature/x/docs")
    assert (repository.ref, repository.subfolder) == ("feature/x", "docs")
    assert set(repository.files.sizes) == {"a.md", "read me.md"}


def test_without_quota_the_cache_still_knows_the_facts(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    first = opener.open(f"{github.base}/{SLUG}")
    github.quota = 0
    assert opener.open(f"{github.base}/{SLUG}") == first
    assert opener.codes == ["forge_limited"]


def test_quota_spent_on_the_way_leaves_out_only_what_is_missing(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    limit = "API rate limit exceeded for user ID 1."
    github.troubles.append(Trouble(status=403, path="/languages", message=limit))
    repository = opener.open(f"{github.base}/{SLUG}")
    assert "README.md" in repository.files.sizes
    assert repository.facts is not None
    assert repository.facts.languages == {}
    assert opener.codes == ["forge_limited"]
    assert "languages" in opener.warnings[0].message


def test_a_short_wait_that_the_server_asks_for_is_kept(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    github.troubles.append(
        Trouble(status=429, times=1, message="slow down", headers={"Retry-After": "0"})
    )
    assert opener.open(f"{github.base}/{SLUG}").facts is not None
    assert not opener.warnings


def test_a_long_wait_is_not_kept(github: FakeGitHub, hello: FakeRepository, opener: Opener) -> None:
    message = "You have exceeded a secondary rate limit."
    github.troubles.append(Trouble(status=403, message=message, headers={"Retry-After": "3600"}))
    assert opener.open(f"{github.base}/{SLUG}").facts is None
    assert opener.codes == ["forge_limited"]


def test_a_server_error_is_tried_again(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    github.troubles.append(Trouble(status=502, times=1))
    assert opener.open(f"{github.base}/{SLUG}").facts is not None
    assert not opener.warnings


def test_a_broken_api_leaves_git(github: FakeGitHub, hello: FakeRepository, opener: Opener) -> None:
    github.troubles.append(Trouble(status=500))
    assert "README.md" in opener.open(f"{github.base}/{SLUG}").files.sizes
    assert opener.codes == ["forge_unavailable"]


def test_an_answer_that_is_no_json_is_a_clear_error(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    github.troubles.append(Trouble(status=200, message="hi"))
    with pytest.raises(SourceError) as caught:
        opener.open(f"{github.base}/{SLUG}")
    assert caught.value.hint


def test_a_dead_host_is_unreachable(opener: Opener) -> None:
    opener.settings = type(opener.settings)(forges={"127.0.0.1:1": "github"})
    with pytest.raises(SourceUnreachable) as caught:
        opener.open("http://127.0.0.1:1/octo/hello")
    assert "127.0.0.1:1" in caught.value.message
    assert caught.value.exit_code == 4


def test_any_git_url_is_cloned_once(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    opener.settings = type(opener.settings)()
    opener.options = replace(opener.options, github_host=None)
    url = f"{github.base}/{SLUG}.git"
    first = opener.open(f"{url}#feature/x")
    assert (first.ref, first.default_branch, first.name) == ("feature/x", "trunk", "hello")
    assert "CHANGELOG.md" not in first.files.sizes
    github.asked.clear()
    assert opener.open(f"{url}#feature/x") == first
    assert [re.sub(r".*/", "", path) for path in github.paths()] in (
        ["refs?service=git-upload-pack", "git-upload-pack"],
    )
    assert opener.open(f"{url}#feature/x", offline=True) == first


def test_a_local_repository_can_be_cloned_by_its_file_url(
    hello: FakeRepository, opener: Opener
) -> None:
    sha = hello.git.git("rev-parse", "v1.0")
    repository = opener.open(f"{hello.git.folder.as_uri()}#{sha}")
    assert (repository.commit, repository.ref, repository.name) == (sha, None, "upstream")


def test_a_clone_of_nothing_is_not_found(github: FakeGitHub, opener: Opener) -> None:
    opener.settings = type(opener.settings)()
    with pytest.raises(RepositoryNotFound):
        opener.open(f"{github.base}/octo/nothing.git")


def test_a_clone_without_that_ref_is_a_clear_error(hello: FakeRepository, opener: Opener) -> None:
    with pytest.raises(SourceMissing, match="nowhere"):
        opener.open(f"{hello.git.folder.as_uri()}#nowhere")
    with pytest.raises(SourceMissing):
        opener.open(f"{hello.git.folder.as_uri()}#{'0123456789' * 4}")


def test_an_empty_remote_is_a_clear_error(tmp_path: Path, opener: Opener) -> None:
    git = make_repository(tmp_path / "empty")
    with pytest.raises(SourceMissing, match="is empty"):
        opener.open(git.folder.as_uri())


def test_documents_that_a_tarball_leaves_out_are_there_all_the_same(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    hello.git.commit({".gitattributes": "* -export-ignore\n/tests export-ignore\n", "tests/a": "x"})
    opener.open(f"{github.base}/{SLUG}")
    assert not [path for path in github.paths() if "git-upload-pack" in path]
    ignored = "".join(f"/{one} export-ignore\n" for one in ("docs", "CHANGELOG.md", ".git*"))
    sha = hello.git.commit({".gitattributes": ignored})
    repository = opener.open(f"{github.base}/{SLUG}")
    assert repository.commit == sha
    assert {"docs/a.md", "CHANGELOG.md", "README.md"} <= set(repository.files.sizes)
    assert repository.facts is not None
    assert not opener.warnings
    assert opener.open(f"{github.base}/{SLUG}", offline=True) == repository
