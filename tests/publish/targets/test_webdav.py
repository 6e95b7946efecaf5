"""Publishing to a WebDAV folder, against nginx: what is sent, what stays, what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from generator.publish.bundle import MANIFEST_NAME
from tests.support.publishing import PAGES, Ran, change, make_site, run_publish
from tests.support.webdav_server import PASSWORD, WebDavServer, serve_webdav


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebDavServer]:
    with serve_webdav(tmp_path / "server") as running:
        yield running


def _publish(
    site: Path,
    server: WebDavServer,
    *words: str,
    folder: str = "/www",
    environ: Mapping[str, str] | None = None,
) -> Ran:
    to = server.url.replace("http:", "webdav:") + folder
    return run_publish(site, "--to", to, *words, environ=server.environ | dict(environ or {}))


def _files_in(folder: Path) -> dict[str, bytes]:
    found = [file for file in folder.rglob("*") if file.is_file()]
    names = {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}
    return {path: content for path, content in names.items() if path != MANIFEST_NAME}


def test_a_site_is_sent_and_a_second_run_sends_only_what_changed(
    tmp_path: Path, server: WebDavServer
) -> None:
    site = make_site(tmp_path / "site")
    first = _publish(site, server, "--url", f"{server.site_url}/www/", "--json")
    assert first.json["checked"] == len(PAGES) - 3  # without _headers, .nojekyll, 404.html
    assert _files_in(server.root / "www") == PAGES

    change(site, "docs/start/index.html", b"<p>new</p>")
    second = _publish(site, server, "--json")
    assert second.json["send"] == ["docs/start/index.html"]
    assert (server.root / "www/docs/start/index.html").read_bytes() == b"<p>new</p>"
    assert _publish(site, server, "--json").json["send"] == []
    # Nothing that waited for its place is left.
    assert sorted(path.name for path in (server.root / "www").iterdir()) == sorted(
        {path.split("/")[0] for path in PAGES} | {MANIFEST_NAME}
    )


def test_a_server_that_cannot_move_gets_the_files_all_the_same(tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    with serve_webdav(tmp_path / "server", methods="PUT DELETE MKCOL") as server:
        assert _publish(site, server).status == 0
        assert _files_in(server.root / "www") == PAGES


def test_pages_that_are_gone_go_with_their_folders_and_strange_files_stay(
    tmp_path: Path, server: WebDavServer
) -> None:
    old = {"old/deep/index.html": b"old", "kept/index.html": b"old"}
    site = make_site(tmp_path / "site", PAGES | old)
    _publish(site, server)
    (server.root / "www/kept/mine.txt").write_text("mine")
    for path in old:
        change(site, path, None)

    assert _publish(site, server).status == 0
    assert not (server.root / "www/old").exists()
    assert _files_in(server.root / "www") == PAGES | {"kept/mine.txt": b"mine"}


def test_a_preview_has_a_folder_of_its_own(tmp_path: Path, server: WebDavServer) -> None:
    site = make_site(tmp_path / "site")
    _publish(site, server)
    change(site, "index.html", b"<p>draft</p>")
    preview = _publish(
        site, server, "--preview", "pr-7", "--url", f"{server.site_url}/www", "--json"
    )
    assert preview.json["url"] == f"{server.site_url}/www/pr-7/"
    assert (server.root / "www/pr-7/index.html").read_bytes() == b"<p>draft</p>"
    assert (server.root / "www/index.html").read_bytes() == PAGES["index.html"]


def test_a_folder_of_somebody_else_is_refused_and_left_as_it_is(
    tmp_path: Path, server: WebDavServer
) -> None:
    site = make_site(tmp_path / "site")
    (server.root / "www").mkdir()
    (server.root / "www/thesis.doc").write_text("years of work")
    refused = _publish(site, server)
    assert (refused.status, "4site did not publish" in refused.stderr) == (5, True)
    assert _files_in(server.root) == {"www/thesis.doc": b"years of work"}


def test_a_manifest_that_names_files_elsewhere_is_refused(
    tmp_path: Path, server: WebDavServer
) -> None:
    site = make_site(tmp_path / "site")
    (server.root / "www").mkdir()
    (server.root / "others.txt").write_text("others'")
    (server.root / "www" / MANIFEST_NAME).write_text(
        '{"version":1,"files":{"../others.txt":{"digest":"x","size":1}}}'
    )
    refused = _publish(site, server)
    assert (refused.status, "did not write" in refused.stderr) == (5, True)
    assert (server.root / "others.txt").exists()


def test_wrong_and_missing_credentials_are_one_message_each(
    tmp_path: Path, server: WebDavServer
) -> None:
    site = make_site(tmp_path / "site")
    wrong = _publish(site, server, environ={"FOURSITE_WEBDAV_PASSWORD": "an-expired-one"})
    assert (wrong.status, "does not accept" in wrong.stderr) == (5, True)
    assert "an-expired-one" not in wrong.stderr + wrong.stdout
    missing = run_publish(site, "--to", "webdavs://dav.example.org/www")
    assert (missing.status, "FOURSITE_WEBDAV_USER" in missing.stderr) == (5, True)
    nested = _publish(site, server, folder="/not/there/yet")
    assert (nested.status, "does not exist" in nested.stderr) == (5, True)
    assert _files_in(server.root) == {}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("webdav://dav.example.org/www", "in the clear"),
        (f"webdavs://ada:{PASSWORD}@dav.example.org/www", "do not belong"),
        ("webdavs:///www", "no address"),
        ("webdavs://dav.example.org/www?x=1", "no address"),
        ("webdavs://[::1/www", "no address"),
    ],
)
def test_an_address_that_makes_no_sense_is_wrong_use(
    address: str, said: str, tmp_path: Path
) -> None:
    refused = run_publish(make_site(tmp_path / "site"), "--to", address)
    assert (refused.status, said in refused.stderr) == (2, True), refused.stderr
    assert PASSWORD not in refused.stderr
