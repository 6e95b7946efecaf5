"""Referral codes, touches, and who brought whom.

Leans on the primary keys of `referral_code` and `referral`, on `ix_referral_referrer` (tenant,
referrer, signed_up_at), `ix_touch_account` and `uq_site_key`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.domain.instants import Instant
from backend.domain.referrals import Basis, Referral, ReferralCode
from backend.domain.showcase import SiteStatus
from backend.errors import Conflict, NotFound
from backend.store.ownership import owned
from backend.store.tables.accounts import AccountRow, PersonRow
from backend.store.tables.referrals import CodeRow, ReferralRow, TouchRow
from backend.store.tables.sites import SiteRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOwner:
    """Whose a code is. `site` is set when the code was found by the key of that site."""

    code: str
    account: str
    email_key: str | None
    joined_at: Instant
    site: str | None = None


def find_code_owner(session: Session, tenant: str, code: str) -> CodeOwner | None:
    """Return whose `code` is; None for an unknown one, and for one of a closed account."""
    row = session.execute(
        _select_owners(col(CodeRow.code)).where(
            col(CodeRow.tenant) == tenant, col(CodeRow.code) == code, *_IS_OPEN
        )
    ).one_or_none()
    return None if row is None else _to_owner(row)


def find_key_owner(session: Session, tenant: str, key: str) -> CodeOwner | None:
    """Return the owner of the site with this key, with the code they show.

    None for an unknown key, a suspended site and a closed account.
    """
    row = session.execute(
        _select_owners(col(AccountRow.code), col(SiteRow.id).label("site"))
        .join(
            SiteRow,
            (col(SiteRow.tenant) == col(AccountRow.tenant))
            & (col(SiteRow.account) == col(AccountRow.id)),
        )
        .where(
            col(SiteRow.key) == key,
            col(SiteRow.tenant) == tenant,
            col(SiteRow.status) != SiteStatus.SUSPENDED.value,
            # The shown code is one of several: without this each of them would be a row.
            col(CodeRow.code) == col(AccountRow.code),
            *_IS_OPEN,
        )
    ).one_or_none()
    return None if row is None else _to_owner(row)


def insert_touch(
    session: Session, tenant: str, touch_id: str, owner: CodeOwner, at: Instant
) -> None:
    """Note that somebody followed a link of `owner`."""
    session.connection().execute(
        insert(TouchRow),
        {
            "tenant": tenant,
            "id": touch_id,
            "account": owner.account,
            "code": owner.code,
            "site": owner.site,
            "at": at,
        },
    )


def count_touches(session: Session, actor: Actor) -> int:
    """Return how often links of the actor were followed."""
    statement = owned(select(func.count()).select_from(TouchRow), TouchRow, actor)
    return int(session.execute(statement).scalar_one())


def list_codes(session: Session, actor: Actor) -> list[ReferralCode]:
    """Return every code of the actor, the oldest first."""
    found = session.execute(
        owned(select(CodeRow), CodeRow, actor).order_by(
            col(CodeRow.created_at), col(CodeRow.is_custom), col(CodeRow.code)
        )
    )
    return [
        ReferralCode(code=row.code, is_custom=row.is_custom, created_at=Instant(row.created_at))
        for row in found.scalars()
    ]


def insert_custom_code(session: Session, actor: Actor, code: str, now: Instant) -> None:
    """Give the actor a code. Raises Conflict when it is taken; the transaction is over then."""
    values = {
        "tenant": actor.tenant,
        "code": code,
        "account": actor.account,
        "is_custom": True,
        "created_at": now,
    }
    try:
        session.connection().execute(insert(CodeRow), values)
    except IntegrityError as error:
        raise Conflict(f"The code {code} is taken.", hint="Choose another one.") from error


def lock_account(session: Session, actor: Actor) -> None:
    """Hold the actor's account until the transaction ends, so that what is counted stays true.

    A transaction on SQLite holds the database's write lock already. Raises NotFound when the
    account was erased, though the request began before.
    """
    statement = owned(select(col(AccountRow.id)), AccountRow, actor)
    there = statement.where(col(AccountRow.erased_at).is_(None)).with_for_update(key_share=True)
    if session.execute(there).first() is None:
        raise NotFound("There is no such account.")


def insert_referral(session: Session, referral: Referral) -> bool:
    """Store who brought whom, and tell whether it is new: the first attribution is final."""
    table: Any = ReferralRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
    dialect: Any = sqlite if session.connection().dialect.name == "sqlite" else postgresql
    values = {
        "tenant": referral.tenant,
        "referred": referral.referred,
        "referrer": referral.referrer,
        "code": referral.code,
        "basis": referral.basis.value,
        "touched_at": referral.touched_at,
        "signed_up_at": referral.signed_up_at,
    }
    storing = dialect.insert(table).on_conflict_do_nothing().returning(table.c.referred)
    # Not by the number of rows: SQLAlchemy tells none of an insert on PostgreSQL.
    return session.connection().execute(storing, values).first() is not None


def has_referred(session: Session, tenant: str, account: str) -> bool:
    """Tell whether somebody is there because of `account`."""
    found = session.execute(
        select(col(ReferralRow.referred))
        .where(col(ReferralRow.tenant) == tenant, col(ReferralRow.referrer) == account)
        .limit(1)
    )
    return found.first() is not None


def lock_referral(session: Session, tenant: str, referred: str) -> Referral | None:
    """Return the referral of `referred`, locked until the transaction ends."""
    row = session.execute(
        select(ReferralRow)
        .where(col(ReferralRow.tenant) == tenant, col(ReferralRow.referred) == referred)
        .with_for_update()
    ).scalar_one_or_none()
    return None if row is None else to_referral(row)


def save_progress(session: Session, referral: Referral) -> None:
    """Write when what followed a sign-up happened; the rest of a referral never changes."""
    session.connection().execute(
        update(ReferralRow)
        .where(
            col(ReferralRow.tenant) == referral.tenant,
            col(ReferralRow.referred) == referral.referred,
        )
        .values(
            activated_at=referral.activated_at,
            converted_at=referral.converted_at,
            churned_at=referral.churned_at,
        )
    )


def list_referrals(
    session: Session, actor: Actor, *, after: tuple[Instant, str] | None, limit: int | None
) -> list[Referral]:
    """Return the actor's referrals, the newest first; `after` is the place of the last one seen."""
    statement = owned(select(ReferralRow), ReferralRow, actor)
    if after is not None:
        at, referred = after
        statement = statement.where(
            or_(
                col(ReferralRow.signed_up_at) < at,
                and_(col(ReferralRow.signed_up_at) == at, col(ReferralRow.referred) < referred),
            )
        )
    found = session.execute(
        statement.order_by(
            col(ReferralRow.signed_up_at).desc(), col(ReferralRow.referred).desc()
        ).limit(limit)
    )
    return [to_referral(row) for row in found.scalars()]


