"""`/s/ID` and `/r/CODE` over the real application: what they count, and where they lead."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlalchemy import text
from sqlmodel import select
from starlette.requests import Request
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.app import create_app
from backend.clock import FixedClock
from backend.domain.instants import HOUR
from backend.store.tables.accounts import AccountRow
from backend.store.tables.events import EventRow, ShareRow, SiteDayRow
from backend.store.tables.referrals import TouchRow
from backend.store.tables.sites import ScoreRow, SiteRow
from backend.web.touch_cookie import read_touch
from tests.support.service import BROWSER, SITE_URL, add_account, add_site, make_context

SHARE = "Xk3vT9bQ2m_"
PAGE = f"{SITE_URL}docs/?lang=de"
PREVIEWS = (
    "Twitterbot/1.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "",
)


@pytest.fixture
def client(any_context: Context) -> Iterator[TestClient]:
    with start(any_context) as started:
        yield started


def start(context: Context) -> TestClient:
    return TestClient(create_app(context), follow_redirects=False, headers={"user-agent": BROWSER})


def add_share(context: Context, site: str, *, share: str = SHARE, page: str = PAGE) -> None:
    now = context.clock.now()
    with context.database.transaction() as session:
        session.add(
            ShareRow(
                tenant="default", site=site, id=share, platform="x", page=page, at=now,
                visitor="0" * 16, is_counted=True, points=7_500,
            )
        )  # fmt: skip


def counted(context: Context, *, at_least: int = 0) -> tuple[int, int, int]:
    """Return clicks of the share, referral clicks of the day, and events; waits for commits."""
    for _ in range(200):
        with context.database.reading() as session:
            clicks = session.exec(select(ShareRow.clicks)).one()
            days = session.exec(select(SiteDayRow.referral_clicks)).all()
            events = len(session.exec(select(EventRow.id)).all())
        if clicks >= at_least:
            break
        time.sleep(0.01)
    return clicks, sum(days), events


def touches(context: Context) -> list[TouchRow]:
    with context.database.reading() as session:
        return [row.model_copy() for row in session.exec(select(TouchRow)).all()]


def code_of(context: Context, account: str) -> str:
    with context.database.reading() as session:
        return session.exec(select(AccountRow.code).where(AccountRow.id == account)).one()


def carried(client: TestClient, response: httpx2.Response) -> object:
    """Return the touch that a browser would carry after `response`."""
    pair = response.headers["set-cookie"].split(";")[0]
    scope = {"type": "http", "headers": [(b"cookie", pair.encode())], "app": client.app}
    return read_touch(Request(scope))


# Share links


def test_share_link_counts_the_click_and_leads_to_the_bare_page(
    any_context: Context, client: TestClient
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    add_share(any_context, site)
    response = client.get(f"/s/{SHARE}?to=https://evil.example/&via=other")
    assert (response.status_code, response.headers["location"]) == (302, PAGE)
    assert response.headers["cache-control"] == "no-store"
    assert "set-cookie" not in response.headers
    assert counted(any_context, at_least=1) == (1, 1, 1)
    with any_context.database.reading() as session:
        event = session.exec(select(EventRow)).one().model_copy()
        share = session.exec(select(ShareRow)).one().model_copy()
        score = session.exec(select(ScoreRow)).one().model_copy()
    assert (event.kind, event.via, event.page) == ("referral_click", SHARE, PAGE)
    assert share.proved_at == any_context.clock.now()
    # A referral click is worth 1.0, in a new site of a free owner × 1.2.
    assert (score.engagement_points, score.score) == (1_000, 120)


def test_same_visitor_on_the_same_link_counts_once_an_hour(
    any_context: Context, client: TestClient
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    add_share(any_context, site)
    clock = any_context.clock
    assert isinstance(clock, FixedClock)
    for _ in range(3):
        assert client.get(f"/s/{SHARE}").status_code == 302
    client.get(f"/s/{SHARE}", headers={"user-agent": f"{BROWSER} Other/1"})
    assert counted(any_context, at_least=2) == (2, 2, 2)
    clock.move(HOUR)
    client.get(f"/s/{SHARE}")
    assert counted(any_context, at_least=3) == (3, 3, 3)


@pytest.mark.parametrize("agent", PREVIEWS)
def test_preview_of_a_share_link_is_led_on_and_not_counted(context: Context, agent: str) -> None:
    site, _ = add_site(context, add_account(context))
    add_share(context, site)
    with start(context) as client:
        response = client.get(f"/s/{SHARE}", headers={"user-agent": agent})
        assert (response.status_code, response.headers["location"]) == (302, PAGE)
    assert counted(context) == (0, 0, 0)


@pytest.mark.parametrize(
    "wish",
    [
        {"dnt": "1"},
        {"sec-gpc": "1"},
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
    ],
)
def test_visitor_who_does_not_want_it_is_not_counted(
    context: Context, wish: dict[str, str]
) -> None:
    site, _ = add_site(context, add_account(context))
    add_share(context, site)
    with start(context) as client:
        assert client.get(f"/s/{SHARE}", headers=wish).headers["location"] == PAGE
        assert client.head(f"/s/{SHARE}").headers["location"] == PAGE
    assert counted(context) == (0, 0, 0)


@pytest.mark.parametrize(
    "share", ["unknownunkn", "short", "x" * 200, "https:%2F%2Fevil.example", "%00", "é" * 11]
)
def test_unknown_share_is_not_found(client: TestClient, share: str) -> None:
    response = client.get(f"/s/{share}")
    assert response.status_code == 404
    assert "location" not in response.headers
    assert response.json()["code"] == "not_found"
    page = client.get("/s/unknownunkn", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"][:9]) == (404, "text/html")


def test_share_of_a_suspended_or_moved_site_leads_nowhere(
    any_context: Context, client: TestClient
) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    add_share(any_context, site)
    with any_context.database.transaction() as session:
        row = session.exec(select(SiteRow)).one()
        row.origins = "https://new-home.example"
        session.add(row)
    assert client.get(f"/s/{SHARE}").status_code == 404
    with any_context.database.transaction() as session:
        row.origins, row.status = SITE_URL.rstrip("/"), "suspended"
        session.add(row)
    assert client.get(f"/s/{SHARE}").status_code == 404
    assert counted(any_context) == (0, 0, 0)


def test_share_link_works_while_nothing_can_be_written(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    site, _ = add_site(context, add_account(context))
    add_share(context, site)
    with context.database.engine.connect() as locker:
        locker.execute(text("BEGIN IMMEDIATE"))
        with start(context) as client:
            # The salts of the day have to be written first, which waits for the lock in vain.
            response = client.get(f"/s/{SHARE}")
            assert (response.status_code, response.headers["location"]) == (302, PAGE)
            locker.rollback()
    assert counted(context) == (0, 0, 0)
    context.database.close()


def test_only_100_clicks_a_minute_of_one_address_count(context: Context) -> None:
    """The window slides in real time: each second of a slow run lets in one or two more."""
    site, _ = add_site(context, add_account(context))
    add_share(context, site)
    code = code_of(context, add_account(context))
    with start(context) as client:
        for number in range(130):
            agent = {"user-agent": f"{BROWSER} Visitor/{number}"}
            assert client.get(f"/s/{SHARE}", headers=agent).headers["location"] == PAGE
            assert client.get(f"/r/{code}", headers=agent).headers["location"] == "/"
    assert all(100 <= number < 115 for number in counted(context))
    assert 100 <= len(touches(context)) < 115


# Referral links


def test_referral_link_records_a_touch_without_a_visitor(
    any_context: Context, client: TestClient
) -> None:
    account = add_account(any_context)
    code = code_of(any_context, account)
    response = client.get(f"/r/{code.lower()}?next=https://evil.example/")
    assert (response.status_code, response.headers["location"]) == (302, "/")
    assert response.headers["cache-control"] == "no-store"
    (found,) = touches(any_context)
    assert (found.account, found.code, found.site) == (account, code, None)
    assert found.at == any_context.clock.now()
    # Nothing else is known of who followed the link.
    assert set(TouchRow.model_fields) == {"tenant", "id", "account", "code", "site", "at"}


def test_touch_travels_in_one_signed_cookie_of_30_days(context: Context) -> None:
    code = code_of(context, add_account(context))
    with start(context) as client:
        response = client.get(f"/r/{code}")
        (cookie,) = response.headers.get_list("set-cookie")
        parts = [part.strip() for part in cookie.split(";")]
        assert parts[0].startswith("foursite_touch=")
        assert set(parts[1:]) == {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax"}
        assert 30 * 24 * 3600 == 2_592_000
        carried_touch = carried(client, response)
        assert carried_touch is not None
        assert (carried_touch.code, carried_touch.at) == (code, context.clock.now())  # type: ignore[attr-defined]
        forged = parts[0][:-2] + ("AA" if parts[0][-2:] != "AA" else "BB")
        scope = {"type": "http", "headers": [(b"cookie", forged.encode())], "app": client.app}
        assert read_touch(Request(scope)) is None


def test_cookie_is_for_tls_alone_where_the_service_has_it(tmp_path: Path) -> None:
    secure = make_context(tmp_path, environment={"FOURSITE_BASE_URL": "https://4site.example"})
    code = code_of(secure, add_account(secure))
    with start(secure) as client:
        cookie = client.get(f"/r/{code}").headers["set-cookie"]
    assert cookie.startswith("__Host-foursite_touch=")
    assert "; Secure" in cookie
    secure.database.close()


@pytest.mark.parametrize("wish", [{"dnt": "1"}, {"sec-gpc": "1"}])
def test_code_travels_in_the_link_alone_for_who_wants_no_tracking(
    context: Context, wish: dict[str, str]
) -> None:
    code = code_of(context, add_account(context))
    with start(context) as client:
        response = client.get(f"/r/{code}", headers=wish)
    assert response.status_code == 302
    place = urlsplit(response.headers["location"])
    assert (place.netloc, place.path, parse_qs(place.query)) == ("", "/sign-up", {"code": [code]})
    assert "set-cookie" not in response.headers
    assert touches(context) == []


def test_site_key_stands_for_its_owners_code(any_context: Context, client: TestClient) -> None:
    account = add_account(any_context)
    site, key = add_site(any_context, account)
    response = client.get(f"/r/{key}")
    assert response.headers["location"] == "/"
    (found,) = touches(any_context)
    assert (found.account, found.code, found.site) == (account, code_of(any_context, account), site)


@pytest.mark.parametrize("agent", PREVIEWS)
def test_robot_on_a_referral_link_is_led_on_and_leaves_no_touch(
    context: Context, agent: str
) -> None:
    code = code_of(context, add_account(context))
    with start(context) as client:
        response = client.get(f"/r/{code}", headers={"user-agent": agent})
    assert (response.status_code, response.headers["location"]) == (302, "/")
    assert "set-cookie" not in response.headers
    assert touches(context) == []


@pytest.mark.parametrize(
    "code", ["NOBODY22", "x" * 500, "https:%2F%2Fevil.example", "%2F%2Fevil.example", "'--", "%00"]
)
def test_unknown_code_leads_to_the_landing_page(client: TestClient, code: str) -> None:
    response = client.get(f"/r/{code}")
    assert response.status_code in {302, 404}  # a slash in a code is another path
    assert response.headers.get("location", "/") == "/"
    assert "set-cookie" not in response.headers


def test_code_of_a_closed_account_or_suspended_site_is_unknown(
    any_context: Context, client: TestClient
) -> None:
    account = add_account(any_context)
    _, key = add_site(any_context, account, status="suspended")
    assert "set-cookie" not in client.get(f"/r/{key}").headers
    with any_context.database.transaction() as session:
        row = session.exec(select(AccountRow)).one()
        row.suspended_at = any_context.clock.now()
        session.add(row)
    assert "set-cookie" not in client.get(f"/r/{row.code}").headers
    assert touches(any_context) == []


def test_referral_link_works_while_nothing_can_be_written(tmp_path: Path) -> None:
    context = make_context(tmp_path)
    code = code_of(context, add_account(context))
    with context.database.engine.connect() as locker:
        locker.execute(text("BEGIN IMMEDIATE"))
        with start(context) as client:
            response = client.get(f"/r/{code}")
            assert (response.status_code, response.headers["location"]) == (302, "/")
            # What counts is the cookie: it came all the same.
            assert carried(client, response) is not None
        locker.rollback()
    assert touches(context) == []
    context.database.close()


# Counts


def test_counts_are_open_to_every_page(any_context: Context, client: TestClient) -> None:
    site, key = add_site(any_context, add_account(any_context))
    with any_context.database.transaction() as session:
        row = session.exec(select(ScoreRow).where(ScoreRow.site == site)).one()
        row.shares, row.likes = 12, 3
        session.add(row)
    response = client.get(f"/widget/counts/{key}.json", headers={"origin": "https://any.example"})
    assert response.json() == {"shares": 12, "likes": 3}
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "public, max-age=60"


def test_counts_of_an_unknown_key_are_not_found(client: TestClient) -> None:
    for key in ("unknownkey12", "x", "%00", "é" * 12):
        response = client.get(f"/widget/counts/{key}.json")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert response.headers["access-control-allow-origin"] == "*"
