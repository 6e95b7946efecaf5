"""What owners take away, what is left when they go, and what a tier changes."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from backend.actions.accounts import change_tier, find_account, rename, sign_up
from backend.actions.context import Context
from backend.actions.erasure import erase_account
from backend.actions.exports import export_account
from backend.actions.profiles import save_profile
from backend.actions.referrals import claim_code, touch
from backend.actions.tokens import make_token
from backend.clock import FixedClock
from backend.domain.actors import Actor, owner_of
from backend.domain.instants import DAY, MINUTE
from backend.domain.profiles import ProfileDraft
from backend.domain.tiers import Tier
from backend.errors import NotFound
from backend.store.tables import all as every_table
from backend.store.tables.base import TENANT
from backend.store.tables.billing import SubscriptionRow
from backend.store.tables.events import ShareRow, SiteDayRow
from backend.store.tables.referrals import ReferralRow
from backend.store.tables.sites import ScoreRow, ShowcaseRow, SiteRow
from tests.support.service import add_account, add_site
from tests.support.signing_in import press, sign_in
from tests.support.tasks import RecordedTasks

ANN = "ann.lantern@example.org"


@pytest.fixture
def ann(any_context: Context) -> Actor:
    """An owner with a site, a share, a day, a code of her own, a token and a referral."""
    context = any_context
    owner = owner_of(TENANT, add_account(context, email=ANN))
    rename(context, owner, "Ann Lantern")
    site, _key = add_site(context, owner.account, title="=HYPERLINK(1)")
    claim_code(context, owner, "ANNLANTERN")
    make_token(context, owner, name="Token of Ann", scopes=["sites:read"])
    with context.database.transaction() as session:
        session.add(SiteDayRow(tenant=TENANT, site=site, day=20_700, views=7, shares=1))
        session.add(
            ShareRow(
                tenant=TENANT, site=site, id="abcdefghijk", platform="x", page="https://a.example/",
                at=context.clock.now(), visitor="0123456789abcdef", is_counted=True, points=7_500,
            )
        )  # fmt: skip
    touch(context, "annlantern")
    assert isinstance(context.clock, FixedClock)
    context.clock.move(MINUTE)
    arrived = {"name": "", "code": "annlantern", "is_typed": True, "touch": None}
    sign_up(context, email="bob@example.org", **arrived)  # type: ignore[arg-type]
    return owner


def unpack(archive: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode() for name in opened.namelist()}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def everything(context: Context) -> str:
    """Return all rows of all tables as one text."""
    with context.database.reading() as session:
        return "\n".join(
            str(row._mapping)
            for known in every_table.METADATA.sorted_tables
            for row in session.connection().execute(select(known))
        )


def test_an_export_holds_everything_of_the_owner(any_context: Context, ann: Actor) -> None:
    files = unpack(export_account(any_context, ann))
    account = json.loads(files["account.json"])
    assert (account["email"], account["name"], account["tier"]) == (ANN, "Ann Lantern", "free")
    assert account["created_at"] == "2026-09-04T12:00:00Z"
    assert [token["name"] for token in account["tokens"]] == ["Token of Ann"]
    assert {code["code"] for code in account["codes"]} > {"ANNLANTERN"}
    assert json.loads(files["sites.json"])[0]["url"] == "https://lantern.example/"
    assert table(files["days.csv"])[0]["day"] == "2026-09-04"
    assert table(files["days.csv"])[0]["views"] == "7"
    assert table(files["shares.csv"])[0]["points"] == "7500"
    assert [row["code"] for row in table(files["touches.csv"])] == ["ANNLANTERN"]
    assert [row["basis"] for row in table(files["referrals.csv"])] == ["typed"]
    assert {"scores.csv", "featurings.csv", "README.txt"} < set(files)
    money = {"commissions.csv", "subscriptions.csv", "payouts.csv", "tax.csv", "disputes.csv"}
    assert money < set(files)
    assert {name for name in files if name not in files["README.txt"]} == {"README.txt"}


def test_an_export_holds_what_is_public_and_what_was_bought(
    any_context: Context, ann: Actor
) -> None:
    hidden = json.loads(unpack(export_account(any_context, ann))["sites.json"])[0]["id"]
    draft = ProfileDraft(handle="ann", links=("https://a.example/",), hidden=frozenset({hidden}))
    save_profile(any_context, ann, draft)
    now = any_context.clock.now()
    with any_context.database.transaction() as session:
        session.add(
            SubscriptionRow(
                tenant=TENANT, provider="manual", ref="sub_1", digest="d", account=ann.account,
                customer="cus_secret", tier="pro", status="active", started_at=now,
                period_end=now + DAY, at=now,
            )
        )  # fmt: skip
    files = unpack(export_account(any_context, ann))
    account = json.loads(files["account.json"])
    (profile,) = account["profile"]
    assert (profile["handle"], profile["links"]) == ("ann", "https://a.example/")
    assert profile["changed_at"] == "2026-09-04T12:01:00Z"
    assert account["hidden_sites"] == [{"site": hidden}]
    (bought,) = table(files["subscriptions.csv"])
    assert (bought["tier"], bought["period_end"]) == ("pro", "2026-09-05T12:01:00Z")
    assert "cus_secret" not in "".join(files.values())


def test_an_export_runs_no_formula_and_gives_away_nobody_else(
    any_context: Context, ann: Actor
) -> None:
    bob = add_account(any_context)
    _site, foreign = add_site(any_context, bob, url="https://bob.example/")
    files = unpack(export_account(any_context, ann))
    assert table(files["sites.csv"])[0]["title"] == "'=HYPERLINK(1)"
    text = "".join(files.values())
    for secret in (foreign, bob, "bob@example.org", "0123456789abcdef", "digest"):
        assert secret not in text


def test_the_same_moment_exports_the_same_bytes(any_context: Context, ann: Actor) -> None:
    assert export_account(any_context, ann) == export_account(any_context, ann)


def test_erasing_leaves_no_name_address_site_or_secret(any_context: Context, ann: Actor) -> None:
    erase_account(any_context, ann)
    left = everything(any_context)
    for word in ("Ann", "ANNLANTERN", "ann.lantern", "lantern.example", "abcdefghijk"):
        assert word not in left
    account = find_account(any_context, account=ann.account)
    assert account is not None
    assert account.person is None
    assert account.erased_at is not None
    with pytest.raises(NotFound):
        erase_account(any_context, ann)


def test_what_a_referrer_earned_stays_without_their_name(any_context: Context, ann: Actor) -> None:
    erase_account(any_context, ann)
    account = find_account(any_context, account=ann.account)
    assert account is not None
    with any_context.database.reading() as session:
        referral = session.exec(select(ReferralRow)).one()
        assert (referral.referrer, referral.code) == (ann.account, account.code)
    assert len(account.code) == 8
    assert touch(any_context, account.code) is None
    assert touch(any_context, "ANNLANTERN") is None


def test_the_address_may_sign_up_again_as_somebody_new(any_context: Context, ann: Actor) -> None:
    erase_account(any_context, ann)
    again = sign_up(any_context, email=ANN, name="", code=None, is_typed=False, touch=None)
    assert again.id != ann.account


def test_somebody_elses_rows_survive_an_erasure(any_context: Context, ann: Actor) -> None:
    bob = add_account(any_context, email="carol@example.org")
    site, _key = add_site(any_context, bob, url="https://carol.example/")
    erase_account(any_context, ann)
    assert find_account(any_context, email="carol@example.org") is not None
    with any_context.database.reading() as session:
        assert session.exec(select(SiteRow.id)).all() == [site]


def test_the_page_exports_and_erases_after_the_address_was_typed(
    at_door: tuple[Context, RecordedTasks], client: TestClient
) -> None:
    sign_in(client, *at_door, ANN)
    answer = client.get("/dashboard/export")
    assert answer.headers["content-type"] == "application/zip"
    assert ANN in unpack(answer.content)["account.json"]
    assert press(client, "/dashboard/erase", email="Ann.Lantern@Example.org") == 303
    assert "foursite_session" not in client.cookies
    assert find_account(at_door[0], email=ANN) is None


def test_a_change_of_tier_rescores_sites_and_moves_their_places(any_context: Context) -> None:
    account = add_account(any_context)
    site, _key = add_site(any_context, account, wish="in")
    with any_context.database.transaction() as session:
        score = session.get(ScoreRow, (TENANT, site))
        assert score is not None
        score.views, score.likes, score.comments = 1_000, 10, 2
    change_tier(any_context, account, Tier.PRO)
    assert (score_of(any_context, site), places(any_context)) == (19_656, [site])
    change_tier(any_context, account, Tier.ENTERPRISE)
    assert score_of(any_context, site) == 27_216  # 126 × 1.2 × 1.8
    changed = change_tier(any_context, account, Tier.FREE)
    assert changed.tier is Tier.FREE
    assert (score_of(any_context, site), places(any_context)) == (15_120, [])


def score_of(context: Context, site: str) -> int:
    with context.database.reading() as session:
        return session.exec(select(ScoreRow.score).where(ScoreRow.site == site)).one()


def places(context: Context) -> list[str]:
    with context.database.reading() as session:
        return list(session.exec(select(ShowcaseRow.site)).all())


def test_an_account_that_is_not_there_cannot_be_changed(context: Context) -> None:
    with pytest.raises(NotFound):
        change_tier(context, "0" * 32, Tier.PRO)
