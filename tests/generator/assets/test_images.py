"""Pictures get addresses from their content, and nothing but media leaves the store."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.assets.images import ImageStore
from generator.model.files import FileTree

PNG = b"\x89PNG\r\n\x1a\n rest"


def store_of(root: Path, files: dict[str, bytes]) -> ImageStore:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return ImageStore(FileTree(root=root, sizes={p: len(c) for p, c in files.items()}))


def test_an_address_is_readable_ascii_with_the_hash_of_the_content(tmp_path: Path) -> None:
    store = store_of(tmp_path, {"docs/My Café 図.PNG": PNG})
    assert re.fullmatch(r"assets/media/my-cafe\.[0-9a-f]{8}\.png", store.url("docs/My Café 図.PNG"))


def test_a_worker_and_its_parent_agree_without_talking(tmp_path: Path) -> None:
    files = {"a.png": PNG, "b/logo.svg": b"<svg><script/></svg>"}
    child, parent = store_of(tmp_path, files), store_of(tmp_path, files)
    asked = {child.url(path) for path in files}
    assert {file.path for file in parent.files(used=files)} == asked


def test_the_same_picture_twice_is_one_file(tmp_path: Path) -> None:
    store = store_of(tmp_path, {"a/logo.png": PNG, "b/logo.png": PNG})
    assert store.url("a/logo.png") == store.url("b/logo.png")
    assert len(list(store.files())) == 1


def test_only_what_was_asked_for_is_written(tmp_path: Path) -> None:
    store = store_of(tmp_path, {"a.png": PNG, "b.png": PNG + b"2"})
    store.url("a.png")
    assert [file.content for file in store.files()] == [PNG]


def test_an_unlisted_path_is_refused(tmp_path: Path) -> None:
    store = store_of(tmp_path, {"a.png": PNG})
    with pytest.raises(KeyError):
        store.url("../secret.png")
    assert list(store.files(used=["../secret.png"])) == []


def test_a_page_called_an_image_cannot_be_opened_as_a_page(tmp_path: Path) -> None:
    page = b"<html><script>alert(1)</script></html>"
    store = store_of(tmp_path, {"x.html": page, "y.xhtml": page, "z": page, "w.xml": page})
    for path in ("x.html", "y.xhtml", "z", "w.xml"):
        assert store.url(path).endswith(".bin")


def test_a_picture_without_a_suffix_gets_the_right_one(tmp_path: Path) -> None:
    svg = b'<?xml version="1.0"?>\n<!-- made by hand -->\n<svg onload="alert(1)"></svg>'
    store = store_of(tmp_path, {"logo": PNG, "badge": svg})
    assert store.url("logo").endswith(".png")
    assert store.url("badge").endswith(".svg")
    assert b"alert" not in next(f for f in store.files() if f.path.endswith(".svg")).content


def test_a_fetched_badge_is_kept_under_its_own_name(tmp_path: Path) -> None:
    store = store_of(tmp_path, {})
    url = "https://img.shields.io/badge/made%20with-care-blue?style=flat"
    address = store.add_remote(url, b"<svg><title>made with: care</title></svg>")
    assert re.fullmatch(r"assets/media/made-with-care-blue\.[0-9a-f]{8}\.svg", address)
    assert [file.path for file in store.files()] == [address]


def test_a_large_file_is_copied_with_a_warning(tmp_path: Path) -> None:
    store = store_of(tmp_path, {"demo.gif": b"GIF8" + bytes(6 * 1024 * 1024)})
    store.url("demo.gif")
    (warning,) = store.warnings()
    assert (warning.code, warning.path) == ("image_large", "demo.gif")
    assert "6.0 MB" in warning.message


@given(name=st.text(min_size=1, max_size=80), content=st.binary(max_size=64))
@settings(max_examples=150, deadline=None)
def test_every_fetched_name_gives_a_safe_address(name: str, content: bytes) -> None:
    address = ImageStore(FileTree(root=Path("nowhere"))).add_remote(name, content)
    assert re.fullmatch(r"assets/media/[a-z0-9-]{1,48}\.[0-9a-f]{8}\.[a-z0-9]+", address)
