"""Removing a site while its pings arrive and its owner edits it: nothing is left, nobody waits."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal

from sqlmodel import select

from backend.actions.context import Context
from backend.actions.recording import record
from backend.actions.sites import remove_site, update_site
from backend.domain.actors import owner_of
from backend.domain.events import Event, EventKind
from backend.domain.shares import Platform
from backend.domain.sites import SiteEdit
from backend.errors import NotFound
from backend.store.tables.events import EventRow, ShareRow, SiteDayRow
from backend.store.tables.sites import ScoreRow, SiteRow
from tests.support.service import NOON, SITE_URL, add_account, add_site


def make_events(site: str, number: int) -> list[Event]:
    base = {"tenant": "default", "site": site, "at": NOON, "page": SITE_URL}
    visitor = f"{number:016d}"
    return [
        Event(id=f"view{number:07d}", kind=EventKind.VIEW, visitor=visitor, **base),  # type: ignore[arg-type]
        Event(
            id=f"shar{number:07d}",
            kind=EventKind.SHARE,
            platform=Platform.X,
            visitor=visitor,
            **base,  # type: ignore[arg-type]
        ),
    ]


def test_removal_amid_pings_and_edits_leaves_nothing(any_context: Context) -> None:
    ann = owner_of("default", add_account(any_context, tier="pro"))
    site, _ = add_site(any_context, ann.account, wish="in")
    kept, _ = add_site(any_context, ann.account, url="https://kept.example/", wish="in")
    has_begun, is_over = Signal(), Signal()

    def ping() -> int:
        number = 0
        while not is_over.is_set() or number < 5:
            number += 1
            with any_context.database.transaction() as session:
                record(session, [*make_events(site, number), *make_events(kept, number)], NOON)
            if number == 5:
                has_begun.set()
            # SQLite's writers queue in no order: one without a pause can keep the others out.
            time.sleep(0.01)
        return number

    def edit() -> None:
        has_begun.wait(30)
        try:
            for number in range(1_000):
                update_site(any_context, ann, site, SiteEdit(title=f"Lantern {number}"))
                time.sleep(0.01)
        except NotFound:
            return
        raise AssertionError("the site was never removed")

    with ThreadPoolExecutor(3) as pool:
        pinging, editing = pool.submit(ping), pool.submit(edit)
        try:
            assert has_begun.wait(30)
            remove_site(any_context, ann, site)
        finally:
            is_over.set()
        editing.result(60)
        sent = pinging.result(60)
    with any_context.database.reading() as session:
        for table in (EventRow, ShareRow, SiteDayRow, ScoreRow):
            assert site not in session.exec(select(table.site)).all()
        assert session.exec(select(SiteRow.id)).all() == [kept]
        assert session.exec(select(ScoreRow.views)).one() == sent
