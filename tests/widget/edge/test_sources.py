"""The worker's sources: their types, their size, and what they share with the service's."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess

import crawleruseragents
import pytest

from tests.support.edge import EDGE_FOLDER
from tests.support.tools import NODE_FOLDER, WIDGET_FOLDER, find_node_packages

WORKER_BYTES = 16 * 1024
"""Minified, as wrangler uploads it with `--minify`."""


@pytest.mark.node
def test_the_types_in_the_comments_hold() -> None:
    if find_node_packages() is None:
        pytest.skip("no Node.js or no packages: `npm ci` in tests/support/node/")
    compiler = NODE_FOLDER / "node_modules" / ".bin" / "tsc"
    checked = subprocess.run(
        [compiler, "-p", EDGE_FOLDER], capture_output=True, text=True, check=False, timeout=120
    )
    assert checked.stdout == ""
    assert checked.returncode == 0


@pytest.mark.node
def test_the_worker_stays_small(capsys: pytest.CaptureFixture[str]) -> None:
    bundler = WIDGET_FOLDER / "node_modules" / ".bin" / "esbuild"
    if not (shutil.which("node") and bundler.exists()):
        pytest.skip("no Node.js or no esbuild: `npm ci` in widget/")
    made = subprocess.run(
        [bundler, "--bundle", "--minify", "--format=esm", "--target=es2022", "src/worker.js"],
        cwd=EDGE_FOLDER, capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    with capsys.disabled():
        print(
            f"\nedge worker: {len(made.stdout)} bytes, {len(gzip.compress(made.stdout))} with gzip"
        )
    assert len(made.stdout) <= WORKER_BYTES


def test_robots_that_the_edge_leaves_out_are_robots_to_the_service() -> None:
    code = (EDGE_FOLDER / "src" / "collect.js").read_text(encoding="utf-8")
    found = re.search(r"const ROBOTS =\s*/(.+)/;", code)
    assert found
    names = found[1].replace("\\/", "/").split("|")
    assert len(names) > 10
    agents = [f"Mozilla/5.0 (compatible) {name} and more" for name in names]
    assert [agent for agent in agents if not crawleruseragents.is_crawler(agent)] == []
