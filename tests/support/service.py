"""A service for tests: a real database with its migrations, a clock that stands, seeded ids."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from backend.actions.context import Context, NoLive, NoTasks
from backend.clock import FixedClock
from backend.domain.instants import Day, Instant, start_of
from backend.ids import SeededIds, new_id, new_referral_code, new_site_key
from backend.settings import Settings
from backend.store.tables.accounts import AccountRow, PersonRow
from backend.store.tables.base import TENANT
from backend.store.tables.referrals import CodeRow
from backend.store.tables.sites import ScoreRow, SiteRow
from tests.support.databases import bring_up_to_date
from tests.support.prepared_files import share_prepared_files

NOON = Instant(start_of(Day(20_700)) + 12 * 3_600_000_000)
"""2026-09-04T12:00:00Z, where test clocks stand at first."""
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
SITE_URL = "https://lantern.example/"
SECRET = b"a secret of thirty-two bytes...."


def make_context(
    folder: Path, database_url: str | None = None, *, environment: Mapping[str, str] | None = None
) -> Context:
    """Return a service over a fresh, migrated database: SQLite in `folder`, or the one given.

    It does not wait for the disk: what the system was handed outlives the process.
    """
    kept = {"FOURSITE_DATA_DIR": str(folder), "FOURSITE_SYNCHRONOUS": "NORMAL"}
    variables = kept | dict(environment or {})
    if database_url:
        variables["FOURSITE_DATABASE_URL"] = database_url
    settings = Settings.from_env(variables)
    share_prepared_files(settings.data_dir)
    return Context(
        settings=settings,
        database=bring_up_to_date(settings),
        clock=FixedClock(NOON),
        ids=SeededIds(7),
        tasks=NoTasks(),
        live=NoLive(),
        secret=SECRET,
    )


def add_account(context: Context, *, tier: str = "free", email: str | None = None) -> str:
    """Store an account and return its id."""
    now = context.clock.now()
    account = new_id(context.ids, now)
    code = new_referral_code(context.ids)
    address = email or f"{account[-8:]}@people.example"
    with context.database.transaction() as session:
        session.add(AccountRow(tenant=TENANT, id=account, tier=tier, code=code, created_at=now))
        session.flush()
        session.add(PersonRow(tenant=TENANT, account=account, email=address, email_key=address))
        session.add(CodeRow(tenant=TENANT, code=code, account=account, created_at=now))
    return account


def add_site(
    context: Context,
    account: str,
    *,
    url: str = SITE_URL,
    status: str = "active",
    wish: str = "unsaid",
    title: str = "Lantern",
    repository: str | None = None,
) -> tuple[str, str]:
    """Store a site, published now, and return its id and key."""
    now = context.clock.now()
    site, key = new_id(context.ids, now), new_site_key(context.ids)
    with context.database.transaction() as session:
        session.add(
            SiteRow(
                tenant=TENANT,
                id=site,
                account=account,
                key=key,
                url=url,
                origins=url.rstrip("/"),
                title=title,
                repository=repository,
                status=status,
                wish=wish,
                created_at=now,
                published_at=now,
            )
        )
        session.flush()
        session.add(ScoreRow(tenant=TENANT, site=site, as_of=now))
    return site, key
