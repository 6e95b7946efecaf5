"""Every table, for migrations and checks: importing this file fills the metadata."""

from __future__ import annotations

from backend.store.tables import (
    accounts,
    billing,
    builds,
    commissions,
    community,
    disputes,
    events,
    fraud,
    hosting,
    ledger,
    notifications,
    operations,
    payouts,
    profiles,
    rates,
    referrals,
    rewards,
    sites,
    statistics,
    transparency,
)
from backend.store.tables.base import METADATA

__all__ = [
    "METADATA",
    "accounts",
    "billing",
    "builds",
    "commissions",
    "community",
    "disputes",
    "events",
    "fraud",
    "hosting",
    "ledger",
    "notifications",
    "operations",
    "payouts",
    "profiles",
    "rates",
    "referrals",
    "rewards",
    "sites",
    "statistics",
    "transparency",
]
