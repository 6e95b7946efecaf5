"""Publishing into a ZIP archive: the same bytes each time, never half of it."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from tests.support.publishing import PAGES, make_site, run_publish


def test_an_archive_is_the_same_for_the_same_site_whenever_it_was_built(tmp_path: Path) -> None:
    first = make_site(tmp_path / "one")
    second = make_site(tmp_path / "two", dict(reversed(PAGES.items())))
    for file in second.rglob("*"):
        os.utime(file, (1, 1))
        file.chmod(0o700)
    for site, name in ((first, "a/one.zip"), (second, "two.zip")):
        done = run_publish(site, "--to", f"zip:{tmp_path / name}", "--json")
        assert done.json["checked"] == len(PAGES) - 3  # without _headers, .nojekyll, 404.html
    assert (tmp_path / "a/one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()

    with zipfile.ZipFile(tmp_path / "two.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == PAGES
        assert archive.namelist() == sorted(PAGES)
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_archive_is_replaced_whole_or_stays(tmp_path: Path) -> None:
    site, there = make_site(tmp_path / "site"), tmp_path / "site.zip"
    run_publish(site, "--to", f"zip:{there}")
    before = there.read_bytes()
    # As long as it was built, so that only reading it again tells.
    content = (site / "index.html").read_bytes()
    (site / "index.html").write_bytes(content.swapcase())

    broken = run_publish(site, "--to", f"zip:{there}")
    assert (broken.status, "is not what was built" in broken.stderr) == (5, True)
    assert there.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site", "site.zip"]


def test_a_file_of_another_kind_and_a_place_in_the_site_are_refused(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    mine = tmp_path / "mine.zip"
    mine.write_text("not an archive")
    strange = run_publish(site, "--to", f"zip:{mine}")
    assert (strange.status, "no ZIP archive" in strange.stderr) == (5, True)
    assert mine.read_text() == "not an archive"

    inside = run_publish(site, "--to", f"zip:{site / 'site.zip'}")
    assert (inside.status, "own folder" in inside.stderr) == (5, True)
    (tmp_path / "d.zip").mkdir()
    assert run_publish(site, "--to", f"zip:{tmp_path / 'd.zip'}").status == 5
    for words in (["--to", "zip:"], ["--to", "zip:a.tar"], ["--to", "zip:a.zip", "--preview", "x"]):
        assert run_publish(site, *words).status == 2
