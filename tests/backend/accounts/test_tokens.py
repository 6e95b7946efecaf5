"""API tokens: what they may do, how many, how long."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select

from backend.actions.accounts import reopen, suspend
from backend.actions.context import Context
from backend.actions.tokens import find_actor, list_tokens, make_token, revoke_token
from backend.clock import FixedClock
from backend.domain.actors import Actor, Scope, owner_of
from backend.domain.instants import DAY, SECOND
from backend.errors import Forbidden, Invalid, LimitReached, NotFound
from backend.store.tables.accounts import TokenRow
from tests.support.service import add_account


@pytest.fixture
def ann(any_context: Context) -> Actor:
    return owner_of("default", add_account(any_context))


def make(context: Context, actor: Actor, *scopes: str, days: int | None = None) -> str:
    wanted = scopes or ("sites:read",)
    return make_token(context, actor, name="CI", scopes=wanted, days=days).secret


def wait(context: Context, microseconds: int) -> None:
    assert isinstance(context.clock, FixedClock)
    context.clock.move(microseconds)


def test_a_token_speaks_for_its_account_within_its_scopes(any_context: Context, ann: Actor) -> None:
    secret = make(any_context, ann, "sites:read", "stats:read")
    assert secret.startswith("4s_")
    assert len(secret) == 46
    found = find_actor(any_context, secret)
    assert found is not None
    assert found.account == ann.account
    assert found.scopes == {Scope.SITES_READ, Scope.STATS_READ}
    assert not found.is_session


@pytest.mark.parametrize("secret", ["", "4s_", "4s_unknown", "4s_" + "x" * 10_000, "4s_\udcff"])
def test_an_unknown_token_speaks_for_nobody(context: Context, secret: str) -> None:
    assert find_actor(context, secret) is None


def test_only_a_digest_is_stored_and_the_list_has_no_secret(
    any_context: Context, ann: Actor
) -> None:
    secret = make(any_context, ann)
    with any_context.database.reading() as session:
        row = session.exec(select(TokenRow)).one()
        assert secret not in str(row)
    assert secret[3:] not in str(list_tokens(any_context, ann))


def test_an_account_has_at_most_twenty_tokens_that_work(any_context: Context, ann: Actor) -> None:
    for _ in range(20):
        make(any_context, ann, days=1)
    with pytest.raises(LimitReached, match="at most 20"):
        make(any_context, ann)
    revoke_token(any_context, ann, list_tokens(any_context, ann)[0].id)
    make(any_context, ann, days=1)
    wait(any_context, DAY)
    assert list_tokens(any_context, ann) == []
    make(any_context, ann)


def test_a_token_ends_on_its_day(any_context: Context, ann: Actor) -> None:
    secret, lasting = make(any_context, ann, days=1), make(any_context, ann)
    wait(any_context, DAY - 1)
    assert find_actor(any_context, secret)
    wait(any_context, 1)
    assert find_actor(any_context, secret) is None
    wait(any_context, 1_000 * DAY)
    assert find_actor(any_context, lasting)


def test_a_revoked_token_stops_at_once(any_context: Context, ann: Actor) -> None:
    secret = make(any_context, ann)
    revoke_token(any_context, ann, list_tokens(any_context, ann)[0].id)
    assert find_actor(any_context, secret) is None


def test_nobody_revokes_or_lists_a_token_of_somebody_else(any_context: Context, ann: Actor) -> None:
    secret = make(any_context, ann)
    bob = owner_of("default", add_account(any_context))
    assert list_tokens(any_context, bob) == []
    with pytest.raises(NotFound):
        revoke_token(any_context, bob, list_tokens(any_context, ann)[0].id)
    assert find_actor(any_context, secret)


def test_tokens_of_a_suspended_account_stop(any_context: Context, ann: Actor) -> None:
    secret = make(any_context, ann)
    suspend(any_context, ann.account)
    assert find_actor(any_context, secret) is None
    reopen(any_context, ann.account)
    assert find_actor(any_context, secret)


def test_use_is_noted_once_a_minute(any_context: Context, ann: Actor) -> None:
    secret = make(any_context, ann)
    began = any_context.clock.now()
    for seconds, noted in ((0, 0), (59, 0), (1, 60)):
        wait(any_context, seconds * SECOND)
        find_actor(any_context, secret)
        assert list_tokens(any_context, ann)[0].used_at == began + noted * SECOND


@pytest.mark.parametrize(
    ("name", "scopes", "days", "field"),
    [
        ("CI", ["sites:erase"], None, "scopes"),
        ("CI", [], None, "scopes"),
        (" \n", ["sites:read"], None, "name"),
        ("n" * 101, ["sites:read"], None, "name"),
        ("CI", ["sites:read"], 0, "days"),
        ("CI", ["sites:read"], 366, "days"),
    ],
)
def test_what_cannot_be_a_token_is_refused_by_field(
    context: Context, name: str, scopes: list[str], days: int | None, field: str
) -> None:
    actor = owner_of("default", add_account(context))
    with pytest.raises(Invalid) as refused:
        make_token(context, actor, name=name, scopes=scopes, days=days)
    assert refused.value.field == field


def test_a_token_makes_none_that_may_do_more_than_itself(context: Context) -> None:
    owner = owner_of("default", add_account(context))
    token = replace(owner, scopes=frozenset({Scope.ACCOUNT_WRITE}), is_session=False)
    with pytest.raises(Forbidden):
        make(context, token, "sites:write")
    make(context, token, "account:write")
