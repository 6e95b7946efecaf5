"""The log of what operators did: it is written with the act, and never changed."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.actions.audit import note
from backend.actions.context import Context
from backend.domain.audit import FACTS_BYTES, command_actor
from backend.store.tables.base import TENANT

ACTOR = command_actor(TENANT)
SUBJECT = "account:0123"


def add(context: Context, **facts: object) -> None:
    with context.database.transaction() as session:
        note(session, context, ACTOR, "account.suspend", SUBJECT, **facts)


def rows_of(context: Context) -> list[tuple[str, ...]]:
    with context.database.reading() as session:
        found = session.connection().execute(
            text("SELECT actor, role, action, kind, subject, facts FROM audit_entry ORDER BY id")
        )
        return [tuple(row) for row in found]


def test_an_entry_says_who_did_what_to_whom(any_context: Context) -> None:
    add(any_context, reason="spam", before=None, number=2)
    assert rows_of(any_context) == [
        (
            "command",
            "admin",
            "account.suspend",
            "account",
            "0123",
            '{"before":null,"number":2,"reason":"spam"}',
        )
    ]


def test_an_entry_goes_with_the_transaction_that_failed(any_context: Context) -> None:
    with pytest.raises(ZeroDivisionError), any_context.database.transaction() as session:
        note(session, any_context, ACTOR, "account.suspend", SUBJECT)
        raise ZeroDivisionError
    assert rows_of(any_context) == []


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry"]
)
def test_the_database_itself_refuses_to_change_the_log(any_context: Context, change: str) -> None:
    add(any_context)
    before = rows_of(any_context)
    with (
        pytest.raises(DBAPIError, match="append only"),
        any_context.database.engine.begin() as connection,
    ):
        connection.execute(text(change))
    assert rows_of(any_context) == before


@pytest.mark.parametrize(
    "facts", [{"email": "a"}, {"api_token": "a"}, {"text": "x" * FACTS_BYTES}, {"rate": 0.5}]
)
def test_facts_that_are_personal_secret_or_without_a_spelling_are_refused(
    context: Context, facts: dict[str, object]
) -> None:
    with pytest.raises(ValueError):
        add(context, **facts)
    assert rows_of(context) == []


@pytest.mark.parametrize(("what", "subject"), [("suspend", SUBJECT), ("account.suspend", "0123")])
def test_an_act_without_an_area_or_a_kind_is_a_mistake(
    context: Context, what: str, subject: str
) -> None:
    with pytest.raises(ValueError), context.database.transaction() as session:
        note(session, context, ACTOR, what, subject)
