"""A GitHub on the loopback with one repository, and a way to open references against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from generator.model.report import BuildWarning
from generator.model.repository import Repository
from generator.settings import BuildOptions, SourceSettings
from generator.source.open import open_repository
from tests.support.git_repositories import make_repository
from tests.support.github_answers import FakeRelease, FakeRepository
from tests.support.github_server import FakeGitHub, serve_github

GOOD_TOKEN = "good-token"  # noqa: S105 - the loopback server's


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with serve_github() as server:
        yield server


@pytest.fixture
def hello(github: FakeGitHub, tmp_path: Path) -> FakeRepository:
    """Return `octo/hello` at the loopback GitHub: two commits, a tag, a branch with a slash."""
    git = make_repository(tmp_path / "upstream", branch="trunk")
    git.commit({"README.md": "# Hello\n", "docs/a.md": "# A\n", "docs/read me.md": "# ü\n"})
    git.git("tag", "v1.0")
    git.commit({"CHANGELOG.md": "# 1.0\n"})
    git.git("branch", "feature/x", "HEAD~1")
    repository = FakeRepository(
        owner="octo",
        name="hello",
        git=git,
        releases=(
            FakeRelease(tag="v1.1", name="Draft", is_draft=True),
            FakeRelease(tag="v1.0", body="First", files=(("hello.tar.gz", 123),)),
        ),
    )
    github.add(repository)
    return repository


@dataclass(slots=True)
class Opener:
    """Opens references with one cache, and keeps what was said on the way."""

    settings: SourceSettings
    options: BuildOptions
    warnings: list[BuildWarning] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def open(self, reference: str, **options: object) -> Repository:
        self.warnings.clear()
        self.lines.clear()
        return open_repository(
            reference,
            settings=self.settings,
            options=replace(self.options, **options),
            report=self.lines.append,
            warn=self.warnings.append,
        )

    @property
    def codes(self) -> list[str]:
        return [warning.code for warning in self.warnings]


@pytest.fixture
def opener(github: FakeGitHub, tmp_path: Path) -> Opener:
    return Opener(
        settings=SourceSettings(forges={github.host: "github"}),
        options=BuildOptions(
            cache_dir=tmp_path / "cache",
            token=GOOD_TOKEN,
            github_host=github.host,
            out=tmp_path / "o",
        ),
    )
