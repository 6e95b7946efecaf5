"""Hosted sites as browsers see them: over real HTTP, told apart by the Host header alone."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import brotli
import httpx
import pytest

from backend.actions.context import Context
from backend.actions.domains import add_domain
from backend.actions.hosts import REMEMBERED_SECONDS, Hosts
from backend.actions.releases import roll_back
from backend.actions.sites import remove_site, suspend_site
from backend.app import create_app
from backend.domain.actors import Actor, Role, owner_of
from backend.errors import Unavailable
from backend.store.tables.base import TENANT
from tests.support.hosting import SITE, hosted, upload
from tests.support.http_service import serve_app
from tests.support.service import add_account, add_site

HOST = "lantern.sites.localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A service that hosts one site of Ann's."""

    context: Context
    ann: Actor
    site: str
    url: str

    def ask(
        self,
        path: str,
        host: str = HOST,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        sent = {"host": host, "accept-encoding": "identity", **(headers or {})}
        return httpx.request(method, self.url + path, headers=sent, follow_redirects=False)

    def publish(self, files: Mapping[str, bytes], preview: str | None = None) -> str:
        return upload(self.context, self.ann, self.site, files, preview=preview).id


@pytest.fixture
def running(any_context: Context) -> Iterator[Running]:
    context = hosted(any_context, base_url="http://service.localhost:8000")
    ann = owner_of(TENANT, add_account(context, tier="pro"))
    site, _key = add_site(context, ann.account)
    upload(context, ann, site, SITE)
    with serve_app(lambda _url: create_app(context)) as url:
        yield Running(context=context, ann=ann, site=site, url=url)


def test_a_page_has_its_type_and_headers(running: Running) -> None:
    answer = running.ask("/")
    assert (answer.status_code, answer.content) == (200, SITE["index.html"])
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "set-cookie" not in answer.headers
    assert running.ask("/index.html").content == SITE["index.html"]
    css = running.ask("/assets/site.0a1b2c3d.css")
    assert css.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert css.headers["content-type"] == "text/css; charset=utf-8"
    card = running.ask("/assets/cards/home.png")
    assert card.headers["cache-control"] == "public, max-age=3600"


def test_browsers_get_the_form_that_they_take(running: Running) -> None:
    with httpx.stream(
        "GET", running.url, headers={"host": HOST, "accept-encoding": "gzip, br"}
    ) as answer:
        assert answer.headers["content-encoding"] == "br"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert brotli.decompress(b"".join(answer.iter_raw())) == SITE["index.html"]
    with httpx.stream(
        "GET", running.url, headers={"host": HOST, "accept-encoding": "gzip, br;q=0"}
    ) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())) == SITE["index.html"]
    picture = running.ask("/assets/cards/home.png", headers={"accept-encoding": "br"})
    assert "content-encoding" not in picture.headers
    assert "vary" not in picture.headers


