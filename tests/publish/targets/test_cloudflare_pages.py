"""Publishing to Cloudflare Pages: what is sent, what is not, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cloudflare_server import CloudflareStandIn, environment, serve_cloudflare
from tests.support.publishing import PAGES, Ran, make_site, run_publish
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
