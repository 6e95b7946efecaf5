"""One run of the command: deletions, JSON, releases, configuration, and what an error changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import PublishRefused
from generator.publish.run import DELETED_SHARE, FREE_DELETIONS, check_deletions
from generator.publish.target import Plan
from tests.support.publishing import PAGES, change, make_site, run_publish


def _plan(deleted: int, present: int) -> Plan:
    gone = tuple(f"{number}.html" for number in range(deleted))
    return Plan(title="www", upload=(), delete=gone, present=present)


@pytest.mark.parametrize(
    ("deleted", "present", "limit", "is_allowed"),
    [
        (20, 20, None, True),  # so few are free
        (21, 83, None, False),
        (21, 84, None, True),  # a quarter of 84
        (22, 84, None, False),
        (250, 1000, None, True),
        (251, 1000, None, False),
        (1, 1000, 0, False),
        (0, 0, 0, True),
        (1000, 1000, 1000, True),
    ],
)
def test_a_plan_deletes_twenty_files_or_a_quarter_unless_it_may_more(
    deleted: int, present: int, limit: int | None, is_allowed: bool
) -> None:
    assert (FREE_DELETIONS, DELETED_SHARE) == (20, 4)
    if is_allowed:
        check_deletions(_plan(deleted, present), limit)
        return
    with pytest.raises(PublishRefused, match=f"{deleted} of {present} files") as refused:
        check_deletions(_plan(deleted, present), limit)
    assert refused.value.hint.endswith(f"--max-deletions {deleted}.")


def test_json_is_one_object_on_stdout_and_nothing_else(tmp_path: Path) -> None:
    site, there = make_site(tmp_path / "site"), tmp_path / "www"
    shown = run_publish(site, "--to", f"folder:{there}", "--json", "--dry-run")
    assert shown.stderr == ""
    assert shown.json == {
        "target": "folder", "title": str(there), "is_dry_run": True, "unchanged": 0,
        "send": [
            "assets/cards/home.png", "assets/site.0a1b2c3d.css", ".nojekyll", "_headers",
            "feed.xml", "404.html", "docs/start/index.html", "index.html",
        ],
        "delete": [], "url": None, "release": None, "checked": 0, "notes": [],
    }  # fmt: skip
    done = run_publish(site, "--to", f"folder:{there}", "--json").json
    assert (done["is_dry_run"], done["checked"]) == (False, len(PAGES) - 3)
    change(site, "feed.xml", None)
    second = run_publish(site, "--to", f"folder:{there}", "--json", "--no-verify").json
    assert (second["send"], second["delete"], second["checked"]) == ([], ["feed.xml"], 0)
    failed = run_publish(tmp_path / "none", "--to", f"folder:{there}", "--json")
    assert (failed.status, failed.stdout) == (5, "")


def test_the_configuration_of_the_current_folder_names_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_site(tmp_path / "site")
    monkeypatch.chdir(tmp_path)
    none = run_publish()
    assert (none.status, "No target to publish to" in none.stderr) == (2, True)
    Path("4site.toml").write_text(
        f'[publish]\ntarget = "folder:{tmp_path / "www"}"\nurl = "https://tool.example.org"\n'
    )
    assert run_publish("--dry-run", "--json").json["url"] == "https://tool.example.org"
    assert run_publish().status == 0
    assert (tmp_path / "www/index.html").exists()
    preview = run_publish("--preview", "pr-1", "--json").json
    assert preview["url"] == "https://tool.example.org/pr-1/"
    flagged = run_publish("--to", f"folder:{tmp_path / 'other'}", "--dry-run", "--json")
    assert flagged.json["title"] == str(tmp_path / "other")
    Path("4site.toml").write_text("[publish]\ntraget = 'x'\n")
    wrong = run_publish("--dry-run")
    assert (wrong.status, "target" in wrong.stderr) == (2, True)


def test_a_target_without_releases_says_so_and_changes_nothing(tmp_path: Path) -> None:
    site, there = make_site(tmp_path / "site"), tmp_path / "www"
    for words in (["--list"], ["--rollback", "1"], ["--list", "--json"], ["--rollback", ""]):
        refused = run_publish(site, "--to", f"folder:{there}", *words)
        assert (refused.status, "keeps no releases" in refused.stderr) == (2, True)
    assert not there.exists()


def test_an_error_leaves_the_site_that_was_there_and_one_message(tmp_path: Path) -> None:
    site, there = make_site(tmp_path / "site"), tmp_path / "www"
    run_publish(site, "--to", f"folder:{there}")
    before = {path: (there / path).read_bytes() for path in PAGES}
    change(site, "index.html", b"<p>new</p>")
    page = site / "index.html"
    page.write_bytes(page.read_bytes().swapcase())
    failed = run_publish(site, "--to", f"folder:{there}", "--quiet")
    assert failed.status == 5
    assert failed.stdout == ""
    assert len([line for line in failed.stderr.splitlines() if line.startswith("error:")]) == 1
    assert {path: (there / path).read_bytes() for path in PAGES} == before
