"""Every repository of the corpus builds, and a crawl of its site finds nothing dead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cli
from generator.audit.finding import Area
from generator.audit.run import audit_folder
from tests.support import corpus

_REPOSITORIES = corpus.repositories() or [pytest.param(None, marks=pytest.mark.skip(corpus.ABSENT))]


@pytest.mark.parametrize(
    "folder", _REPOSITORIES, ids=lambda folder: getattr(folder, "name", "none")
)
def test_site_of_a_real_repository_has_no_dead_link(folder: Path, tmp_path: Path) -> None:
    facts = json.loads((folder / "facts.json").read_text())
    forge = ["--repo", f"https://github.com/{facts['owner']}/{facts['name']}"]
    assert cli.main(["build", str(folder), "-o", str(tmp_path / "site"), "-q", *forge]) == 0
    report = audit_folder(tmp_path / "site")
    hard = {Area.LINKS, Area.HTML, Area.PRIVACY, Area.SEO}
    faults = [finding for finding in report.findings if finding.area in hard]
    assert faults == []
    assert report.pages >= 2
