"""The same event twice is one event: within a batch, between batches, on both databases."""

from __future__ import annotations

from backend.actions.context import Context
from backend.actions.recording import record
from backend.domain.events import Event, EventKind
from backend.store.tables.base import TENANT
from tests.support.service import SITE_URL, add_account, add_site


def record_views(context: Context, site: str, *ids: str) -> list[int]:
    """Record one view for each id; return the views of each site that changed."""
    now = context.clock.now()
    events = [
        Event(
            tenant=TENANT,
            site=site,
            id=one,
            kind=EventKind.VIEW,
            at=now,
            visitor="0123456789abcdef",
            page=SITE_URL,
        )
        for one in ids
    ]
    with context.database.transaction() as session:
        return [change.standing.views for change in record(session, events, now)]


def test_repeats_are_acknowledged_and_counted_once(any_context: Context) -> None:
    site, _ = add_site(any_context, add_account(any_context))
    assert record_views(any_context, site, "a", "b", "a") == [2]
    assert record_views(any_context, site, "b", "c", "a", "d") == [4]
    assert record_views(any_context, site, "b", "d") == []
    assert record_views(any_context, site, "e") == [5]


def test_the_same_id_at_two_sites_is_two_events(any_context: Context) -> None:
    owner = add_account(any_context)
    first, _ = add_site(any_context, owner)
    second, _ = add_site(any_context, owner, url="https://tidepool.example/")
    assert record_views(any_context, first, "a") == [1]
    assert record_views(any_context, second, "a") == [1]
