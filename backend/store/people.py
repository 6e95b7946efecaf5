"""Accounts and sites as operators look for them: everybody's.

Leans on the primary keys (tenant, id), `uq_person_email_key` and `uq_site_key`. Ids made later sort
later, so that an id is the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from backend.domain.accounts import Account
from backend.domain.actors import Role
from backend.domain.people import Only, PeopleQuery
from backend.domain.showcase import SiteStatus
from backend.domain.sites import Site
from backend.store.accounts import select_accounts, to_account
from backend.store.sites import to_site
from backend.store.tables.accounts import AccountRow, PersonRow
from backend.store.tables.referrals import ReferralRow
from backend.store.tables.sites import SiteRow


def list_accounts(
    session: Session, tenant: str, query: PeopleQuery, *, before: str, limit: int
) -> list[Account]:
    """Return accounts, the newest first, from the one before the id `before` on."""
    statement = select_accounts().where(col(AccountRow.tenant) == tenant)
    if query.account is not None:
        statement = statement.where(col(AccountRow.id) == query.account)
    if query.email_key is not None:
        statement = statement.where(col(PersonRow.email_key) == query.email_key)
    if query.only is Only.OPERATORS:
        statement = statement.where(col(AccountRow.role) != Role.OWNER.value)
    if query.only is Only.SUSPENDED:
        statement = statement.where(_is_suspended())
    if before:
        statement = statement.where(col(AccountRow.id) < before)
    found = session.execute(statement.order_by(col(AccountRow.id).desc()).limit(limit))
    return [to_account(row) for row in found]


def list_sites(  # noqa: PLR0913  what is looked for, each named
    session: Session, tenant: str, text: str, only: Only, *, before: str, limit: int
) -> list[Site]:
    """Return sites, the newest first: the one with this key, id or address, or all for ''."""
    statement = select(SiteRow).where(col(SiteRow.tenant) == tenant)
    if text:
        named: list[Any] = [column == text for column in (col(SiteRow.key), col(SiteRow.id))]
        address = col(SiteRow.url) == f"{text.removesuffix('/')}/"
        statement = statement.where(or_(*named, address, col(SiteRow.account) == text))
    if only is Only.SUSPENDED:
        statement = statement.where(col(SiteRow.status) == SiteStatus.SUSPENDED.value)
    if before:
        statement = statement.where(col(SiteRow.id) < before)
    found = session.execute(statement.order_by(col(SiteRow.id).desc()).limit(limit))
    return [to_site(row) for row in found.scalars()]


def find_by_key(session: Session, tenant: str, key: str) -> Site | None:
    """Return the site with this key, whoever owns it."""
    found = session.execute(
        select(SiteRow).where(col(SiteRow.tenant) == tenant, col(SiteRow.key) == key)
    )
    row = found.scalar_one_or_none()
    return None if row is None else to_site(row)


def count_suspended(session: Session, tenant: str) -> tuple[int, int]:
    """Return how many accounts that are not erased, and how many sites, are suspended."""
    people = select(func.count()).select_from(AccountRow)
    sites = select(func.count()).select_from(SiteRow)
    found = (
        people.where(col(AccountRow.tenant) == tenant, _is_suspended()),
        sites.where(
            col(SiteRow.tenant) == tenant, col(SiteRow.status) == SiteStatus.SUSPENDED.value
        ),
    )
    accounts, held = (int(session.execute(each).scalar_one()) for each in found)
    return accounts, held


def find_referrer(session: Session, tenant: str, account: str) -> str | None:
    """Return who brought an account, None when nobody did."""
    found = session.execute(
        select(col(ReferralRow.referrer)).where(
            col(ReferralRow.tenant) == tenant, col(ReferralRow.referred) == account
        )
    )
    return found.scalar_one_or_none()


def find_addresses(session: Session, tenant: str, accounts: Sequence[str]) -> dict[str, str]:
    """Return the addresses of those accounts that have a person."""
    found = session.execute(
        select(col(PersonRow.account), col(PersonRow.email)).where(
            col(PersonRow.tenant) == tenant, col(PersonRow.account).in_(accounts)
        )
    )
    return {row.account: row.email for row in found}


def _is_suspended() -> Any:
    return col(AccountRow.suspended_at).is_not(None) & col(AccountRow.erased_at).is_(None)
