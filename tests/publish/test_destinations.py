"""What `--to` and what goes beside it may say, before any target is asked."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from cli import main
from generator.errors import UsageError
from generator.publish.destinations import KINDS, make_target, parse_destination
from generator.publish.target import Destination
from tests.support.publishing import make_site, run_publish


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        ("folder:/var/www", "folder", "/var/www"),
        (" netlify:tool ", "netlify", "tool"),
        ("webdavs://dav.example.org/www", "webdavs", "dav.example.org/www"),
        ("folder://x", "folder", "x"),
        ("netlify", "netlify", ""),
        ("folder:a:b c", "folder", "a:b c"),
    ],
)
def test_a_target_is_a_kind_and_an_address(text: str, kind: str, address: str) -> None:
    assert parse_destination(text) == (kind, address)


def test_a_kind_that_is_not_there_brings_the_nearest_or_all() -> None:
    with pytest.raises(UsageError) as near:
        parse_destination("netlifi:tool")
    assert (near.value.message, near.value.hint) == (
        "There is no target 'netlifi'.", "Did you mean netlify?",
    )  # fmt: skip
    for strange in ("gopher://x", "", ":x", "https://ada:password@dav.example.org/", "X:password"):
        with pytest.raises(UsageError) as far:
            parse_destination(strange)
        assert "folder, " in far.value.hint
        assert "password" not in far.value.message


def test_every_kind_has_its_module_and_its_line_of_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["publish", "--help"])
    told = capsys.readouterr().out
    for name, kind in KINDS.items():
        assert find_spec(f"generator.publish.targets.{kind.module}"), name
        assert f"\n  {name}{kind.form} " in told
        assert f" {kind.meaning}\n" in told


@pytest.mark.parametrize(
    "preview",
    ["", " ", "..", "../www", "a/../b", "a//b", "/a", "a/", ".a", "ä", "a\n", "a" * 101],
)
def test_a_preview_without_a_name_of_its_own_is_never_the_site_itself(
    preview: str, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site")
    refused = run_publish(site, "--to", f"folder:{tmp_path / 'www'}", "--preview", preview)
    assert (refused.status, "name of a preview" in refused.stderr) == (2, True)
    assert not (tmp_path / "www").exists()


def test_a_preview_has_a_plain_name(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    for name in ("pr-12", "feature/x", "v1.2_3", "a"):
        done = run_publish(site, "--to", f"folder:{tmp_path / 'www'}", "--preview", name)
        assert (done.status, (tmp_path / "www" / name / "index.html").exists()) == (0, True)


@pytest.mark.parametrize(
    "url",
    ["tool.example.org", "ftp://tool.example.org", "https://", "https://[::1", "javascript:x"],
)
def test_a_url_is_the_address_of_a_site(url: str) -> None:
    with pytest.raises(UsageError, match="no address of a site"):
        make_target(Destination(kind="folder", address="x", environ={}, url=url))
    with pytest.raises(UsageError) as login:
        make_target(
            Destination(kind="folder", address="x", environ={}, url="https://ada:password@x.org")
        )
    assert "password" not in login.value.message


def test_going_back_takes_a_release_and_is_never_a_dry_run(tmp_path: Path) -> None:
    environ = {"NETLIFY_AUTH_TOKEN": "t", "NETLIFY_API_URL": "http://127.0.0.1:9"}
    for words in (["--rollback", ""], ["--rollback", "1", "--dry-run"]):
        refused = run_publish("--to", "netlify:tool", *words, environ=environ)
        assert (refused.status, "--rollback takes a release" in refused.stderr) == (2, True)
