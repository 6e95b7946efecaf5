"""axe finds nothing on any page of the service: narrow and wide, by day and by night.

The demo world is walked as people walk: from the addresses that can be typed, by links. Each page
is looked at by day on one screen and by night on the other; which on which alternates.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page
from starlette.routing import Route
from starlette.testclient import TestClient

from backend.actions.accounts import find_account
from backend.actions.builds import start_build
from backend.actions.context import Context
from backend.actions.payees import confirm_link_of, set_destination
from backend.actions.sign_in import request_link
from backend.actions.sites import list_sites
from backend.actions.unsubscribing import make_link
from backend.app import App, create_app
from backend.demo.cast import HEROINE
from backend.demo.world import email_of
from backend.domain.actors import owner_of
from backend.domain.builds import BuildCause
from backend.domain.destinations import Method
from backend.domain.sign_in import Arrival
from backend.store.tables.base import TENANT
from tests.journeys.test_accessibility import AXE
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.demo_world import copy_world
from tests.support.http_service import serve_app
from tests.support.route_lines import Door
from tests.support.routes import LINES
from tests.support.signing_in import sign_in
from tests.support.tasks import RecordedTasks, newest_link, with_recorded_tasks

pytestmark = [pytest.mark.browser, pytest.mark.node]

HANDLE = "ada"  # the heroine's
FRESH = "nell@owners.example"
HOSTING = {"FOURSITE_SITES_HOST": "sites.example"}
NO_PAGES = {
    "/assets/{path:path}", "/auth/github/callback", "/badge/{key}/{kind}.json",
    "/badge/{key}/{kind}.svg", "/cards/{who}/{reward}.png", "/dashboard/export",
    "/dashboard/referrals/qr.svg", "/healthz", "/log/checkpoint", "/log/consistency",
    "/log/proof/{seq}", "/log/tile/{path:path}", "/log/vkey", "/metrics", "/oembed", "/panel.js",
    "/r/{code}", "/readyz", "/robots.txt", "/s/{share}", "/sitemap.xml", "/thumbnails/{name}",
    "/widget.js", "/widget/counts/{key}.json", "/widget/integrity.json", "/widget/{name}",
    "/words.{language}.js", "/account/statements/{year}.csv",
}  # fmt: skip
"""What machines read, beside `/api`."""
REDIRECTS = {"/log", "/account/statements"}
EVERYTHING = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => [id, nodes[0].html.slice(0, 160)]);
}
"""
LINKS = """
(links) => links.filter((one) => !one.hasAttribute("download"))
    .map((one) => one.getAttribute("href")).filter((one) => /^\\/[^\\/]/.test(one))
"""
Scheme = Literal["light", "dark"]
LOOKS: Sequence[Sequence[tuple[int, Scheme]]] = (
    ((390, "light"), (1440, "dark")),
    ((390, "dark"), (1440, "light")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The running demo world, the sessions of its heroine and of somebody new, and pages that
    nothing leads to.
    """

    url: str
    app: App
    heroine: str
    fresh: str
    unlinked: Mapping[str, str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made: list[Demo] = []

    def make_app(url: str) -> App:
        environment = {"FOURSITE_BASE_URL": url, **HOSTING}
        folder = tmp_path_factory.mktemp("demo")
        world, tasks = with_recorded_tasks(copy_world(tmp_path_factory, folder, environment))
        app = create_app(world)
        cookies = [enter(app, world, tasks, email) for email in (email_of(HEROINE), FRESH)]
        made.append(
            Demo(
                url=url,
                app=app,
                heroine=cookies[0],
                fresh=cookies[1],
                unlinked=find_unlinked(world, tasks),
            )
        )
        return app

    with serve_app(make_app):
        yield made[0]
    made[0].app.state.context.database.close()


def enter(app: App, world: Context, tasks: RecordedTasks, email: str) -> str:
    client = TestClient(app)
    sign_in(client, world, tasks, email)
    return str(client.cookies["foursite_session"])


def find_unlinked(world: Context, tasks: RecordedTasks) -> Mapping[str, str]:
    """Return one address for each route that is reached by a mail, a frame or a build."""
    account = find_account(world, email=email_of(HEROINE))
    assert account is not None
    actor = owner_of(TENANT, account.id)
    site = list_sites(world, actor).sites[0]
    build = start_build(world, actor, site.id, cause=BuildCause.BUTTON)
    request_link(world, email=FRESH, arrival=Arrival())
    fields = {"email": "new@purse.example"}
    set_destination(world, actor, method=Method.PAYPAL, currency="USD", fields=fields)
    mails = tasks.mails_to(email_of(HEROINE))
    ticket = next(one["ticket"] for one in mails if one["template"] == "payee_confirm")
    confirm = confirm_link_of(world, ticket)
    return {
        "/sign-in/{secret}": newest_link(world, tasks, FRESH),
        "/unsubscribe/{token}": urlsplit(make_link(world, account.id, None)).path,
        "/account/payout-method/confirm/{secret}": urlsplit(confirm).path,
        "/cards/{who}/{reward}": f"/cards/{HANDLE}/ambassador",
        "/embed/{key}/counter": f"/embed/{site.key}/counter",
        "/dashboard/sites/{site}/preview": f"/dashboard/sites/{site.id}/preview",
        "/dashboard/sites/{site}/builds/{build}": f"/dashboard/sites/{site.id}/builds/{build.id}",
    }


@dataclass(slots=True, kw_only=True)
class Walk:
    """Somebody who walks through pages: `left` are the routes that they have not seen.

    Without `is_whole` they have a phone alone, which is enough for pages that are nearly empty.
    """

    demo: Demo
    page: Page
    left: set[str]
    is_whole: bool = True
    faults: dict[str, object] = field(default_factory=dict)
    _number: int = 0

    def go(self, paths: Sequence[str]) -> None:
        """Look at these pages and at what they lead to, each route once."""
        waiting = deque(paths)
        while waiting:
            path = waiting.popleft()
            route = self._route_of(path)
            if route in self.left:
                self.left.discard(route)
                self.look(path)
                waiting += self.page.eval_on_selector_all("a[href]", LINKS)

    def look(self, path: str, status: int = 200) -> None:
        """Open a page and note what is wrong with it on each screen."""
        answer = self.page.goto(f"{self.demo.url}{path}")
        assert answer is not None and (path, answer.status) == (path, status)
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        self._number += 1
        for width, scheme in LOOKS[self._number % 2][: None if self.is_whole else 1]:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme)
            found = self.page.evaluate(EVERYTHING)
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("wider than the screen")
            if found:
                self.faults[f"{path} at {width}, {scheme}"] = found

    def _route_of(self, path: str) -> str:
        plain = urlsplit(path).path
        for route in self.demo.app.routes:
            assert isinstance(route, Route)
            if "GET" in (route.methods or ()) and route.path_regex.fullmatch(plain):
                return route.path
        return ""


@contextmanager
def walk(running: Browser, demo: Demo, session: str, left: set[str]) -> Iterator[Walk]:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    context = running.new_context(
        reduced_motion="reduce",
        bypass_csp=True,  # the checker itself is what the policy would keep out
    )
    if session:
        context.add_cookies([{"name": "foursite_session", "value": session, "url": demo.url}])
    yield Walk(demo=demo, page=context.new_page(), left=left)
    context.close()


def pages(*doors: Door) -> dict[str, str]:
    """Return the path of each page behind these doors by its route; '' where it has to be found."""
    found = {}
    for name, line in LINES.items():
        method, _, route = name.partition(" ")
        is_page = method == "GET" and not route.startswith("/api/")
        if is_page and line.door in doors and route not in NO_PAGES | REDIRECTS:
            query = {key: text for key, text in line.query.items() if key != "format"}
            path = f"{line.path}?{urlencode(query)}" if query else line.path
            found[route] = "" if "{" in route else path
    return found


def test_no_public_page_has_a_fault(browser: Browser, demo: Demo) -> None:  # noqa: F811
    wanted = pages(Door.OPEN, Door.FORM)
    with walk(browser, demo, "", set(wanted)) as walker:
        walker.go([path for path in wanted.values() if path])
        walker.go(list(demo.unlinked.values()))
        walker.look("/nowhere", 404)
    assert walker.faults == {}
    assert walker.left == set()


def test_no_page_of_an_owner_or_an_operator_has_a_fault(
    browser: Browser,  # noqa: F811
    demo: Demo,
) -> None:
    wanted = pages(Door.PERSON)
    with walk(browser, demo, demo.heroine, set(wanted)) as walker:
        walker.go([path for path in wanted.values() if path])
        walker.go(list(demo.unlinked.values()))
    assert walker.faults == {}
    assert walker.left == set()


def test_no_page_of_somebody_new_has_a_fault(browser: Browser, demo: Demo) -> None:  # noqa: F811
    """Nothing is on them but what to do first."""
    wanted = {
        route: path
        for route, path in pages(Door.PERSON).items()
        if LINES[f"GET {route}"].roles is None
    }
    with walk(browser, demo, demo.fresh, set()) as walker:
        walker.is_whole = False
        for path in filter(None, wanted.values()):
            walker.look(path)
    assert walker.faults == {}
