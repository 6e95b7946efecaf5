"""The examples' sites, byte for byte. `--update-golden` rewrites them; read the diff like code.

Texts are kept whole. Styles, scripts, fonts and pictures are kept as a list of names: those of
assets hold their content's hash, and how a library packs a PNG is not ours to promise. Only the
widget's hash is left out: it would change every page, and the widget has tests of its own.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import cli

_ROOT = Path(__file__).parents[2]
_GOLDEN = _ROOT / "tests" / "golden"
_EXAMPLES = ("field-notes", "lantern", "tidepool")
_LISTED = {".css", ".js", ".png", ".ico", ".woff2", ".jpg", ".gif", ".webp"}
_LIST = "listed.txt"
_WIDGET = re.compile(rb"\b(widget|panel)\.[0-9a-f]{8}\b")
# Holds the digests of all files, pictures too.
_MANIFEST = ".4site-manifest.json"


@pytest.mark.parametrize("name", _EXAMPLES)
def test_example_builds_to_its_golden_site(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    # A copy outside the checkout: git's facts change with every commit of ours.
    source = tmp_path / name
    shutil.copytree(_ROOT / "examples" / name, source)
    words = [
        "--base-url",
        f"https://example.org/{name}/",
        "--repo",
        f"https://github.com/example/{name}",
    ]
    assert cli.main(["build", str(source), "-o", str(tmp_path / "site"), "-q", *words]) == 0
    built = _read(tmp_path / "site")
    if request.config.getoption("--update-golden"):
        _write(_GOLDEN / name, built)
    expected = {
        str(path.relative_to(_GOLDEN / name)): path.read_bytes()
        for path in (_GOLDEN / name).rglob("*")
        if path.is_file()
    }
    assert sorted(built) == sorted(expected)
    changed = [path for path in sorted(built) if built[path] != expected[path]]
    assert changed == [], "run pytest --update-golden and read the diff"


def _read(site: Path) -> dict[str, bytes]:
    texts: dict[str, bytes] = {}
    listed: list[str] = []
    for path in sorted(site.rglob("*")):
        name = str(path.relative_to(site))
        if path.is_file() and name != _MANIFEST:
            if path.suffix in _LISTED:
                listed.append(_WIDGET.sub(rb"\1.HASH", name.encode()).decode())
            else:
                texts[name] = _WIDGET.sub(rb"\1.HASH", path.read_bytes())
    return texts | {_LIST: "\n".join([*sorted(listed), ""]).encode()}


def _write(folder: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
