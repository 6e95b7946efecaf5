"""The facts that people are told of, one function a kind: whose they are, what makes each the same
when it is repeated, and what of it is kept. Nothing here says who somebody else is.
"""

from __future__ import annotations

from collections.abc import Iterable

from backend.domain.builds import Build
from backend.domain.disputes import Dispute
from backend.domain.earnings import Commission
from backend.domain.featuring import Featuring
from backend.domain.instants import Instant
from backend.domain.notifications import TEXT_CHARACTERS, Kind, News
from backend.domain.payouts import Payout, PayoutState
from backend.domain.referrals import Referral
from backend.domain.rewards import Grant
from backend.domain.sites import Site
from backend.domain.subscriptions import Subscription
from backend.domain.tiers import Tier


def of_conversion(referral: Referral | None, paid_at: Instant) -> list[News]:
    """Tell a referrer that somebody paid for the first time; nothing of later payments."""
    if referral is None or referral.converted_at != paid_at:
        return []
    kind, key = Kind.REFERRAL_CONVERTED, referral.referred
    return [News(account=referral.referrer, kind=kind, key=key, facts={"code": referral.code})]


def of_maturity(matured: Iterable[Commission]) -> list[News]:
    """Tell each owner in one line a currency what has become available at once."""
    sums: dict[tuple[str, str], tuple[str, int]] = {}
    for one in matured:
        owner = (one.beneficiary, one.currency)
        first, total = sums.get(owner, (f"{one.payment}.{one.level}.{one.line}", 0))
        sums[owner] = (first, total + one.booked)
    return [
        News(
            account=account,
            kind=Kind.COMMISSION_AVAILABLE,
            key=first,
            facts={"amount": total, "currency": currency},
        )
        for (account, currency), (first, total) in sums.items()
        if total > 0
    ]


def of_payouts(payouts: Iterable[Payout]) -> list[News]:
    """Tell owners what was sent to them, or came back; nothing of what was cancelled before."""
    kinds = {
        PayoutState.SENT: Kind.PAYOUT_SENT,
        PayoutState.PAID: Kind.PAYOUT_SENT,
        PayoutState.FAILED: Kind.PAYOUT_FAILED,
    }
    return [
        News(
            account=one.account,
            kind=kinds[one.state],
            key=one.id,
            facts={
                "amount": one.net,
                "currency": one.currency,
                "destination": one.masked[:TEXT_CHARACTERS],
                "reason": one.reason[:TEXT_CHARACTERS],
            },
        )
        for one in payouts
        if one.state in kinds
    ]


def of_grant(grant: Grant) -> News:
    """Tell an owner of a reward."""
    return News(
        account=grant.account,
        kind=Kind.REWARD_GRANTED,
        key=grant.key,
        facts={"reward": grant.key},
    )


def of_featuring(account: str, site: Site, featuring: Featuring) -> News:
    """Tell an owner that a site is in the showcase."""
    return News(
        account=account,
        kind=Kind.SITE_FEATURED,
        key=f"{site.id}:{featuring.threshold}",
        facts={
            "site": site.id,
            "title": site.title[:TEXT_CHARACTERS],
            "key": site.key,
            "until": featuring.ends_at,
        },
    )


def of_failed_build(build: Build, title: str, reason: str) -> News:
    """Tell an owner that a site could not be built."""
    return News(
        account=build.account,
        kind=Kind.BUILD_FAILED,
        key=build.id,
        facts={
            "site": build.site,
            "title": title[:TEXT_CHARACTERS],
            "build": build.id,
            "reason": reason[:TEXT_CHARACTERS],
        },
    )


def of_limit(account: str, tier: Tier, month: str, *, views: int, allowed: int) -> News:
    """Tell an owner, once a month and tier, that their pages were viewed more than that holds."""
    return News(
        account=account,
        kind=Kind.LIMIT_REACHED,
        key=f"views:{month}:{tier}",
        facts={"views": views, "allowed": allowed},
    )


def of_missed_payment(subscription: Subscription) -> list[News]:
    """Tell a payer that a payment failed, once each time that they fall behind."""
    since = subscription.unpaid_since
    if since is None:
        return []
    return [
        News(
            account=subscription.account,
            kind=Kind.PAYMENT_FAILED,
            key=f"{subscription.provider}:{subscription.ref}:{since}",
            facts={"tier": subscription.tier.value, "until": subscription.until},
        )
    ]


def of_question(dispute: Dispute, number: int) -> News:
    """Tell an owner that they were asked for evidence; `number` is that of the question."""
    return News(
        account=dispute.account,
        kind=Kind.DISPUTE_ANSWERED,
        key=f"{dispute.id}:{number}",
        facts={"dispute": dispute.id, "until": dispute.due_at or 0},
    )


def of_decision(dispute: Dispute) -> News:
    """Tell an owner how their dispute ended."""
    return News(
        account=dispute.account,
        kind=Kind.DISPUTE_DECIDED,
        key=dispute.id,
        facts={"dispute": dispute.id, "state": dispute.state.value},
    )
