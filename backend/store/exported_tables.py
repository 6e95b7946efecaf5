"""What is exported of money, of hosting, of the public profile and of what people do together.

Sealed destinations and what operators noted are left out; the rest of a row is its owner's to have.
"""

from __future__ import annotations

from backend.store.tables.base import Row
from backend.store.tables.billing import EntitlementRow, SubscriptionRow
from backend.store.tables.commissions import CommissionRow
from backend.store.tables.community import (
    BoardPlaceRow,
    ChallengeRow,
    ChoiceRow,
    FollowRow,
    MemberRow,
    TeamRow,
)
from backend.store.tables.disputes import DisputeRow
from backend.store.tables.fraud import FraudCaseRow
from backend.store.tables.hosting import DomainRow, ReleaseRow
from backend.store.tables.payouts import PayeeRow, PayoutRow
from backend.store.tables.profiles import HiddenSiteRow, ProfileRow
from backend.store.tables.rates import TaxProfileRow

Exported = dict[str, tuple[type[Row], tuple[str, ...]]]
"""Tables by their names in the archive, with the columns that are taken."""

MORE: Exported = {
    "commissions": (
        CommissionRow,
        (
            "payment", "level", "line", "rate_bp", "currency", "booked", "settled", "state",
            "hold_until", "matured_at", "is_disputed", "is_held", "is_void", "payout",
        ),
    ),
    "subscriptions": (
        SubscriptionRow,
        ("at", "provider", "ref", "tier", "status", "started_at", "period_end", "ends_at"),
    ),
    "plans": (
        EntitlementRow, ("made_at", "key", "tier", "source", "months", "since", "until"),
    ),
    "payout_method": (
        PayeeRow,
        (
            "method", "currency", "masked", "state", "changed_at", "confirmed_at", "cools_until",
            "is_held", "withheld_bp",
        ),
    ),
    "payouts": (
        PayoutRow,
        (
            "claimed_at", "id", "currency", "amount", "withheld", "fee", "state", "masked",
            "parts", "sent_at", "ended_at", "provider_ref", "reason",
        ),
    ),
    "tax": (TaxProfileRow, ("country", "form", "shown", "declared_at")),
    "disputes": (
        DisputeRow,
        (
            "opened_at", "id", "kind", "payment", "payout", "state", "due_at", "decided_at",
            "reason", "amount", "award",
        ),
    ),
    "reviews": (
        FraudCaseRow,
        ("opened_at", "id", "site", "kind", "state", "held", "decided_at", "signals"),
    ),
    "releases": (
        ReleaseRow,
        (
            "site", "made_at", "id", "origin", "preview", "files", "bytes",
            "finished_at",
        ),
    ),
    "domains": (DomainRow, ("site", "name", "made_at")),
    "profile": (
        ProfileRow,
        (
            "handle", "name", "text", "links", "is_public", "shows_achievements", "changed_at",
        ),
    ),
    "hidden_sites": (HiddenSiteRow, ("site",)),
    "community": (ChoiceRow, ("is_listed", "shows_cards", "changed_at")),
    "leaderboards": (
        BoardPlaceRow, ("metric", "period", "place", "value", "reached_at", "is_listed"),
    ),
    "challenges": (
        ChallengeRow,
        (
            "created_at", "id", "title", "text", "metric", "goal", "first_day", "last_day",
            "is_public", "cancelled_at", "ended_at",
        ),
    ),
    "teams": (TeamRow, ("challenge", "n", "name", "members", "value", "place", "is_winner")),
    "memberships": (MemberRow, ("challenge", "team", "joined_at", "value")),
    "followed": (FollowRow, ("at", "challenge")),
}  # fmt: skip
