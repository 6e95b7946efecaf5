"""Proving a site over real HTTP: what is asked, what proves it, what is said when nothing does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from backend.actions.accounts import sign_up
from backend.actions.context import Context
from backend.actions.sites import get_site, register_site, suspend_site
from backend.actions.verification import verify_site
from backend.clock import FixedClock
from backend.domain.accounts import GitHubIdentity
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.instants import DAY
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.domain.sites import Site, SiteDraft
from backend.domain.verification import meta_tag
from backend.errors import Forbidden, NotFound, NotVerified
from backend.store.tables.referrals import ReferralRow
from backend.store.tables.sites import ShowcaseRow
from tests.support.noted import Noted
from tests.support.scripted_server import ScriptedServer, answer, serve_scripts
from tests.support.service import add_account, make_context

HOST = "lantern.example"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serve_scripts() as started:
        yield started


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def service(tmp_path: Path, noted: Noted) -> Iterator[Context]:
    """A service that may fetch the sites of these tests from the loopback."""
    hosts = f"{HOST} www.{HOST} other.example"
    made = make_context(tmp_path, environment={"FOURSITE_PRIVATE_HOSTS": hosts})
    yield replace(made, tasks=noted)
    made.database.close()


def loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def register(service: Context, server: ScriptedServer, tier: str = "free") -> tuple[Actor, Site]:
    ann = owner_of("default", add_account(service, tier=tier))
    url = server.url("/lantern/", HOST)
    return ann, register_site(
        service, ann, SiteDraft(url=url, title="Lantern", wish=ShowcaseWish.IN)
    )


def refusal(service: Context, actor: Actor, site: Site) -> str:
    with pytest.raises(NotVerified) as refused:
        verify_site(service, actor, site.id, resolve=loopback)
    assert get_site(service, actor, site.id).status is SiteStatus.DRAFT
    assert meta_tag(site.key) in refused.value.hint
    assert refused.value.code == "not_verified"
    return refused.value.message


def page(head: str) -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>".encode()


def test_key_in_the_head_makes_a_site_active(
    service: Context, server: ScriptedServer, noted: Noted
) -> None:
    ann, site = register(service, server, "pro")
    server.scripts["/lantern/"] = answer(page(meta_tag(site.key)))
    verified = verify_site(service, ann, site.id, resolve=loopback)
    now = service.clock.now()
    assert (verified.status, verified.verified_by) == (SiteStatus.ACTIVE, "meta")
    assert (verified.verified_at, verified.published_at) == (now, now)
    assert get_site(service, ann, site.id) == verified
    assert noted.tasks == [("take_thumbnail", {"site": site.id})]
    with service.database.reading() as session:
        assert session.exec(select(ShowcaseRow.site)).all() == [site.id]
    # Once proved it is not asked again.
    asked = len(server.asked)
    assert verify_site(service, ann, site.id, resolve=loopback) == verified
    assert len(server.asked) == asked


def test_file_beside_the_home_page_does_too(service: Context, server: ScriptedServer) -> None:
    ann, site = register(service, server)
    server.scripts["/lantern/"] = answer(page(""))
    server.scripts["/lantern/foursite-site.txt"] = answer(f"{site.key}\n".encode())
    assert verify_site(service, ann, site.id, resolve=loopback).verified_by == "file"
    # The file at the root of a shared host is somebody else's.
    assert [path for path, _ in server.asked] == ["/lantern/", "/lantern/foursite-site.txt"]


def test_owners_own_pages_at_github_are_not_asked(service: Context) -> None:
    identity = GitHubIdentity(id=1, login="Ann", name="Ann", email="ann@people.example")
    account = sign_up(
        service, email="ann@people.example", name="Ann", code=None, is_typed=False, touch=None,
        github=identity,
    )  # fmt: skip
    ann = owner_of("default", account.id)
    site = register_site(
        service,
        ann,
        SiteDraft(
            url="https://ann.github.io/lantern/",
            title="Lantern",
            repository="https://github.com/ann/lantern",
        ),
    )
    assert verify_site(service, ann, site.id).verified_by == "github"


def test_failure_says_what_was_looked_at_and_found(
    service: Context, server: ScriptedServer
) -> None:
    ann, site = register(service, server)
    home = server.url("/lantern/", HOST)
    said = refusal(service, ann, site)
    assert said == f"{home} answered 404. {home}foursite-site.txt answered 404."
    server.scripts["/lantern/"] = answer(page("<title>x</title>"))
    server.scripts["/lantern/foursite-site.txt"] = answer(b"something else")
    said = refusal(service, ann, site)
    assert f'The head of {home} has no <meta name="foursite-site"> (' in said
    assert f"{home}foursite-site.txt does not hold the key {site.key} on a line of its own." in said
    server.scripts["/lantern/"] = answer(page(meta_tag("anotherkey12\x1b[2J" + "x" * 100)))
    said = refusal(service, ann, site)
    assert f"names the key 'anotherkey12[2Jxxxxxxxxxxxxxxxxx' instead of {site.key}." in said


def test_key_behind_256_kilobytes_is_not_seen(service: Context, server: ScriptedServer) -> None:
    ann, site = register(service, server)
    filler = f"<style>{' ' * (256 * 1024)}</style>"
    server.scripts["/lantern/"] = answer(page(filler + meta_tag(site.key)))
    assert "(262144 bytes were read)" in refusal(service, ann, site)


def test_redirect_to_another_host_proves_nothing(service: Context, server: ScriptedServer) -> None:
    ann, site = register(service, server)
    elsewhere = server.url("/", "other.example")
    server.scripts["/"] = answer(page(meta_tag(site.key)))
    server.scripts["/lantern/"] = answer(status=302, Location=elsewhere)
    assert f"redirects to {elsewhere}, which is another host." in refusal(service, ann, site)
    server.scripts["/lantern/"] = answer(status=301, Location=server.url("/", f"www.{HOST}"))
    assert verify_site(service, ann, site.id, resolve=loopback).status is SiteStatus.ACTIVE


def test_private_address_is_not_asked(context: Context, server: ScriptedServer) -> None:
    """A service where nothing private is allowed, and a site that names the loopback."""
    ann = owner_of("default", add_account(context))
    site = register_site(context, ann, SiteDraft(url=server.url(), title="Inside"))
    assert "leads into a private network" in refusal(context, ann, site)
    assert server.asked == []


def test_verification_activates_the_owners_referral(
    service: Context, server: ScriptedServer
) -> None:
    referrer = sign_up(
        service, email="ann@people.example", name="", code=None, is_typed=False, touch=None
    )
    newcomer = sign_up(
        service, email="ben@people.example", name="", code=referrer.code, is_typed=True, touch=None
    )
    ben = owner_of("default", newcomer.id)
    site = register_site(service, ben, SiteDraft(url=server.url("/", HOST), title="Lantern"))
    assert isinstance(service.clock, FixedClock)
    service.clock.move(3 * DAY)
    server.scripts["/"] = answer(page(meta_tag(site.key)))
    verify_site(service, ben, site.id, resolve=loopback)
    with service.database.reading() as session:
        assert session.exec(select(ReferralRow.activated_at)).all() == [service.clock.now()]


def test_suspended_or_foreign_site_is_not_verified(
    service: Context, server: ScriptedServer
) -> None:
    ann, site = register(service, server)
    eve = owner_of("default", add_account(service))
    with pytest.raises(NotFound):
        verify_site(service, eve, site.id, resolve=loopback)
    suspend_site(service, owner_of("default", eve.account, Role.SUPPORT), site.id)
    server.scripts["/lantern/"] = answer(page(meta_tag(site.key)))
    with pytest.raises(Forbidden):
        verify_site(service, ann, site.id, resolve=loopback)
    assert server.asked == []


def test_site_that_was_suspended_while_it_was_asked_stays_so(
    service: Context, server: ScriptedServer
) -> None:
    ann, site = register(service, server)
    support = owner_of("default", ann.account, Role.SUPPORT)

    def suspend_meanwhile(host: str, port: int) -> Sequence[str]:
        suspend_site(service, support, site.id)
        return ["127.0.0.1"]

    server.scripts["/lantern/"] = answer(page(meta_tag(site.key)))
    with pytest.raises(NotFound):
        verify_site(service, ann, site.id, resolve=suspend_meanwhile)
    assert get_site(service, ann, site.id).status is SiteStatus.SUSPENDED
