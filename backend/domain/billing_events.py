"""What payment providers tell, in words of ours: each provider's gateway translates into these.

Every event names an object of the provider by `ref`, and carries the object's whole state, so that
repeats and any order of arrival end the same. Times are the provider's, never those of arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.instants import Instant
from backend.domain.tiers import Tier


class Provider(StrEnum):
    STRIPE = "stripe"
    MANUAL = "manual"
    """An administrator records what was paid elsewhere."""


class AdjustmentKind(StrEnum):
    REFUND = "refund"
    CREDIT = "credit"
    """What a credit note gave back outside of the provider. A credit for later invoices is none:
    it stays with us, and those invoices are paid with less.
    """
    DISPUTE = "dispute"
    """A chargeback."""


class AdjustmentStatus(StrEnum):
    """How far an adjustment is; a later one in `RANKS` replaces an earlier one."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """Also a refund that was cancelled and a credit note that was voided."""
    OPEN = "open"
    WON = "won"
    LOST = "lost"


RANKS: dict[AdjustmentStatus, int] = {
    AdjustmentStatus.PENDING: 0,
    AdjustmentStatus.OPEN: 0,
    AdjustmentStatus.SUCCEEDED: 1,
    AdjustmentStatus.WON: 1,
    AdjustmentStatus.LOST: 1,
    AdjustmentStatus.FAILED: 2,
}
"""Which status is the later one, whatever order they arrive in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """An invoice was paid with money: `gross` in all, `tax` in it, `fee` kept by the provider.

    `account` is ours. `period_start` is the start of what the invoice is for. `charge` is what the
    provider's refunds and disputes of this payment name, `country` where the payer is (ISO 3166),
    `instruments` are keyed hashes of the cards or bank accounts that it was paid with.
    """

    provider: Provider
    ref: str
    charge: str
    account: str
    currency: str
    gross: int
    tax: int
    fee: int
    paid_at: Instant
    period_start: Instant
    country: str | None = None
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """A refund, credit note or chargeback of the payment whose `charge` it names.

    `amount` is that of this one adjustment, tax included, and `fee` what the provider keeps for it.
    """

    provider: Provider
    ref: str
    charge: str
    kind: AdjustmentKind
    currency: str
    amount: int
    fee: int
    status: AdjustmentStatus
    at: Instant


class SubscriptionStatus(StrEnum):
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    INCOMPLETE = "incomplete"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionChanged:
    """A subscription as it is `at` that instant; `ends_at` is set when it will end by itself."""

    provider: Provider
    ref: str
    account: str
    customer: str
    tier: Tier
    status: SubscriptionStatus
    started_at: Instant
    period_end: Instant
    ends_at: Instant | None
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerKnown:
    """A provider's customer is one of our accounts: it paid at our checkout."""

    provider: Provider
    customer: str
    account: str


BillingEvent = Paid | Adjusted | SubscriptionChanged | CustomerKnown
