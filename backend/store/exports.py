"""Everything that is an owner's, table by table, as they may take it away.

Hashes of visitors and digests of secrets are left out: they are not the owner's to have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from backend.domain.actors import Actor
from backend.store.exported_tables import MORE, Exported
from backend.store.ownership import is_owned, owned
from backend.store.tables.accounts import SessionRow, TokenRow
from backend.store.tables.builds import BuildRow
from backend.store.tables.disputes import DisputeMessageRow, DisputeRow
from backend.store.tables.events import ShareRow, SiteDayRow
from backend.store.tables.notifications import NotificationRow, NotificationWayRow, ReaderRow
from backend.store.tables.referrals import CodeRow, ReferralRow, TouchRow
from backend.store.tables.rewards import GrantRow
from backend.store.tables.sites import FeaturingRow, ScoreRow, SiteRow
from backend.store.tables.statistics import SiteSourceRow

_ROWS_AT_A_TIME = 1_000

# What is exported of each table, in the order of its first columns.
_ACCOUNT: Exported = {
    "codes": (CodeRow, ("code", "is_custom", "created_at")),
    "sessions": (SessionRow, ("created_at", "seen_at", "expires_at", "device", "revoked_at")),
    "tokens": (
        TokenRow,
        ("created_at", "name", "scopes", "used_at", "expires_at", "revoked_at"),
    ),
    "sites": (
        SiteRow,
        (
            "id", "key", "url", "origins", "title", "description", "repository", "kind",
            "language", "topics", "status", "wish", "has_powered_by", "created_at", "verified_at",
            "verified_by", "published_at",
        ),
    ),
    "scores": (
        ScoreRow,
        (
            "site", "views", "likes", "comments", "shares", "share_points", "engagement_points",
            "score", "as_of", "featured_until",
        ),
    ),
    "featurings": (FeaturingRow, ("site", "threshold", "starts_at", "ends_at")),
    "days": (
        SiteDayRow,
        (
            "site", "day", "views", "visitors", "engagements", "engaged_seconds", "shares",
            "counted_shares", "share_points", "referral_clicks", "likes", "comments",
            "conversions", "copies", "powered_clicks",
        ),
    ),
    "sources": (SiteSourceRow, ("site", "day", "kind", "name", "count")),
    "shares": (
        ShareRow,
        (
            "site", "at", "id", "platform", "page", "is_counted", "points", "clicks", "proved_at",
        ),
    ),
    "builds": (
        BuildRow,
        (
            "site", "id", "cause", "state", "commit", "tries", "queued_at", "started_at",
            "ended_at", "reason", "release",
        ),
    ),
    "notifications": (NotificationRow, ("at", "kind", "facts", "read_at")),
    "notification_ways": (NotificationWayRow, ("kind", "way")),
    "mail_language": (ReaderRow, ("language",)),
    "touches": (TouchRow, ("at", "code", "site")),
    "referrals": (
        ReferralRow,
        (
            "signed_up_at", "code", "basis", "touched_at", "activated_at", "converted_at",
            "churned_at",
        ),
    ),
    "rewards": (
        GrantRow,
        (
            "granted_at", "key", "kind", "at", "until", "cents", "booked", "usable_at",
            "evidence",
        ),
    ),
}  # fmt: skip
_TABLES: Exported = _ACCOUNT | MORE

EXPORTED = tuple(_TABLES)
"""The names of what `read_rows` knows."""


def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns of one of the exported tables."""
    return _TABLES[name][1]


def read_rows(session: Session, actor: Actor, name: str) -> Iterator[dict[str, Any]]:
    """Yield the actor's rows of one table in a stable order, without holding them all."""
    table, columns = _TABLES[name]
    chosen: list[Any] = [col(getattr(table, column)).label(column) for column in columns]
    statement: Any = owned(select(*chosen), table, actor).order_by(*chosen[:3])
    found = session.execute(statement.execution_options(yield_per=_ROWS_AT_A_TIME))
    for row in found:
        yield dict(row._mapping)


def read_messages(session: Session, actor: Actor) -> Iterator[dict[str, Any]]:
    """Yield what was said in the actor's disputes, by either side."""
    columns = ("dispute", "n", "at", "is_owner", "text", "link")
    chosen: list[Any] = [col(getattr(DisputeMessageRow, name)).label(name) for name in columns]
    own = select(col(DisputeRow.id)).where(is_owned(DisputeRow, actor))
    found = session.execute(
        select(*chosen)
        .where(
            col(DisputeMessageRow.tenant) == actor.tenant, col(DisputeMessageRow.dispute).in_(own)
        )
        .order_by(*chosen[:2])
        .execution_options(yield_per=_ROWS_AT_A_TIME)
    )
    for row in found:
        yield dict(row._mapping)


def find_origin(session: Session, actor: Actor) -> dict[str, Any] | None:
    """Return by which code the actor came here; not whose it is."""
    columns = (col(ReferralRow.code), col(ReferralRow.basis), col(ReferralRow.touched_at))
    row = session.execute(
        select(*columns).where(
            col(ReferralRow.tenant) == actor.tenant, col(ReferralRow.referred) == actor.account
        )
    ).one_or_none()
    return None if row is None else dict(row._mapping)
