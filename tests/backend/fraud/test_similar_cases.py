"""Which cases of others a reviewer is shown beside one."""

from __future__ import annotations

from backend.actions.context import Context
from backend.actions.fraud_queue import read_case
from backend.domain.actors import Role, owner_of
from backend.domain.instants import MINUTE, SECOND
from backend.domain.shares import Platform
from backend.store import fraud
from backend.store.tables.base import TENANT
from tests.support.facts import record_now
from tests.support.service import add_account, add_site
from tests.support.sharing import a_share


def run_farm(context: Context, *, gap: int, platforms: int) -> str:
    """Return the case about a farm with so many platforms."""
    account = add_account(context)
    site, _key = add_site(context, account, url=f"https://s{account[-8:]}.example/")
    now = context.clock.now()
    for number in range(20):
        platform = list(Platform)[number % platforms]
        at = now + number * gap
        visitor = f"{account[-6:]}v{number}"
        record_now(context, [a_share(site, visitor, at, network="one", platform=platform)])
    with context.database.reading() as session:
        (case,) = fraud.list_of_account(session, TENANT, account)
    return case.id


def run_clicker(context: Context) -> str:
    """Return the case about one visitor who shares faster than a person can."""
    account = add_account(context)
    site, _key = add_site(context, account, url=f"https://s{account[-8:]}.example/")
    now = context.clock.now()
    for number, platform in enumerate(list(Platform)[:6]):
        at = now + number * SECOND // 3
        record_now(context, [a_share(site, "v", at, network="one", platform=platform)])
    with context.database.reading() as session:
        (case,) = fraud.list_of_account(session, TENANT, account)
    return case.id


def test_similar_cases_have_most_rules_in_common_and_the_nearest_comes_first(
    context: Context,
) -> None:
    first = run_farm(context, gap=MINUTE, platforms=1)
    other = run_farm(context, gap=MINUTE, platforms=2)
    same = run_farm(context, gap=MINUTE, platforms=1)
    clicker = run_clicker(context)
    ruth = owner_of(TENANT, add_account(context), Role.REVIEWER)
    assert [one.case.id for one in read_case(context, ruth, first).similar] == [same, other]
    assert read_case(context, ruth, clicker).similar == ()
