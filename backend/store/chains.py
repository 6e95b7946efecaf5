"""Who stands above an account. Leans on the primary keys of `referral` and `account`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, literal_column, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from backend.domain.chains import Link
from backend.domain.instants import Instant
from backend.domain.plans import LEVELS
from backend.store.referrals import to_referral
from backend.store.tables.accounts import AccountRow
from backend.store.tables.referrals import ReferralRow


def read_chain(session: Session, tenant: str, account: str) -> list[Link]:
    """Return the referrals above an account, its own first, at most as many as can earn."""
    found = session.execute(_CHAIN, {"tenant": tenant, "account": account})
    return [
        Link(
            referral=to_referral(row.ReferralRow),
            erased_at=None if row.erased_at is None else Instant(row.erased_at),
        )
        for row in found
    ]


def _make_chain() -> Any:
    steps = (
        select(
            col(ReferralRow.referred), col(ReferralRow.referrer), literal_column("1").label("level")
        )
        .where(
            col(ReferralRow.tenant) == bindparam("tenant"),
            col(ReferralRow.referred) == bindparam("account"),
        )
        .cte("chain", recursive=True)
    )
    above = aliased(ReferralRow)
    steps = steps.union_all(
        select(col(above.referred), col(above.referrer), steps.c.level + 1)
        .join(steps, col(above.referred) == steps.c.referrer)
        .where(col(above.tenant) == bindparam("tenant"), steps.c.level < LEVELS)
    )
    return (
        select(ReferralRow, col(AccountRow.erased_at))
        .select_from(steps)
        .join(
            ReferralRow,
            (col(ReferralRow.tenant) == bindparam("tenant"))
            & (col(ReferralRow.referred) == steps.c.referred),
        )
        .join(
            AccountRow,
            (col(AccountRow.tenant) == bindparam("tenant"))
            & (col(AccountRow.id) == steps.c.referrer),
        )
        .order_by(steps.c.level)
    )


_CHAIN = _make_chain()
