"""Pictures of sites that are taken again: when, in what order, and what a failure costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from backend.actions import thumbnails
from backend.actions.context import Context
from backend.actions.releases import publish_folder, roll_back
from backend.clock import FixedClock
from backend.domain.actors import owner_of
from backend.domain.instants import DAY, HOUR, Instant
from backend.errors import FetchFailed
from backend.jobs.tasks import TASKS
from backend.store.tables.base import TENANT
from backend.store.tables.sites import SiteRow
from backend.store.thumbnails import save_thumbnail
from tests.support.hosting import hosted
from tests.support.noted import Noted
from tests.support.publishing import PAGES, make_site
from tests.support.scripted_server import ScriptedServer, answer, serve_scripts
from tests.support.service import NOON, add_account, add_site, make_context

TEAL = b"<!doctype html><style>body{background:teal}</style><h1>Hello</h1>"
PLUM = TEAL.replace(b"teal", b"plum")


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def service(any_context: Context, noted: Noted) -> Context:
    return replace(any_context, tasks=noted)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve_scripts() as started:
        yield started


def after(service: Context, microseconds: int) -> Context:
    """Return the service that much later than at noon."""
    return replace(service, clock=FixedClock(Instant(NOON + microseconds)))


def give_picture(service: Context, site: str) -> None:
    with service.database.transaction() as session:
        assert save_thumbnail(session, TENANT, site, "0.webp", service.clock.now())


def test_a_picture_is_taken_again_after_30_days_and_queued_once(
    service: Context, noted: Noted
) -> None:
    site, _ = add_site(service, add_account(service))
    give_picture(service, site)
    assert thumbnails.renew(after(service, 30 * DAY - 1)) == 0
    assert thumbnails.renew(after(service, 30 * DAY)) == 1
    assert noted.tasks == [("take_thumbnail", {"site": site})]
    assert thumbnails.renew(after(service, 30 * DAY + HOUR)) == 0


def test_a_site_that_cannot_be_shown_is_tried_ever_more_seldom(service: Context) -> None:
    site, _ = add_site(service, add_account(service))
    give_picture(service, site)
    at = 30 * DAY
    for pause in (1, 2, 4, 8, 16, 30, 30):
        assert thumbnails.renew(after(service, at)) == 1
        at += pause * DAY
        assert thumbnails.renew(after(service, at - 1)) == 0
    # The next good picture ends that.
    give_picture(after(service, at), site)
    assert thumbnails.renew(after(service, at + 30 * DAY)) == 1
    assert thumbnails.renew(after(service, at + 31 * DAY)) == 1


def test_those_that_wait_longest_come_first_and_twenty_at_a_time(
    service: Context, noted: Noted
) -> None:
    account = add_account(service)
    sites = [add_site(service, account, url=f"https://{n}.example/")[0] for n in range(25)]
    for hours, site in enumerate(reversed(sites)):
        give_picture(after(service, hours * HOUR), site)
    late = after(service, 32 * DAY)
    assert [thumbnails.renew(late) for _ in range(3)] == [20, 5, 0]
    assert [values["site"] for _, values in noted.tasks] == list(reversed(sites))


def test_a_release_asks_for_a_new_picture_and_so_does_going_back(
    service: Context, noted: Noted, tmp_path: Path
) -> None:
    service = hosted(service)
    ann = owner_of(TENANT, add_account(service, tier="pro"))
    site, _ = add_site(service, ann.account)
    give_picture(service, site)
    first = publish_folder(service, TENANT, site, make_site(tmp_path / "a"), origin="build")
    assert thumbnails.renew(service) == 1
    give_picture(service, site)
    publish_folder(
        service, TENANT, site, make_site(tmp_path / "b", PAGES | {"b.txt": b"b"}), origin="build"
    )
    assert thumbnails.renew(service) == 1
    give_picture(service, site)
    assert thumbnails.renew(service) == 0
    roll_back(service, ann, site, first.id)
    assert thumbnails.renew(service) == 1


@pytest.mark.parametrize("status", ["draft", "suspended"])
def test_only_active_sites_are_looked_at(service: Context, status: str) -> None:
    site, _ = add_site(service, add_account(service), status=status)
    give_picture(service, site)
    assert thumbnails.renew(after(service, 31 * DAY)) == 0


@pytest.mark.browser
def test_a_failure_keeps_the_old_picture_until_the_site_can_be_shown_again(
    tmp_path: Path, noted: Noted, server: ScriptedServer
) -> None:
    allowing = make_context(tmp_path, environment={"FOURSITE_PRIVATE_HOSTS": "127.0.0.1"})
    service = replace(allowing, tasks=noted)
    site, _ = add_site(service, add_account(service), url=server.url("/"))

    def picture() -> tuple[str | None, int | None]:
        with service.database.reading() as session:
            row = session.exec(select(SiteRow).where(col(SiteRow.id) == site)).one()
            return row.thumbnail, row.thumbnail_at

    def work(at: Context) -> None:
        name, values = noted.tasks.pop()
        TASKS[name].work(replace(at, tasks=noted), values, "key")

    server.scripts["/"] = answer(TEAL, Content_Type="text/html")
    old = thumbnails.take(service, site)
    server.scripts["/"] = answer(b"Not today.", 503, Content_Type="text/plain")
    later = after(service, 30 * DAY)
    assert thumbnails.renew(later) == 1
    with pytest.raises(FetchFailed, match="503"):
        work(later)
    assert picture() == (old, NOON)
    server.scripts["/"] = answer(PLUM, Content_Type="text/html")
    later = after(service, 31 * DAY)
    assert thumbnails.renew(later) == 1
    work(later)
    name, at = picture()
    assert (name != old, at) == (True, NOON + 31 * DAY)
    allowing.database.close()
