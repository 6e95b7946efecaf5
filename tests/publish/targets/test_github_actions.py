"""Publishing by the Pages deployment API, from a job: what is sent, what breaks, what is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.publish.bundle import open_bundle
from generator.publish.destinations import make_target
from generator.publish.target import Destination
from tests.support.actions_server import ActionsServer, serve_actions
from tests.support.faulty_proxy import Fault, at, faulty_proxy, never
from tests.support.publishing import PAGES, change, make_site, run_publish

TO = ("--to", "github-actions")
NAMES = (
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_RESULTS_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "GITHUB_TOKEN",
    "GITHUB_SHA",
    "GITHUB_REPOSITORY",
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ActionsServer]:
    monkeypatch.setattr("generator.publish.targets.github_actions.FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("generator.publish.http.FIRST_WAIT_SECONDS", 0.01)
    with serve_actions() as running:
        yield running


def test_a_site_becomes_an_artifact_and_a_deployment(tmp_path: Path, server: ActionsServer) -> None:
    ran = run_publish(make_site(tmp_path / "site"), *TO, environ=server.environ)
    assert ran.status == 0, ran.stderr
    assert server.site == PAGES
    assert server.bodies == [
        {
            "artifact_id": 4000,
            "pages_build_version": server.environ["GITHUB_SHA"],
            "oidc_token": "identity-of-the-job",
        }
    ]
    assert f"Published at {server.url}/served/: 8 files sent" in ran.stdout
    assert server.cancelled == []


def test_equal_sites_are_equal_artifacts_and_a_second_one_takes_the_place_of_the_first(
    tmp_path: Path, server: ActionsServer
) -> None:
    site = make_site(tmp_path / "site")
    for _twice in range(2):
        assert run_publish(site, *TO, environ=server.environ).status == 0
    assert server.artifacts[4000] == server.artifacts[4001]


def test_a_site_larger_than_a_block_arrives_whole(
    tmp_path: Path, server: ActionsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.publish.artifact.BLOCK_BYTES", 300)
    assert run_publish(make_site(tmp_path / "site"), *TO, environ=server.environ).status == 0
    assert server.site == PAGES


def test_one_broken_request_wherever_it_is_does_no_harm(
    tmp_path: Path, server: ActionsServer
) -> None:
    site = make_site(tmp_path / "site")
    faults = (Fault.CUT, Fault.CUT_AFTER, Fault.status(500), Fault.status(429))
    with faulty_proxy(server.url) as proxy:
        server.front = proxy.url
        assert run_publish(site, *TO, "--no-verify", environ=server.environ).status == 0
        requests = len(proxy.requests)
        assert requests >= 11
        for number in range(1, requests + 1):
            for fault in (faults[number % 4], Fault.CUT_AFTER):
                proxy.requests.clear()
                proxy.fault = at(number, fault)
                change(site, "index.html", b"<p>%d %s</p>" % (number, fault.kind.encode()))
                ran = run_publish(site, *TO, "--no-verify", environ=server.environ)
                assert ran.status == 0, (number, fault, ran.stderr)
                assert server.site["index.html"] == (site / "index.html").read_bytes()


def test_a_content_spoilt_on_its_way_and_a_token_that_expired_leave_the_old_site(
    tmp_path: Path, server: ActionsServer
) -> None:
    site = make_site(tmp_path / "site")
    with faulty_proxy(server.url) as proxy:
        server.front = proxy.url
        assert run_publish(site, *TO, environ=server.environ).status == 0
        change(site, "index.html", b"<p>new</p>")
        proxy.fault = lambda one: Fault.SPOILT if one.method == "PUT" else None
        spoilt = run_publish(site, *TO, environ=server.environ)
        assert (spoilt.status, "artifact storage refused PUT" in spoilt.stderr) == (5, True)
        assert "signed" not in spoilt.stderr
        for path in ("/pages", "/identity", "/twirp", "/deployments"):
            proxy.fault = lambda one, part=path: (  # type: ignore[misc]
                Fault.status(401) if part in one.path else None
            )
            ran = run_publish(site, *TO, environ=server.environ)
            assert (ran.status, "refused" in ran.stderr) == (5, True), (path, ran.stderr)
        assert server.site == PAGES
        proxy.fault = never
        assert run_publish(site, *TO, environ=server.environ).status == 0
    assert server.site["index.html"] == b"<p>new</p>"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("deployment_failed", "the deployment failed"),
        ("deployment_content_failed", "the content was refused"),
        ("deployment_cancelled", "somebody cancelled the deployment"),
        ("deployment_lost", "the deployment was lost"),
    ],
)
def test_a_deployment_that_failed_says_how(
    outcome: str, said: str, tmp_path: Path, server: ActionsServer
) -> None:
    server.outcome = outcome
    ran = run_publish(make_site(tmp_path / "site"), *TO, environ=server.environ)
    assert (ran.status, said in ran.stderr, server.site) == (5, True, {})
    assert server.cancelled == []


def test_an_interruption_cancels_the_deployment(tmp_path: Path, server: ActionsServer) -> None:
    bundle = open_bundle(make_site(tmp_path / "site"))
    target = make_target(Destination(kind="github-actions", address="", environ=server.environ))

    def interrupt(line: str) -> None:
        if "syncing" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        target.apply(bundle, target.plan(bundle), interrupt)
    assert server.cancelled == [server.environ["GITHUB_SHA"]]
    assert server.site == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_variable_is_named(name: str, tmp_path: Path, server: ActionsServer) -> None:
    environ = {key: value for key, value in server.environ.items() if key != name}
    ran = run_publish(make_site(tmp_path / "site"), *TO, environ=environ)
    assert (ran.status, f"{name} is not set" in ran.stderr) == (5, True)


def test_missing_rights_and_missing_pages_say_what_to_do(
    tmp_path: Path, server: ActionsServer
) -> None:
    site = make_site(tmp_path / "site")
    server.may_write = False
    forbidden = run_publish(site, *TO, environ=server.environ)
    assert (forbidden.status, "pages: write" in forbidden.stderr) == (5, True)
    server.is_enabled = False
    disabled = run_publish(site, *TO, environ=server.environ)
    assert (disabled.status, "Choose *GitHub Actions*" in disabled.stderr) == (5, True)
    odd = run_publish(site, *TO, environ=server.environ | {"ACTIONS_RUNTIME_TOKEN": "x.y.z"})
    assert (odd.status, "is not a token of a running job" in odd.stderr) == (5, True)
    plain = {"ACTIONS_RESULTS_URL": "http://results.example.org/"}
    assert run_publish(site, *TO, environ=server.environ | plain).status == 2


@pytest.mark.parametrize("words", [("--to", "github-actions:kim/tool"), (*TO, "--preview", "p")])
def test_an_address_and_a_preview_make_no_sense(words: tuple[str, ...], tmp_path: Path) -> None:
    assert run_publish(make_site(tmp_path / "site"), *words).status == 2
