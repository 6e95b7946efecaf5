"""Rewards, boards, challenges and cards in Chromium: nothing for axe to find, nothing too wide."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from backend.actions.boards import choose, count_boards
from backend.actions.challenges import found_team, join_team
from backend.actions.profiles import save_profile
from backend.actions.rewards import grant_rewards
from backend.app import create_app
from backend.domain.profiles import ProfileDraft
from tests.journeys.test_accessibility import AXE, RUN
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.http_service import serve_app
from tests.support.people import World, open_world
from tests.support.rewards import add_customers

pytestmark = [pytest.mark.browser, pytest.mark.node]
LONG = "A name of sixty characters that goes on and on until the end"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("world"), "ann", "bob") as made:
        ann, bob = made.people["ann"], made.people["bob"]
        add_customers(made.context, ann.actor.account, 1)
        grant_rewards(made.context, ann.actor.account)
        for person, handle in ((ann, "ann-with-a-handle-of-thirty-ch"), (bob, "bob")):
            draft = ProfileDraft(handle=handle, name=LONG, is_public=True)
            save_profile(made.context, person.actor, draft)
            choose(made.context, person.actor, is_listed=True, shows_cards=True)
        found_team(made.context, ann.actor, ann.of["challenge"], "T" * 40)
        join_team(made.context, bob.actor, ann.of["challenge"], 1)
        count_boards(made.context)
        yield made


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_no_page_has_a_serious_fault_or_is_too_wide(
    browser: Browser,  # noqa: F811
    world: World,
    width: int,
    scheme: str,
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    axe, ann = AXE.read_text(encoding="utf-8"), world.people["ann"]
    paths = (
        "/leaderboards?metric=revenue",
        "/challenges",
        f"/challenges/{ann.of['challenge']}",
        "/cards/ann-with-a-handle-of-thirty-ch/ambassador",
        "/dashboard/rewards",
        "/dashboard/leaderboards?metric=revenue&period=all",
        "/dashboard/challenges",
        f"/dashboard/challenges/{ann.of['challenge']}",
    )
    faults, wide = {}, []
    with serve_app(lambda _url: create_app(world.context)) as url:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            bypass_csp=True,  # the checker itself is what the policy would keep out
        )
        context.add_cookies([{"name": "foursite_session", "value": ann.cookie, "url": url}])
        page = context.new_page()
        for path in paths:
            answer = page.goto(url + path)
            assert answer is not None
            assert (path, answer.status) == (path, 200)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(path)
            page.evaluate(axe)
            faults[path] = page.evaluate(RUN)
        context.close()
    assert {path: found for path, found in faults.items() if found} == {}
    assert wide == []
