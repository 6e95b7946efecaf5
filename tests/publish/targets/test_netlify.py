"""Publishing to Netlify: digests, previews, releases, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support import netlify_description
from tests.support.netlify_server import NAME, SITE, FakeNetlify, serve_netlify
from tests.support.publishing import PAGES, Ran, change, make_site, run_publish

TO = f"netlify:{NAME}"


@pytest.fixture
def netlify() -> Iterator[FakeNetlify]:
    with serve_netlify() as server:
        yield server


def _publish(
    site: Path, netlify: FakeNetlify, *words: str, environ: Mapping[str, str] | None = None
) -> Ran:
    return run_publish(site, "--to", TO, *words, environ=netlify.environ | dict(environ or {}))


def test_what_we_ask_is_what_netlify_describes() -> None:
    if not netlify_description.is_present():
        pytest.skip(netlify_description.ABSENT)
    wrong = netlify_description.find_faults(
        "POST", f"/sites/{SITE}/deploys", {"titel": "x"}, {"files": [], "asynchronous": True},
        kind="application/json", status=200, answer={"id": 3},
    )  # fmt: skip
    assert len(wrong) == 4
    assert netlify_description.find_faults("GET", "/site", {}, None, kind="", status=200, answer=0)


def test_only_what_netlify_lacks_is_sent_and_the_site_is_live(
    tmp_path: Path, netlify: FakeNetlify
) -> None:
    site = make_site(tmp_path / "site")
    first = _publish(site, netlify, "--json")
    assert first.json["checked"] == len(PAGES) - 3  # without _headers, .nojekyll, 404.html
    assert netlify.served() == PAGES

    change(site, "docs/start/index.html", b"<p>new</p>")
    netlify.calls.clear()
    second = _publish(site, netlify, "--json")
    assert second.json["send"] == ["docs/start/index.html"]
    assert [call for call in netlify.calls if call.startswith("PUT")] == [
        f"PUT /deploys/{2:024x}/files/docs/start/index.html 200"
    ]
    assert netlify.served()["docs/start/index.html"] == b"<p>new</p>"


def test_a_site_that_is_live_already_makes_no_deploy(tmp_path: Path, netlify: FakeNetlify) -> None:
    site = make_site(tmp_path / "site")
    _publish(site, netlify)
    again = _publish(site, netlify)
    assert (again.status, len(netlify.deploys)) == (0, 1)
    assert "0 files sent" in again.stdout


def test_a_large_site_is_compared_in_the_background(tmp_path: Path, netlify: FakeNetlify) -> None:
    many = {f"p{number}/index.html": b"%d" % number for number in range(101)}
    site = make_site(tmp_path / "site", PAGES | many)
    assert _publish(site, netlify).status == 0
    assert netlify.served() == PAGES | many
    states = [call for call in netlify.calls if call.startswith("GET") and "/deploys/" in call]
    assert len(states) > 2


def test_a_preview_has_an_address_of_its_own_and_leaves_the_site_alone(
    tmp_path: Path, netlify: FakeNetlify
) -> None:
    site = make_site(tmp_path / "site")
    _publish(site, netlify)
    change(site, "index.html", b"<p>draft</p>")
    preview = _publish(site, netlify, "--preview", "pr-7", "--json")
    assert preview.json["url"] == f"{netlify.url}/deploys/{2:024x}"
    made = netlify.deploys[preview.json["release"]]
    assert (made.draft, made.branch) == (True, "pr-7")
    assert netlify.served() == PAGES
    refused = _publish(site, netlify, "--preview", "PR_7")
    assert (refused.status, "preview's name" in refused.stderr) == (2, True)


def test_releases_are_listed_and_an_earlier_one_comes_back(
    tmp_path: Path, netlify: FakeNetlify
) -> None:
    site = make_site(tmp_path / "site")
    first = _publish(site, netlify, "--json").json["release"]
    change(site, "index.html", b"<p>worse</p>")
    second = _publish(site, netlify, "--json").json["release"]

    listed = _publish(site, netlify, "--list", "--json").json
    assert [(one["id"], one["is_live"]) for one in listed] == [(second, True), (first, False)]
    back = _publish(site, netlify, "--rollback", first)
    assert (back.status, netlify.served()) == (0, PAGES)
    unknown = _publish(site, netlify, "--rollback", "f" * 24)
    assert (unknown.status, "404" in unknown.stderr) == (5, True)
    assert _publish(site, netlify, "--rollback", "../../user").status == 2


def test_a_wrong_token_a_strange_site_and_no_token_are_one_message_each(
    tmp_path: Path, netlify: FakeNetlify
) -> None:
    site = make_site(tmp_path / "site")
    wrong = _publish(site, netlify, environ={"NETLIFY_AUTH_TOKEN": "nfp_expired-token"})
    assert (wrong.status, "Access Denied" in wrong.stderr) == (5, True)
    assert "nfp_expired-token" not in wrong.stderr + wrong.stdout

    strange = run_publish(site, "--to", "netlify:not-mine", environ=netlify.environ)
    assert (strange.status, "no site not-mine" in strange.stderr) == (5, True)
    missing = run_publish(site, "--to", TO)
    assert (missing.status, "NETLIFY_AUTH_TOKEN" in missing.stderr) == (5, True)
    assert run_publish(site, "--to", "netlify:../user", environ=netlify.environ).status == 2
    plain = _publish(site, netlify, environ={"NETLIFY_API_URL": "http://api.example.org"})
    assert (plain.status, "NETLIFY_API_URL" in plain.stderr) == (2, True)
    assert not netlify.deploys


def test_a_deploy_that_netlify_cannot_make_leaves_the_old_site(
    tmp_path: Path, netlify: FakeNetlify
) -> None:
    site = make_site(tmp_path / "site")
    _publish(site, netlify)
    netlify.error = "Too many redirects in _redirects"
    change(site, "index.html", b"<p>new</p>")
    failed = _publish(site, netlify)
    assert (failed.status, netlify.error in failed.stderr) == (5, True)
    assert netlify.served() == PAGES
