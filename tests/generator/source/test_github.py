"""A repository at GitHub: files by tarball, facts by the API, and git where the API ends."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from generator.errors import (
    RepositoryNotFound,
    SourceMissing,
    SourceRefused,
    SourceUnreachable,
)
from tests.generator.source.conftest import GOOD_TOKEN, Opener
from tests.support.git_repositories import make_repository
from tests.support.github_answers import FakeRelease, FakeRepository
from tests.support.github_server import FakeGitHub, Trouble

SLUG = "octo/hello"
BAD_TOKEN = "bad-token"  # noqa: S105 - it opens nothing


def test_files_facts_and_releases_come_together(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    repository = opener.open(f"{github.base}/{SLUG}")
    assert set(repository.files.sizes) == {
        "README.md",
        "CHANGELOG.md",
        "docs/a.md",
        "docs/read me.md",
    }
    assert repository.files.read_text("docs/read me.md") == "# ü\n"
    assert (repository.name, repository.ref, repository.default_branch) == (
        "hello",
        "trunk",
        "trunk",
    )
    assert repository.commit == hello.git.git("rev-parse", "HEAD")
    assert repository.forge is not None
    assert repository.forge.url == f"{github.base}/{SLUG}"
    facts = repository.facts
    assert facts is not None
    assert facts.description == "A friendly greeting"
    assert facts.homepage == "https://hello.example"
    assert (facts.stars, facts.forks, facts.open_issues) == (42, 7, 5)
    assert facts.license_spdx == "MIT"
    assert facts.languages == {"Python": 900, "CSS": 100}
    assert facts.topics == ("greeting", "hello")
    assert facts.health_percent == 71
    assert facts.funding == (("github", "https://github.com/ada"),)
    assert [(one.name, one.commits, one.is_bot) for one in facts.contributors] == [
        ("ada", 10, False),
        ("dependabot[bot]", 3, True),
    ]
    assert [release.tag for release in repository.releases] == ["v1.0"]
    release = repository.releases[0]
    assert (release.name, release.body, release.author) == ("v1.0", "First", "ada")
    assert (release.files[0].name, release.files[0].size_bytes) == ("hello.tar.gz", 123)
    assert release.files[0].digest is not None
    history = repository.history
    assert history is not None
    assert (history.is_complete, history.commit_count) == (False, 2)
    assert history.head_date is not None
    assert [tag.name for tag in history.tags] == ["v1.0"]
    assert not opener.warnings


def test_a_second_build_costs_no_quota_and_downloads_nothing(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    first = opener.open(f"{github.base}/{SLUG}")
    github.asked.clear()
    before = github.quota
    second = opener.open(f"{github.base}/{SLUG}")
    assert github.quota == before
    assert {one.status for one in github.asked if "/api/v3/" in one.path} == {304}
    assert not [path for path in github.paths() if "tarball" in path or "codeload" in path]
    assert second == first


def test_offline_gives_what_the_last_build_saw(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    first = opener.open(f"{github.base}/{SLUG}")
    github.asked.clear()
    assert opener.open(f"{github.base}/{SLUG}", offline=True) == first
    assert not github.asked


def test_offline_without_a_cache_says_so(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    with pytest.raises(SourceUnreachable) as caught:
        opener.open(f"{github.base}/{SLUG}", offline=True)
    assert "offline" in caught.value.message
    assert not github.asked


def test_no_cache_asks_everything_again(
    github: FakeGitHub, hello: FakeRepository, opener: Opener, tmp_path: Path
) -> None:
    opener.open(f"{github.base}/{SLUG}", use_cache=False)
    github.asked.clear()
    opener.open(f"{github.base}/{SLUG}", use_cache=False)
    assert 304 not in {one.status for one in github.asked}
    assert [path for path in github.paths() if "codeload" in path]
    assert not (tmp_path / "cache").exists()


def test_the_cache_is_private_and_holds_no_token(
    github: FakeGitHub, hello: FakeRepository, opener: Opener, tmp_path: Path
) -> None:
    opener.open(f"{github.base}/{SLUG}")
    cache = tmp_path / "cache"
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    files = [path for path in cache.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"good-token" in path.read_bytes()]
    assert not [path for path in files if "good-token" in str(path)]


def test_every_page_of_releases_is_read(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    hello.releases = tuple(FakeRelease(tag=f"v{number}") for number in range(250, 0, -1))
    repository = opener.open(f"{github.base}/{SLUG}")
    assert [release.tag for release in repository.releases] == [
        f"v{number}" for number in range(250, 0, -1)
    ]


def test_a_branch_with_a_slash_is_told_from_its_folder(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    repository = opener.open(f"{github.base}/{SLUG}/tree/feature/x/docs")
    assert (repository.ref, repository.subfolder) == ("feature/x", "docs")
    assert set(repository.files.sizes) == {"a.md", "read me.md"}
    assert repository.forge_path("a.md") == "docs/a.md"


def test_a_file_url_builds_the_whole_repository_at_its_ref(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    repository = opener.open(f"{github.base}/{SLUG}/blob/v1.0/docs/a.md")
    assert (repository.ref, repository.subfolder) == ("v1.0", "")
    assert "CHANGELOG.md" not in repository.files.sizes


def test_a_commit_has_no_branch(github: FakeGitHub, hello: FakeRepository, opener: Opener) -> None:
    sha = hello.git.git("rev-parse", "v1.0")
    repository = opener.open(f"{github.base}/{SLUG}/tree/{sha[:12]}")
    assert (repository.commit, repository.ref) == (sha, None)


def test_an_unknown_branch_is_named(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    with pytest.raises(SourceMissing, match="no branch, tag or commit nowhere"):
        opener.open(f"{github.base}/{SLUG}/tree/nowhere")


def test_an_unknown_folder_is_named(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    with pytest.raises(SourceMissing, match="no folder missing"):
        opener.open(f"{github.base}/{SLUG}/tree/trunk/missing")


def test_a_renamed_repository_is_followed(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    github.renamed["octo/old"] = SLUG
    repository = opener.open(f"{github.base}/octo/old")
    assert repository.name == "hello"
    assert repository.forge is not None
    assert repository.forge.slug == SLUG
    assert "octo/old is now octo/hello" in opener.lines


def test_an_unknown_repository_without_a_token_says_how_a_private_one_is_read(
    github: FakeGitHub, opener: Opener
) -> None:
    with pytest.raises(RepositoryNotFound) as caught:
        opener.open(f"{github.base}/octo/nothing", token=None)
    assert "GITHUB_TOKEN" in caught.value.hint
    with pytest.raises(RepositoryNotFound) as caught:
        opener.open(f"{github.base}/octo/nothing")
    assert "GITHUB_TOKEN" not in caught.value.hint


def test_a_private_repository_opens_with_a_token(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    hello.is_private = True
    assert opener.open(f"{github.base}/{SLUG}").name == "hello"
    with pytest.raises(RepositoryNotFound):
        opener.open(f"{github.base}/{SLUG}", token=None)


def test_a_bad_token_is_one_clear_error_that_does_not_show_it(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    with pytest.raises(SourceRefused) as caught:
        opener.open(f"{github.base}/{SLUG}", token=BAD_TOKEN)
    assert "refused the token" in caught.value.message
    assert "bad-token" not in f"{caught.value.message}{caught.value.hint}{opener.options!r}"


@pytest.mark.parametrize("status", [403, 451])
def test_a_blocked_repository_says_what_github_said(
    github: FakeGitHub, hello: FakeRepository, opener: Opener, status: int
) -> None:
    github.troubles.append(Trouble(status=status, message="Repository access blocked"))
    with pytest.raises(SourceRefused, match="Repository access blocked"):
        opener.open(f"{github.base}/{SLUG}")


def test_an_empty_repository_is_one_clear_error(
    github: FakeGitHub, opener: Opener, tmp_path: Path
) -> None:
    git = make_repository(tmp_path / "empty")
    url = github.add(FakeRepository(owner="octo", name="empty", git=git))
    with pytest.raises(SourceMissing, match="is empty"):
        opener.open(url)


def test_archived_and_forked_are_told(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    hello.is_archived = hello.is_fork = True
    hello.description, hello.homepage, hello.license = None, "", "NOASSERTION"
    facts = opener.open(f"{github.base}/{SLUG}").facts
    assert facts is not None
    assert (facts.is_archived, facts.is_fork) == (True, True)
    assert (facts.description, facts.homepage, facts.license_spdx) == (None, None, None)


def test_the_token_goes_to_the_host_that_the_environment_names_and_to_no_other(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    opener.open(f"{github.base}/{SLUG}")
    asked = [one for one in github.asked if one.path.startswith("/api/")]
    assert {one.authorization for one in asked} == {"Bearer good-token"}
    github.asked.clear()
    opener.settings = type(opener.settings)()
    opener.open(f"{github.base}/{SLUG}.git", github_host=None)
    assert {one.authorization for one in github.asked} == {None}


def test_a_local_checkout_is_enriched_only_when_asked(
    github: FakeGitHub, hello: FakeRepository, opener: Opener, tmp_path: Path
) -> None:
    checkout = tmp_path / "mine"
    hello.git.git("clone", "--quiet", str(hello.git.folder), str(checkout))
    hello.git.git("-C", str(checkout), "remote", "set-url", "origin", f"{github.base}/{SLUG}")
    plain = opener.open(str(checkout))
    assert (plain.facts, plain.releases) == (None, ())
    assert not github.asked
    rich = opener.open(str(checkout), enrich=True)
    assert rich.facts is not None
    assert rich.facts.stars == 42
    assert [release.tag for release in rich.releases] == ["v1.0"]
    assert rich.history == plain.history
    assert not opener.warnings


def test_enriching_without_github_is_one_warning(
    github: FakeGitHub, opener: Opener, tmp_path: Path
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "README.md").write_text("# Hi")
    assert opener.open(str(folder), enrich=True).facts is None
    assert opener.codes == ["forge_unavailable"]
    opener.settings = type(opener.settings)(
        forge=f"{github.base}/octo/unknown", forges=opener.settings.forges
    )
    assert opener.open(str(folder), enrich=True).facts is None
    assert opener.codes == ["forge_unavailable"]
    assert "octo/unknown" in opener.warnings[0].message
    assert opener.open(str(folder), enrich=True, offline=True).facts is None
    assert opener.codes == ["forge_unavailable"]


def test_a_lost_tree_is_fetched_again(
    github: FakeGitHub, hello: FakeRepository, opener: Opener, tmp_path: Path
) -> None:
    opener.open(f"{github.base}/{SLUG}")
    shutil.rmtree(tmp_path / "cache" / "trees")
    assert "README.md" in opener.open(f"{github.base}/{SLUG}").files.sizes


def test_the_token_of_a_preferred_host_goes_to_no_other(
    github: FakeGitHub, hello: FakeRepository, opener: Opener
) -> None:
    opener.open(f"{github.base}/{SLUG}", github_host="git.team.example", use_cache=False)
    assert {one.authorization for one in github.asked} == {None}
    opener.open(f"{github.base}/{SLUG}", github_host=github.host, use_cache=False)
    assert {one.authorization for one in github.asked if one.authorization} == {
        f"Bearer {GOOD_TOKEN}"
    }


def test_no_token_goes_to_a_host_that_only_a_file_names(
    github: FakeGitHub, hello: FakeRepository, opener: Opener, tmp_path: Path
) -> None:
    folder = tmp_path / "stranger"
    folder.mkdir()
    (folder / "README.md").write_text("# Hi")
    # What a stranger's own 4site.toml can say: this host is a GitHub, and the project is there.
    opener.settings = type(opener.settings)(
        forge=f"{github.base}/{SLUG}", forges=opener.settings.forges
    )
    for host in (None, "github.com", "git.team.example"):
        opener.open(str(folder), enrich=True, github_host=host, use_cache=False)
        opener.open(f"{github.base}/{SLUG}", github_host=host, use_cache=False)
    assert github.asked
    assert {one.authorization for one in github.asked} == {None}
