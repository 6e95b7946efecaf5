"""Stores exchange rates, and looks up those of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from backend.actions.audit import note
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.exchange import Rate, Rates, check_provider
from backend.domain.instants import Day, Instant, date_of, day_of
from backend.errors import Conflict, Invalid
from backend.gateways.exchange_rates import RateProvider, open_provider
from backend.gateways.rate_files import read_rates
from backend.store import ledger, rates
from backend.store.database import Session
from backend.store.tables.base import TENANT

_LOG = structlog.get_logger("rates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of rates: how many are new, how many were there, and codes nobody knows here.

    `changed` are those that say something else than what is stored, and were left out.
    """

    new: int
    known: int
    currencies: int
    first: Day
    last: Day
    skipped: tuple[str, ...] = ()
    changed: tuple[Rate, ...] = ()


def rates_for(session: Session, day: Day) -> Rates:
    """Return the rates that hold on a UTC day, within the caller's transaction."""
    return rates.rates_for(session, TENANT, day)


def rates_at(context: Context, at: Instant) -> Rates:
    """Return the rates that hold on the UTC day of an instant."""
    with context.database.reading() as session:
        return rates.rates_for(session, TENANT, day_of(at))


def import_rates(
    context: Context, content: bytes, *, provider: str = "ecb", by: Actor | None = None
) -> Imported:
    """Store the rates of a file, all of them or none; the same file again changes nothing.

    What somebody stored by hand is noted: `by` is who that is.

    Raises Invalid naming the line that cannot be, and Conflict for a file that says something else
    about a day that is stored.
    """
    file = read_rates(content, provider=check_provider(provider))
    return _store(context, file.rates, file.skipped, is_strict=True, by=by)


def fetch_rates(
    context: Context, provider: RateProvider | None = None, *, by: Actor | None = None
) -> Imported:
    """Store what is new at the provider; `by` asked for it by hand, None is the clock.

    Raises FetchFailed when there is no answer.

    A rate that was changed there is left as it was stored, and logged: the new days beside it are
    needed all the same.
    """
    file = (provider or open_provider(context.settings)).fetch()
    imported = _store(context, file.rates, file.skipped, is_strict=False, by=by)
    for rate in imported.changed:
        day = date_of(rate.day).isoformat()
        _LOG.warning("rate_changed", currency=rate.currency, day=day, per_euro=rate.per_euro)
    return imported


def fetch_if_needed(context: Context) -> Imported | None:
    """Fetch rates if there is money in the ledger and fetching is not off."""
    with context.database.reading() as session:
        has_money = bool(ledger.read_entries(session, TENANT, limit=1))
    if not has_money or context.settings.rates_url is None:
        return None
    return fetch_rates(context)


def _store(
    context: Context,
    given: Sequence[Rate],
    skipped: tuple[str, ...],
    *,
    is_strict: bool,
    by: Actor | None,
) -> Imported:
    now = context.clock.now()
    last = max(rate.day for rate in given)
    if last > day_of(now):
        raise Invalid(
            f"The file has rates of {date_of(last)}, a day that has not begun.",
            field="day",
            hint="Nothing of the file was stored.",
        )
    with context.database.transaction() as session:
        new, changed = rates.add_rates(session, TENANT, given, now)
        if changed and is_strict:
            raise _refusal(*changed[0])
        if by is not None and new:
            facts = {"new": new, "last": date_of(last).isoformat()}
            note(session, context, by, "rates.store", f"rates:{given[0].provider}", **facts)
    return Imported(
        new=new,
        known=len(given) - new,
        currencies=len({rate.currency for rate in given}),
        first=min(rate.day for rate in given),
        last=last,
        skipped=skipped,
        changed=tuple(rate for _stored, rate in changed),
    )


def _refusal(stored: Rate, given: Rate) -> Conflict:
    return Conflict(
        f"{stored.currency} is stored with {stored.per_euro} for {date_of(stored.day)} by"
        f" {stored.provider}, and the file says {given.per_euro}.",
        hint="Rates are facts: import a correction under another name, with --provider.",
    )
