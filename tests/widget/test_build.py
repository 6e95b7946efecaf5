"""The built widget is what its sources say, and stays within its budgets."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import brotli
import pytest

from tests.support.collector import DIST
from tests.support.tools import WIDGET_FOLDER

# Bytes as a server sends them, compressed ahead with Brotli.
BUDGETS = {"ping.js": 700, "widget.js": 3072, "panel.js": 8192}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.node
def test_what_is_committed_is_what_the_sources_give(tmp_path: Path) -> None:
    if not (shutil.which("node") and (WIDGET_FOLDER / "node_modules/esbuild").is_dir()):
        pytest.skip("no Node.js or no esbuild: `npm ci` in widget/")
    built = tmp_path / "dist"
    subprocess.run(["node", WIDGET_FOLDER / "build.mjs", built], check=True, timeout=120)
    committed, wanted = files(DIST), files(built)
    assert sorted(committed) == sorted(wanted)
    assert [name for name in wanted if committed[name] != wanted[name]] == []


@pytest.mark.parametrize("name", BUDGETS)
def test_a_script_stays_within_its_budget(name: str) -> None:
    assert len(brotli.compress((DIST / name).read_bytes())) <= BUDGETS[name]


def test_only_the_last_word_of_a_script_is_a_call_so_that_it_leaves_no_name_behind() -> None:
    for name in BUDGETS:
        code = (DIST / name).read_text(encoding="utf-8-sig").strip()
        assert code.startswith(("(()=>{", '"use strict";(()=>{'))
        assert code.endswith("})();")


def test_a_script_with_letters_beyond_ascii_says_that_it_is_utf_8() -> None:
    for name, code in files(DIST).items():
        assert code.isascii() or code.startswith(b"\xef\xbb\xbf"), name
