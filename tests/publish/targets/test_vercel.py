"""Publishing to Vercel: what is sent, what is not, what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.publish.targets.vercel import choose_team, is_guarded
from tests.support.publishing import PAGES, Ran, change, make_site, run_publish
from tests.support.recording_server import RecordingServer
from tests.support.vercel_server import (
    STATIC,
    StandInDeployment,
    VercelStandIn,
    environment,
    serve_vercel,
)

Served = tuple[RecordingServer, VercelStandIn]


@pytest.fixture
def served() -> Iterator[Served]:
    with serve_vercel() as both:
        yield both


def _publish(served: Served, site: Path, *words: str, **variables: str) -> Ran:
    server, _ = served
    return run_publish(
        site, "--to", "vercel:demo", "--url", f"{server.url}/~live", *words,
        environ=environment(server.url) | variables,
    )  # fmt: skip


def _sent(served: Served) -> int:
    return sum(call.path == "/v2/files" for call in served[0].take())


def test_a_site_goes_live_and_a_second_run_sends_nothing(served: Served, tmp_path: Path) -> None:
    _, vercel = served
    site = make_site(tmp_path / "site")

    first = _publish(served, site, "--json").json
    assert (len(first["send"]), first["checked"] > 3) == (6, True)
    assert first["release"] == vercel.deployments[0].id
    assert _sent(served) == 6 + 1, "the files that are served, and the rules"

    second = _publish(served, site)
    assert second.status == 0, second.stderr
    assert "0 files to send" in second.stdout
    assert "live already" in second.stdout
    assert (_sent(served), len(vercel.deployments)) == (0, 1)


def test_ten_changed_files_of_a_thousand_are_ten_files_to_send(
    served: Served, tmp_path: Path
) -> None:
    many = {f"p{number}/index.html": f"<p>{number}</p>".encode() for number in range(1000)}
    _publish(served, make_site(tmp_path / "one", PAGES | many))
    assert _sent(served) == 1007
    changed = {f"p{number}/index.html": b"<p>new %d</p>" % number for number in range(10)}

    ran = _publish(served, make_site(tmp_path / "two", PAGES | many | changed), "--json").json
    assert (len(ran["send"]), ran["unchanged"], _sent(served)) == (10, 996, 10)


def test_pages_that_would_go_count_as_deletions(served: Served, tmp_path: Path) -> None:
    many = {f"p{number}/index.html": f"<p>{number}</p>".encode() for number in range(60)}
    _publish(served, make_site(tmp_path / "one", PAGES | many))
    refused = _publish(served, make_site(tmp_path / "two"))
    assert refused.status == 5
    assert "60 of 66 files there would be deleted" in refused.stderr
    assert len(served[1].deployments) == 1


def test_what_is_deployed_is_a_finished_build(served: Served, tmp_path: Path) -> None:
    site = make_site(tmp_path / "site", PAGES | {"_redirects": b"/old /docs/start/ 302\n/x\n"})
    ran = _publish(served, site)
    deployed = served[1].deployments[0].files
    assert f"{STATIC}_headers" not in deployed
    config = json.loads(served[1].store[deployed[".vercel/output/config.json"]])
    assert config["version"] == 3
    assert {"src": "^/old$", "status": 302, "headers": {"Location": "/docs/start/"}} in [
        {**route, "src": route["src"].replace("/?$", "$")} for route in config["routes"]
        if "src" in route
    ]  # fmt: skip
    assert "Line 2 of _redirects means nothing to Vercel" in ran.stdout


def test_a_preview_leaves_the_site_as_it_is(served: Served, tmp_path: Path) -> None:
    _, vercel = served
    site = make_site(tmp_path / "site")
    _publish(served, site)
    change(site, "index.html", b"<p>try</p>")
    tried = _publish(served, site, "--preview", "try-it", "--no-verify", "--json").json
    made = vercel.deployments[-1]
    assert (made.target, made.meta["preview"]) == (None, "try-it")
    assert tried["url"].endswith(f"/~deployments/{made.id}")
    assert vercel.live is vercel.deployments[0]


def test_releases_are_listed_and_an_earlier_one_is_made_live(
    served: Served, tmp_path: Path
) -> None:
    _, vercel = served
    site = make_site(tmp_path / "site")
    _publish(served, site)
    change(site, "index.html", b"<p>worse</p>")
    _publish(served, site)

    listed = _publish(served, site, "--list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["live", "dpl_1"]
    assert "2026-05-01T10:00:00+00:00" in listed[0]
    back = _publish(served, site, "--rollback", "dpl_1")
    assert (back.status, vercel.live) == (0, vercel.deployments[0])
    strange = _publish(served, site, "--rollback", "dpl_9/../x")
    assert (strange.status, "404" in strange.stderr) == (5, True)


def test_a_project_that_keeps_its_domains_back_gets_them_moved(
    served: Served, tmp_path: Path
) -> None:
    _, vercel = served
    vercel.is_staging = True
    ran = _publish(served, make_site(tmp_path / "site"))
    assert ran.status == 0, ran.stderr
    assert vercel.live is vercel.deployments[0]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"VERCEL_TOKEN": ""}, "VERCEL_TOKEN is not set"),
        ({"VERCEL_TOKEN": "wrong"}, "Not authorized"),
        ({"VERCEL_TEAM_ID": "team_of_others"}, "There is no Vercel project demo"),
    ],
)
def test_who_may_not_publish_is_told_so(
    served: Served, tmp_path: Path, variables: dict[str, str], said: str
) -> None:
    refused = _publish(served, make_site(tmp_path / "site"), **variables)
    assert (refused.status, said in refused.stderr) == (5, True), refused.stderr
    assert "hint:" in refused.stderr
    assert not served[1].deployments


def test_addresses_that_make_no_sense_are_refused(served: Served, tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    nameless = run_publish(site, "--to", "vercel", environ=environment(served[0].url))
    assert (nameless.status, "no name of a Vercel project" in nameless.stderr) == (2, True)
    clear = _publish(served, site, VERCEL_API_BASE_URL="http://api.example.org")
    assert (clear.status, "credentials" in clear.stderr) == (2, True)


def test_a_failed_deployment_leaves_the_old_site(served: Served, tmp_path: Path) -> None:
    _, vercel = served
    site = make_site(tmp_path / "site")
    _publish(served, site)
    change(site, "index.html", b"<p>new</p>")
    vercel.is_failing = True
    failed = _publish(served, site)
    assert failed.status == 5
    assert "The output is broken" in failed.stderr
    assert vercel.live is vercel.deployments[0]


def test_a_vercel_that_keeps_asking_is_left_alone(served: Served, tmp_path: Path) -> None:
    served[1].is_forgetful = True
    ran = _publish(served, make_site(tmp_path / "site"))
    assert (ran.status, "keeps asking" in ran.stderr) == (5, True)
    assert len(served[0].calls) < 40


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"VERCEL_TEAM_ID": "team_1"}, {"teamId": "team_1"}),
        ({"VERCEL_ORG_ID": "team_1"}, {"teamId": "team_1"}),
        ({"VERCEL_TEAM_ID": "our-team"}, {"slug": "our-team"}),
        ({"VERCEL_ORG_ID": "id-of-a-person"}, {}),
        ({"VERCEL_TEAM_ID": "", "VERCEL_ORG_ID": "id-of-a-person"}, {}),
        ({}, {}),
    ],
)
def test_a_team_is_named_and_a_person_is_not(
    environ: dict[str, str], named: dict[str, str]
) -> None:
    assert choose_team(environ) == named


def test_a_preview_behind_a_login_is_known(served: Served, tmp_path: Path) -> None:
    server, vercel = served
    _publish(served, make_site(tmp_path / "site"))
    assert not is_guarded(f"{server.url}/~deployments/dpl_1")
    vercel.is_guarded = True
    assert is_guarded(f"{server.url}/~deployments/dpl_1")
    assert not is_guarded(f"{server.url}/~live")


def test_what_another_tool_deployed_counts_as_deletions(served: Served, tmp_path: Path) -> None:
    _, vercel = served
    others = {f"app/page{number}.tsx": "a" * 40 for number in range(40)}
    vercel.live = StandInDeployment(id="dpl_x", target="production", files=others, meta={})
    vercel.deployments.append(vercel.live)
    site = make_site(tmp_path / "site")
    shown = _publish(served, site, "--dry-run")
    assert "4site did not publish what is live there" in shown.stdout
    refused = _publish(served, site)
    assert (refused.status, "40 of 40 files there would be deleted" in refused.stderr) == (5, True)
    allowed = _publish(served, site, "--max-deletions", "40")
    assert allowed.status == 0, allowed.stderr


def test_a_project_with_a_repository_is_named_in_the_plan(served: Served, tmp_path: Path) -> None:
    served[1].link = {"type": "github", "repo": "site"}
    shown = _publish(served, make_site(tmp_path / "site"), "--dry-run")
    assert "is also built from its repository" in shown.stdout
