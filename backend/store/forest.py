"""Reads who brought whom, with the times of both. Leans on the primary key of `referral`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from backend.domain.forest import Branch
from backend.domain.instants import Instant
from backend.domain.referrals import Basis, Referral
from backend.store.tables.accounts import AccountRow
from backend.store.tables.referrals import ReferralRow

LONGEST_LOOP = 1_000
"""How many referrers are followed from one account."""


def read_branches(
    session: Session, *, after: tuple[str, str] = ("", ""), limit: int
) -> list[Branch]:
    """Return the next referrals by the key of the referred: tenant and account."""
    referrer, referred = aliased(AccountRow), aliased(AccountRow)
    key = (col(ReferralRow.tenant), col(ReferralRow.referred))
    found = session.execute(
        select(
            ReferralRow,
            referrer.created_at.label("referrer_at"),  # type: ignore[attr-defined]  # a column here
            referred.created_at.label("referred_at"),  # type: ignore[attr-defined]  # as above
        )
        .join(
            referrer,
            and_(
                col(referrer.tenant) == col(ReferralRow.tenant),
                col(referrer.id) == col(ReferralRow.referrer),
            ),
        )
        .join(
            referred,
            and_(
                col(referred.tenant) == col(ReferralRow.tenant),
                col(referred.id) == col(ReferralRow.referred),
            ),
        )
        .where(tuple_(*key) > after)
        .order_by(*key)
        .limit(limit)
    )
    return [_to_branch(session, *row) for row in found]


def _to_branch(
    session: Session, row: ReferralRow, referrer_joined_at: int, referred_joined_at: int
) -> Branch:
    # Along referrers time never rises, so that a loop would need one time all around.
    may_loop = referrer_joined_at >= referred_joined_at
    return Branch(
        referral=_to_referral(row),
        referrer_joined_at=Instant(referrer_joined_at),
        referred_joined_at=Instant(referred_joined_at),
        is_loop=may_loop and _comes_back(session, row.tenant, row.referred),
    )


def _comes_back(session: Session, tenant: str, account: str) -> bool:
    reached = account
    for _step in range(LONGEST_LOOP):
        row = session.get(ReferralRow, (tenant, reached))
        if row is None:
            return False
        reached = row.referrer
        if reached == account:
            return True
    return False


def _to_referral(row: ReferralRow) -> Referral:
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


def _instant(value: Any) -> Instant | None:
    return None if value is None else Instant(value)
