"""Accounts and the people behind them.

Leans on the primary key (tenant, id), `uq_person_email_key` and `uq_person_github_id`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from backend.domain.accounts import Account, Address, GitHubIdentity, Person
from backend.domain.actors import Actor, Role
from backend.domain.instants import Instant
from backend.domain.tiers import Tier
from backend.errors import Conflict, NotFound
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow, PersonRow
from backend.store.tables.referrals import CodeRow
from backend.store.tables.sites import SiteRow


def insert_account(session: Session, account: Account, person: Person) -> None:
    """Store an account with its person and its first code.

    Raises Conflict when the address, the GitHub account or the code is taken; the transaction is
    over then.
    """
    key = {"tenant": account.tenant, "account": account.id}
    connection = session.connection()
    try:
        connection.execute(
            insert(AccountRow),
            {
                "tenant": account.tenant,
                "id": account.id,
                "tier": account.tier.value,
                "role": account.role.value,
                "code": account.code,
                "created_at": account.created_at,
            },
        )
        connection.execute(insert(PersonRow), key | _person_values(person))
        connection.execute(
            insert(CodeRow),
            key | {"code": account.code, "is_custom": False, "created_at": account.created_at},
        )
    except IntegrityError as error:
        raise Conflict("There is an account with this address already.", hint=_SIGN_IN) from error


def find_account(session: Session, tenant: str, account: str) -> Account | None:
    """Return the account with this id, erased ones too."""
    return _find(session, col(AccountRow.tenant) == tenant, col(AccountRow.id) == account)


def list_tiers(session: Session, tenant: str, accounts: Sequence[str]) -> dict[str, Tier]:
    """Return the tiers of those of the accounts that are not erased."""
    found = session.execute(
        select(col(AccountRow.id), col(AccountRow.tier)).where(
            col(AccountRow.tenant) == tenant,
            col(AccountRow.id).in_(accounts),
            col(AccountRow.erased_at).is_(None),
        )
    )
    return {row.id: Tier(row.tier) for row in found}


def find_erased(session: Session, tenant: str, accounts: Sequence[str]) -> set[str]:
    """Return which of these accounts are erased."""
    found = session.execute(
        select(col(AccountRow.id)).where(
            col(AccountRow.tenant) == tenant,
            col(AccountRow.id).in_(accounts),
            col(AccountRow.erased_at).is_not(None),
        )
    )
    return set(found.scalars())


def find_by_key(session: Session, tenant: str, email_key: str) -> Account | None:
    """Return the account whose address has this key."""
    return _find(session, col(PersonRow.tenant) == tenant, col(PersonRow.email_key) == email_key)


def find_by_github(session: Session, tenant: str, github_id: int) -> Account | None:
    """Return the account that is linked with this GitHub account."""
    return _find(session, col(PersonRow.tenant) == tenant, col(PersonRow.github_id) == github_id)


def get_own(session: Session, actor: Actor) -> Account:
    """Return the actor's account. Raises NotFound when it is gone."""
    row = session.execute(owned(select_accounts(), AccountRow, actor)).one_or_none()
    if row is None:
        raise NotFound("There is no such account.")
    return to_account(row)


def has_accounts(session: Session, tenant: str) -> bool:
    """Tell whether anybody ever signed up."""
    found = session.execute(
        select(col(AccountRow.id)).where(col(AccountRow.tenant) == tenant).limit(1)
    )
    return found.first() is not None


def has_admin(session: Session, tenant: str) -> bool:
    """Tell whether somebody may administer the service."""
    found = session.execute(
        select(col(AccountRow.id))
        .where(
            col(AccountRow.tenant) == tenant,
            col(AccountRow.role) == Role.ADMIN.value,
            col(AccountRow.erased_at).is_(None),
        )
        .limit(1)
    )
    return found.first() is not None


def lock_admins(session: Session, tenant: str) -> list[str]:
    """Return who administers the service and can sign in; nobody else changes that meanwhile."""
    found = session.execute(
        select(col(AccountRow.id))
        .where(
            col(AccountRow.tenant) == tenant,
            col(AccountRow.role) == Role.ADMIN.value,
            col(AccountRow.erased_at).is_(None),
            col(AccountRow.suspended_at).is_(None),
        )
        .order_by(col(AccountRow.id))
        .with_for_update()
    )
    return list(found.scalars())