def test_what_a_browser_has_is_not_sent_again(running: Running) -> None:
    tag = running.ask("/").headers["etag"]
    again = running.ask("/", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["cache-control"].startswith("public")
    packed = running.ask("/", headers={"accept-encoding": "br"}).headers["etag"]
    assert packed != tag
    assert running.ask("/", headers={"if-none-match": f"W/{packed}"}).status_code == 304
    assert running.ask("/", headers={"if-none-match": '"other"'}).status_code == 200


def test_parts_of_a_file_can_be_asked_for(running: Running) -> None:
    part = running.ask("/", headers={"range": "bytes=0-8", "accept-encoding": "br"})
    assert (part.status_code, part.content) == (206, SITE["index.html"][:9])
    assert part.headers["content-range"] == f"bytes 0-8/{len(SITE['index.html'])}"
    beyond = running.ask("/", headers={"range": "bytes=99999-"})
    assert beyond.status_code == 416
    other = running.ask("/", headers={"range": "bytes=0-8", "if-range": '"other"'})
    assert (other.status_code, other.content) == (200, SITE["index.html"])


def test_head_is_get_without_the_body(running: Running) -> None:
    head, get = running.ask("/", method="HEAD"), running.ask("/")
    assert head.content == b""
    assert head.headers["content-length"] == str(len(get.content))
    assert head.headers["etag"] == get.headers["etag"]


def test_nothing_can_be_sent_to_a_site(running: Running) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        answer = running.ask("/", method=method)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD"), method


def test_a_folder_without_its_slash_leads_to_it(running: Running) -> None:
    answer = running.ask("/docs?a=1&b=%2F")
    assert (answer.status_code, answer.headers["location"]) == (301, "/docs/?a=1&b=%2F")
    assert running.ask("/docs/").content == SITE["docs/index.html"]
    assert running.ask("//evil.example/docs").status_code == 404


def test_what_is_not_there_is_the_sites_own_page(running: Running) -> None:
    answer = running.ask("/nothing")
    assert (answer.status_code, answer.content) == (404, SITE["404.html"])
    assert "must-revalidate" in answer.headers["cache-control"]
    running.publish({"index.html": b"x"})
    wait()
    assert (running.ask("/nothing").status_code) == 404
    assert b"Nothing here" in running.ask("/nothing").content


NOT_OF_THE_RELEASE = (
    "/../../secret",
    "/%2e%2e/%2e%2e/secret",
    "/assets/..%2f..%2f..%2fsecret",
    "/assets/%5c..%5csecret",
    "/%00",
    "/_headers",
    "/_redirects",
    "/healthz",
    "/metrics",
    "/dashboard",
    "/sign-in",
    "/api/v1/account",
    "/collect",
    "/widget.js",
    "/" + "a" * 5_000,
)


def test_nothing_but_the_release_is_reachable_under_a_sites_host(running: Running) -> None:
    running.publish({**SITE, "_headers": b"/*\n  X-Robots-Tag: none\n", "_redirects": b"/a /b"})
    wait()
    for path in NOT_OF_THE_RELEASE:
        answer = running.ask(path)
        assert (answer.status_code, answer.content) == (404, SITE["404.html"]), path


def test_the_services_own_host_never_serves_a_site(running: Running) -> None:
    for host in ("service.localhost:8000", "127.0.0.1:8000", "localhost", "unknown.example"):
        assert b"Home" not in running.ask("/", host).content[:60]
        assert running.ask("/assets/site.0a1b2c3d.css", host).status_code == 404
    assert running.ask("/healthz", "service.localhost:8000").status_code == 200


def test_unknown_names_are_not_there(running: Running) -> None:
    labels = ("other.", "a.lantern.", "pr-1--lantern.", "--lantern.", "lantern--.")
    for host in ("sites.localhost", *(f"{label}sites.localhost" for label in labels)):
        answer = running.ask("/", host)
        assert answer.status_code == 404, host
        assert b"Nothing here" in answer.content


def test_a_host_is_the_same_in_every_spelling(running: Running) -> None:
    for host in ("LANTERN.Sites.Localhost", f"{HOST}.", f"{HOST}:8443"):
        assert running.ask("/", host).content == SITE["index.html"], host


def test_two_hosts_in_one_request_are_no_site(running: Running) -> None:
    parts = urlsplit(running.url)
    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(
            f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\nHost: service.localhost\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert SITE["404.html"] not in answer
    assert b"Home" not in answer


def test_a_preview_is_beside_the_site_and_not_for_search_engines(running: Running) -> None:
    running.publish({**SITE, "index.html": b"new"}, preview="pr-7")
    preview = running.ask("/", "pr-7--lantern.sites.localhost")
    assert preview.content == b"new"
    assert preview.headers["x-robots-tag"] == "noindex"
    assert running.ask("/").content == SITE["index.html"]
    assert "x-robots-tag" not in running.ask("/").headers


def test_a_release_is_served_within_two_seconds_and_so_is_going_back(running: Running) -> None:
    running.ask("/")
    first = running.publish(SITE | {"index.html": b"one"})
    running.publish(SITE | {"index.html": b"two"})
    wait()
    assert running.ask("/").content == b"two"
    roll_back(running.context, running.ann, running.site, first)
    wait()
    assert running.ask("/").content == b"one"


def test_a_suspended_site_says_so_and_a_removed_one_is_gone(running: Running) -> None:
    suspend_site(running.context, replace(running.ann, role=Role.ADMIN), running.site)
    wait()
    answer = running.ask("/")
    assert answer.status_code == 451
    assert b"suspended" in answer.content
    remove_site(running.context, running.ann, running.site)
    wait()
    assert running.ask("/").status_code == 404


def test_a_sites_own_headers_hold_as_far_as_they_harm_nobody(running: Running) -> None:
    rules = (
        b"/*\n  X-Frame-Options: DENY\n  Set-Cookie: a=b\n  X-Accel-Redirect: /secret\n"
        b"  Content-Length: 1\n/docs/*\n  Cache-Control: no-store\n  Link: </a>; rel=next\n"
    )
    running.publish({**SITE, "_headers": rules})
    wait()
    home, docs = running.ask("/"), running.ask("/docs/")
    assert home.headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in home.headers
    assert "x-accel-redirect" not in home.headers
    assert home.content == SITE["index.html"]
    assert (docs.headers["cache-control"], docs.headers["link"]) == ("no-store", "</a>; rel=next")


def test_a_sites_own_redirects_hold(running: Running) -> None:
    rules = (
        b"/old /docs/ 302\n/go/* /:splat\n/app/* /index.html 200\n/gone /docs/ 404\n"
        b"/docs/* https://docs.example/:splat 301!\n/u/:name /people/:name/\n"
    )
    running.publish({**SITE, "_redirects": rules})
    wait()
    places = {
        path: (answer.status_code, answer.headers.get("location"))
        for path in ("/old", "/go/a/b", "/go//evil.example", "/docs/x", "/u/ann")
        for answer in [running.ask(path)]
    }
    assert places == {
        "/old": (302, "/docs/"),
        "/go/a/b": (301, "/a/b"),
        "/go//evil.example": (301, "/evil.example"),
        "/docs/x": (301, "https://docs.example/x"),
        "/u/ann": (301, "/people/ann/"),
    }
    assert running.ask("/app/any").content == SITE["index.html"]
    gone = running.ask("/gone")
    assert (gone.status_code, gone.content) == (404, SITE["docs/index.html"])


def test_a_domain_of_the_owners_own_serves_the_site(running: Running) -> None:
    assert running.ask("/", "www.lantern.example").content != SITE["index.html"]
    add_domain(
        running.context, running.ann, running.site, "www.Lantern.example", alias_of=lambda _: HOST
    )
    wait()
    assert running.ask("/", "www.lantern.example").content == SITE["index.html"]
    assert running.ask("/healthz", "www.lantern.example").status_code == 404
    ask = "/api/v1/domain-known"
    service = "service.localhost:8000"
    for domain, status in (
        ("www.lantern.example", 200),
        (HOST, 200),
        ("lantern.example", 404),
        ("other.sites.localhost", 404),
    ):
        assert running.ask(f"{ask}?domain={domain}", service).status_code == status


def test_a_site_stays_up_while_the_database_is_away(context: Context) -> None:
    service = hosted(context)
    ann = owner_of(TENANT, add_account(service))
    site, _key = add_site(service, ann.account)
    upload(service, ann, site, SITE)
    times = iter(range(0, 1000, 10))
    hosts = Hosts(service, now=lambda: float(next(times)))
    known = hosts.look_up(HOST)
    assert known is not None
    service.database.close()
    file = service.settings.data_dir / "4site.db"
    file.rename(file.with_suffix(".away"))
    assert hosts.recall(HOST) == (False, None)
    assert hosts.look_up(HOST) == known
    with pytest.raises(Unavailable):
        hosts.look_up("other.sites.localhost")


def wait() -> None:
    """Let what is remembered of hosts grow old."""
    time.sleep(REMEMBERED_SECONDS + 0.05)
