"""Everything that is an owner's in one archive: CSV for tables, JSON for the account and sites."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from itertools import chain
from typing import Any

from backend.actions.context import Context
from backend.actions.exported_reviews import (
    MESSAGE_COLUMNS,
    REVIEW_COLUMNS,
    word_message,
    word_review,
)
from backend.actions.proof_files import make_proof_file
from backend.domain.accounts import Account
from backend.domain.actors import Actor
from backend.domain.csv_files import csv_lines
from backend.domain.instants import Day, Instant, date_of, to_datetime, to_text
from backend.store import accounts as account_store
from backend.store import exports
from backend.store.database import Session

_IN_JSON = (
    "mail_language",
    "notification_ways",
    "codes",
    "sessions",
    "tokens",
    "profile",
    "hidden_sites",
    "community",
    "payout_method",
)
_INSTANTS = frozenset(
    {"as_of", "at", "cools_until", "featured_until", "hold_until", "period_end", "since", "until"}
)
_README = """What is yours on this service.

account.json    your account, its codes, where you are signed in, your API tokens, your public
                profile, where you are paid
sites.json      your sites; the same is in sites.csv
scores.csv      what each site's score is made of; points are thousandths, the score hundredths
featurings.csv  when your sites were featured
days.csv        what each day of each site adds up to
sources.csv     where the views and shares of each day came from; * is the rest
shares.csv      every share of your sites that is still kept
notifications.csv what you were told in the last 180 days
touches.csv     when one of your referral links was followed
referrals.csv   who signed up through you, without their names
rewards.csv     what you were granted, in cents of money or as credits
commissions.csv what you earned of each payment, in minor units of its currency
subscriptions.csv, plans.csv  what you subscribed to, and which tiers you had
payouts.csv     what you were paid, in minor units
disputes.csv    what you disputed, and how it was decided
dispute_messages.csv  what was said in your disputes
reviews.csv     what looked like fraud in your shares and referrals, and what came of it
builds.csv      how each build of your sites went
releases.csv, domains.csv  what was served of your sites, and under which names
challenges.csv, teams.csv, memberships.csv, followed.csv, leaderboards.csv
                what you did together with others
tax.csv         which tax form you gave, with the end of its number
ledger.json     what was booked for you, each line with its proof: 4site verify --statement

Times are in UTC. A text that a spreadsheet would run as a formula begins with an apostrophe.
"""


def export_account(context: Context, actor: Actor) -> bytes:
    """Return a zip archive with everything that is the actor's, as of one moment.

    Raises NotFound when the account is gone.
    """
    archive = io.BytesIO()
    now = context.clock.now()
    with (
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target,
        context.database.reading() as session,
    ):
        account = account_store.get_own(session, actor)
        _add(target, "README.txt", _README, now)
        _add(target, "account.json", _json(_account(session, actor, account)), now)
        sites = [_plain(row) for row in exports.read_rows(session, actor, "sites")]
        _add(target, "sites.json", _json(sites), now)
        for name in exports.EXPORTED:
            if name not in (*_IN_JSON, "reviews"):
                rows = exports.read_rows(session, actor, name)
                _add_table(target, f"{name}.csv", exports.columns_of(name), rows, now)
        reviews = map(word_review, exports.read_rows(session, actor, "reviews"))
        _add_table(target, "reviews.csv", REVIEW_COLUMNS, reviews, now)
        messages = map(word_message, exports.read_messages(session, actor))
        _add_table(target, "dispute_messages.csv", MESSAGE_COLUMNS, messages, now)
        if proofs := make_proof_file(context, session, actor):
            _add(target, "ledger.json", proofs, now)
    return archive.getvalue()


def _account(session: Session, actor: Actor, account: Account) -> dict[str, Any]:
    person = account.person
    values: dict[str, Any] = {
        "id": account.id,
        "tier": account.tier.value,
        "role": account.role.value,
        "code": account.code,
        "created_at": to_text(account.created_at),
        "email": person.address.email if person else None,
        "name": person.name if person else None,
        "github_login": person.github_login if person else None,
    }
    origin = exports.find_origin(session, actor)
    values["came_through"] = _plain(origin) if origin else None
    for name in _IN_JSON:
        values[name] = [_plain(row) for row in exports.read_rows(session, actor, name)]
    return values


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with times and days in words."""
    return {name: _in_words(name, value) for name, value in row.items()}


def _in_words(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in {"day", "first_day", "last_day"}:
        return date_of(Day(value)).isoformat()
    if name in _INSTANTS or name.endswith("_at"):
        return to_text(Instant(value))
    return value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _add(target: zipfile.ZipFile, name: str, text: str, now: Instant) -> None:
    target.writestr(_entry(name, now), text.encode("utf-8", "replace"))


def _add_table(
    target: zipfile.ZipFile,
    name: str,
    columns: tuple[str, ...],
    rows: Iterable[dict[str, Any]],
    now: Instant,
) -> None:
    with (
        target.open(_entry(name, now), "w", force_zip64=True) as raw,
        io.TextIOWrapper(raw, "utf-8", errors="replace", newline="") as text,
    ):
        cells = (tuple(_plain(row).values()) for row in rows)
        text.writelines(csv_lines(chain([columns], cells)))


def _entry(name: str, now: Instant) -> zipfile.ZipInfo:
    moment = to_datetime(now)
    entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