def list_mailboxes(session: Session, tenant: str, roles: Sequence[Role]) -> list[str]:
    """Return the addresses of open accounts with one of the roles."""
    found = session.execute(
        select(col(PersonRow.email))
        .join(
            AccountRow,
            (col(AccountRow.tenant) == col(PersonRow.tenant))
            & (col(AccountRow.id) == col(PersonRow.account)),
        )
        .where(
            col(AccountRow.tenant) == tenant,
            col(AccountRow.role).in_([role.value for role in roles]),
            col(AccountRow.suspended_at).is_(None),
        )
        .order_by(col(PersonRow.email))
    )
    return list(found.scalars())


def list_site_refs(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Return tenant and id of each of the actor's sites: whose standing the tier is part of."""
    statement = owned(select(col(SiteRow.tenant), col(SiteRow.id)), SiteRow, actor)
    return [(row.tenant, row.id) for row in session.execute(statement.order_by(col(SiteRow.id)))]


def rename(session: Session, actor: Actor, name: str) -> None:
    """Set the name that the account shows."""
    statement = owned(update(PersonRow), PersonRow, actor)
    session.connection().execute(statement.values(name=name))


def link_github(session: Session, account: Account, identity: GitHubIdentity | None) -> None:
    """Note which GitHub account signs this one in, or that none does.

    Raises Conflict when it signs in another account; the transaction is over then.
    """
    statement = update(PersonRow).where(
        col(PersonRow.tenant) == account.tenant, col(PersonRow.account) == account.id
    )
    values = {
        "github_id": identity.id if identity else None,
        "github_login": identity.login if identity else None,
    }
    try:
        session.connection().execute(statement.values(values))
    except IntegrityError as error:
        raise Conflict("This GitHub account signs in somebody else.", hint=_SIGN_IN) from error


def set_tier(session: Session, account: Account, tier: Tier) -> None:
    """Set the tier; the caller rescores the sites."""
    _set(session, account, tier=tier.value)


def set_role(session: Session, account: Account, role: Role) -> None:
    """Set what the account is on this service."""
    _set(session, account, role=role.value)


def set_suspended(session: Session, account: Account, since: Instant | None) -> None:
    """Close the account since an instant, or open it again."""
    _set(session, account, suspended_at=since)


def set_shown_code(session: Session, account: Account, code: str) -> None:
    """Set which of its codes the account shows."""
    _set(session, account, code=code)


def set_erased(session: Session, account: Account, at: Instant) -> None:
    """Note that the account's person was erased."""
    _set(session, account, erased_at=at)


_SIGN_IN = "Sign in instead."


def _set(session: Session, account: Account, **values: object) -> None:
    session.connection().execute(
        update(AccountRow)
        .where(col(AccountRow.tenant) == account.tenant, col(AccountRow.id) == account.id)
        .values(values)
    )


def _find(session: Session, *conditions: Any) -> Account | None:
    row = session.execute(select_accounts().where(*conditions)).one_or_none()
    return None if row is None else to_account(row)


def select_accounts() -> Select[Any]:
    """Return the select of accounts with their people; ways in are joined to it."""
    both: Any = select(AccountRow, PersonRow)
    statement: Select[Any] = both.join(
        PersonRow,
        (col(PersonRow.tenant) == col(AccountRow.tenant))
        & (col(PersonRow.account) == col(AccountRow.id)),
        isouter=True,
    )
    return statement


def to_account(row: Any) -> Account:
    """Return the account in a row of `select_accounts`."""
    account, person = row.AccountRow, row.PersonRow
    return Account(
        tenant=account.tenant,
        id=account.id,
        tier=Tier(account.tier),
        role=Role(account.role),
        code=account.code,
        created_at=Instant(account.created_at),
        suspended_at=None if account.suspended_at is None else Instant(account.suspended_at),
        erased_at=None if account.erased_at is None else Instant(account.erased_at),
        person=None if person is None else _to_person(person),
    )


def _to_person(row: PersonRow) -> Person:
    return Person(
        address=Address(email=row.email, key=row.email_key),
        name=row.name,
        github_id=row.github_id,
        github_login=row.github_login,
    )


def _person_values(person: Person) -> dict[str, object]:
    return {
        "email": person.address.email,
        "email_key": person.address.key,
        "name": person.name,
        "github_id": person.github_id,
        "github_login": person.github_login,
    }
