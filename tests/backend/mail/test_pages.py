"""The pages of notifications: read, marked, chosen; and in a browser without a fault for axe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from backend.actions.accounts import find_account
from backend.actions.context import Context
from backend.actions.notifications import get_choices
from backend.actions.notifying import note
from backend.actions.unsubscribing import make_link
from backend.app import App, create_app
from backend.domain.actors import Actor, owner_of
from backend.domain.instants import DAY, Instant
from backend.domain.notifications import Kind, News, Way
from backend.store.tables.base import TENANT
from tests.journeys.test_accessibility import AXE, RUN
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.http_service import serve_app
from tests.support.service import make_context
from tests.support.signing_in import sign_in, token_of
from tests.support.tasks import with_recorded_tasks

LIST, SETTINGS = "/dashboard/notifications", "/dashboard/settings/notifications"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A service, and the browser of somebody who was told of four things."""

    url: str
    context: Context
    client: TestClient
    ann: Actor


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made: list[Served] = []

    def make(url: str) -> App:
        folder = tmp_path_factory.mktemp("notifications")
        context, tasks = with_recorded_tasks(
            make_context(folder, environment={"FOURSITE_BASE_URL": url})
        )
        app = create_app(context)
        client = TestClient(app, base_url=url, follow_redirects=False)
        client.headers["accept-language"] = "ja, en;q=0.5"
        sign_in(client, context, tasks, "ann@people.example")
        (mail,) = tasks.mails_to("ann@people.example")
        assert mail["language"] == "ja"
        account = find_account(context, email="ann@people.example")
        assert account is not None
        ann = owner_of(TENANT, account.id)
        # An account starts in the language of its browser.
        assert get_choices(context, ann).language == "ja"
        made.append(Served(url=url, context=context, client=client, ann=ann))
        return app

    with serve_app(make):
        tell(made[0])
        yield made[0]
    made[0].context.database.close()


def tell(served: Served) -> None:
    until = served.context.clock.now() + 7 * DAY
    money: dict[str, str | int] = {"amount": 6_120, "currency": "USD"}
    money |= {"destination": "DE … 3000", "reason": "<i>x</i>"}
    facts: dict[Kind, dict[str, str | int]] = {
        Kind.SITE_FEATURED: {"title": "Lantern <b>&</b> Sons", "until": until},
        Kind.PAYOUT_SENT: {**money},
        Kind.PAYOUT_FAILED: {**money},
        Kind.REWARD_GRANTED: {"reward": "ambassador"},
    }
    with served.context.database.transaction() as session:
        for number, (kind, told) in enumerate(facts.items()):
            at = Instant(served.context.clock.now() + number)
            note(session, [News(account=served.ann.account, kind=kind, key="1", facts=told)], at)


def test_the_list_says_how_much_is_new_and_marks_what_was_read(served: Served) -> None:
    page = served.client.get(LIST).text
    assert "<h1>4 things are new</h1>" in page
    assert "$61.20 is on its way to you" in page
    assert "<b>&</b>" not in page
    assert "<i>x</i>" not in page
    assert page.index("Achievement: Ambassador") < page.index("is featured")
    one = page.partition('name="notification" value="')[2][:32]
    for fields, title in (({"notification": one}, "3 things are new"), ({}, "You have read")):
        sent = {"csrf_token": token_of(page), **fields}
        assert served.client.post(f"{LIST}/read", data=sent).status_code == 303
        assert title in served.client.get(LIST).text
    with served.context.database.transaction() as session:
        news = News(
            account=served.ann.account, kind=Kind.REWARD_GRANTED, key="2", facts={"reward": "x"}
        )
        note(session, [news], served.context.clock.now())
    assert '<span class="bell">1<' in served.client.get("/dashboard/settings").text
    assert "There are no older ones" in served.client.get(f"{LIST}?after=1.a").text
    assert served.client.get(f"{LIST}?after=nonsense").status_code == 400


def test_choices_are_kept_and_impossible_ones_refused(served: Served) -> None:
    page = served.client.get(SETTINGS).text
    assert "<h1>You hear of 10 of 12 things by mail</h1>" in page
    sent = {kind.value: "app" for kind in Kind} | {"weekly_digest": "off", "language": "de"}
    sent["csrf_token"] = token_of(page)
    assert served.client.post(SETTINGS, data=sent).status_code == 303
    choices = get_choices(served.context, served.ann)
    assert choices.language == "de"
    assert set(choices.ways.values()) == {Way.APP, Way.OFF}
    for wrong in ({"weekly_digest": "digest"}, {"payout_sent": ""}, {"language": "xx"}):
        assert served.client.post(SETTINGS, data={**sent, **wrong}).status_code == 400
    assert get_choices(served.context, served.ann) == choices


def test_a_new_account_is_told_what_comes(served: Served) -> None:
    context, tasks = with_recorded_tasks(served.context)
    client = TestClient(create_app(context), base_url=served.url, follow_redirects=False)
    sign_in(client, context, tasks, "new@people.example")
    page = client.get(LIST).text
    assert "<h1>Nothing has happened yet</h1>" in page
    assert "kept for 180 days" in page


@pytest.mark.browser
@pytest.mark.node
def test_no_page_has_a_fault_on_a_phone(served: Served, browser: Browser) -> None:  # noqa: F811
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    context = browser.new_context(viewport={"width": 390, "height": 800})
    for name, value in served.client.cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": served.url}])
    page = context.new_page()
    stop = make_link(served.context, served.ann.account, Kind.SITE_FEATURED)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for address in (f"{served.url}{LIST}", f"{served.url}{SETTINGS}", stop):
            page.goto(address)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            assert page.evaluate(RUN) == [], address
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    context.close()
