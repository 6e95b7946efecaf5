"""Cards of rewards: only what was given and is shown, the same bytes each time."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image
from starlette.testclient import TestClient

from backend.actions.accounts import suspend
from backend.actions.boards import choose
from backend.actions.context import Context
from backend.actions.payments import apply_event
from backend.actions.rewards import grant_rewards
from backend.app import create_app
from backend.domain.actors import owner_of
from backend.domain.reward_cards import card_of
from backend.domain.rewards import REWARDS, Grant
from backend.gateways.reward_cards import draw_card
from backend.store.tables.base import TENANT
from backend.store.tables.profiles import ProfileRow
from tests.support.money import adjusted
from tests.support.rewards import add_customers
from tests.support.service import NOON, add_account


def a_grant(key: str) -> Grant:
    reward = REWARDS[key]
    return Grant(account="a" * 32, key=key, kind=reward.kind, at=NOON, granted_at=NOON)


def an_ambassador(context: Context, *, shows: bool = True) -> tuple[str, str]:
    """Return somebody who brought one customer, and the customer."""
    account = add_account(context)
    [customer] = add_customers(context, account, 1)
    grant_rewards(context, account)
    choose(context, owner_of(TENANT, account), is_listed=False, shows_cards=shows)
    return account, customer


@pytest.mark.parametrize("key", REWARDS)
def test_every_reward_has_a_card_of_1200_by_630_and_few_bytes(key: str) -> None:
    card = card_of(REWARDS[key], a_grant(key), name="Ada Lindqvist", host="4site.example")
    content = draw_card(card)
    assert struct.unpack(">II", content[16:24]) == (1_200, 630)
    assert len(content) < 60_000


@pytest.mark.parametrize("name", ["", "x" * 60, "山田 太郎", "<b>Ann</b>", "דנה", "\u202e\u0007"])
def test_any_name_is_drawn_within_the_margins_and_alike_each_time(name: str) -> None:
    card = card_of(REWARDS["empire_builder"], a_grant("empire_builder"), name=name, host="h" * 80)
    first = draw_card(card)
    draw_card.cache_clear()
    assert draw_card(card) == first
    picture = Image.open(io.BytesIO(first)).convert("L")
    edge = picture.crop((0, 60, 80, 570))
    assert min(edge.tobytes()) > 200


def test_a_cards_key_follows_from_what_it_says() -> None:
    def key(**changed: str) -> str:
        values = {"name": "Ann", "host": "4site.example"} | changed
        return card_of(REWARDS["ambassador"], a_grant("ambassador"), **values).key

    assert key() == key()
    assert len({key(), key(name="Bob"), key(host="other.example")}) == 3


def test_a_card_says_the_goal_and_not_how_much_there_was() -> None:
    card = card_of(REWARDS["money_maker"], a_grant("money_maker"), name="", host="h")
    assert (card.amount, card.evidence) == ("$10k", "$10,000 of revenue")


def test_only_granted_rewards_of_owners_who_show_them_have_a_card(context: Context) -> None:
    client = TestClient(create_app(context))
    shown, _customer = an_ambassador(context)
    hidden, _customer = an_ambassador(context, shows=False)
    picture = client.get(f"/cards/{shown}/ambassador.png")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    for path in (
        f"/cards/{shown}/money_maker",
        f"/cards/{shown}/nothing",
        f"/cards/{hidden}/ambassador",
        f"/cards/{'0' * 32}/ambassador",
        "/cards/nobody/ambassador",
    ):
        for end in ("", ".png"):
            assert client.get(path + end).status_code == 404
    suspend(context, shown)
    assert client.get(f"/cards/{shown}/ambassador.png").status_code == 404


def test_a_reward_that_was_taken_back_has_no_card(context: Context) -> None:
    client = TestClient(create_app(context))
    account, customer = an_ambassador(context)
    apply_event(context, adjusted(2_900, charge=f"ch_{customer}"))
    grant_rewards(context, account)
    assert client.get(f"/cards/{account}/ambassador").status_code == 404


def test_its_page_leads_to_a_picture_that_caches_keep_for_good(context: Context) -> None:
    client = TestClient(create_app(context))
    account, _customer = an_ambassador(context)
    with context.database.transaction() as session:
        session.add(
            ProfileRow(
                tenant=TENANT,
                account=account,
                handle="ada",
                name="Ada <Lindqvist>",
                is_public=True,
                changed_at=1,
            )
        )
    page = client.get("/cards/ADA/ambassador").text
    assert "Ada &lt;Lindqvist&gt;: Ambassador" in page
    address = page.partition('property="og:image" content="')[2].partition('"')[0]
    path = address.removeprefix(context.settings.base_url)
    assert path.startswith("/cards/ada/ambassador.png?v=")
    picture = client.get(path)
    assert "immutable" in picture.headers["cache-control"]
    etag = picture.headers["etag"]
    assert client.get(path, headers={"if-none-match": etag}).status_code == 304
    assert "immutable" not in client.get(path.partition("?")[0]).headers["cache-control"]
