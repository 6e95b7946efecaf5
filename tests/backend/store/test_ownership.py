"""Whose a row is, said in one place."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import SQLModel

from backend.actions.context import Context
from backend.domain.actors import Actor, owner_of
from backend.store.ownership import owned
from backend.store.tables import all as every_table
from backend.store.tables.accounts import PersonRow
from backend.store.tables.base import TENANT, Row
from backend.store.tables.events import ShareRow, SiteDayRow
from backend.store.tables.sites import ScoreRow, SiteRow
from tests.support.service import add_account, add_site

# Rows that nobody owns: they are found by their secret, or belong to the service.
OWNERLESS = {
    "sign_in",
    "day_salt",
    "event_id",
    "setting",
    "exchange_rate",
    "provider_event",
    "payout_batch",
    "payout_approval",
    "payout_file",
    "payout_line",
    "payout_return",
    "ledger_head",
    "ledger_txn",
    "ledger_posting",
    "ledger_balance",
    "ledger_salt",
    "log_head",
    "log_tile",
    "log_checkpoint",
    "plan",
    "programme",
    "payment",
    "adjustment",
    "hold",
    "dispute_message",
    "board",
    "audit_entry",
    "feature_flag",
    "check_run",
    "job",
    "job_failure",
    "fraud_referral",
    "fraud_rules",
}


def row_classes() -> list[type[Row]]:
    assert every_table.METADATA.tables
    known: list[Any] = [
        mapper.class_ for mapper in SQLModel._sa_registry.mappers if issubclass(mapper.class_, Row)
    ]
    return sorted(known, key=lambda table: str(table.__tablename__))


def owner(account: str, tenant: str = TENANT) -> Actor:
    return owner_of(tenant, account)


@pytest.mark.parametrize("table", row_classes(), ids=lambda table: str(table.__tablename__))
def test_every_table_says_who_owns_its_rows(table: type[Row]) -> None:
    if str(table.__tablename__) in OWNERLESS:
        with pytest.raises(KeyError):
            owned(select(table), table, owner("ann"))
        return
    text = str(owned(select(table), table, owner("ann")))
    _, _, conditions = text.partition("WHERE")
    assert f"{table.__tablename__}.tenant = " in conditions
    owners = ("account", "id", "referrer", "beneficiary")
    assert any(f".{column} = " in conditions for column in owners)


def test_an_owner_sees_their_own_rows_and_nobody_elses(any_context: Context) -> None:
    ann, bob = add_account(any_context), add_account(any_context)
    ours, _key = add_site(any_context, ann)
    theirs, _key = add_site(any_context, bob)
    with any_context.database.reading() as session:
        for account, site in ((ann, ours), (bob, theirs)):
            for table in (SiteRow, ScoreRow):
                rows = session.execute(owned(select(table), table, owner(account))).scalars().all()
                assert [getattr(row, "site", getattr(row, "id", None)) for row in rows] == [site]


def test_another_tenant_sees_nothing_even_with_the_same_account(context: Context) -> None:
    ann = add_account(context)
    add_site(context, ann)
    with context.database.reading() as session:
        for table in (SiteRow, ScoreRow, PersonRow):
            found = session.execute(owned(select(table), table, owner(ann, "elsewhere")))
            assert found.first() is None


def test_changes_reach_only_the_owners_rows(any_context: Context) -> None:
    ann, bob = add_account(any_context), add_account(any_context)
    ours, _key = add_site(any_context, ann)
    theirs, _key = add_site(any_context, bob)
    with any_context.database.transaction() as session:
        for site in (ours, theirs):
            session.add(SiteDayRow(tenant=TENANT, site=site, day=20_700))
            session.add(
                ShareRow(
                    tenant=TENANT, site=site, id="s", platform="x", page="/", at=1, visitor="v"
                )
            )
    with any_context.database.transaction() as session:
        connection = session.connection()
        changed = connection.execute(owned(update(SiteRow), SiteRow, owner(ann)).values(title="T"))
        assert changed.rowcount == 1
        for table in (ShareRow, SiteDayRow):
            assert connection.execute(owned(delete(table), table, owner(ann))).rowcount == 1
    with any_context.database.reading() as session:
        left = session.execute(select(ShareRow.site)).scalars().all()
        titles = {row.id: row.title for row in session.execute(select(SiteRow)).scalars()}
    assert left == [theirs]
    assert titles == {ours: "T", theirs: "Lantern"}
