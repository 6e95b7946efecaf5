"""What an owner has earned so far: sums by currency, and each commission."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.actors import Actor, Scope
from backend.domain.own_earnings import (
    CurrencyEarnings,
    History,
    OwnCommission,
    Wanted,
    sum_earnings,
)
from backend.errors import Invalid
from backend.store import earnings, statements

_CURSOR = re.compile(r"([0-9a-f]{32})\.([0-9]{1,2})\.([a-z]{1,8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionPage:
    """Commissions, and the cursor of the following page, None on the last."""

    commissions: tuple[OwnCommission, ...]
    after: str | None


def earnings_of(context: Context, actor: Actor) -> list[CurrencyEarnings]:
    """Return the actor's earnings by currency, from the ledger. Raises Forbidden."""
    actor.needs(Scope.REFERRALS_READ)
    with context.database.reading() as session:
        return sum_earnings(statements.read_totals(session, actor))


def history_of(context: Context, actor: Actor) -> History:
    """Return everything that ever moved the actor's accounts, by day. Raises Forbidden."""
    actor.needs(Scope.REFERRALS_READ)
    with context.database.reading() as session:
        return History(moved=tuple(statements.read_history(session, actor)))


def list_commissions(
    context: Context,
    actor: Actor,
    *,
    after: str | None,
    limit: int,
    wanted: Wanted = earnings.ALL,
) -> CommissionPage:
    """Return the actor's commissions that are `wanted`, the newest first.

    Raises Invalid for another list's cursor, Forbidden without the scope.
    """
    actor.needs(Scope.REFERRALS_READ)
    place = None if after is None else _read_cursor(after)
    with context.database.reading() as session:
        found = earnings.list_own(session, actor, after=place, limit=limit + 1, wanted=wanted)
    shown, more = found[:limit], found[limit:]
    last = shown[-1] if more else None
    return CommissionPage(
        commissions=tuple(shown),
        after=f"{last.payment}.{last.level}.{last.line}" if last else None,
    )


def _read_cursor(text: str) -> tuple[str, int, str]:
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise Invalid(
            "The cursor is not one of this list.",
            field="after",
            hint="Use the cursor of the page before, or none.",
        )
    return found[1], int(found[2]), found[3]
