"""Publishing to a branch when something breaks: the old site stays whole, the next run finishes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.faulty_proxy import Fault, FaultyProxy, at, faulty_proxy, from_on, never
from tests.support.git_server import GitServer, files_of, git, serve_pushes
from tests.support.publishing import PAGES, change, make_site, run_publish

TO = ("--to", "github-pages:kim/tool")
NEW = b"<!doctype html><title>New</title>"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    with serve_pushes(tmp_path / "git") as running:
        yield running


@pytest.fixture
def proxy(server: GitServer) -> Iterator[FaultyProxy]:
    with faulty_proxy(server.url) as running:
        yield running


def _environ(server: GitServer, proxy: FaultyProxy) -> dict[str, str]:
    return server.environ | {"GH_HOST": urlsplit(proxy.url).netloc}


def _count_requests(site: Path, proxy: FaultyProxy, environ: dict[str, str]) -> int:
    """Return how many requests an update takes, up to the end of its push."""
    assert run_publish(site, *TO, environ=environ).status == 0
    proxy.requests.clear()
    change(site, "index.html", b"<p>counted</p>")
    assert run_publish(site, *TO, "--no-verify", environ=environ).status == 0
    return len(proxy.requests)


def _titles(bare: Path) -> tuple[str, bool]:
    files = files_of(bare)
    return files["index.html"], set(files) == {*PAGES, ".4site-manifest.json"}


def test_one_broken_request_wherever_it_is_does_no_harm(
    tmp_path: Path, server: GitServer, proxy: FaultyProxy
) -> None:
    bare, site, environ = server.add(), make_site(tmp_path / "site"), _environ(server, proxy)
    requests = _count_requests(site, proxy, environ)
    assert requests >= 5
    faults = (Fault.CUT, Fault.CUT_AFTER, Fault.status(500), Fault.status(429))
    for number in range(1, requests + 1):
        fault = Fault.CUT_AFTER if number == requests else faults[number % 4]
        proxy.requests.clear()
        proxy.fault = at(number, fault)
        change(site, "index.html", b"<p>%d</p>" % number)
        ran = run_publish(site, *TO, "--no-verify", environ=environ)
        assert ran.status == 0, (number, fault, ran.stderr)
        assert _titles(bare) == (f"<p>{number}</p>", True)


def test_a_server_that_is_gone_leaves_the_old_site_and_the_next_run_finishes(
    tmp_path: Path, server: GitServer, proxy: FaultyProxy
) -> None:
    bare, site, environ = server.add(), make_site(tmp_path / "site"), _environ(server, proxy)
    requests = _count_requests(site, proxy, environ)
    old = files_of(bare)
    change(site, "index.html", NEW)
    faults = (Fault.CUT, Fault.status(503))
    for number in range(1, requests + 1):
        proxy.requests.clear()
        proxy.fault = from_on(number, faults[number % 2])
        ran = run_publish(site, *TO, environ=environ)
        assert (ran.status, "cannot be reached" in ran.stderr) == (5, True), (number, ran.stderr)
        assert files_of(bare) == old
    proxy.fault = never
    assert run_publish(site, *TO, environ=environ).status == 0
    assert _titles(bare) == (NEW.decode(), True)


def test_a_token_that_expires_in_the_middle_changes_nothing(
    tmp_path: Path, server: GitServer, proxy: FaultyProxy
) -> None:
    bare, site, environ = server.add(), make_site(tmp_path / "site"), _environ(server, proxy)
    requests = _count_requests(site, proxy, environ)
    old = files_of(bare)
    change(site, "index.html", NEW)
    for number in (1, requests // 2, requests):
        proxy.requests.clear()
        proxy.fault = from_on(number, Fault.status(401, {"WWW-Authenticate": "Basic realm=x"}))
        ran = run_publish(site, *TO, environ=environ)
        assert (ran.status, "refused the credentials" in ran.stderr) == (5, True), ran.stderr
        assert files_of(bare) == old


def test_a_push_in_the_meantime_is_not_overwritten(
    tmp_path: Path, server: GitServer, proxy: FaultyProxy
) -> None:
    bare, site, environ = server.add(), make_site(tmp_path / "site"), _environ(server, proxy)
    run_publish(site, *TO, environ=environ)
    change(site, "index.html", NEW)
    theirs = git(bare, "rev-parse", "main")

    def push_between(request: object) -> None:
        if "git-receive-pack" in getattr(request, "path", ""):
            git(bare, "update-ref", "refs/heads/gh-pages", theirs)

    proxy.fault = push_between
    ran = run_publish(site, *TO, environ=environ)
    assert ran.status == 5
    assert "Somebody else pushed to gh-pages of kim/tool in the meantime" in ran.stderr
    assert git(bare, "rev-parse", "gh-pages") == theirs


def test_a_first_push_does_not_overwrite_a_branch_made_in_the_meantime(
    tmp_path: Path, server: GitServer, proxy: FaultyProxy
) -> None:
    bare, site, environ = server.add(), make_site(tmp_path / "site"), _environ(server, proxy)

    def branch_between(request: object) -> None:
        if "git-receive-pack" in getattr(request, "path", ""):
            git(bare, "update-ref", "refs/heads/gh-pages", "main")

    proxy.fault = branch_between
    ran = run_publish(site, *TO, environ=environ)
    assert (ran.status, "Somebody else pushed" in ran.stderr) == (5, True)
    assert set(files_of(bare)) == {"README.md"}


def test_a_protected_branch_is_named_with_the_words_of_its_rule(
    tmp_path: Path, server: GitServer
) -> None:
    bare, site = server.add(), make_site(tmp_path / "site")
    run_publish(site, *TO, environ=server.environ)
    old = files_of(bare)
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\nprintf 'error: GH006: \\033[31mProtected branch update failed.\\n'\nexit 1\n"
    )
    hook.chmod(0o755)
    change(site, "index.html", NEW)
    ran = run_publish(site, *TO, environ=server.environ)
    assert ran.status == 5
    assert "kim/tool refused the push to gh-pages: GH006: [31mProtected branch" in ran.stderr
    assert files_of(bare) == old


def test_a_server_that_takes_no_pushes_is_refused(tmp_path: Path, server: GitServer) -> None:
    bare = server.add()
    git(bare, "config", "http.receivepack", "false")
    ran = run_publish(make_site(tmp_path / "site"), *TO, environ=server.environ)
    assert (ran.status, "refused the credentials" in ran.stderr) == (5, True), ran.stderr
    assert files_of(bare) == {}
