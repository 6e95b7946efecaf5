"""`4site publish --to service` against a service that runs as a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from backend.actions.context import Context
from backend.actions.tokens import make_token
from backend.domain.actors import Scope, owner_of
from backend.store.tables.base import TENANT
from tests.support.faulty_proxy import Fault, Request, faulty_proxy
from tests.support.hosting import SITES_HOST
from tests.support.publishing import PAGES, Ran, add_page, change, make_site, run_publish
from tests.support.running import run_server
from tests.support.service import add_account, add_site, make_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A running service, Ann's site there, and a folder to publish."""

    url: str
    host: str
    site: str
    key: str
    token: str
    weak_token: str
    folder: Path

    def publish(self, *words: object, url: str = "", token: str = "") -> Ran:
        # Names under .localhost are resolved by browsers, and not by every system: the service
        # itself is the proxy that is asked for them.
        environ = {
            "FOURSITE_TOKEN": token or self.token,
            "HTTP_PROXY": self.url,
            "NO_PROXY": "127.0.0.1",
        }
        return run_publish(
            self.folder, "--to", f"service:{url or self.url}", *words, environ=environ
        )

    def served(self, path: str, preview: str = "") -> httpx.Response:
        return httpx.get(f"{self.url}/{path}", headers={"host": preview + self.host})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Context]]:
    folder = tmp_path_factory.mktemp("service")
    with run_server(folder, environment={"FOURSITE_SITES_HOST": SITES_HOST}) as server:
        context = make_context(folder)
        yield server.url, context
        context.database.close()


@pytest.fixture
def ready(running: tuple[str, Context], tmp_path: Path) -> Iterator[Ready]:
    url, context = running
    ann = owner_of(TENANT, add_account(context))
    name = f"tool-{ann.account[-8:]}"  # no test sees what is remembered of another's host
    site, key = add_site(context, ann.account, title=name)
    yield Ready(
        url=url,
        host=f"{name}.{SITES_HOST}",
        site=site,
        key=key,
        token=make_token(context, ann, name="all", scopes=list(Scope)).secret,
        weak_token=make_token(context, ann, name="less", scopes=[Scope.SITES_READ]).secret,
        folder=make_site(tmp_path / "site"),
    )


def test_a_site_is_published_checked_and_served(ready: Ready) -> None:
    ran = ready.publish("--json")
    assert ran.json["url"] == f"http://{ready.host}:{urlsplit(ready.url).port}"
    assert ran.json["checked"] >= 5
    assert ready.served("").content == PAGES["index.html"]
    assert ready.served("docs/start/").content == PAGES["docs/start/index.html"]
    assert ready.served("nothing").content == PAGES["404.html"]


def test_only_what_changed_is_sent(ready: Ready) -> None:
    ready.publish()
    add_page(ready.folder, "new.html", b"<!doctype html><title>New</title>")
    change(ready.folder, "feed.xml", None)
    ran = ready.publish("--json")
    assert ran.json["send"] == ["new.html"]
    assert ready.served("new.html").content == b"<!doctype html><title>New</title>"
    assert ready.served("feed.xml").status_code == 404


def test_a_dry_run_changes_nothing(ready: Ready) -> None:
    ran = ready.publish("--dry-run", "--json")
    assert len(ran.json["send"]) == len(PAGES)
    assert ready.served("").status_code == 404
    assert ready.publish("--list", "--json").json == []


def test_releases_are_listed_and_one_goes_back(ready: Ready) -> None:
    first = ready.publish("--json").json["release"]
    change(ready.folder, "index.html", b"<!doctype html><title>Second</title>")
    ready.publish()
    listed = ready.publish("--list", "--json").json
    assert [one["is_live"] for one in listed] == [True, False]
    assert ready.publish("--rollback", first).status == 0
    assert served_after_a_second(ready) == PAGES["index.html"]
    ran = ready.publish("--rollback", "0" * 32)
    assert (ran.status, "no such release" in ran.stderr) == (5, True)


def test_a_preview_is_published_beside_the_site(ready: Ready) -> None:
    ready.publish()
    change(ready.folder, "index.html", b"<!doctype html><title>Preview</title>")
    ran = ready.publish("--preview", "pr-7", "--json")
    assert ran.json["url"].startswith(f"http://pr-7--{ready.host}:")
    assert b"Preview" in ready.served("", "pr-7--").content
    assert served_after_a_second(ready) == PAGES["index.html"]


