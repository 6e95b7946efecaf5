"""Publishing to a branch by real git over HTTP: what is pushed, what stays, what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.git_repositories import make_repository
from tests.support.git_server import GitServer, files_of, git, serve_pushes
from tests.support.publishing import PAGES, change, make_site, run_publish

TO = ("--to", "github-pages:kim/tool")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with serve_pushes(tmp_path / "git") as running:
        yield running


def test_a_site_becomes_one_commit_with_its_manifest(tmp_path: Path, server: GitServer) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")

    ran = run_publish(site, *TO, environ=server.environ)
    assert ran.status == 0, ran.stderr
    files = files_of(bare)
    assert set(files) == {*PAGES, ".4site-manifest.json"}
    assert files["index.html"] == PAGES["index.html"].decode()
    assert git(bare, "rev-list", "--count", "gh-pages") == "1"
    assert "8 files sent, 0 deleted, 5 files checked" in ran.stdout
    assert f"choose gh-pages at https://{server.host}/kim/tool/settings/pages" in ran.stdout


def test_the_same_site_again_sends_nothing(tmp_path: Path, server: GitServer) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    run_publish(site, *TO, environ=server.environ)
    tip, pushes = git(bare, "rev-parse", "gh-pages"), len(server.sent)

    again = run_publish(site, *TO, "--json", environ=server.environ)
    assert (again.json["send"], again.json["unchanged"]) == ([], 8)
    assert git(bare, "rev-parse", "gh-pages") == tip
    assert len(server.sent) == pushes


def test_equal_sites_are_equal_commits_wherever_they_are_pushed(
    tmp_path: Path, server: GitServer
) -> None:
    one, other, site = server.add(), server.add("lea/copy"), make_site(tmp_path / "site")
    run_publish(site, *TO, environ=server.environ)
    run_publish(site, "--to", "github-pages:lea/copy", environ=server.environ)
    assert git(one, "rev-parse", "gh-pages") == git(other, "rev-parse", "gh-pages")


def test_only_changed_contents_travel_and_history_does_not_grow(
    tmp_path: Path, server: GitServer
) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    noise = bytes(range(256)) * 400
    for number in range(5):
        change(site, f"assets/{number}.bin", noise + str(number).encode() * 5000)
    run_publish(site, *TO, environ=server.environ)

    change(site, "docs/start/index.html", b"<p>new</p>")
    change(site, "feed.xml", None)
    ran = run_publish(site, *TO, "--json", environ=server.environ)
    assert ran.json["send"] == ["docs/start/index.html"]
    assert ran.json["delete"] == ["feed.xml"]
    assert "feed.xml" not in files_of(bare)
    assert git(bare, "rev-list", "--count", "gh-pages") == "1"
    objects = git(bare, "rev-list", "--objects", "gh-pages").splitlines()
    old = git(bare, "cat-file", "--batch-all-objects", "--batch-check").splitlines()
    assert len([line for line in old if " blob " in line]) < len(objects) + 5
    assert server.sent[-1] < 3000 < len(noise)


def test_with_keep_history_each_change_is_one_commit_more(
    tmp_path: Path, server: GitServer
) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    for number in range(3):
        change(site, "index.html", b"<p>%d</p>" % number)
        for _twice in range(2):
            assert run_publish(site, *TO, "--keep-history", environ=server.environ).status == 0
        assert git(bare, "rev-list", "--count", "gh-pages") == str(number + 1)


def test_the_origin_of_the_current_folder_is_the_default(
    tmp_path: Path, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    checkout = make_repository(tmp_path / "checkout")
    checkout.commit({"README.md": "x"})
    checkout.git("remote", "add", "origin", f"{server.url}/kim/tool.git")
    monkeypatch.chdir(checkout.folder)
    before = checkout.git("status", "--porcelain"), checkout.git("rev-parse", "HEAD")

    assert run_publish(site, "--to", "github-pages", environ=server.environ).status == 0
    assert "index.html" in files_of(bare)
    assert (checkout.git("status", "--porcelain"), checkout.git("rev-parse", "HEAD")) == before
    assert checkout.git("branch", "--all").split() == ["*", "main"]


def test_a_domain_of_ones_own_is_written_and_one_that_is_there_stays(
    tmp_path: Path, server: GitServer
) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    url = "https://tool.example.org"
    words = (*TO, "--url", url)
    assert run_publish(site, *words, "--dry-run", environ=server.environ).status == 0
    assert files_of(bare) == {}
    assert run_publish(site, *words, "--no-verify", environ=server.environ).status == 0
    assert files_of(bare)["CNAME"] == "tool.example.org"
    assert run_publish(site, *TO, environ=server.environ).status == 0
    assert files_of(bare)["CNAME"] == "tool.example.org"


def test_a_domain_that_the_forge_wrote_is_no_strange_file(
    tmp_path: Path, server: GitServer
) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    work = make_repository(tmp_path / "other", branch="gh-pages")
    work.commit({"CNAME": "old.example.org\n"})
    work.git("push", "--quiet", str(bare), "gh-pages")
    assert run_publish(site, *TO, environ=server.environ).status == 0
    assert files_of(bare)["CNAME"] == "old.example.org"


def test_the_site_is_looked_at_where_it_is_served(tmp_path: Path, server: GitServer) -> None:
    server.add()
    url = f"{server.url}/pages/kim/tool"
    ran = run_publish(make_site(tmp_path / "site"), *TO, "--url", url, environ=server.environ)
    assert (ran.status, f"Published at {url}/: 8 files sent" in ran.stdout) == (0, True)


def test_a_preview_lies_beside_the_site_and_both_stay(tmp_path: Path, server: GitServer) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    preview = ("--preview", "pr-12")
    assert run_publish(site, *TO, *preview, environ=server.environ).status == 0
    assert set(files_of(bare)) == {
        ".nojekyll", "preview/pr-12/.4site-manifest.json", *(f"preview/pr-12/{p}" for p in PAGES)
    }  # fmt: skip

    assert run_publish(site, *TO, environ=server.environ).status == 0
    change(site, "index.html", b"<p>next</p>")
    change(site, "feed.xml", None)
    ran = run_publish(site, *TO, *preview, "--json", environ=server.environ)
    assert (ran.json["send"], ran.json["delete"]) == (["index.html"], ["feed.xml"])
    files = files_of(bare)
    assert files["preview/pr-12/index.html"] == "<p>next</p>"
    assert files["index.html"] == PAGES["index.html"].decode()
    assert ("preview/pr-12/feed.xml" in files, "feed.xml" in files) == (False, True)
    odd = run_publish(site, *TO, "--preview", "../x", environ=server.environ)
    assert odd.status == 2


def test_a_file_that_somebody_added_to_the_branch_stays(tmp_path: Path, server: GitServer) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    run_publish(site, *TO, environ=server.environ)
    work = tmp_path / "theirs"
    git(tmp_path, "clone", "--quiet", "--branch", "gh-pages", str(bare), str(work))
    (work / "google123.html").write_text("proof")
    git(work, "add", ".")
    git(work, "-c", "user.name=n", "-c", "user.email=e@x.org", "commit", "-qm", "proof")
    git(work, "push", "--quiet", "origin", "gh-pages")

    change(site, "feed.xml", None)
    assert run_publish(site, *TO, environ=server.environ).status == 0
    assert files_of(bare)["google123.html"] == "proof"


def test_a_branch_of_somebody_else_and_the_default_branch_are_refused(
    tmp_path: Path, server: GitServer
) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    git(bare, "branch", "gh-pages", "main")
    strange = run_publish(site, *TO, environ=server.environ)
    assert (strange.status, "holds files that 4site did not publish" in strange.stderr) == (5, True)
    main = run_publish(site, *TO, "--branch", "main", environ=server.environ)
    assert (main.status, "main is the default branch of kim/tool" in main.stderr) == (5, True)
    assert set(files_of(bare)) == set(files_of(bare, "main")) == {"README.md"}


def test_an_empty_repository_and_a_missing_one_are_refused(
    tmp_path: Path, server: GitServer
) -> None:
    site = make_site(tmp_path / "site")
    server.folder.joinpath("kim").mkdir(parents=True)
    git(tmp_path, "init", "--quiet", "--bare", str(server.folder / "kim/tool.git"))
    empty = run_publish(site, *TO, environ=server.environ)
    assert (empty.status, "has no default branch yet" in empty.stderr) == (5, True)
    missing = run_publish(site, "--to", "github-pages:kim/nothing", environ=server.environ)
    assert (missing.status, "There is no repository at kim/nothing" in missing.stderr) == (5, True)


@pytest.mark.parametrize("address", ["nowhere/at/all", "https://u:secret@h.org/x.git", "-x", ""])
def test_an_address_that_makes_no_sense_is_a_usage_error(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run_publish(make_site(tmp_path / "site"), f"--to=github-pages:{address}")
    assert ran.status == 2
    assert "secret" not in ran.stderr + ran.stdout


def test_the_token_is_needed_is_checked_and_is_never_shown(
    tmp_path: Path, server: GitServer
) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    bare_environ = {name: server.environ[name] for name in ("GH_HOST", "HOME")}
    nobody = run_publish(site, *TO, environ=bare_environ)
    assert nobody.status == 5
    assert "kim/tool asks who is pushing" in nobody.stderr
    assert "GITHUB_TOKEN" in nobody.stderr
    wrong = run_publish(site, *TO, environ=server.environ | {"GITHUB_TOKEN": "wrong-secret"})
    assert (wrong.status, "refused the credentials" in wrong.stderr) == (5, True)
    assert "wrong-secret" not in wrong.stderr + wrong.stdout
    assert files_of(bare) == {}


def test_the_token_goes_to_no_other_host(tmp_path: Path, server: GitServer) -> None:
    server.add()
    environ = {"GITHUB_TOKEN": "for-github-alone", "HOME": str(tmp_path)}
    ran = run_publish(make_site(tmp_path / "site"), "--to",
                      f"github-pages:{server.url}/kim/tool.git", environ=environ)  # fmt: skip
    assert ran.status == 5
    assert server.logins == set()


def test_the_credential_helper_of_the_person_is_asked(tmp_path: Path, server: GitServer) -> None:
    bare = server.add()
    helper = tmp_path / "helper"
    helper.write_text("#!/bin/sh\necho username=x-access-token\necho password=token-of-the-test\n")
    helper.chmod(0o700)
    (tmp_path / ".gitconfig").write_text(f'[credential]\n\thelper = "{helper}"\n')
    environ = {"GH_HOST": server.host, "HOME": str(tmp_path)}
    ran = run_publish(make_site(tmp_path / "site"), *TO, environ=environ)
    assert ran.status == 0, ran.stderr
    assert "index.html" in files_of(bare)


def test_a_hook_of_the_person_does_not_run(tmp_path: Path, server: GitServer) -> None:
    server.add()
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-push").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    (hooks / "pre-push").chmod(0o700)
    (tmp_path / ".gitconfig").write_text(f"[core]\n\thooksPath = {hooks}\n[commit]\n\tgpgSign=1\n")
    ran = run_publish(
        make_site(tmp_path / "site"), *TO, environ=server.environ | {"HOME": str(tmp_path)}
    )
    assert (ran.status, (tmp_path / "ran").exists()) == (0, False)


def test_the_manifest_in_the_branch_names_every_file(tmp_path: Path, server: GitServer) -> None:
    bare = server.add()
    run_publish(make_site(tmp_path / "site"), *TO, environ=server.environ)
    manifest = json.loads(files_of(bare)[".4site-manifest.json"])
    assert set(manifest["files"]) == set(PAGES)
