"""The output folder: whole or not at all, only what changed, and nothing of anybody else's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.errors import OutputRefused
from generator.model.output import OutputFile
from generator.write.folder import OutputFolder, open_folder
from generator.write.manifest import MANIFEST_NAME


def _write(path: Path, files: Mapping[str, str], *, force: bool = False) -> OutputFolder:
    folder = open_folder(path, force=force)
    folder.record(
        folder.put(OutputFile(path=name, content=text.encode()), key=f"key of {text}")
        for name, text in files.items()
    )
    folder.finish()
    return folder


def _read(path: Path) -> dict[str, str]:
    return {
        str(file.relative_to(path)): file.read_text()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.name != MANIFEST_NAME
    }


def test_first_build_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "site"
    folder = open_folder(out)
    folder.record([folder.put(OutputFile(path="a/b.html", content=b"x"))])
    assert not out.exists()
    folder.finish()
    assert _read(out) == {"a/b.html": "x"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_failed_first_build_leaves_nothing(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "site")
    folder.put(OutputFile(path="a.html", content=b"x"))
    folder.discard()
    assert not list(tmp_path.iterdir())


def test_rebuild_writes_only_what_changed_and_removes_what_is_gone(tmp_path: Path) -> None:
    out = tmp_path / "site"
    _write(out, {"a.html": "1", "b.html": "2", "old/c.html": "3"})
    before = (out / "a.html").stat().st_mtime_ns
    folder = _write(out, {"a.html": "1", "b.html": "changed"})
    assert _read(out) == {"a.html": "1", "b.html": "changed"}
    assert folder.written == 1
    assert (out / "a.html").stat().st_mtime_ns == before
    assert not (out / "old").exists()


def test_same_key_is_current_until_the_file_is_touched(tmp_path: Path) -> None:
    out = tmp_path / "site"
    _write(out, {"a.html": "text"})
    assert open_folder(out).is_current("a.html", "key of text")
    assert not open_folder(out).is_current("a.html", "another key")
    (out / "a.html").write_text("TEXT")
    later = (out / MANIFEST_NAME).stat().st_mtime_ns + 1_000_000_000
    os.utime(out / "a.html", ns=(later, later))
    assert not open_folder(out).is_current("a.html", "key of text")


def test_interrupted_rebuild_is_mended_by_the_next(tmp_path: Path) -> None:
    out = tmp_path / "site"
    _write(out, {"a.html": "1", "b.html": "2"})
    interrupted = open_folder(out)
    interrupted.put(OutputFile(path="a.html", content=b"9"), key="key of 9")
    (out / ".b.html.123.part").write_text("half")
    later = (out / MANIFEST_NAME).stat().st_mtime_ns + 1_000_000_000
    os.utime(out / "a.html", ns=(later, later))
    assert _read(out)["b.html"] == "2"
    _write(out, {"a.html": "1", "b.html": "2"})
    assert _read(out) == {"a.html": "1", "b.html": "2"}


def test_foreign_folder_is_refused_without_force(tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()
    (out / "thesis.txt").write_text("precious")
    with pytest.raises(OutputRefused, match="did not write") as caught:
        open_folder(out)
    assert "--force" in caught.value.hint
    assert (out / "thesis.txt").read_text() == "precious"
    _write(out, {"a.html": "1"}, force=True)
    assert _read(out) == {"a.html": "1"}


def test_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file")
    with pytest.raises(OutputRefused, match="is a file"):
        open_folder(tmp_path / "site", force=True)


@pytest.mark.parametrize("out", [".", "..", "../.."])
def test_source_folder_is_never_the_output(tmp_path: Path, out: str) -> None:
    source = tmp_path / "a" / "repository"
    source.mkdir(parents=True)
    with pytest.raises(OutputRefused, match="source folder"):
        open_folder(source / out, force=True, protect=source)


def test_empty_folder_is_used_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    _write(tmp_path / "site", {"a.html": "1"})
    assert _read(tmp_path / "site") == {"a.html": "1"}


@pytest.mark.parametrize(
    "path", ["../a", "/etc/passwd", "a/../b", "", ".", "a//b", "a/./b", "a\x00b", "con:x", "a\\b"]
)
def test_path_that_leaves_or_confuses_is_refused(tmp_path: Path, path: str) -> None:
    folder = open_folder(tmp_path / "site")
    with pytest.raises(OutputRefused):
        folder.put(OutputFile(path=path, content=b"x"))


def test_unwritable_place_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputRefused, match="Cannot write"):
        open_folder(tmp_path / "file" / "site")


def test_same_files_give_the_same_manifest(tmp_path: Path) -> None:
    _write(tmp_path / "one", {"b.html": "2", "a.html": "1"})
    _write(tmp_path / "two", {"a.html": "1", "b.html": "2"})
    one, two = (tmp_path / name / MANIFEST_NAME for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
