"""Every page of an administrator in Chromium: no fault for axe, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from backend.actions import accounts, checks, flags, holds, jobs, site_review
from backend.actions.context import Context
from backend.domain.actors import Role
from backend.domain.audit import command_actor
from backend.domain.flags import FeatureFlag
from backend.domain.instants import Instant
from backend.domain.jobs import Job
from backend.domain.tiers import Tier
from backend.jobs.schedules import SCHEDULES
from backend.store.tables.base import TENANT
from tests.journeys.test_accessibility import AXE, RUN
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.http_service import serve_app
from tests.support.people import World, open_world

pytestmark = [pytest.mark.browser, pytest.mark.node]

ADMIN = command_actor(TENANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running service in which somebody administers, and the pages that they look at."""

    url: str
    cookie: str
    pages: tuple[str, ...]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with open_world(tmp_path_factory.mktemp("admin"), "ann", "bob", "ada") as world:
        ada = world.people["ada"]
        accounts.change_role(world.context, ada.actor.account, Role.ADMIN)
        pages = (*live_a_little(world), "/admin/nowhere")
        with serve_app(lambda _url: world.app) as url:
            yield Served(url=url, cookie=ada.cookie, pages=pages)


def live_a_little(world: World) -> tuple[str, ...]:
    """Do what fills the pages, and return their paths."""
    context, ann = world.context, world.people["ann"]
    account, site = ann.actor.account, ann.of["site"]
    accounts.change_tier(context, account, Tier.PRO)
    holds.hold_commissions(context, ADMIN, account, "Sign-ups from one network within an hour")
    accounts.suspend(context, world.people["bob"].actor.account, reason="Spam")
    site_review.suspend(context, ADMIN, site, "Malware in a download")
    checks.run_check(context, by="clock")
    flag = FeatureFlag(name="new_editor", description="The editor.", percent=10, tiers=(Tier.PRO,))
    flags.set_flag(context, ADMIN, flag)
    note_jobs(context)
    places = ("people", "sites", "flags", "jobs", "checks", "audit", "sites?only=suspended")
    return (
        "/admin",
        *(f"/admin/{place}" for place in places),
        "/admin/people?q=nobody@nowhere.example",
        f"/admin/people/{account}",
        f"/admin/people/{world.people['bob'].actor.account}",
        f"/admin/sites/{site}",
    )


def note_jobs(context: Context) -> None:
    jobs.note_schedules(context, {name: each.when for name, each in SCHEDULES.items()})
    now = context.clock.now()
    for name, outcome, reason in (
        ("purge", "done", ""),
        ("fetch_rates", "retry", "The provider did not answer."),
        ("send_mail", "given_up", "The mail server refuses the address."),
    ):
        job = Job(
            name=name,
            schedule=None,
            started_at=now,
            ended_at=Instant(now + 340_000),
            outcome=outcome,
            reason=reason,
            number=1,
        )
        jobs.note_run(context, job, f"sched-{name}-2026-11-21T06:00:00+00:00")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_no_page_of_administration_has_a_serious_fault(
    browser: Browser,  # noqa: F811
    served: Served,
    width: int,
    scheme: str,
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,  # the checker itself is what the policy would keep out
    )
    context.add_cookies([{"name": "foursite_session", "value": served.cookie, "url": served.url}])
    page = context.new_page()
    faults: dict[str, object] = {}
    for path in served.pages:
        page.goto(f"{served.url}{path}")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        faults[path] = page.evaluate(RUN)
        is_narrow = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert is_narrow, f"{path} at {width}"
    context.close()
    assert {path: found for path, found in faults.items() if found} == {}
