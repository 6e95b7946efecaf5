"""Domains of owners' own: what proves one, who may have one, and hosts that endanger cookies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.actions.context import Context
from backend.actions.domains import add_domain, check_domain, list_domains, remove_domain
from backend.actions.sites import get_site
from backend.domain.actors import Actor, owner_of
from backend.errors import Conflict, Invalid, LimitReached, NotFound, NotVerified
from backend.settings import Settings
from backend.store.tables.base import TENANT
from tests.support.hosting import SITE, hosted, upload
from tests.support.scripted_server import ScriptedServer, answer, serve_scripts
from tests.support.service import add_account, add_site

DOMAIN = "www.lantern.example"
ALIAS = "lantern.sites.localhost"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve_scripts() as started:
        yield started


@pytest.fixture
def service(any_context: Context) -> Context:
    return hosted(any_context, private_hosts=(DOMAIN,))


@pytest.fixture
def ann(service: Context) -> Actor:
    return owner_of(TENANT, add_account(service, tier="pro"))


@pytest.fixture
def site(service: Context, ann: Actor) -> str:
    site, _key = add_site(service, ann.account)
    upload(service, ann, site, SITE)
    return site


def add(context: Context, actor: Actor, site: str, domain: str = DOMAIN) -> None:
    add_domain(context, actor, site, domain, alias_of=lambda _host: ALIAS)


def test_an_alias_of_the_sites_own_name_proves_a_domain(
    service: Context, ann: Actor, site: str
) -> None:
    add(service, ann, site)
    add(service, ann, site)
    assert [one.name for one in list_domains(service, ann, site)] == [DOMAIN]
    assert f"http://{DOMAIN}:8000" in get_site(service, ann, site).origins
    remove_domain(service, ann, site, DOMAIN)
    assert list_domains(service, ann, site) == ()
    with pytest.raises(NotFound):
        remove_domain(service, ann, site, DOMAIN)


@pytest.mark.parametrize("alias", [None, "sites.localhost", "other.sites.localhost", DOMAIN])
def test_an_alias_of_anything_else_proves_nothing(
    service: Context, ann: Actor, site: str, alias: str | None
) -> None:
    with pytest.raises(NotVerified, match=f"no alias of {ALIAS}"):
        add_domain(service, ann, site, DOMAIN, alias_of=lambda _host: alias, places=())


@pytest.mark.parametrize("line", ["KEY", "another"])
def test_the_sites_key_in_a_file_proves_a_domain(
    service: Context, ann: Actor, site: str, server: ScriptedServer, line: str
) -> None:
    key = get_site(service, ann, site).key
    server.scripts["/foursite-site.txt"] = answer(line.replace("KEY", key).encode())
    place = f"http://{{}}:{server.port}/"

    def prove() -> None:
        add_domain(
            service,
            ann,
            site,
            DOMAIN,
            alias_of=lambda _host: None,
            resolve=lambda _host, _port: ["127.0.0.1"],
            places=[place],
        )

    if line == "KEY":
        prove()
        assert [one.name for one in list_domains(service, ann, site)] == [DOMAIN]
    else:
        with pytest.raises(NotVerified, match="does not hold the key"):
            prove()


def test_a_domain_belongs_to_one_site(service: Context, ann: Actor, site: str) -> None:
    add(service, ann, site)
    bob = owner_of(TENANT, add_account(service, tier="pro"))
    other, _key = add_site(service, bob.account, url="https://bob.example/", title="Bob")
    upload(service, bob, other, SITE)
    with pytest.raises(Conflict, match="another site"):
        add_domain(service, bob, other, DOMAIN, alias_of=lambda _host: "bob.sites.localhost")
    with pytest.raises(NotFound):
        remove_domain(service, bob, site, DOMAIN)


def test_a_tier_holds_so_many_domains(service: Context, ann: Actor, site: str) -> None:
    for number in range(3):
        add(service, ann, site, f"{number}.example.org")
    with pytest.raises(LimitReached, match="holds 3 domains"):
        add(service, ann, site, "4.example.org")


@pytest.mark.parametrize(
    "domain",
    ["127.0.0.1", "localhost", "a b.example", "sites.localhost", "x.sites.localhost", "*.a.example",
     "a.example/path", "a.example:80", "", "-a.example", "service.example"],
)  # fmt: skip
def test_what_cannot_be_an_owners_domain_is_refused(
    service: Context, ann: Actor, site: str, domain: str
) -> None:
    here = hosted(service, base_url="https://service.example")
    with pytest.raises(Invalid):
        add(here, ann, site, domain)


@pytest.mark.parametrize(
    "host", ["4site.example.org", "example.org", "org.", "a b", "-a.example", "127.0.0.1"]
)
def test_a_host_for_sites_that_shares_the_services_cookies_is_refused(host: str) -> None:
    base = {"FOURSITE_BASE_URL": "https://4site.example.org"}
    with pytest.raises(Invalid, match="FOURSITE_SITES_HOST"):
        Settings.from_env(base | {"FOURSITE_SITES_HOST": host})
    kept = Settings.from_env(base | {"FOURSITE_SITES_HOST": "Sites.example.org"})
    assert kept.sites_host == "sites.example.org"
    assert kept.web_url_of("a.sites.example.org") == "https://a.sites.example.org/"


def test_a_domain_is_checked_again_whenever_its_owner_asks(
    service: Context, ann: Actor, site: str, server: ScriptedServer
) -> None:
    add(service, ann, site)
    said = check_domain(service, ann, site, DOMAIN, alias_of=lambda _host: ALIAS)
    assert said == f"{DOMAIN} is an alias of {ALIAS}."
    with pytest.raises(NotVerified, match=f"no alias of {ALIAS}"):
        check_domain(service, ann, site, DOMAIN, alias_of=lambda _host: None, places=())
    key = get_site(service, ann, site).key
    server.scripts["/foursite-site.txt"] = answer(key.encode())
    said = check_domain(
        service,
        ann,
        site,
        DOMAIN,
        alias_of=lambda _host: None,
        resolve=lambda _host, _port: ["127.0.0.1"],
        places=(f"http://{{}}:{server.port}/",),
    )
    assert said == f"{DOMAIN} serves foursite-site.txt with the key of the site."
    assert [one.name for one in list_domains(service, ann, site)] == [DOMAIN]
    with pytest.raises(NotFound):
        check_domain(service, ann, site, "other.example", alias_of=lambda _host: ALIAS)
