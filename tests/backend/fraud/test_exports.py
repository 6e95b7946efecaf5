"""What owners take away of reviews and disputes: facts and outcomes, and nothing for cheats."""

from __future__ import annotations

import csv
import io
import zipfile

from backend.actions import disputes
from backend.actions.context import Context
from backend.actions.disputes import Opening
from backend.actions.exports import export_account
from backend.actions.fraud_referrals import watch_referrals
from backend.actions.fraud_review import clear_case
from backend.actions.payments import apply_event
from backend.domain.actors import Role, owner_of
from backend.domain.disputes import DisputeKind
from backend.domain.fraud_cases import CaseKind
from backend.domain.instants import SECOND
from backend.store import fraud
from backend.store.tables.base import TENANT
from tests.support.facts import record_now
from tests.support.money import adjusted
from tests.support.rewards import add_customers
from tests.support.service import add_account, add_site
from tests.support.sharing import a_share


def taken(context: Context, account: str) -> dict[str, list[dict[str, str]]]:
    archive = zipfile.ZipFile(io.BytesIO(export_account(context, owner_of(TENANT, account))))
    return {
        name: list(csv.DictReader(io.StringIO(archive.read(name).decode())))
        for name in archive.namelist()
        if name.endswith(".csv")
    }


def test_an_export_says_what_was_found_and_what_came_of_it(any_context: Context) -> None:
    ann = add_account(any_context)
    site, _key = add_site(any_context, ann)
    now = any_context.clock.now()
    for number in range(20):
        at = now + number * SECOND
        record_now(any_context, [a_share(site, f"farm{number}", at, network="one")])
    customers = add_customers(any_context, ann, 4)
    for customer in customers[:2]:
        refund = adjusted(1_000, ref=f"re_{customer}", charge=f"ch_{customer}")
        apply_event(any_context, refund)
    watch_referrals(any_context)
    with any_context.database.reading() as session:
        cases = {case.kind: case for case in fraud.list_of_account(session, TENANT, ann)}
    ruth = owner_of(TENANT, add_account(any_context), Role.REVIEWER)
    clear_case(any_context, ruth, cases[CaseKind.REFERRALS].id, "Ben Falk asked for it")
    reviews = {row["kind"]: row for row in taken(any_context, ann)["reviews.csv"]}
    assert reviews["shares"]["site"] == site
    assert "few networks (networks: 1, sharers: 20, shares: 20)" in reviews["shares"]["found"]
    assert reviews["shares"]["outcome"] == "waits for a person; it does not count until then"
    assert "given back (conversions: 4, refunded: 2)" in reviews["referrals"]["found"]
    assert reviews["referrals"]["outcome"] == "cleared: it counts as if nothing had been"
    text = str(reviews)
    for secret in (*customers, ruth.account, "Ben Falk", "limits", "weight", "fewer_than"):
        assert secret not in text


def test_an_export_holds_what_was_said_in_disputes_of_ones_own(any_context: Context) -> None:
    ann, bob = (owner_of(TENANT, add_account(any_context)) for _ in range(2))
    finance = owner_of(TENANT, add_account(any_context), Role.FINANCE)
    for actor in (ann, bob):
        opening = Opening(kind=DisputeKind.ATTRIBUTION, text=f"Of {actor.account}")
        opened = disputes.open_dispute(any_context, actor, opening)
        disputes.ask(any_context, finance, opened.id, "Can you show it?")
    said = taken(any_context, ann.account)["dispute_messages.csv"]
    assert [(row["by"], row["text"]) for row in said] == [
        ("you", f"Of {ann.account}"),
        ("the service", "Can you show it?"),
    ]
    assert finance.account not in str(said)
    disputed = taken(any_context, ann.account)["disputes.csv"]
    assert {row["dispute"] for row in said} == {row["id"] for row in disputed}
