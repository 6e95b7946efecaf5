"""Publishing over SSH to a real OpenSSH server: sftp and rsync keep the same promises."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.publishing import PAGES, Ran, change, make_site, run_publish
from tests.support.ssh_server import RSYNC, SSHD, CutLine, SshServer, cut_line, serve_ssh

pytestmark = [
    pytest.mark.skipif(SSHD is None, reason="sshd is not installed"),
    pytest.mark.skipif(RSYNC is None, reason="rsync is not installed"),
]
MANIFEST = ".4site-manifest.json"
both = pytest.mark.parametrize("kind", ["sftp", "rsync"])


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with serve_ssh(tmp_path_factory.mktemp("ssh") / "server") as running:
        yield running


@pytest.fixture
def place(ssh: SshServer, tmp_path: Path) -> Path:
    """A folder of its own on the server."""
    folder = ssh.root / tmp_path.name
    folder.mkdir()
    return folder


def _publish(ssh: SshServer, kind: str, site: Path, there: Path, *words: str) -> Ran:
    return run_publish(site, "--to", f"{kind}://{ssh.address}{there}", *words, environ=ssh.environ)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name != MANIFEST
    }


@both
def test_a_new_address_becomes_a_link_to_a_release(
    kind: str, ssh: SshServer, place: Path, tmp_path: Path
) -> None:
    site, there = make_site(tmp_path / "site"), place / "tool"
    ran = _publish(ssh, kind, site, there)
    assert ran.status == 0, ran.stderr
    assert there.is_symlink()
    assert there.resolve().parent == place / "tool-releases"
    assert _files(there.resolve()) == PAGES
    assert "8 files sent, 0 deleted" in ran.stdout
    again = _publish(ssh, kind, site, there, "--json").json
    assert (again["send"], again["unchanged"]) == ([], 8)


@both
def test_a_change_sends_what_changed_and_links_the_rest(
    kind: str, ssh: SshServer, place: Path, tmp_path: Path
) -> None:
    site, there = make_site(tmp_path / "site"), place / "current"
    _publish(ssh, kind, site, there)
    old = there.resolve()
    change(site, "docs/start/index.html", b"<p>new</p>")
    change(site, "feed.xml", None)
    ran = _publish(ssh, kind, site, there, "--json").json
    assert (ran["send"], ran["delete"]) == (["docs/start/index.html"], ["feed.xml"])
    new = there.resolve()
    assert new.parent == old.parent == place / "releases"
    assert _files(old) == PAGES
    kept = {path: content for path, content in PAGES.items() if path != "feed.xml"}
    assert _files(new) == kept | {"docs/start/index.html": b"<p>new</p>"}
    for path in ("assets/site.0a1b2c3d.css", "index.html"):
        assert (old / path).stat().st_ino == (new / path).stat().st_ino
    assert [one.name for one in place.iterdir() if "4site" in one.name] == []


@both
def test_releases_are_listed_rolled_back_to_and_removed_when_there_are_more_than_five(
    kind: str, ssh: SshServer, place: Path, tmp_path: Path
) -> None:
    site, there = make_site(tmp_path / "site"), place / "tool"
    for number in range(6):
        change(site, "index.html", b"<p>%d</p>" % number)
        assert _publish(ssh, kind, site, there, "--no-verify").status == 0
    listed = json.loads(_publish(ssh, kind, site, there, "--list", "--json").stdout)
    assert len(listed) == len(list((place / "tool-releases").iterdir())) == 5
    assert [one["id"] for one in listed if one["is_live"]] == [there.resolve().name]

    earlier = next(one["id"] for one in listed if not one["is_live"])
    back = _publish(ssh, kind, site, there, "--rollback", earlier)
    assert (back.status, there.resolve().name) == (0, earlier)
    unknown = _publish(ssh, kind, site, there, "--rollback", "../../etc")
    assert (unknown.status, there.resolve().name) == (5, earlier)


@both
def test_a_plain_folder_is_changed_file_by_file(
    kind: str, ssh: SshServer, place: Path, tmp_path: Path
) -> None:
    site, there = make_site(tmp_path / "site"), place / "www"
    there.mkdir()
    assert _publish(ssh, kind, site, there).status == 0
    assert (there.is_symlink(), _files(there)) == (False, PAGES)
    (there / "mine.txt").write_text("mine")
    odd = {"docs/[x].txt": b"1", "docs/x.txt": b"2", "docs/kept/a b.txt": b"3", "old/y.txt": b"4"}
    for path, content in odd.items():
        change(site, path, content)
    assert _publish(ssh, kind, site, there).status == 0
    for path in ("docs/[x].txt", "old/y.txt"):
        change(site, path, None)

    change(site, "docs/start/index.html", None)
    change(site, "index.html", b"<p>new</p>")
    ran = _publish(ssh, kind, site, there, "--json").json
    assert (ran["send"], ran["delete"]) == (
        ["index.html"],
        ["docs/[x].txt", "docs/start/index.html", "old/y.txt"],
    )
    assert {path.name for path in there.rglob("*") if path.is_dir()} == {
        "assets", "cards", "docs", "kept"
    }  # fmt: skip
    assert (there / "docs/x.txt").read_bytes() == b"2"
    assert (there / "mine.txt").read_text() == "mine"
    assert (there / "index.html").read_bytes() == b"<p>new</p>"


@both
def test_what_is_not_ours_is_refused(
    kind: str, ssh: SshServer, place: Path, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site")
    (place / "thesis").mkdir()
    (place / "thesis/thesis.doc").write_text("years of work")
    (place / "elsewhere").symlink_to("thesis")
    (place / "file").write_text("x")
    before = sorted(place.rglob("*"))
    for name, said in (
        ("thesis", "holds files that 4site did not publish"),
        ("elsewhere", "which 4site did not publish"),
        ("file", "is a file"),
        ("no/such/parent", "refused"),
    ):
        ran = _publish(ssh, kind, site, place / name)
        assert (ran.status, said in ran.stderr) == (5, True), (name, ran.stderr)
    assert sorted(place.rglob("*")) == before


@both
def test_a_wrong_key_and_an_unknown_host_are_refused(
    kind: str, ssh: SshServer, place: Path, tmp_path: Path
) -> None:
    site, there = make_site(tmp_path / "site"), place / "tool"
    other = ssh.key.with_name("host")
    to = f"{kind}://{ssh.address}{there}"
    wrong = run_publish(site, "--to", to, environ=ssh.environ | {"FOURSITE_SSH_KEY": str(other)})
    assert (wrong.status, "accepts no key that was offered" in wrong.stderr) == (5, True)
    strange = tmp_path / "known"
    strange.write_text("")
    environ = ssh.environ | {"FOURSITE_SSH_KNOWN_HOSTS": str(strange)}
    unknown = run_publish(site, "--to", to, environ=environ)
    assert (unknown.status, "host key of 127.0.0.1" in unknown.stderr) == (5, True)
    missing = run_publish(site, "--to", to, environ=ssh.environ | {"FOURSITE_SSH_KEY": "/no/key"})
    assert (missing.status, "FOURSITE_SSH_KEY names /no/key" in missing.stderr) == (5, True)
    assert list(place.iterdir()) == []


@both
@pytest.mark.parametrize(
    "address", ["", "host", "-oProxyCommand=x:/a", "h:/", "h/../x", "h:99999/x"]
)
def test_an_address_that_makes_no_sense_is_a_usage_error(
    kind: str, address: str, tmp_path: Path
) -> None:
    ran = run_publish(make_site(tmp_path / "site"), f"--to={kind}:{address}")
    assert ran.status == 2, ran.stderr
    assert run_publish(tmp_path / "site", f"--to={kind}://h/x", "--preview", "p").status == 2


def test_without_its_library_sftp_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "generator.publish.targets.sftp", raising=False)
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    ran = run_publish(make_site(tmp_path / "site"), "--to", "sftp://host/path")
    assert (ran.status, "pip install '4site[sftp]'" in ran.stderr) == (5, True)


@pytest.fixture
def line(ssh: SshServer) -> Iterator[CutLine]:
    with cut_line(ssh.port) as running:
        ssh.know(running.port)
        yield running


@both
def test_a_line_that_is_cut_anywhere_leaves_the_old_release_and_the_next_run_finishes(
    kind: str, ssh: SshServer, place: Path, tmp_path: Path, line: CutLine
) -> None:
    site, there = make_site(tmp_path / "site"), place / "tool"
    to = f"{kind}://{ssh.address.rpartition(':')[0]}:{line.port}{there}"
    assert run_publish(site, "--to", to, environ=ssh.environ).status == 0
    for number in range(4):
        change(site, f"assets/{number}.bin", bytes([number]) * 30_000)
    change(site, "index.html", b"<p>new</p>")
    broken = 0
    for limit in (0, 4000, 20_000):
        line.limit = limit
        ran = run_publish(site, "--to", to, "--no-verify", environ=ssh.environ)
        live = _files(there.resolve())
        if ran.status == 0:
            continue
        broken += 1
        assert (ran.status, "cannot be reached" in ran.stderr) == (5, True), (limit, ran.stderr)
        assert live == PAGES
    assert broken >= 2
    line.limit = None
    assert run_publish(site, "--to", to, environ=ssh.environ).status == 0
    assert _files(there.resolve())["index.html"] == b"<p>new</p>"
    assert len(_files(there.resolve())) == len(PAGES) + 4


@both
def test_a_plain_folder_whose_line_is_cut_never_shows_a_page_without_its_parts(
    kind: str, ssh: SshServer, place: Path, tmp_path: Path, line: CutLine
) -> None:
    site, there = make_site(tmp_path / "site"), place / "www"
    there.mkdir()
    to = f"{kind}://{ssh.address.rpartition(':')[0]}:{line.port}{there}"
    assert run_publish(site, "--to", to, environ=ssh.environ).status == 0
    parts = {f"assets/{number}.bin": bytes([number]) * 20_000 for number in range(4)}
    for path, content in parts.items():
        change(site, path, content)
    change(site, "index.html", b"<p>new</p>")
    for limit in (3000, 12_000, 40_000):
        line.limit = limit
        ran = run_publish(site, "--to", to, "--no-verify", environ=ssh.environ)
        live = _files(there)
        assert ran.status in {0, 5}
        assert all(live[path] == PAGES[path] for path in PAGES if path != "index.html")
        if live["index.html"] != PAGES["index.html"]:
            assert live["index.html"] == b"<p>new</p>"
            assert parts.items() <= live.items()
    line.limit = None
    assert run_publish(site, "--to", to, environ=ssh.environ).status == 0
    assert _files(there) == PAGES | parts | {"index.html": b"<p>new</p>"}
