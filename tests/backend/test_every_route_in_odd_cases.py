"""Every route for somebody whose session ended, for somebody new, and asked for odd things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import col, update
from starlette.testclient import TestClient

from backend.actions.accounts import change_role
from backend.domain.actors import Role
from backend.domain.instants import DAY
from backend.store.tables.accounts import SessionRow
from backend.web.limits import Limiter
from tests.backend.test_every_route import OWNED, SAFE, ask, check_tells_nothing
from tests.support.people import World, open_world, save
from tests.support.route_lines import Door
from tests.support.routes import LINES
from tests.support.signing_in import sign_in

PAGE = {"accept": "text/html"}
FRESH = "nell@new-mail.example"
PERIODS = (
    "2150-01",  # has not begun
    "2026-09-04..2026-08-04",  # reversed
    "1999-04-19..2026-09-04",  # 10 000 days
    "10000d",
    "0001-01",
    "0001-01-01..0001-01-02",
    "9999-12-31..9999-12-31",
    "2026-13",
    "\N{FULLWIDTH DIGIT TWO}026-08",
    "x" * 3_000,
)
OF_A_PERIOD = {
    "GET /admin/audit",
    "GET /dashboard",
    "GET /dashboard/audience",
    "GET /dashboard/earnings",
    "GET /dashboard/leaderboards",
    "GET /dashboard/referrals",
    "GET /dashboard/sites",
    "GET /dashboard/sites/{site}",
    "GET /leaderboards",
}
OF_A_SITE = {name for name in OF_A_PERIOD if "boards" not in name and "/admin" not in name}
PARAMETERS = (
    "account", "action", "actor", "after", "before", "code", "currency", "days", "form", "from",
    "kind", "language", "limit", "metric", "months", "only", "people", "q", "root", "size", "skip",
    "state", "subject", "theme", "tier", "topic", "v",
)  # fmt: skip
SCRIPT = "<script>alert(1)</script>"
ODD = ("", "-1", "9" * 30, "\0", "\N{ARABIC-INDIC DIGIT THREE}", SCRIPT, "x" * 999)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Ann; Ada, who administers; Ivy, who was not here for fourteen days."""
    with open_world(tmp_path_factory.mktemp("world"), "ann", "ada", "ivy") as world:
        change_role(world.context, world.people["ada"].actor.account, Role.ADMIN)
        ended = world.context.clock.now() - 1
        own = col(SessionRow.account) == world.people["ivy"].actor.account
        with world.context.database.transaction() as session:
            changed = update(SessionRow).where(own)
            session.connection().execute(changed.values(seen_at=ended - 14 * DAY, expires_at=ended))
        save(world)
        yield world


@pytest.fixture
def world(built: World) -> World:
    built.restore()
    return built


@pytest.mark.parametrize("name", OWNED)
def test_a_session_that_ended_opens_nothing(world: World, name: str) -> None:
    if name == "POST /sign-out":
        return  # whoever has a cookie may drop it
    ivy, before = world.people["ivy"], world.rows()
    answer = ask(world, name, about=ivy, client=world.browser(ivy), csrf=ivy.csrf)
    assert answer.status_code == LINES[name].stranger
    assert answer.headers.get("location", "/sign-in") == "/sign-in"
    check_tells_nothing(name, answer, ivy)
    assert world.rows() == before


def test_every_page_of_somebody_new_opens(world: World) -> None:
    client = TestClient(world.app)
    sign_in(client, world.context, world.tasks, FRESH)
    for name in SAFE:
        line = LINES[name]
        if line.door is Door.PERSON and "{" not in line.path:
            answer = ask(world, name, about=world.people["ann"], client=client)
            assert (name, answer.status_code) == (name, line.other)


def test_a_period_that_cannot_be_is_refused_on_a_page(world: World) -> None:
    ada, refused = world.people["ada"], set()
    client = world.browser(ada)
    for name in SAFE:
        if "/api/" in name:
            continue  # which refuses every parameter that it does not know
        odd = {"period": PERIODS[0]}
        if ask(world, name, about=ada, client=client, headers=PAGE, odd=odd).status_code == 400:
            refused.add(name)
    assert refused == OF_A_PERIOD
    for name in sorted(OF_A_PERIOD):
        for period in PERIODS[1:]:
            world.app.state.limiter = Limiter(None)
            odd = {"period": period, "format": "html"}
            answer = ask(world, name, about=ada, client=client, headers=PAGE, odd=odd)
            assert (name, period, answer.status_code) == (name, period, 400)
            assert "<h1>That is no period" in answer.text or "leaderboards" in name


def test_a_site_of_somebody_else_is_none(world: World) -> None:
    ann, ada = world.people["ann"], world.people["ada"]
    missed = set()
    for name in SAFE:
        odd = {"site": ann.of["site"]}
        answer = ask(world, name, about=ada, client=world.browser(ada), headers=PAGE, odd=odd)
        is_hers = LINES[name].roles is not None  # an administrator sees all there
        if not is_hers:
            check_tells_nothing(name, answer, ann)
        if answer.status_code == 404 and LINES[name].own == 200 and "/api/" not in name:
            missed.add(name)
    assert missed == OF_A_SITE


@pytest.mark.parametrize("text", ODD)
def test_nothing_odd_in_an_address_breaks_a_page(world: World, text: str) -> None:
    ada = world.people["ada"]
    client = world.browser(ada)
    for name in SAFE:
        world.app.state.limiter = Limiter(None)
        odd = dict.fromkeys(PARAMETERS, text)
        answer = ask(world, name, about=ada, client=client, headers=PAGE, odd=odd)
        # Without its collector this service is not ready, whoever asks.
        assert answer.status_code < 500 or name == "GET /readyz", name
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert SCRIPT not in answer.text, name