def test_without_a_token_it_says_which_variable(ready: Ready) -> None:
    ran = run_publish(ready.folder, "--to", f"service:{ready.url}")
    assert ran.status == 5
    assert "FOURSITE_TOKEN" in ran.stderr


@pytest.mark.parametrize("address", ["http://service.example", "ftp://x", "nothing", ""])
def test_an_address_that_is_no_service_is_a_wrong_argument(ready: Ready, address: str) -> None:
    environ = {"FOURSITE_TOKEN": ready.token}
    ran = run_publish(ready.folder, "--to", f"service:{address}", environ=environ)
    assert (ran.status, "service:https://SERVICE" in ran.stderr) == (2, True)


def test_a_wrong_or_weak_token_changes_nothing(ready: Ready) -> None:
    for token in ("4site_unknown", ready.weak_token):
        ran = ready.publish(token=token)
        assert ran.status == 5
        assert token not in ran.stdout + ran.stderr
    assert ready.served("").status_code == 404


def test_the_site_is_that_of_the_configuration(
    ready: Ready, running: tuple[str, Context], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "4site.toml"
    config.write_text(f'[service]\nurl = "{ready.url}"\nsite_key = "{ready.key}"\n')
    environ = {"FOURSITE_TOKEN": ready.token}
    ran = run_publish(ready.folder, "--to", "service", "--dry-run", environ=environ)
    assert ran.status == 0, ran.stderr
    config.write_text(f'[service]\nurl = "{ready.url}"\nsite_key = "0123456789ab"\n')
    ran = run_publish(ready.folder, "--to", "service", environ=environ)
    assert (ran.status, "no site with the key" in ran.stderr) == (5, True)


def test_a_service_that_hosts_none_refuses(ready: Ready, tmp_path: Path) -> None:
    with run_server(tmp_path / "other") as server:
        context = make_context(tmp_path / "other")
        ann = owner_of(TENANT, add_account(context))
        add_site(context, ann.account)
        token = make_token(context, ann, name="all", scopes=list(Scope)).secret
        context.database.close()
        ran = ready.publish(url=server.url, token=token)
    assert ran.status == 5
    assert "hosts no sites" in ran.stderr
    assert "FOURSITE_SITES_HOST" in ran.stderr


@pytest.mark.parametrize(
    "fault",
    [Fault.CUT, Fault.CUT_AFTER, Fault.status(500), Fault.status(429, {"retry-after": "0"})],
    ids=["cut", "cut after", "500", "429"],
)
def test_a_passing_fault_at_any_request_is_overcome(ready: Ready, fault: Fault) -> None:
    def every_third(request: Request) -> Fault | None:
        return fault if request.number % 3 == 2 else None

    with faulty_proxy(ready.url, every_third) as proxy:
        ran = ready.publish("--no-verify", url=proxy.url)
    assert ran.status == 0, ran.stderr
    assert served_after_a_second(ready) == PAGES["index.html"]


@pytest.mark.parametrize("status", [401, 403, 400])
def test_a_fault_that_stays_leaves_the_old_site_whole_and_the_next_run_finishes(
    ready: Ready, status: int
) -> None:
    assert ready.publish().status == 0
    new = {path: b"<!doctype html><title>New</title>" + path.encode() for path in PAGES}
    for path, content in new.items():
        change(ready.folder, path, content)
    for number in range(1, 8):
        with faulty_proxy(ready.url, failing_from(number, status)) as proxy:
            ran = ready.publish("--no-verify", url=proxy.url)
        assert (ran.status, ran.stderr.count("error")) == (5, 1), ran.stderr
        assert all(
            ready.served(path).content == content
            for path, content in PAGES.items()
            if path not in {"_headers", ".nojekyll", "404.html"}
        )
    assert ready.publish().status == 0
    assert ready.served("").content == new["index.html"]


def failing_from(number: int, status: int) -> Callable[[Request], Fault | None]:
    return lambda request: Fault.status(status) if request.number >= number else None


def served_after_a_second(ready: Ready) -> bytes:
    time.sleep(1.1)
    return ready.served("").content
