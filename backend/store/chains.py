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
    """Return the query. Nothing is joined to the steps but the next step: without statistics
    SQLite would begin a join at the whole of `referral`.
    """
    columns = ReferralRow.__table__.c  # type: ignore[attr-defined]  # SQLModel does not declare it
    steps = (
        select(*columns, literal_column("1").label("level"))
        .where(columns.tenant == bindparam("tenant"), columns.referred == bindparam("account"))
        .cte("chain", recursive=True)
    )
    above = ReferralRow.__table__.alias("above")  # type: ignore[attr-defined]  # as before
    steps = steps.union_all(
        select(*above.c, steps.c.level + 1)
        .join(steps, above.c.referred == steps.c.referrer)
        .where(above.c.tenant == bindparam("tenant"), steps.c.level < LEVELS)
    )
    erased_at = (
        select(col(AccountRow.erased_at))
        .where(
            col(AccountRow.tenant) == bindparam("tenant"),
            col(AccountRow.id) == steps.c.referrer,
        )
        .scalar_subquery()
    )
    found = aliased(ReferralRow, steps, name="ReferralRow")
    return select(found, erased_at.label("erased_at")).order_by(steps.c.level)


_CHAIN = _make_chain()
