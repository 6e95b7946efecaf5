"""`4site server run`: migrates, says what it chose, and serves."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace

from backend.actions.context import Context
from backend.actions.sign_in import ensure_owner
from backend.commands.logs import configure_logs
from backend.commands.opening import opened, place_of
from backend.commands.serving import bind, serve
from backend.gateways import live
from backend.jobs.engine import Engine
from backend.settings import Settings
from generator.errors import UsageError


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    check_workers(settings)
    configure_logs(settings.log_format)
    start(settings, invite=ensure_owner)
    return 0


def start(settings: Settings, *, invite: Callable[[Context], str | None]) -> None:
    """Bind, migrate, say what was chosen and the link that `invite` makes, and serve until told
    to stop.
    """
    with bind(settings) as bound:
        chosen = with_port(settings, bound.getsockname()[1])
        check_redis(chosen)
        with opened(chosen) as context:
            Engine(chosen).prepare()
            say(context, invite(context))
        serve(chosen, bound)


def check_workers(settings: Settings) -> None:
    """Raises UsageError for several processes on SQLite."""
    if settings.workers > 1 and settings.is_sqlite:
        raise UsageError(
            f"{settings.workers} workers need PostgreSQL: SQLite has one writer at a time, and"
            " one process already keeps it busy.",
            hint="Set FOURSITE_DATABASE_URL to a PostgreSQL database, or use one worker.",
        )


def with_port(settings: Settings, port: int) -> Settings:
    """Return the settings with the port that was bound, also in an address that named none."""
    if settings.port == port:
        return settings
    base = settings.base_url.removesuffix(f":{settings.port}")
    is_own = base != settings.base_url
    return replace(settings, port=port, base_url=f"{base}:{port}" if is_own else settings.base_url)


def check_redis(settings: Settings) -> None:
    """Raises Unavailable when the Redis that was asked for does not answer."""
    if settings.redis_url:
        live.check_redis(settings.redis_url)


def say(context: Context, link: str | None) -> None:
    """Print what the service runs on, and how its owner gets in."""
    settings = context.settings
    redis = "shared by all processes" if settings.redis_url else "none: FOURSITE_REDIS_URL is unset"
    mail = "SMTP" if settings.smtp_url else "to this console: FOURSITE_SMTP_URL is unset"
    print(f"4site serves {settings.base_url}", f"(listening on {settings.host}:{settings.port})")
    print(f"  database  {place_of(settings)}")
    print(f"  redis     {redis}")
    print(f"  jobs      {'beside it' if settings.is_sqlite else 'in its schema jobs'}")
    print(f"  mail      {mail}")
    if link:
        print(f"\nSign in as the owner with this link; it works once:\n  {link}\n")
    sys.stdout.flush()
