"""What is taken for a finished site: only what was built, whatever its manifest says."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import PublishRefused
from generator.publish.bundle import MANIFEST_NAME, in_sending_order, open_bundle
from generator.write.manifest import Entry, Manifest, encode_manifest, read_manifest
from tests.support.publishing import PAGES, make_site


def _name_in_manifest(site: Path, path: str, size: int) -> None:
    known = read_manifest(site)
    assert known is not None
    files = known[0].files | {path: Entry(digest="0" * 64, size=size)}
    (site / MANIFEST_NAME).write_bytes(encode_manifest(Manifest(files=files)))


def test_a_bundle_holds_what_was_built_and_nothing_else_in_the_folder(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    (site / "notes.txt").write_text("mine")
    bundle = open_bundle(site)
    assert {path: file.read() for path, file in bundle.files.items()} == PAGES
    again = open_bundle(make_site(tmp_path / "again"))
    assert bundle.digest == again.digest
    other = open_bundle(make_site(tmp_path / "other", PAGES | {"feed.xml": b"<feed />"}))
    assert bundle.digest != other.digest


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt", "/etc/hostname", "docs/../../secret.txt", "docs//x", "./x", "a\\b", "a\nb",
        "C:/x", ".git/config", "docs/.GIT/hooks/post-checkout", MANIFEST_NAME, "",
    ],
)  # fmt: skip
def test_a_manifest_that_names_what_no_build_writes_is_refused(path: str, tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    (tmp_path / "secret.txt").write_text("secret")
    _name_in_manifest(site, path, 6)
    with pytest.raises(PublishRefused, match="never writes") as refused:
        open_bundle(site)
    assert refused.value.exit_code == 5


def test_a_link_is_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret.txt").write_text("secret")
    (site / "secret.txt").symlink_to(tmp_path / "elsewhere/secret.txt")
    (site / "linked").symlink_to(tmp_path / "elsewhere")
    for path in ("secret.txt", "linked/secret.txt"):
        _name_in_manifest(site, path, 6)
        with pytest.raises(PublishRefused, match="not what was built"):
            open_bundle(site)
        make_site(tmp_path / "fresh")
        (site / MANIFEST_NAME).write_bytes((tmp_path / "fresh" / MANIFEST_NAME).read_bytes())


def test_a_file_that_is_gone_longer_or_other_is_refused(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    page = site / "docs/start/index.html"
    content = page.read_bytes()
    page.write_bytes(content + b" ")
    with pytest.raises(PublishRefused, match=r"docs/start/index\.html is not what was built"):
        open_bundle(site)
    page.write_bytes(content.swapcase())  # as long as before: reading tells
    with pytest.raises(PublishRefused, match=r"docs/start/index\.html is not what was built"):
        open_bundle(site).files["docs/start/index.html"].read()
    page.unlink()
    with pytest.raises(PublishRefused, match=r"docs/start/index\.html is not what was built"):
        open_bundle(site)


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"version":2,"files":{}}', b'{"files":3}'])
def test_a_folder_without_a_readable_manifest_is_no_site(manifest: bytes, tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    (site / MANIFEST_NAME).write_bytes(manifest)
    with pytest.raises(PublishRefused, match="not a site that 4site built"):
        open_bundle(site)
    with pytest.raises(PublishRefused, match="not a site that 4site built"):
        open_bundle(site / "index.html")


def test_a_site_without_a_home_page_is_refused(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", {"a.html": b"a"})
    with pytest.raises(PublishRefused, match="no home page"):
        open_bundle(site)


def test_pages_come_after_what_they_need_and_the_home_page_last(tmp_path: Path) -> None:
    ordered = [
        file.path for file in in_sending_order(open_bundle(make_site(tmp_path)).files.values())
    ]
    assert ordered == [
        "assets/cards/home.png",
        "assets/site.0a1b2c3d.css",
        ".nojekyll",
        "_headers",
        "feed.xml",
        "404.html",
        "docs/start/index.html",
        "index.html",
    ]
