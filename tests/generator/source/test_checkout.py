"""A local folder becomes a Repository, with git's facts where git has them."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

from generator.errors import ConfigurationError, SourceError, SourceMissing
from generator.model.report import BuildWarning
from generator.model.repository import History, Repository
from generator.settings import BuildOptions, SourceSettings
from generator.source.git_dates import choose_places
from generator.source.open import open_repository
from tests.support.git_repositories import GitRepository, make_repository


@pytest.fixture
def checkout(tmp_path: Path) -> GitRepository:
    return make_repository(tmp_path / "hello")


class _Opened:
    """What opening gave: the repository, and every warning on the way."""

    def __init__(self, folder: Path, settings: SourceSettings, options: BuildOptions) -> None:
        self.warnings: list[BuildWarning] = []
        self.repository: Repository = open_repository(
            str(folder),
            settings=settings,
            options=options,
            report=lambda _: None,
            warn=self.warnings.append,
        )

    @property
    def codes(self) -> list[str]:
        return [warning.code for warning in self.warnings]

    @property
    def history(self) -> History:
        assert self.repository.history is not None
        return self.repository.history


def _open(folder: Path, settings: SourceSettings | None = None) -> _Opened:
    return _Opened(folder, settings or SourceSettings(), BuildOptions(out=folder / "site"))


def test_a_checkout_shows_new_files_and_hides_ignored_ones(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "# Hello", ".gitignore": "*.log\nbuild/\n"})
    checkout.write("new.md", "new")
    checkout.write("debug.log", "x")
    checkout.write("kept.tmp", "x")
    checkout.write("build/out.md", "x")
    checkout.write("site/index.html", "x")
    checkout.write("node_modules/a/README.md", "x")
    opened = _open(checkout.folder, SourceSettings(exclude=("*.tmp",)))
    assert set(opened.repository.files.sizes) == {".gitignore", "README.md", "new.md"}
    assert not opened.warnings


def test_a_folder_without_git_is_walked(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Hello")
    opened = _open(tmp_path)
    repository = opened.repository
    assert list(repository.files.sizes) == ["README.md"]
    assert (repository.history, repository.commit, repository.ref, repository.forge) == (None,) * 4


def test_the_forge_of_a_plain_folder_comes_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Hello")
    named = SourceSettings(forge="https://github.com/octo/hello")
    forge = _open(tmp_path, named).repository.forge
    assert forge is not None
    assert forge.slug == "octo/hello"
    with pytest.raises(ConfigurationError):
        _open(tmp_path, SourceSettings(forge="https://unknown.example/a/b"))


def test_history_counts_commits_people_and_dates(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1", "docs/a.md": "1"})
    checkout.commit({"docs/b.md": "1"}, name="Bob Example", email="7+bob@users.noreply.github.com")
    checkout.commit({"README.md": "2"}, name="B. Example", email="bob@users.noreply.github.com")
    checkout.commit({"x.py": "1"}, name="dependabot[bot]", email="support@github.example")
    checkout.git("tag", "v1.0", "HEAD~1")
    checkout.git("tag", "-a", "v1.1", "-m", "one")
    history = _open(checkout.folder).history
    assert history.is_complete
    assert history.commit_count == 4
    assert history.first_date is not None
    assert history.first_date.timestamp() == 1_600_000_000
    assert {path: at.timestamp() for path, at in history.changed_at.items()} == {
        "README.md": 1_600_000_000 + 2 * 86_400,
        "docs/a.md": 1_600_000_000,
        "docs/b.md": 1_600_000_000 + 86_400,
    }
    assert [(one.name, one.commits, one.login, one.is_bot) for one in history.contributors] == [
        ("B. Example", 2, "bob", False),
        ("Ada Example", 1, None, False),
        ("dependabot[bot]", 1, None, True),
    ]
    assert [tag.name for tag in history.tags] == ["v1.1", "v1.0"]
    assert history.tags[0].date == history.head_date
    assert history.tags[0].commit == checkout.git("rev-parse", "HEAD")


def test_the_mailmap_names_a_person_and_no_address_is_kept(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1"}, name="ghost", email="old@example.org")
    checkout.commit({".mailmap": "Grace Example <grace@example.org> <old@example.org>\n"})
    opened = _open(checkout.folder)
    assert {one.name for one in opened.history.contributors} == {"Grace Example", "Ada Example"}
    assert "@example.org" not in repr(opened.history)


def test_a_new_document_has_no_date_and_the_others_keep_theirs(checkout: GitRepository) -> None:
    checkout.commit({"a b.md": "1", "ünï.md": "1"})
    checkout.write("new.md", "x")
    assert set(_open(checkout.folder).history.changed_at) == {"a b.md", "ünï.md"}


def test_branches_and_remote_are_read_never_guessed(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1"})
    checkout.git("remote", "add", "origin", "git@github.com:octo/hello.git")
    checkout.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    checkout.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    repository = _open(checkout.folder).repository
    assert (repository.ref, repository.default_branch) == ("main", "trunk")
    assert repository.forge is not None
    assert repository.forge.url == "https://github.com/octo/hello"
    assert repository.commit == checkout.git("rev-parse", "HEAD")


def test_a_detached_head_has_no_branch_but_its_tag(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1"})
    checkout.git("tag", "v1")
    checkout.git("checkout", "--quiet", "--detach")
    repository = _open(checkout.folder).repository
    assert (repository.ref, repository.default_branch) == ("v1", None)


def test_the_only_remote_counts_and_one_of_two_does_not(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1"})
    checkout.git("remote", "add", "upstream", "https://user:token@gitlab.com/group/sub/hello")
    forge = _open(checkout.folder).repository.forge
    assert forge is not None
    assert forge.url == "https://gitlab.com/group/sub/hello"
    checkout.git("remote", "add", "fork", "https://github.com/me/hello")
    assert _open(checkout.folder).repository.forge is None


def test_a_subfolder_of_a_checkout_has_its_own_paths_and_dates(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1", "part/README.md": "1", "part/docs/a.md": "1"})
    checkout.commit({"README.md": "2"})
    repository = _open(checkout.folder / "part").repository
    assert set(repository.files.sizes) == {"README.md", "docs/a.md"}
    assert repository.subfolder == "part"
    assert repository.name == "part"
    assert repository.history is not None
    assert repository.history.changed_at["README.md"].timestamp() == 1_600_000_000


def test_a_shallow_clone_gives_no_counts_and_no_wrong_dates(
    checkout: GitRepository, tmp_path: Path
) -> None:
    checkout.commit({"README.md": "1"})
    checkout.commit({"docs/a.md": "1"})
    url = checkout.folder.as_uri()
    checkout.git("clone", "--quiet", "--depth=1", url, str(tmp_path / "shallow"))
    opened = _open(tmp_path / "shallow")
    assert opened.codes == ["history_shallow"]
    assert not opened.history.is_complete
    assert opened.history.head_date is not None
    assert opened.history.commit_count is None
    assert opened.history.first_date is None
    assert (opened.history.contributors, opened.history.changed_at) == ((), {})


@pytest.mark.parametrize("with_git", [True, False])
def test_an_empty_repository_is_one_clear_error(tmp_path: Path, with_git: bool) -> None:
    if with_git:
        make_repository(tmp_path)
    with pytest.raises(SourceMissing) as caught:
        _open(tmp_path)
    assert "README.md" in caught.value.hint


def test_a_repository_without_a_commit_shows_its_files(checkout: GitRepository) -> None:
    checkout.write("README.md", "# Soon")
    repository = _open(checkout.folder).repository
    assert list(repository.files.sizes) == ["README.md"]
    assert (repository.commit, repository.history, repository.ref) == (None, None, "main")


def test_submodule_files_stay_out_and_their_url_is_known(
    checkout: GitRepository, tmp_path: Path
) -> None:
    other = make_repository(tmp_path / "other")
    other.commit({"README.md": "other"})
    checkout.commit({"README.md": "1"})
    allow = ("-c", "protocol.file.allow=always")
    checkout.git(*allow, "submodule", "--quiet", "add", other.folder.as_uri(), "sub")
    checkout.git("config", "-f", ".gitmodules", "submodule.sub.url", "../other.git")
    checkout.commit()
    checkout.git("remote", "add", "origin", "https://github.com/octo/hello")
    repository = _open(checkout.folder).repository
    assert set(repository.files.sizes) == {".gitmodules", "README.md"}
    assert repository.submodules == {"sub": "https://github.com/octo/other.git"}


def test_programs_that_a_repository_names_never_run(
    checkout: GitRepository, tmp_path: Path
) -> None:
    checkout.commit({"README.md": "1", ".gitattributes": "*.md diff=evil filter=evil\n"})
    mark = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "gpg.program",
        "remote.origin.uploadpack",
        "alias.ls-files",
    ):
        checkout.git("config", key, str(script))
    checkout.git("config", "log.showSignature", "true")
    checkout.git("config", "remote.origin.url", f"ext::{script}")
    checkout.git("config", "core.hooksPath", str(tmp_path))
    assert list(_open(checkout.folder).repository.files.sizes) == [".gitattributes", "README.md"]
    assert not mark.exists()


def test_a_worktree_set_elsewhere_shows_nothing_of_that_place(
    checkout: GitRepository, tmp_path: Path
) -> None:
    checkout.commit({"README.md": "1"})
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "diary.md").write_text("x")
    checkout.git("config", "core.worktree", str(tmp_path / "private"))
    assert list(_open(checkout.folder).repository.files.sizes) == ["README.md"]


def test_a_deleted_file_is_gone_before_the_commit(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1", "old.md": "1"})
    (checkout.folder / "old.md").unlink()
    assert list(_open(checkout.folder).repository.files.sizes) == ["README.md"]


def test_the_git_folder_alone_is_not_needed(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1"})
    shutil.rmtree(checkout.folder / ".git")
    assert _open(checkout.folder).repository.history is None


def test_a_history_is_remembered_but_for_its_tags(checkout: GitRepository, tmp_path: Path) -> None:
    checkout.commit({"README.md": "1", "docs/a.md": "1"})
    options = BuildOptions(out=tmp_path / "site", cache_dir=tmp_path / "cache")
    first = _Opened(checkout.folder, SourceSettings(), options)
    assert list((tmp_path / "cache" / "history").iterdir())
    checkout.git("tag", "v1")
    again = _Opened(checkout.folder, SourceSettings(), options)
    assert [tag.name for tag in again.history.tags] == ["v1"]
    assert dataclasses.replace(again.history, tags=()) == first.history
    checkout.write(".mailmap", "Grace Example <ada@example.org>\n")
    renamed = _Opened(checkout.folder, SourceSettings(), options)
    assert [one.name for one in renamed.history.contributors] == ["Grace Example"]
    for kept in (tmp_path / "cache" / "history").iterdir():
        kept.write_bytes(b"damaged")
    assert _Opened(checkout.folder, SourceSettings(), options).history == renamed.history


def test_dates_are_found_among_many_folders_and_names_like_patterns(
    checkout: GitRepository,
) -> None:
    paths = [f"packages/p{number}/README.md" for number in range(150)]
    paths += ["docs/[a]*.md", ":(glob)odd.md", "notes/1.md", "notes/2.md"]
    checkout.commit(dict.fromkeys(paths, "1"))
    checkout.commit({"packages/p7/README.md": "2", "src/main.py": "1"})
    changed = _open(checkout.folder).history.changed_at
    assert set(changed) == set(paths)
    assert [path for path, at in changed.items() if at.timestamp() > 1_600_000_000] == [
        "packages/p7/README.md"
    ]


def test_the_places_git_looks_at_are_few() -> None:
    assert choose_places(["README.md", "docs/a.md"]) == ["README.md", "docs/a.md"]
    assert choose_places([f"docs/{number}.md" for number in range(9)]) == ["docs"]
    assert choose_places([f"p/{number}/README.md" for number in range(101)]) == ["p"]
    assert choose_places([f"{number}/README.md" for number in range(101)]) == ["."]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_checkout_of_another_user_is_read(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1", ".gitignore": "secret"})
    checkout.write("secret", "x")
    for path in [checkout.folder, *checkout.folder.rglob("*")]:
        os.lchown(path, 65534, 65534)
    opened = _open(checkout.folder)
    assert set(opened.repository.files.sizes) == {"README.md", ".gitignore"}
    assert opened.history.commit_count == 1


def test_a_broken_checkout_is_an_error_and_shows_no_ignored_file(checkout: GitRepository) -> None:
    checkout.commit({"README.md": "1"})
    (checkout.folder / ".git" / "index").write_bytes(b"broken")
    with pytest.raises(SourceError, match="cannot be listed"):
        _open(checkout.folder)
