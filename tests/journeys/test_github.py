"""From `owner/name` at a forge to a finished site, through the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import cli
from generator.audit.run import audit_folder
from tests.support.git_repositories import make_repository
from tests.support.github_answers import FakeRelease, FakeRepository
from tests.support.github_server import FakeGitHub, serve_github

_RELEASE = FakeRelease(
    tag="v1.2.0",
    name="Lamp 1.2",
    body="Brighter, see [the guide](docs/guide.md) and #7.",
    files=(
        ("lamp-1.2.0-x86_64-unknown-linux-musl.tar.gz", 2_000_000),
        ("lamp-1.2.0-aarch64-apple-darwin.tar.gz", 1_900_000),
        ("lamp-1.2.0-aarch64-apple-darwin.tar.gz.sha256", 98),
    ),
)


@pytest.fixture
def forge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGitHub]:
    git = make_repository(tmp_path / "lamp", branch="trunk")
    git.write("README.md", "# Lamp\n\nA light for dark rooms. See [the guide](docs/guide.md).\n")
    git.write("docs/guide.md", "# Guide\n\nTurn it on.\n")
    git.commit()
    repository = FakeRepository(owner="ada", name="lamp", git=git, releases=(_RELEASE,))
    with serve_github() as server:
        server.repositories["ada/lamp"] = repository
        monkeypatch.setenv("FOURSITE_SOURCE_FORGES", f"{server.host}=github")
        monkeypatch.setenv("FOURSITE_CACHE_DIR", str(tmp_path / "cache"))
        yield server


def _build(
    forge: FakeGitHub, out: Path, capsys: pytest.CaptureFixture[str], *flags: str
) -> list[str]:
    words = ["build", f"{forge.base}/ada/lamp", "-o", str(out), "--json", *flags]
    assert cli.main(words) == 0
    report = json.loads(capsys.readouterr().out)
    return [warning["code"] for warning in report["warnings"]]


def test_repository_at_a_forge_becomes_a_site_with_its_releases(
    forge: FakeGitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _build(forge, tmp_path / "site", capsys)
    downloads = (tmp_path / "site" / "downloads" / "index.html").read_text()
    assert "aarch64-apple-darwin" in downloads
    assert "macOS" in downloads
    changelog = (tmp_path / "site" / "changelog" / "index.html").read_text()
    assert 'href="../docs/guide/"' in changelog
    assert f"{forge.base}/ada/lamp/issues/7" in changelog
    home = (tmp_path / "site" / "index.html").read_text()
    assert "42" in home
    assert "A friendly greeting" in home
    links = [f for f in audit_folder(tmp_path / "site").findings if f.area == "links"]
    assert links == []


def test_offline_build_from_the_cache_gives_the_same_site(
    forge: FakeGitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _build(forge, tmp_path / "one", capsys)
    asked = len(forge.asked)
    _build(forge, tmp_path / "two", capsys, "--offline")
    assert len(forge.asked) == asked
    one, two = (
        {p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.html")}
        for n in ("one", "two")
    )
    assert one == two


def test_spent_limit_still_builds_with_one_clear_warning(
    forge: FakeGitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forge.quota = 0
    assert _build(forge, tmp_path / "site", capsys).count("forge_limited") == 1
    assert "Lamp" in (tmp_path / "site" / "index.html").read_text()


def test_unknown_repository_is_one_error_that_says_what_to_do(
    forge: FakeGitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["build", f"{forge.base}/ada/gone", "-o", str(tmp_path / "site"), "-q"]) == 4
    error = capsys.readouterr().err
    assert "ada/gone" in error
    assert "hint:" in error
    assert not (tmp_path / "site").exists()
