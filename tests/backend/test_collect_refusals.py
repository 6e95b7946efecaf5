"""What `/collect` refuses, and leaves out: a clear status, and the facts as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, update

from backend.actions.context import Context
from backend.actions.gates import REMEMBERED_FOR
from backend.domain.instants import DAY, HOUR, SECOND
from backend.store.tables.sites import SiteRow
from tests.support.facts import clock_of
from tests.support.pings import ORIGIN, Visit, a_view, visiting
from tests.support.refused_pings import BODIES, LETTERS
from tests.support.service import BROWSER, make_context

OTHER = "https://tidepool.example"


@pytest.fixture
def visit(any_context: Context) -> Iterator[Visit]:
    with visiting(any_context) as started:
        yield started


class Refusals:
    """Cases of one test that a service refuses one after the other; each leaves nothing behind."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._counted = 0

    def expect(self, case: object, answer: httpx.Response, status: int, code: str) -> None:
        """Expect a problem that any page may read, nothing recorded, and a service that goes on."""
        visit = self._visit
        assert (case, answer.status_code) == (case, status)
        told = answer.headers["content-type"], answer.headers["access-control-allow-origin"]
        assert (case, *told) == (case, "application/problem+json", "*")
        problem = answer.json()
        assert (case, problem["status"], problem["code"]) == (case, status, code)
        assert (case, visit.events) == (case, self._counted)
        clock_of(visit.context).move(SECOND)  # of a new second nothing is spent
        assert (case, visit.send(a_view(visit.key)).status_code) == (case, 202)
        self._counted += 1
        assert (case, visit.views) == (case, self._counted)


def assert_refused(visit: Visit, answer: httpx.Response, status: int, code: str) -> None:
    """Expect a refusal where nothing was recorded yet."""
    Refusals(visit).expect("", answer, status, code)


def test_a_body_that_is_not_pings_is_refused(visit: Visit) -> None:
    refusals = Refusals(visit)
    for name, body in BODIES.items():
        refusals.expect(name, visit.post(body), 400, "invalid")


def test_a_value_that_cannot_be_is_refused(visit: Visit) -> None:
    refusals = Refusals(visit)
    for name, letters in LETTERS.items():
        refusals.expect(name, visit.send(a_view(visit.key, **letters)), 400, "invalid")


def test_one_bad_event_refuses_the_whole_body(visit: Visit) -> None:
    pings = [a_view(visit.key) for _ in range(4)]
    assert_refused(visit, visit.send(*pings, a_view(visit.key, d=1)), 400, "invalid")


def test_more_than_twenty_events_are_refused(visit: Visit) -> None:
    pings = [a_view(visit.key) for _ in range(21)]
    assert_refused(visit, visit.send(*pings), 400, "invalid")


def test_a_body_over_8_kilobytes_is_refused(visit: Visit) -> None:
    refusals = Refusals(visit)
    for size in (8 * 1024 + 1, 1024 * 1024):
        view = json.dumps(a_view(visit.key)).encode()
        refusals.expect(size, visit.post(view.ljust(size)), 413, "refused")


def test_a_body_of_8_kilobytes_is_taken(visit: Visit) -> None:
    view = json.dumps(a_view(visit.key)).encode()
    assert visit.post(view.ljust(8 * 1024)).status_code == 202


def test_a_replayed_body_is_acknowledged_and_counted_once(visit: Visit) -> None:
    pings = [a_view(visit.key), a_view(visit.key, t="share", n="x")]
    for _ in range(5):
        assert visit.send(*pings).status_code == 202
        clock_of(visit.context).move(SECOND)
    assert visit.events == 2
    assert visit.views == 1


def test_an_origin_that_is_not_the_sites_is_refused(visit: Visit) -> None:
    refusals = Refusals(visit)
    for origin in (OTHER, None, "null", "", f"{ORIGIN}:8443", "http://lantern.example",
                   f"{ORIGIN}.evil.example", f"{ORIGIN}/", f"{ORIGIN}\x00"):  # fmt: skip
        answer = visit.send(a_view(visit.key), origin=origin)
        refusals.expect(origin, answer, 403, "forbidden")


def test_a_page_of_another_site_is_refused(visit: Visit) -> None:
    refusals = Refusals(visit)
    for page in (f"{OTHER}/", f"{ORIGIN}.evil.example/", "https://lantern.example@evil.example/",
                 "http://lantern.example/", "https:///lantern.example/", "https://[/"):  # fmt: skip
        answer = visit.send(a_view(visit.key, u=page))
        assert (page, answer.status_code in {400, 403}) == (page, True)
        refusals.expect(page, answer, answer.status_code, answer.json()["code"])


def test_a_key_of_no_site_is_refused(visit: Visit) -> None:
    assert_refused(visit, visit.send(a_view("Nobody0Has0This")), 404, "not_found")


def test_one_unknown_key_refuses_the_whole_body(visit: Visit) -> None:
    pings = [a_view(visit.key), a_view("Nobody0Has0This")]
    assert_refused(visit, visit.send(*pings), 404, "not_found")


def test_pings_of_a_suspended_site_are_acknowledged_and_left_out(visit: Visit) -> None:
    set_status(visit, "suspended")
    assert visit.send(a_view(visit.key)).status_code == 202
    assert visit.events == 0
    set_status(visit, "active")
    clock_of(visit.context).move(REMEMBERED_FOR + 1)
    assert visit.send(a_view(visit.key)).status_code == 202
    assert visit.views == 1


def set_status(visit: Visit, status: str) -> None:
    with visit.context.database.transaction() as session:
        session.execute(update(SiteRow).where(col(SiteRow.id) == visit.site).values(status=status))


