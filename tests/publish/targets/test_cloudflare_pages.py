"""Publishing to Cloudflare Pages: what is sent, what is not, what is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.publish.bundle import SiteFile
from generator.publish.targets.cloudflare_assets import fill_buckets
from tests.support.cloudflare_server import (
    CloudflareStandIn,
    environment,
    serve_cloudflare,
    source_of,
)
from tests.support.publishing import PAGES, Ran, change, make_site, run_publish
from tests.support.recording_server import RecordingServer

Served = tuple[RecordingServer, CloudflareStandIn]


@pytest.fixture
def served() -> Iterator[Served]:
    with serve_cloudflare() as both:
        yield both


def _publish(served: Served, site: Path, *words: str, **variables: str) -> Ran:
    server, _ = served
    return run_publish(
        site, "--to", "cloudflare-pages:demo", "--url", f"{server.url}/~live", *words,
        environ=environment(server.url) | variables,
    )  # fmt: skip


def test_a_site_goes_live_and_a_second_run_sends_nothing(served: Served, tmp_path: Path) -> None:
    server, pages = served
    site = make_site(tmp_path / "site")

    first = _publish(served, site, "--json").json
    assert (len(first["send"]), first["checked"] > 3) == (7, True)
    assert first["release"] == pages.deployments[0].id
    assert pages.deployments[0].rules == {"_headers": PAGES["_headers"]}

    server.take()
    second = _publish(served, site)
    assert second.status == 0, second.stderr
    assert "0 files to send" in second.stdout
    assert "live already" in second.stdout
    assert len(pages.deployments) == 1
    assert all("upload-token" in call.path or "upload" not in call.path for call in server.calls)


def test_ten_changed_files_of_a_thousand_are_ten_files_to_send(
    served: Served, tmp_path: Path
) -> None:
    _, pages = served
    many = {f"p{number}/index.html": f"<p>{number}</p>".encode() for number in range(1000)}
    _publish(served, make_site(tmp_path / "one", PAGES | many))
    assert sum(pages.uploads) == 1007
    changed = {f"p{number}/index.html": b"<p>new %d</p>" % number for number in range(10)}
    site = make_site(tmp_path / "two", PAGES | many | changed)

    pages.uploads.clear()
    assert _publish(served, site, "--json").json["unchanged"] == 997
    assert sum(pages.uploads) == 10
    assert len(pages.deployments[-1].manifest) == 1007


def test_a_token_that_expires_in_the_middle_is_renewed(served: Served, tmp_path: Path) -> None:
    server, pages = served
    pages.token_uses = 1
    ran = _publish(served, make_site(tmp_path / "site"))
    assert ran.status == 0, ran.stderr
    assert sum(pages.uploads) == 7
    assert len(pages.uses_left) > 2
    assert sum(call.path.endswith("/upload-token") for call in server.calls) < 12


def test_a_token_that_is_never_good_ends_it(served: Served, tmp_path: Path) -> None:
    server, pages = served
    pages.token_uses = 0
    ran = _publish(served, make_site(tmp_path / "site"))
    assert (ran.status, "Authorization failed" in ran.stderr) == (5, True)
    assert len(server.calls) < 12
    assert not pages.deployments


def test_a_preview_is_a_branch_and_never_the_site_itself(served: Served, tmp_path: Path) -> None:
    server, pages = served
    site = make_site(tmp_path / "site")
    tried = _publish(served, site, "--preview", "try-it", "--json").json
    assert (pages.deployments[0].branch, pages.live) == ("try-it", None)
    assert tried["url"] == f"{server.url}/~deployments/{pages.deployments[0].id}"
    assert tried["checked"] > 3

    refused = _publish(served, site, "--preview", "main")
    assert (refused.status, "production branch" in refused.stderr) == (5, True)
    assert len(pages.deployments) == 1


def test_releases_are_listed_and_an_earlier_one_is_made_live(
    served: Served, tmp_path: Path
) -> None:
    _, pages = served
    site = make_site(tmp_path / "site")
    _publish(served, site)
    change(site, "index.html", b"<p>worse</p>")
    _publish(served, site)
    _publish(served, site, "--preview", "try-it", "--no-verify")

    first, second = (each.id for each in pages.deployments[:2])
    listed = _publish(served, site, "--list").stdout.splitlines()
    assert listed[0].split()[:2] == ["live", second]
    assert listed[1].split()[0] == first
    assert len(listed) == 2
    assert _publish(served, site, "--rollback", first).status == 0
    assert pages.live is pages.deployments[0]
    strange = _publish(served, site, "--rollback", "../../x")
    assert (strange.status, "404" in strange.stderr) == (5, True)


def test_a_failed_deployment_leaves_the_old_site(served: Served, tmp_path: Path) -> None:
    _, pages = served
    site = make_site(tmp_path / "site")
    _publish(served, site)
    change(site, "index.html", b"<p>new</p>")
    pages.is_failing = True
    failed = _publish(served, site)
    assert failed.status == 5
    assert "the assets could not be published" in failed.stderr
    assert pages.live is pages.deployments[0]


def test_a_project_that_builds_itself_is_not_overwritten(served: Served, tmp_path: Path) -> None:
    _, pages = served
    pages.source = source_of("owner", "repository")
    refused = _publish(served, make_site(tmp_path / "site"))
    assert (refused.status, "is built from its repository" in refused.stderr) == (5, True)
    assert not pages.deployments
    assert _publish(served, tmp_path / "site", "--preview", "x", "--no-verify").status == 0


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"CLOUDFLARE_API_TOKEN": ""}, "CLOUDFLARE_API_TOKEN is not set"),
        ({"CLOUDFLARE_API_TOKEN": "wrong"}, "Authentication error"),
        ({"CLOUDFLARE_ACCOUNT_ID": "of-others"}, "no Cloudflare Pages project demo"),
    ],
)
def test_who_may_not_publish_is_told_so(
    served: Served, tmp_path: Path, variables: dict[str, str], said: str
) -> None:
    refused = _publish(served, make_site(tmp_path / "site"), **variables)
    assert (refused.status, said in refused.stderr) == (5, True), refused.stderr
    assert "hint:" in refused.stderr
    assert not served[1].deployments


def test_the_only_account_of_a_token_need_not_be_named(served: Served, tmp_path: Path) -> None:
    assert _publish(served, make_site(tmp_path / "site"), CLOUDFLARE_ACCOUNT_ID="").status == 0


def test_addresses_that_make_no_sense_are_refused(served: Served, tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    nameless = run_publish(site, "--to", "cloudflare-pages:../x", environ=environment("http://x"))
    assert (nameless.status, "no name of a Cloudflare Pages" in nameless.stderr) == (2, True)
    clear = _publish(served, site, CLOUDFLARE_API_BASE_URL="http://api.example.org")
    assert (clear.status, "credentials" in clear.stderr) == (2, True)


def test_what_pages_would_not_take_is_refused_before_anything_is_sent(
    served: Served, tmp_path: Path
) -> None:
    _, pages = served
    worker = _publish(served, make_site(tmp_path / "one", PAGES | {"_worker.js": b"x"}))
    assert (worker.status, "run _worker.js as a program" in worker.stderr) == (5, True)
    large = make_site(tmp_path / "two", PAGES | {"film.mp4": bytes(25 * 1024 * 1024 + 1)})
    refused = _publish(served, large)
    assert (refused.status, "film.mp4 has 25.0 MiB" in refused.stderr) == (5, True)
    pages.files_limit = 6
    many = _publish(served, make_site(tmp_path / "three"))
    assert (many.status, "has 7 files" in many.stderr) == (5, True)
    assert (pages.uploads, pages.deployments) == ([], [])


def test_no_request_for_uploads_is_larger_than_its_limits() -> None:
    files = [
        (str(number), SiteFile(path=f"{number}", size=size, digest="", source=Path()))
        for number, size in enumerate([25 * 1024**2, *[9 * 1024**2] * 7, *[1] * 2500, 0])
    ]
    buckets = fill_buckets(files)
    assert sorted(key for bucket in buckets for key, _ in bucket) == sorted(key for key, _ in files)
    assert max(map(len, buckets)) <= 1000
    sizes = sorted(sum(file.size for _, file in bucket) for bucket in buckets)
    assert sizes[-1] < 25 * 1024**2 + 2000, "a file larger than a bucket has one for itself"
    assert sizes[-2] <= 20 * 1024**2
    assert fill_buckets([]) == []


def test_without_the_extra_it_says_how_to_install_it(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "blake3", None)
    for name in ("cloudflare_assets", "cloudflare_pages"):
        monkeypatch.delitem(sys.modules, f"generator.publish.targets.{name}", raising=False)
    ran = _publish(served, make_site(tmp_path / "site"))
    assert (ran.status, "pip install '4site[cloudflare]'" in ran.stderr) == (5, True)


def test_no_message_holds_a_credential(served: Served, tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    ran = _publish(served, site, CLOUDFLARE_API_TOKEN="a-secret-token")  # noqa: S106  a test's
    assert ran.status == 5
    assert "a-secret-token" not in ran.stdout + ran.stderr
