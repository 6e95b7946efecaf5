"""Signed-in browsers: how long, where, and how they end."""

from __future__ import annotations

import pytest
from sqlmodel import select

from backend.actions.accounts import change_role, find_account
from backend.actions.context import Context
from backend.actions.sessions import (
    Browser,
    find_actor,
    list_sessions,
    open_session,
    revoke_session,
    revoke_sessions,
    sign_out,
)
from backend.clock import FixedClock
from backend.domain.actors import Actor, Role, owner_of
from backend.domain.instants import DAY, HOUR, MINUTE
from backend.errors import NotFound
from backend.store.tables.accounts import SessionRow
from tests.support.service import BROWSER, add_account


def enter(context: Context, account: str, *, old: str | None = None) -> str:
    found = find_account(context, account=account)
    assert found is not None
    with context.database.transaction() as session:
        return open_session(session, context, found, Browser(user_agent=BROWSER, secret=old))


def wait(context: Context, microseconds: int) -> None:
    assert isinstance(context.clock, FixedClock)
    context.clock.move(microseconds)


def actor(account: str) -> Actor:
    return owner_of("default", account)


def test_a_session_ends_after_fourteen_days_without_a_visit(any_context: Context) -> None:
    account = add_account(any_context)
    secret = enter(any_context, account)
    wait(any_context, 14 * DAY - 1)
    assert find_actor(any_context, secret)
    wait(any_context, 14 * DAY)
    assert find_actor(any_context, secret) is None
    assert list_sessions(any_context, actor(account)) == []


def test_a_session_ends_after_ninety_days_in_any_case(any_context: Context) -> None:
    secret = enter(any_context, add_account(any_context))
    for _ in range(89):
        wait(any_context, DAY)
        assert find_actor(any_context, secret)
    wait(any_context, DAY)
    assert find_actor(any_context, secret) is None


def test_use_is_noted_once_an_hour(context: Context) -> None:
    account = add_account(context)
    secret = enter(context, account)
    began = context.clock.now()
    wait(context, HOUR - MINUTE)
    find_actor(context, secret)
    assert list_sessions(context, actor(account))[0].seen_at == began
    wait(context, MINUTE)
    find_actor(context, secret)
    assert list_sessions(context, actor(account))[0].seen_at == began + HOUR


def test_signing_in_again_ends_the_session_that_the_browser_had(any_context: Context) -> None:
    account = add_account(any_context)
    first = enter(any_context, account)
    second = enter(any_context, account, old=first)
    assert first != second
    assert find_actor(any_context, first) is None
    assert find_actor(any_context, second)


def test_sessions_are_listed_by_device_and_end_one_by_one(any_context: Context) -> None:
    account = add_account(any_context)
    first, second = enter(any_context, account), enter(any_context, account)
    listed = list_sessions(any_context, actor(account))
    assert [known.device for known in listed] == ["Chrome on Linux", "Chrome on Linux"]
    revoke_session(any_context, actor(account), listed[0].id)
    assert [find_actor(any_context, secret) is None for secret in (first, second)].count(True) == 1
    with pytest.raises(NotFound):
        revoke_session(any_context, actor(account), listed[0].id)


def test_nobody_ends_a_session_of_somebody_else(any_context: Context) -> None:
    ann, bob = add_account(any_context), add_account(any_context)
    secret = enter(any_context, ann)
    ours = list_sessions(any_context, actor(ann))[0].id
    with pytest.raises(NotFound):
        revoke_session(any_context, actor(bob), ours)
    assert revoke_sessions(any_context, actor(bob)) == 0
    assert find_actor(any_context, secret)


def test_all_other_sessions_end_together(any_context: Context) -> None:
    account = add_account(any_context)
    here, *elsewhere = [enter(any_context, account) for _ in range(3)]
    assert revoke_sessions(any_context, actor(account), but_secret=here) == 2
    assert find_actor(any_context, here)
    assert not any(find_actor(any_context, secret) for secret in elsewhere)


def test_signing_out_ends_the_session_and_an_unknown_one_is_no_error(context: Context) -> None:
    secret = enter(context, add_account(context))
    sign_out(context, secret)
    assert find_actor(context, secret) is None
    sign_out(context, secret)
    sign_out(context, "never given")


def test_a_role_takes_effect_at_once(context: Context) -> None:
    account = add_account(context)
    secret = enter(context, account)
    change_role(context, account, Role.REVIEWER)
    found = find_actor(context, secret)
    assert found is not None
    found.needs_role(Role.REVIEWER)


def test_the_row_holds_a_digest_of_the_secret(context: Context) -> None:
    secret = enter(context, add_account(context))
    assert len(secret) == 43
    with context.database.reading() as session:
        row = session.exec(select(SessionRow)).one()
        assert len(row.id) == 64
        assert secret not in str(row)
