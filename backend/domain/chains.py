"""Who earns of a payment: the referrers above the payer, as they were when it was paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.instants import Instant
from backend.domain.plans import LEVELS
from backend.domain.referrals import Referral, ReferralState, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A referral, and when its referrer was erased."""

    referral: Referral
    erased_at: Instant | None


def chain_of(links: Iterable[Link], paid_at: Instant) -> tuple[str | None, ...]:
    """Return who stood above the payer when a payment was made, the direct referrer first.

    An expired referral earns nothing any more, for anybody above it either. Somebody who was
    erased leaves their level empty, and those above stay where they are.
    """
    chain: list[str | None] = []
    for link in links:
        is_over = state_of(link.referral, paid_at) is ReferralState.EXPIRED
        if is_over or len(chain) == LEVELS:
            break
        is_gone = link.erased_at is not None and link.erased_at <= paid_at
        chain.append(None if is_gone else link.referral.referrer)
    while chain and chain[-1] is None:
        chain.pop()
    return tuple(chain)
