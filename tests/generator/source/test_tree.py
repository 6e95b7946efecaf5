"""Listing a folder: bounded, in one pass, and never through a link that leaves it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import SourceRefused
from generator.model.files import FileTree
from generator.model.report import BuildWarning
from generator.source.exclude import exclude_paths
from generator.source.submodules import find_lfs_pointers, read_submodules
from generator.source.tree import TreeBounds, list_tree

POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 12345\n"
)


def _write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def _codes(warnings: tuple[BuildWarning, ...]) -> list[str]:
    return [warning.code for warning in warnings]


def test_names_with_spaces_and_of_any_script_are_listed(tmp_path: Path) -> None:
    _write(tmp_path, "a b/c d.md", "docs/日本語.md", "Straße.txt", "emoji 🎉.md")
    tree, warnings = list_tree(tmp_path)
    assert set(tree.sizes) == {"a b/c d.md", "docs/日本語.md", "Straße.txt", "emoji 🎉.md"}
    assert tree.read_text("docs/日本語.md") == "docs/日本語.md"
    assert not warnings


def test_a_name_that_is_not_utf8_is_left_out_with_a_warning(tmp_path: Path) -> None:
    _write(tmp_path, "good.md")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("x")
    (tmp_path / "two\nlines.md").write_text("x")
    tree, warnings = list_tree(tmp_path)
    assert list(tree.sizes) == ["good.md"]
    assert _codes(warnings) == ["path_refused"]
    assert warnings[0].message.isprintable()


def test_a_link_to_a_listed_file_is_a_file_like_any_other(tmp_path: Path) -> None:
    _write(tmp_path, "docs/index.md")
    (tmp_path / "README.md").symlink_to("docs/index.md")
    tree, warnings = list_tree(tmp_path)
    assert tree.read_text("README.md") == "docs/index.md"
    assert not warnings


def test_a_link_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "secret.txt"
    _write(tmp_path, "secret.txt", "root/README.md", "elsewhere/deep.md")
    (root / "up.txt").symlink_to(outside)
    (root / "relative.txt").symlink_to("../secret.txt")
    (root / "hop.txt").symlink_to("up.txt")
    (root / "gone.txt").symlink_to("../nothing")
    (root / "folder").symlink_to(tmp_path / "elsewhere")
    tree, warnings = list_tree(root)
    assert list(tree.sizes) == ["README.md"]
    assert _codes(warnings) == ["path_refused"]


def test_a_link_never_reaches_git_or_an_ignored_file(tmp_path: Path) -> None:
    _write(tmp_path, "README.md", ".git/config", ".env")
    (tmp_path / "config.txt").symlink_to(".git/config")
    (tmp_path / "env.txt").symlink_to(".env")
    tree, _ = list_tree(tmp_path, wanted={"README.md", "config.txt", "env.txt"})
    assert list(tree.sizes) == ["README.md"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    _write(tmp_path, "README.md")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "self").symlink_to(".")
    tree, _ = list_tree(tmp_path)
    assert list(tree.sizes) == ["README.md"]


def test_a_listed_path_through_a_linked_folder_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    _write(tmp_path, "outside/secret.md", "root/README.md")
    (root / "docs").symlink_to(tmp_path / "outside")
    tree, _ = list_tree(root, wanted={"README.md", "docs/secret.md"})
    assert list(tree.sizes) == ["README.md"]


def test_special_files_are_left_out(tmp_path: Path) -> None:
    _write(tmp_path, "README.md")
    os.mkfifo(tmp_path / "pipe.md")
    tree, _ = list_tree(tmp_path)
    assert list(tree.sizes) == ["README.md"]


def test_installed_packages_and_virtual_environments_are_skipped(tmp_path: Path) -> None:
    _write(
        tmp_path,
        "README.md",
        "node_modules/x/README.md",
        "env/pyvenv.cfg",
        "env/lib/y.md",
        ".git/HEAD",
        "sub/.git",
        "sub/kept.md",
    )
    tree, _ = list_tree(tmp_path)
    assert list(tree.sizes) == ["README.md", "sub/kept.md"]


def test_too_many_files_refuse_the_source(tmp_path: Path) -> None:
    _write(tmp_path, *(f"{number}.md" for number in range(11)))
    with pytest.raises(SourceRefused) as caught:
        list_tree(tmp_path, bounds=TreeBounds(files=10))
    assert "exclude" in caught.value.hint


def test_paths_too_long_or_too_deep_are_left_out(tmp_path: Path) -> None:
    _write(tmp_path, "README.md", "a/b/c/d.md", "x" * 60 + ".md")
    tree, warnings = list_tree(tmp_path, bounds=TreeBounds(depth=2, path_bytes=50))
    assert list(tree.sizes) == ["README.md"]
    assert _codes(warnings) == ["path_refused"]


def test_ten_thousand_files_are_listed_within_a_second(tmp_path: Path) -> None:
    for folder in range(100):
        (tmp_path / f"d{folder}").mkdir()
        for number in range(100):
            os.close(os.open(tmp_path / f"d{folder}" / f"{number}.md", os.O_CREAT))
    started = time.process_time()
    tree, _ = list_tree(tmp_path)
    assert time.process_time() - started < 1
    assert len(tree.sizes) == 10_000


@pytest.mark.parametrize(
    ("pattern", "path", "is_out"),
    [
        ("*.tmp", "a/b.tmp", True),
        ("drafts", "docs/drafts/x.md", True),
        ("/drafts", "docs/drafts/x.md", False),
        ("/drafts", "drafts/x.md", True),
        ("docs/*.md", "docs/x.md", True),
        ("docs/*.md", "docs/a/x.md", False),
        ("docs/**/x.md", "docs/a/b/x.md", True),
        ("docs/**/x.md", "docs/x.md", True),
        ("vendor/**", "vendor/a/b.md", True),
        ("vendor/**", "vendor", False),
        ("./vendor/", "vendor/a.md", True),
        ("", "a.md", False),
        ("/", "a.md", False),
    ],
)
def test_exclude_patterns_mean_what_gitignore_means(pattern: str, path: str, is_out: bool) -> None:
    assert exclude_paths([pattern])(path) is is_out


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet="a*?/[].", max_size=30), max_size=4), st.text("ab/.", max_size=60))
def test_no_exclude_pattern_is_slow_or_fails(patterns: list[str], path: str) -> None:
    assert exclude_paths(patterns)(path) in {True, False}


def test_submodules_are_read_from_their_file(tmp_path: Path) -> None:
    (tmp_path / ".gitmodules").write_text(
        '[submodule "a"]\n\tpath = third/a\n\turl = https://example.com/o/a.git\n'
        '# comment\n[submodule "b"]\n\turl = ../b.git\n\tpath = b\n[submodule "c"]\n\tpath = c\n'
    )
    tree, _ = list_tree(tmp_path)
    assert read_submodules(tree, None) == {"third/a": "https://example.com/o/a.git"}


def test_lfs_pointers_are_told_from_content(tmp_path: Path) -> None:
    _write(tmp_path, "README.md", "real.png")
    (tmp_path / "pointer.png").write_text(POINTER)
    (tmp_path / "talk.md").write_text(POINTER)
    assert find_lfs_pointers(list_tree(tmp_path)[0]) == {"pointer.png"}
    (tmp_path / ".gitattributes").write_text("*.md filter=lfs diff=lfs merge=lfs -text\n")
    assert find_lfs_pointers(list_tree(tmp_path)[0]) == {"pointer.png", "talk.md"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_of_any_encoding_can_be_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "README.md").write_bytes("# Café\r\n".encode(encoding))
    tree: FileTree = list_tree(tmp_path)[0]
    assert tree.read_text("README.md") == "# Café\n"


def test_a_binary_file_with_a_text_name_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(bytes(range(256)) * 64)
    assert isinstance(list_tree(tmp_path)[0].read_text("README.md"), str)


def test_a_readme_of_two_megabytes_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(b"# Hello\n" * 262_144)
    assert len(list_tree(tmp_path)[0].read_text("README.md")) == 1 << 21
