"""Publishing into a folder: what is sent, what stays, what is refused."""

from __future__ import annotations

from pathlib import Path

from tests.support.publishing import add_page, change, make_site, run_publish


def test_a_site_is_copied_and_a_second_run_sends_only_what_changed(tmp_path: Path) -> None:
    site, there = make_site(tmp_path / "site"), tmp_path / "www"

    first = run_publish(site, "--to", f"folder:{there}")
    assert first.status == 0, first.stderr
    assert (there / "index.html").read_bytes() == (site / "index.html").read_bytes()

    change(site, "docs/start/index.html", b"<p>new</p>")
    second = run_publish(site, "--to", f"folder:{there}", "--json")
    assert second.json["send"] == ["docs/start/index.html"]
    assert (there / "docs/start/index.html").read_bytes() == b"<p>new</p>"


def test_a_page_that_is_gone_is_deleted_and_a_strange_file_stays(tmp_path: Path) -> None:
    site, there = make_site(tmp_path / "site"), tmp_path / "www"
    run_publish(site, "--to", f"folder:{there}")
    (there / "mine.txt").write_text("mine")
    add_page(site, "old/index.html", b"old")
    run_publish(site, "--to", f"folder:{there}")
    change(site, "old/index.html", None)

    assert run_publish(site, "--to", f"folder:{there}").status == 0
    assert not (there / "old").exists()
    assert (there / "mine.txt").read_text() == "mine"


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    site, there = make_site(tmp_path / "site"), tmp_path / "www"
    there.mkdir()
    (there / "thesis.doc").write_text("years of work")

    refused = run_publish(site, "--to", f"folder:{there}")
    assert refused.status == 5
    assert "holds files that 4site did not publish" in refused.stderr
    assert [child.name for child in there.iterdir()] == ["thesis.doc"]


def test_too_many_deletions_are_refused_until_they_are_allowed(tmp_path: Path) -> None:
    site, there = make_site(tmp_path / "site"), tmp_path / "www"
    pages = [f"p{number}/index.html" for number in range(30)]
    for page in pages:
        add_page(site, page, b"x")
    run_publish(site, "--to", f"folder:{there}")
    for page in pages:
        change(site, page, None)

    refused = run_publish(site, "--to", f"folder:{there}")
    assert (refused.status, (there / pages[0]).exists()) == (5, True)
    assert "--max-deletions 30" in refused.stderr
    allowed = run_publish(site, "--to", f"folder:{there}", "--max-deletions", "30")
    assert (allowed.status, (there / pages[0]).exists()) == (0, False)


def test_a_dry_run_shows_the_plan_and_changes_nothing(tmp_path: Path) -> None:
    site, there = make_site(tmp_path / "site"), tmp_path / "www"
    shown = run_publish(site, "--to", f"folder:{there}", "--dry-run")
    assert (shown.status, there.exists()) == (0, False)
    assert "+ index.html" in shown.stdout


def test_a_folder_that_is_no_site_and_a_file_changed_by_hand_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    strange = run_publish(tmp_path / "other", "--to", f"folder:{tmp_path / 'www'}")
    assert (strange.status, "is not a site that 4site built" in strange.stderr) == (5, True)

    site = make_site(tmp_path / "site")
    (site / "index.html").write_text("tampered with")
    changed = run_publish(site, "--to", f"folder:{tmp_path / 'www'}")
    assert (changed.status, "is not what was built" in changed.stderr) == (5, True)
    assert not (tmp_path / "www").exists()
