"""Every table, for migrations and checks: importing this file fills the metadata."""

from __future__ import annotations

from backend.store.tables import accounts, builds, events, hosting, referrals, sites
from backend.store.tables.base import METADATA

__all__ = ["METADATA", "accounts", "builds", "events", "hosting", "referrals", "sites"]