_IS_OPEN = (col(AccountRow.suspended_at).is_(None), col(AccountRow.erased_at).is_(None))


def _select_owners(*columns: Any) -> Any:
    return (
        select(
            columns[0].label("code"),
            col(AccountRow.id).label("account"),
            col(AccountRow.created_at).label("joined_at"),
            col(PersonRow.email_key),
            *columns[1:],
        )
        .select_from(CodeRow)
        .join(
            AccountRow,
            (col(AccountRow.tenant) == col(CodeRow.tenant))
            & (col(AccountRow.id) == col(CodeRow.account)),
        )
        .join(
            PersonRow,
            (col(PersonRow.tenant) == col(AccountRow.tenant))
            & (col(PersonRow.account) == col(AccountRow.id)),
            isouter=True,
        )
    )


def _to_owner(row: Any) -> CodeOwner:
    return CodeOwner(
        code=row.code,
        account=row.account,
        email_key=row.email_key,
        joined_at=Instant(row.joined_at),
        site=getattr(row, "site", None),
    )


def to_referral(row: ReferralRow) -> Referral:
    """Return a row as what the domain knows."""
    return Referral(
        tenant=row.tenant,
        referred=row.referred,
        referrer=row.referrer,
        code=row.code,
        basis=Basis(row.basis),
        touched_at=_instant(row.touched_at),
        signed_up_at=Instant(row.signed_up_at),
        activated_at=_instant(row.activated_at),
        converted_at=_instant(row.converted_at),
        churned_at=_instant(row.churned_at),
    )


def _instant(value: int | None) -> Instant | None:
    return None if value is None else Instant(value)