def test_a_suspension_is_felt_although_the_clock_was_set_back(visit: Visit) -> None:
    assert visit.send(a_view(visit.key)).status_code == 202
    set_status(visit, "suspended")
    clock_of(visit.context).move(-DAY)
    assert visit.send(a_view(visit.key)).status_code == 202
    assert visit.events == 1


@pytest.mark.parametrize("back", [SECOND, 13 * HOUR, 3 * DAY, 40 * DAY])
def test_a_clock_that_is_set_back_spoils_no_score(visit: Visit, back: int) -> None:
    clock = clock_of(visit.context)
    for step in (-back, back // 2, -back, 3 * back):
        assert visit.send(a_view(visit.key), a_view(visit.key, t="copy")).status_code == 202
        clock.move(step)
    assert visit.views == 4


def test_a_share_after_the_clock_was_set_back_counts_by_the_rule(visit: Visit) -> None:
    for back in (SECOND, HOUR, HOUR, SECOND):
        share = a_view(visit.key, t="share", n="x")
        assert visit.send(a_view(visit.key), share).status_code == 202
        clock_of(visit.context).move(-back)
    assert visit.views == 4
    assert visit.shares == 1


def test_a_visitor_has_20_events_a_second(visit: Visit) -> None:
    assert visit.send(*[a_view(visit.key) for _ in range(20)]).status_code == 202
    refused = visit.send(a_view(visit.key))
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["code"] == "too_many"
    assert visit.send(a_view(visit.key), user_agent=f"{BROWSER} Other/1").status_code == 202
    clock_of(visit.context).move(SECOND)
    assert visit.send(a_view(visit.key)).status_code == 202
    assert visit.views == 22


def test_a_site_has_5000_events_a_second(context: Context) -> None:
    with visiting(context) as visit:
        for number in range(250):
            views = [a_view(visit.key) for _ in range(20)]
            assert visit.send(*views, user_agent=f"{BROWSER} V/{number}").status_code == 202
        refused = visit.send(a_view(visit.key), user_agent=f"{BROWSER} V/250")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert visit.views == 5_000


def test_who_asks_not_to_be_counted_is_not(visit: Visit) -> None:
    for name in ("dnt", "sec_gpc"):
        assert (name, visit.send(a_view(visit.key), **{name: "1"}).status_code) == (name, 202)
        assert (name, visit.events) == (name, 0)


def test_robots_are_not_counted(visit: Visit) -> None:
    for name in (
        "",
        "Googlebot/2.1 (+http://www.google.com/bot.html)",
        "curl/8.5.0",
        "python-requests/2.32",
        f"{BROWSER.replace('Chrome/', 'HeadlessChrome/')}",
    ):
        assert (name, visit.send(a_view(visit.key), user_agent=name).status_code) == (name, 202)
        assert (name, visit.events) == (name, 0)


def test_only_posts_are_taken(visit: Visit) -> None:
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
        answer = visit.client.request(method, "/collect")
        assert (method, answer.status_code) == (method, 405)
        told = answer.headers["allow"], answer.headers["access-control-allow-origin"]
        assert (method, *told) == (method, "POST, OPTIONS", "*")
        if method != "HEAD":
            assert (method, answer.json()["code"]) == (method, "refused")


def test_a_client_with_a_preflight_is_let_through(visit: Visit) -> None:
    """What sends JSON as `application/json` asks first; it may, as its type is not looked at."""
    asked = {
        "origin": ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    answer = visit.client.options("/collect", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert answer.headers["access-control-allow-headers"] == "content-type"
    assert "access-control-allow-credentials" not in answer.headers
    sent = visit.send(a_view(visit.key), content_type="application/json")
    assert sent.status_code == 202
    assert visit.views == 1


FORWARDED = {
    # Who is trusted, two values of the header, and whether they are two visitors.
    "nobody is trusted": ("", "203.0.113.1", "203.0.113.2", False),
    "one proxy": ("127.0.0.0/8", "203.0.113.1", "203.0.113.2", True),
    "one proxy and an invented hop": ("127.0.0.0/8", "6.6.6.6, 203.0.113.1", "203.0.113.1", False),
    "two proxies": (
        "127.0.0.0/8 10.0.0.0/8", "203.0.113.1, 10.0.0.2", "203.0.113.2, 10.0.0.2", True,
    ),
    "two proxies and an invented hop": (
        "127.0.0.0/8 10.0.0.0/8", "10.0.0.1, 6.6.6.6, 203.0.113.1, 10.0.0.3",
        "203.0.113.1, 10.0.0.4", False,
    ),
    "a second proxy that is not trusted": (
        "127.0.0.0/8", "203.0.113.1, 10.0.0.2", "203.0.113.2, 10.0.0.2", False,
    ),
    "another proxy": ("192.0.2.0/24", "203.0.113.1", "203.0.113.2", False),
    "IPv6": ("127.0.0.0/8", "2001:db8::1", "2001:db8::2", True),
    "garbage": ("127.0.0.0/8", "'; DROP TABLE event", "unknown", False),
    "a thousand hops": ("127.0.0.0/8", "127.0.0.1," * 1000 + "127.0.0.1", "127.0.0.1", False),
}  # fmt: skip


@pytest.mark.parametrize("name", FORWARDED)
def test_a_forwarded_address_is_believed_from_trusted_proxies_only(
    tmp_path: Path, name: str
) -> None:
    trusted, first, second, are_two = FORWARDED[name]
    context = make_context(tmp_path, environment={"FOURSITE_TRUSTED_PROXIES": trusted})
    with visiting(context) as visit:
        assert visit.send(a_view(visit.key), x_forwarded_for=first).status_code == 202
        assert visit.send(a_view(visit.key), x_forwarded_for=second).status_code == 202
        assert visit.visitors == (2 if are_two else 1)
        assert visit.views == 2
    context.database.close()
