"""Tarballs of forges, honest and hostile."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import SourceRefused
from generator.source.archive import ArchiveBounds, unpack
from generator.source.tree import list_tree


def _entry(name: str, content: bytes = b"x", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for field, value in fields.items():
        setattr(member, field, value)
    return member, content


def _pack(*entries: tuple[tarfile.TarInfo, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for member, content in entries:
            archive.addfile(member, io.BytesIO(content) if member.isreg() else None)
    packed.seek(0)
    return packed


def _link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    return _entry(name, b"", type=kind, linkname=target)


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def test_the_top_folder_is_dropped_and_names_survive(tmp_path: Path) -> None:
    packed = _pack(
        _entry("o-n-abc/", b"", type=tarfile.DIRTYPE),
        _entry("o-n-abc/README.md", b"# Hi"),
        _entry("o-n-abc/a b/ü 日本.md"),
        _entry("o-n-abc/" + "/".join(["deep"] * 20) + "/x.md"),
    )
    assert unpack(packed, tmp_path) == []
    assert (tmp_path / "README.md").read_text() == "# Hi"
    assert "a b/ü 日本.md" in _files(tmp_path)
    assert not (tmp_path / "README.md").stat().st_mode & 0o111


@pytest.mark.parametrize(
    "name",
    [
        "top/../../evil",
        "../evil",
        "/etc/evil",
        "top/a/../../../evil",
        "top\\..\\..\\evil",
        "C:/x/y",
    ],
)
def test_a_name_that_leads_out_refuses_the_archive(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(SourceRefused):
        unpack(_pack(_entry("top/fine.md"), _entry(name)), root)
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_a_device_refuses_the_archive(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(SourceRefused, match="neither a file nor a link"):
        unpack(_pack(_entry("top/device", b"", type=kind)), tmp_path)


def test_a_hard_link_refuses_the_archive(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused):
        unpack(_pack(_entry("top/a"), _link("top/b", "/etc/passwd", tarfile.LNKTYPE)), tmp_path)


def test_links_inside_are_kept_and_links_out_are_left_out(tmp_path: Path) -> None:
    packed = _pack(
        _link("top/README.md", "docs/index.md"),
        _entry("top/docs/index.md", b"# Hi"),
        _link("top/docs/up.md", "../docs/index.md"),
        _link("top/out", "../../etc/passwd"),
        _link("top/absolute", "/etc/passwd"),
        _link("top/docs/self", ".."),
    )
    assert unpack(packed, tmp_path) == ["absolute", "docs/self", "out"]
    assert set(list_tree(tmp_path)[0].sizes) == {"README.md", "docs/index.md", "docs/up.md"}


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    root = tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    packed = _pack(_link("top/door", "../outside"), _entry("top/door/evil.txt"))
    unpack(packed, root)
    assert not list(outside.iterdir())


def test_a_second_entry_of_the_same_name_is_left_out(tmp_path: Path) -> None:
    packed = _pack(_entry("top/a.md", b"one"), _entry("top/a.md", b"two"))
    assert unpack(packed, tmp_path) == ["a.md"]
    assert (tmp_path / "a.md").read_bytes() == b"one"


def test_names_too_long_too_deep_or_not_printable_are_left_out(tmp_path: Path) -> None:
    packed = _pack(
        _entry("top/" + "x" * 300),
        _entry("top/" + "d/" * 60 + "x"),
        _entry("top/new\nline"),
        _entry("top/" + os.fsdecode(b"caf\xe9")),
        _entry("top/fine.md"),
    )
    assert len(unpack(packed, tmp_path)) == 4
    assert _files(tmp_path) == {"fine.md"}


def test_a_bomb_is_refused_by_its_size(tmp_path: Path) -> None:
    packed = _pack(_entry("top/zeros", b"\0" * (1 << 22)))
    with pytest.raises(SourceRefused, match="unpacks to more"):
        unpack(packed, tmp_path, bounds=ArchiveBounds(unpacked_bytes=1 << 20))


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    packed = _pack(_entry("top/zeros", b"\0" * (80 << 20)))
    with pytest.raises(SourceRefused, match="far more than"):
        unpack(packed, tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) < 70 << 20


def test_a_bomb_of_entries_is_refused(tmp_path: Path) -> None:
    packed = _pack(*(_entry(f"top/{number}", b"") for number in range(50)))
    with pytest.raises(SourceRefused, match="more than 40 entries"):
        unpack(packed, tmp_path, bounds=ArchiveBounds(files=40))


def test_a_header_of_absurd_size_is_refused_before_it_is_read(tmp_path: Path) -> None:
    member = tarfile.TarInfo("top/x")
    member.type = tarfile.XHDTYPE
    member.size = 3 << 20
    raw = member.tobuf() + b"\0" * (3 << 20) + b"\0" * 1024
    with pytest.raises(SourceRefused, match="absurd"):
        unpack(io.BytesIO(gzip.compress(raw)), tmp_path)


@pytest.mark.parametrize("raw", [b"", b"not a tarball", gzip.compress(b"not a tar", mtime=0)])
def test_what_is_no_tarball_is_a_clear_error(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(SourceRefused, match="cannot be read"):
        unpack(io.BytesIO(raw), tmp_path)


def test_a_tarball_cut_short_is_refused(tmp_path: Path) -> None:
    whole = _pack(_entry("top/a.bin", os.urandom(100_000))).getvalue()
    with pytest.raises(SourceRefused):
        unpack(io.BytesIO(whole[: len(whole) // 2]), tmp_path)


_NAMES = st.text(alphabet=st.sampled_from("ab./\\~: ü\n"), min_size=1, max_size=30)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(_NAMES, st.booleans(), _NAMES), max_size=5))
def test_no_archive_writes_outside_its_folder(entries: list[tuple[str, bool, str]]) -> None:
    made = [_link(name, target) if is_link else _entry(name) for name, is_link, target in entries]
    with tempfile.TemporaryDirectory() as name:
        outer = Path(name)
        root = outer / "a" / "root"
        root.mkdir(parents=True)
        try:
            unpack(_pack(*made), root)
        except SourceRefused:
            return
        assert _files(outer) == {f"a/{root.name}/{path}" for path in _files(root)}
        for path in root.rglob("*"):
            assert path.is_symlink() is False or path.resolve().is_relative_to(root.resolve())
