"""What flags and the environment mean for a build."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from generator.commands.options import add_network, add_source, build_options
from generator.settings import BuildOptions


def _options(*words: str) -> BuildOptions:
    parser = argparse.ArgumentParser()
    add_source(parser)
    add_network(parser)
    return build_options(parser.parse_args(words), out=Path("site"))


@pytest.fixture(autouse=True)
def _no_gh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")


def test_preferred_host_has_its_own_token_and_sees_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GH_HOST", "Git.Team.example")
    monkeypatch.setenv("GH_ENTERPRISE_TOKEN", "enterprise")
    monkeypatch.setenv("GH_TOKEN", "public")
    options = _options("octo/hello")
    assert options.github_host == "git.team.example"
    assert options.token_for("git.team.example") == "enterprise"
    assert options.token_for("github.com") is None


def test_without_a_preferred_host_the_public_one_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GH_ENTERPRISE_TOKEN", "enterprise")
    monkeypatch.setenv("GH_TOKEN", "public")
    options = _options("octo/hello")
    assert options.github_host is None
    assert options.token_for("github.com") == "public"
    for other in ("git.example.com", "api.github.com.evil.example", "github.com:8443", ""):
        assert options.token_for(other) is None


def test_offline_run_looks_for_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GH_TOKEN", "public")
    assert _options("octo/hello", "--offline").token is None
