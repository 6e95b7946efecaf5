"""A disk that is full: what was published stays whole, and the next run finishes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.publishing import PAGES, make_site, run_publish

_SIZE = 512 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a megabyte."""
    there = tmp_path / "disk"
    there.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(there)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield there
    subprocess.run(["umount", str(there)], check=True)


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_full_disk_leaves_the_old_site_and_the_next_run_finishes(
    kind: str, small_disk: Path, tmp_path: Path
) -> None:
    site, place = tmp_path / "site", small_disk / ("www" if kind == "folder" else "site.zip")
    make_site(site)
    assert run_publish(site, "--to", f"{kind}:{place}").status == 0
    before = _contents(place)

    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(_SIZE - 160 * 1024))
    make_site(site, PAGES | {"assets/large.0a1b2c3d.bin": os.urandom(300 * 1024)})
    refused = run_publish(site, "--to", f"{kind}:{place}")
    assert refused.status == 5, refused
    assert "free space" in refused.stderr
    after = _contents(place)
    assert {name: after.get(name) for name in before} == before

    ballast.unlink()
    assert run_publish(site, "--to", f"{kind}:{place}").status == 0
    assert _contents(place) != before


def _contents(place: Path) -> dict[str, bytes]:
    """Return what visitors may be served: everything but the manifest."""
    if place.is_file():
        return {place.name: place.read_bytes()}
    files = (file for file in place.rglob("*") if file.is_file() and "manifest" not in file.name)
    return {file.relative_to(place).as_posix(): file.read_bytes() for file in files}
