"""Building again: the same bytes, only what changed, and a mended site after an interruption."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cli


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "lamp"
    (folder / "docs").mkdir(parents=True)
    (folder / "README.md").write_text("# Lamp\n\nA light.\n\n![plan](plan.svg)\n")
    (folder / "plan.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
    )
    for number in range(30):
        (folder / "docs" / f"page-{number}.md").write_text(f"# Page {number}\n\nText {number}.\n")
    return folder


def _build(
    source: Path, out: Path, capsys: pytest.CaptureFixture[str], *flags: str
) -> dict[str, int]:
    assert cli.main(["build", str(source), "-o", str(out), "--json", *flags]) == 0
    report: dict[str, int] = json.loads(capsys.readouterr().out)
    return report


def _files(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()
    }


def test_same_input_gives_the_same_bytes_with_and_without_the_cache(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, flags in (("one", ()), ("two", ()), ("three", ("--no-cache",))):
        _build(source, tmp_path / name, capsys, *flags)
    assert _files(tmp_path / "one") == _files(tmp_path / "two") == _files(tmp_path / "three")


def test_nothing_changed_writes_nothing(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = _build(source, tmp_path / "out", capsys)
    assert first["written"] == first["files"]
    again = _build(source, tmp_path / "out", capsys)
    assert (again["written"], again["removed"]) == (0, 0)
    assert again["files"] == first["files"]


def test_one_changed_page_touches_little_and_equals_a_fresh_build(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _build(source, tmp_path / "out", capsys)
    (source / "docs" / "page-7.md").write_text("# Page 7\n\nAnother text.\n")
    report = _build(source, tmp_path / "out", capsys)
    # The page, its twin, its card, and the search index.
    assert report["written"] < 12
    _build(source, tmp_path / "fresh", capsys)
    assert _files(tmp_path / "out") == _files(tmp_path / "fresh")


def test_changed_picture_gets_a_new_name_and_the_old_one_goes(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    _build(source, out, capsys)
    (before,) = out.glob("assets/media/plan.*.svg")
    (source / "plan.svg").write_text((source / "plan.svg").read_text().replace("h9v9", "h8v8"))
    _build(source, out, capsys)
    (after,) = out.glob("assets/media/plan.*.svg")
    assert after.name != before.name
    assert after.name in (out / "index.html").read_text()


def test_removed_page_disappears_with_its_links(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _build(source, tmp_path / "out", capsys)
    (source / "docs" / "page-3.md").unlink()
    _build(source, tmp_path / "out", capsys)
    assert not (tmp_path / "out" / "docs" / "page-3").exists()
    assert cli.main(["audit", str(tmp_path / "out")]) == 0


def test_nothing_outside_the_output_is_touched(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _files(source)
    _build(source, tmp_path / "out", capsys)
    assert _files(source) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lamp", "out"]
