"""Sites on both databases: registered, changed, removed; limits hold under concurrency."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from backend.actions.accounts import change_tier
from backend.actions.context import Context
from backend.actions.gates import REMEMBERED_FOR
from backend.actions.sites import (
    get_counts,
    get_site,
    list_sites,
    register_site,
    remove_site,
    resume_site,
    suspend_site,
    update_site,
)
from backend.app import create_app
from backend.clock import FixedClock
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.domain.sites import SiteDraft, SiteEdit
from backend.domain.tiers import Tier
from backend.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from backend.store.tables.events import EventRow, ShareRow, SiteDayRow
from backend.store.tables.referrals import TouchRow
from backend.store.tables.sites import FeaturingRow, ScoreRow, ShowcaseRow, SiteRow
from tests.support.service import BROWSER, SITE_URL, add_account, add_site

ORIGIN = SITE_URL.rstrip("/")


def owner(context: Context, tier: str = "free") -> Actor:
    return owner_of("default", add_account(context, tier=tier))


def draft(number: int = 0) -> SiteDraft:
    return SiteDraft(url=f"https://s{number}.example", title=f"Site {number}")


def test_registered_site_is_a_draft_with_a_key_and_a_score_of_nothing(
    any_context: Context,
) -> None:
    ann = owner(any_context)
    site = register_site(
        any_context,
        ann,
        SiteDraft(
            url="https://Lantern.example",
            title="Lantern",
            repository="https://github.com/ann/lantern.git",
            kind="library",
            language="Rust",
            topics=("cli", "light"),
            origins=("https://www.lantern.example",),
            wish=ShowcaseWish.IN,
        ),
    )
    assert get_site(any_context, ann, site.id) == site
    assert (site.status, site.url) == (SiteStatus.DRAFT, "https://lantern.example/")
    assert (site.verified_at, site.published_at, site.has_powered_by) == (None, None, True)
    assert len(site.key) == 12
    assert site.key.isalnum()
    counts = get_counts(any_context, site.key)
    assert (counts.shares, counts.likes) == (0, 0)
    with any_context.database.reading() as session:
        assert session.exec(select(ScoreRow.site)).all() == [site.id]


def test_same_address_again_is_the_same_site(any_context: Context) -> None:
    ann, ben = owner(any_context), owner(any_context)
    first = register_site(any_context, ann, draft())
    again = register_site(
        any_context, ann, SiteDraft(url="HTTPS://S0.example:443/", title="Other words")
    )
    assert again == first
    # Somebody else may register it too: whose it is shows when it is verified.
    other = register_site(any_context, ben, draft())
    assert other.id != first.id
    assert other.key != first.key


def test_free_account_holds_3_sites(any_context: Context) -> None:
    ann = owner(any_context)
    sites = [register_site(any_context, ann, draft(number)) for number in range(3)]
    with pytest.raises(LimitReached, match="free tier holds 3 sites, and you have 3"):
        register_site(any_context, ann, draft(3))
    assert register_site(any_context, ann, draft(0)) == sites[0]
    remove_site(any_context, ann, sites[1].id)
    register_site(any_context, ann, draft(3))
    change_tier(any_context, ann.account, Tier.PRO)
    register_site(any_context, ann, draft(4))
    # What is over the limit after a downgrade stays; only new ones are refused.
    change_tier(any_context, ann.account, Tier.FREE)
    with pytest.raises(LimitReached, match="and you have 4"):
        register_site(any_context, ann, draft(5))
    assert len(list_sites(any_context, ann).sites) == 4


def test_limit_holds_when_sites_are_registered_at_once(any_context: Context) -> None:
    ann = owner(any_context)

    def register(number: int) -> bool:
        try:
            register_site(any_context, ann, draft(number))
        except LimitReached:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(register, range(8))) == 3
    assert len(list_sites(any_context, ann).sites) == 3


def test_list_is_the_owners_own_and_pages(any_context: Context) -> None:
    ann, ben = owner(any_context, "pro"), owner(any_context)
    sites = [register_site(any_context, ann, draft(number)) for number in range(5)]
    register_site(any_context, ben, draft())
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = list_sites(any_context, ann, after=after, limit=2)
        seen += [site.id for site in page.sites]
        after = page.after
    assert after is None
    assert seen == sorted(site.id for site in sites)
    with pytest.raises(Invalid):
        list_sites(any_context, ann, after="\x00")


@pytest.mark.parametrize(
    "act",
    [
        get_site,
        remove_site,
        lambda context, actor, site: update_site(context, actor, site, SiteEdit(title="Mine")),
    ],
)
def test_site_of_somebody_else_is_not_there(
    any_context: Context, act: Callable[[Context, Actor, str], object]
) -> None:
    ann, eve = owner(any_context), owner(any_context)
    site = register_site(any_context, ann, draft())
    for wanted in (site.id, "0" * 32, "", "\x00", site.key):
        with pytest.raises(NotFound):
            act(any_context, eve, wanted)
    assert get_site(any_context, ann, site.id) == site


def test_edit_is_kept_and_the_showcase_follows(any_context: Context) -> None:
    ann = owner(any_context, "pro")
    site, _ = add_site(any_context, ann.account)
    assert places(any_context) == []
    update_site(any_context, ann, site, SiteEdit(wish=ShowcaseWish.IN, topics=("cli",)))
    assert places(any_context) == [("Lantern", "cli")]
    changed = update_site(
        any_context,
        ann,
        site,
        SiteEdit(title="Lamp", origins=("https://www.lantern.example",), has_powered_by=False),
    )
    assert get_site(any_context, ann, site) == changed
    assert changed.origins == (ORIGIN, "https://www.lantern.example")
    assert places(any_context) == [("Lamp", "cli")]
    update_site(any_context, ann, site, SiteEdit(wish=ShowcaseWish.OUT))
    assert places(any_context) == []


def places(context: Context) -> list[tuple[str, str]]:
    with context.database.reading() as session:
        return [(row.title, row.topics) for row in session.exec(select(ShowcaseRow)).all()]


def test_free_owner_keeps_the_powered_by_line(any_context: Context) -> None:
    ann = owner(any_context)
    site = register_site(any_context, ann, draft())
    with pytest.raises(LimitReached, match="free tier shows the powered-by line"):
        update_site(any_context, ann, site.id, SiteEdit(title="New", has_powered_by=False))
    # A refused edit changes nothing at all.
    assert get_site(any_context, ann, site.id) == site


def test_operators_suspend_and_resume(any_context: Context) -> None:
    ann = owner(any_context, "pro")
    site, _ = add_site(any_context, ann.account, wish="in")
    with any_context.database.transaction() as session:
        row = session.exec(select(SiteRow)).one()
        row.verified_at = any_context.clock.now()
        session.add(row)
    update_site(any_context, ann, site, SiteEdit())
    assert len(places(any_context)) == 1
    support = owner_of("default", owner(any_context).account, Role.SUPPORT)
    with pytest.raises(Forbidden):
        suspend_site(any_context, ann, site)
    assert suspend_site(any_context, support, site).status is SiteStatus.SUSPENDED
    assert places(any_context) == []
    with pytest.raises(Conflict):
        resume_site(any_context, owner_of("default", ann.account, Role.SUPPORT), site)
    assert resume_site(any_context, support, site).status is SiteStatus.ACTIVE
    assert resume_site(any_context, support, site).status is SiteStatus.ACTIVE
    assert len(places(any_context)) == 1
    unproved = register_site(any_context, ann, draft())
    suspend_site(any_context, support, unproved.id)
    assert resume_site(any_context, support, unproved.id).status is SiteStatus.DRAFT
    for unknown in ("0" * 32, "\x00"):
        with pytest.raises(NotFound):
            suspend_site(any_context, support, unknown)


def test_removed_site_leaves_nothing_and_its_key_is_refused(any_context: Context) -> None:
    ann = owner(any_context, "pro")
    site, key = add_site(any_context, ann.account, wish="in")
    kept, kept_key = add_site(any_context, ann.account, url="https://kept.example/")
    clock = any_context.clock
    assert isinstance(clock, FixedClock)
    with TestClient(create_app(any_context)) as client:
        for day in range(3):
            for visitor in range(3):
                assert send(client, key, SITE_URL, visitor, day) == 202
            assert send(client, kept_key, "https://kept.example/", 0, day) == 202
            clock.move(24 * 3_600_000_000)
        assert client.get(f"/r/{key}", headers={"user-agent": BROWSER}).status_code in {200, 404}
        assert counted(any_context, site) == {
            "event": 18, "share": 9, "site_day": 3, "featuring": 1, "score": 1, "showcase": 1,
            "site": 1,
        }  # fmt: skip
        remove_site(any_context, ann, site)
        clock.move(REMEMBERED_FOR + 1)
        assert send(client, key, SITE_URL, 9, 9) == 404
        assert client.get(f"/widget/counts/{key}.json").status_code == 404
        assert send(client, kept_key, "https://kept.example/", 9, 9) == 202
    assert set(counted(any_context, site).values()) == {0}
    assert counted(any_context, kept)["event"] == 8
    with any_context.database.reading() as session:
        assert [touch.site for touch in session.exec(select(TouchRow)).all()] == [None]
    with pytest.raises(NotFound):
        remove_site(any_context, ann, site)


def send(client: TestClient, key: str, url: str, visitor: int, day: int) -> int:
    base = {"s": key, "u": url}
    pings = [
        {**base, "t": "view", "i": f"view{day}{visitor}xxxxx"},
        {**base, "t": "share", "n": "x", "i": f"shar{day}{visitor}{url[8:12]}x"},
    ]
    headers = {"origin": url.rstrip("/"), "user-agent": f"{BROWSER} V/{visitor}"}
    return client.post("/collect", content=json.dumps(pings), headers=headers).status_code


def counted(context: Context, site: str) -> dict[str, int]:
    tables = (EventRow, ShareRow, SiteDayRow, FeaturingRow, ScoreRow, ShowcaseRow)
    with context.database.reading() as session:
        found = {
            str(table.__tablename__): len(
                session.exec(select(table).where(table.site == site)).all()
            )
            for table in tables
        }
        found["site"] = len(session.exec(select(SiteRow).where(SiteRow.id == site)).all())
    return found
