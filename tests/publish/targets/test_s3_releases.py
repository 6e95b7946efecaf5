"""Releases in a bucket: kept whole, switched to, gone back to, and removed when they are old."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.errors import PublishError, TargetRefused
from generator.publish.bundle import open_bundle
from generator.publish.target import Destination, Published
from generator.publish.targets.s3_address import read_address
from generator.publish.targets.s3_releases import S3ReleasesTarget
from tests.support.faulty_proxy import Fault, at, faulty_proxy, from_on
from tests.support.publishing import PAGES, change, make_site, run_publish
from tests.support.s3_server import RunningS3

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Shelf:
    """A bucket that keeps two releases, published to at a time that moves on by a minute."""

    server: RunningS3
    bucket: Path
    site: Path
    now: datetime = NOON

    def target(self, url: str | None = None, tries: int = 4) -> S3ReleasesTarget:
        self.now += timedelta(minutes=1)
        destination = Destination(
            kind="s3",
            address=f"{self.bucket.name}/tool?releases=2",
            environ=self.server.environ(
                AWS_ENDPOINT_URL_S3=url or self.server.url, AWS_MAX_ATTEMPTS=str(tries)
            ),
        )
        return S3ReleasesTarget(
            read_address(destination), destination.environ, clock=lambda: self.now
        )

    def publish(self, url: str | None = None, tries: int = 4) -> Published:
        bundle, target = open_bundle(self.site), self.target(url, tries)
        return target.apply(bundle, target.plan(bundle), lambda _line: None)

    def live(self) -> dict[str, bytes]:
        """Return the files of the site that visitors see."""
        place = self.bucket / "tool"
        paths = (file.relative_to(place).as_posix() for file in place.rglob("*") if file.is_file())
        return {
            path: (place / path).read_bytes()
            for path in paths
            if not path.startswith("releases/") and "manifest" not in path
        }


@pytest.fixture
def shelf(s3: RunningS3, tmp_path: Path) -> Shelf:
    return Shelf(server=s3, bucket=s3.make_bucket(), site=make_site(tmp_path / "site"))


def test_a_release_is_kept_whole_and_named_by_its_time(shelf: Shelf) -> None:
    release = shelf.publish().release
    assert release is not None
    assert release.startswith("20260102T120100Z-")
    kept = shelf.bucket / "tool/releases" / release
    assert {path: (kept / path).read_bytes() for path in PAGES} == PAGES == shelf.live()
    pointer = json.loads((shelf.bucket / "tool/releases/current.json").read_bytes())
    assert pointer == {"release": release, "prefix": f"tool/releases/{release}/"}


def test_a_new_release_sends_what_changed_and_copies_the_rest_in_the_store(shelf: Shelf) -> None:
    shelf.publish()
    change(shelf.site, "feed.xml", b"<feed>2</feed>")
    with faulty_proxy(shelf.server.url) as proxy:
        second = shelf.publish(proxy.url)
    kept = shelf.bucket / "tool/releases" / str(second.release)
    assert {path: (kept / path).read_bytes() for path in PAGES} == shelf.live()
    assert shelf.live()["feed.xml"] == b"<feed>2</feed>"
    puts = [one.path for one in proxy.requests if one.method == "PUT"]
    assert sum(path.endswith("feed.xml") for path in puts) == 2  # sent, and copied to its place
    assert second.sent == 1


def test_going_back_restores_the_very_files_and_sends_none(shelf: Shelf) -> None:
    first = str(shelf.publish().release)
    change(shelf.site, "404.html", None)
    change(shelf.site, "new/index.html", b"new")
    change(shelf.site, "index.html", b"second")
    second = str(shelf.publish().release)
    assert shelf.live() != PAGES

    shelf.target().roll_back(first)
    assert shelf.live() == PAGES
    listed = shelf.target().list_releases()
    assert [(one.id, one.is_live) for one in listed] == [(second, False), (first, True)]
    assert listed[1].made_at == "2026-01-02T12:01:00+00:00"
    head = shelf.server.client().head_object(Bucket=shelf.bucket.name, Key="tool/404.html")
    assert head["ContentType"] == "text/html; charset=utf-8"


def test_the_oldest_release_goes_when_there_are_more_than_asked_for(shelf: Shelf) -> None:
    made = []
    for number in range(3):
        change(shelf.site, "feed.xml", b"<feed>%d</feed>" % number)
        made.append(shelf.publish().release)
    assert [one.id for one in shelf.target().list_releases()] == [made[2], made[1]]
    assert not (shelf.bucket / "tool/releases" / str(made[0])).exists()


def test_the_same_site_again_makes_no_release_and_writes_no_page(shelf: Shelf) -> None:
    first = shelf.publish()
    with faulty_proxy(shelf.server.url) as proxy:
        second = shelf.publish(proxy.url)
    assert second.release == first.release
    assert {one.method for one in proxy.requests} <= {"GET", "HEAD"}


def test_a_run_that_breaks_off_while_a_release_is_made_leaves_the_site_untouched(
    shelf: Shelf,
) -> None:
    shelf.publish()
    for path in PAGES:
        change(shelf.site, path, PAGES[path] + b" ")
    with faulty_proxy(shelf.server.url) as proxy:
        with pytest.raises(PublishError, match="bucket"):
            proxy.fault = from_on(7, Fault.CUT)
            shelf.publish(proxy.url, tries=1)
        assert shelf.live() == PAGES
        begun = {name.name for name in (shelf.bucket / "tool/releases").iterdir()}
    finished = shelf.publish()
    assert finished.release in begun  # gone on with, not begun again
    assert shelf.live() == {path: content + b" " for path, content in PAGES.items()}


def test_a_release_that_is_not_there_cannot_be_gone_back_to(shelf: Shelf) -> None:
    shelf.publish()
    for name in ("20200101T000000Z-0123456789", "../../other"):
        ran = run_publish(
            "--to", f"s3://{shelf.bucket.name}/tool?releases=2", "--rollback", name,
            environ=shelf.server.environ(),
        )  # fmt: skip
        assert (ran.status, f"has no release {name}" in ran.stderr) == (5, True)
    assert shelf.live() == PAGES


def test_a_release_that_lost_an_object_is_not_gone_back_to_but_made_whole_by_its_site(
    shelf: Shelf,
) -> None:
    first = str(shelf.publish().release)
    change(shelf.site, "feed.xml", b"<feed>2</feed>")
    shelf.publish()
    shelf.server.delete(shelf.bucket, f"tool/releases/{first}/404.html")
    before = shelf.live()
    with pytest.raises(TargetRefused, match=r"no longer whole: 404\.html was removed"):
        shelf.target().roll_back(first)
    assert shelf.live() == before

    make_site(shelf.site)
    assert shelf.publish().release == first
    assert shelf.live() == PAGES


def test_the_command_lists_releases_and_goes_back(shelf: Shelf) -> None:
    to = f"s3://{shelf.bucket.name}/tool?releases=2"
    environ = shelf.server.environ()
    first = run_publish(shelf.site, "--to", to, "--json", environ=environ).json["release"]
    change(shelf.site, "feed.xml", b"<feed>2</feed>")
    run_publish(shelf.site, "--to", to, environ=environ)
    assert run_publish("--to", to, "--rollback", first, environ=environ).status == 0
    listed = run_publish("--to", to, "--list", environ=environ)
    assert f"live  {first}" in listed.stdout
    assert shelf.live() == PAGES


def test_a_fault_at_any_request_leaves_the_old_site_until_the_release_is_whole(
    shelf: Shelf,
) -> None:
    old = _version(0)
    make_site(shelf.site, old)
    shelf.publish()
    for number in range(1, REQUESTS + 1):
        new = _version(number)
        make_site(shelf.site, new)
        with (
            faulty_proxy(shelf.server.url, at(number, Fault.CUT)) as proxy,
            pytest.raises(PublishError),
        ):
            shelf.publish(proxy.url, tries=1)
        is_whole = any("current.json" in one.path for one in proxy.requests)
        assert is_whole or shelf.live() == old
        live = shelf.live()
        assert all(content in {old.get(path), new.get(path)} for path, content in live.items())
        # A page comes after what it needs, the home page after all others.
        assert live["a/index.html"] == old["a/index.html"] or live.keys() >= new.keys()
        assert live["index.html"] == old["index.html"] or live.items() >= new.items()
        shelf.publish()
        assert shelf.live() == new
        old = new
    newest = shelf.target().list_releases()[0]
    assert (newest.is_live, newest.note) == (True, "3 objects")


REQUESTS = 14
"""List, record, 3 files, record, claim, pointer, 3 copies, deletion, record, the oldest release."""


def _version(number: int) -> dict[str, bytes]:
    return {
        "index.html": b"home %d" % number,
        "a/index.html": b"page %d" % number,
        f"assets/a.{number:08}.css": b"style %d" % number,
    }
