"""Feature flags: operators set them, everything else asks whether an account has a feature.

Flags are read at most once in some seconds by a process; a change is in use everywhere after that.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from weakref import WeakKeyDictionary

from backend.actions.audit import note
from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.flags import FeatureFlag, check_flag, has_feature
from backend.domain.instants import SECOND, Instant
from backend.domain.rewards import flags_of
from backend.errors import NotFound
from backend.store import accounts, flags, rewards
from backend.store.database import Database
from backend.store.tables.base import TENANT

FRESH = 10 * SECOND
_LOCK = threading.Lock()
_READ: WeakKeyDictionary[Database, tuple[Instant, dict[str, FeatureFlag]]] = WeakKeyDictionary()


def find_having(context: Context, name: str, wanted: Iterable[str]) -> frozenset[str]:
    """Return which of these accounts have the feature `name`, by a flag or by a reward."""
    ids = sorted(set(wanted))
    if not ids:
        return frozenset()
    flag = _known(context).get(name)
    with context.database.reading() as session:
        grants = rewards.list_of_accounts(session, TENANT, ids)
        tiers = accounts.list_tiers(session, TENANT, ids)
    return frozenset(
        account
        for account, tier in tiers.items()
        if has_feature(flag, name, account, tier, flags_of(grants.get(account, ())))
    )


def has(context: Context, name: str, account: str) -> bool:
    """Tell whether an account has the feature `name`."""
    return account in find_having(context, name, [account])


def list_flags(context: Context, actor: Actor) -> Sequence[FeatureFlag]:
    """Return every flag as it is now. Raises Forbidden unless an administrator asks."""
    actor.needs_role()
    with context.database.reading() as session:
        return flags.list_flags(session, TENANT)


def set_flag(context: Context, actor: Actor, flag: FeatureFlag) -> None:
    """Store a flag, a new one or in place of the one with its name.

    Raises Forbidden unless an administrator asks, Invalid, NotFound for an unknown account.
    """
    actor.needs_role()
    wanted = check_flag(flag)
    with context.database.transaction() as session:
        known = accounts.list_tiers(session, TENANT, wanted.accounts)
        if missing := next((one for one in wanted.accounts if one not in known), None):
            raise NotFound(f"There is no account {missing}.", hint="Copy the id from its page.")
        flags.save(session, TENANT, wanted, by=actor.account, at=context.clock.now())
        facts = {key: value for key, value in asdict(wanted).items() if key != "name"}
        facts["tiers"] = [tier.value for tier in wanted.tiers]
        note(session, context, actor, "flag.set", f"flag:{wanted.name}", **facts)
    _forget(context)


def remove_flag(context: Context, actor: Actor, name: str) -> None:
    """Delete a flag; only rewards give the feature then. Raises Forbidden, NotFound."""
    actor.needs_role()
    with context.database.transaction() as session:
        if not flags.remove(session, TENANT, name):
            raise NotFound("There is no such flag.")
        note(session, context, actor, "flag.remove", f"flag:{name}")
    _forget(context)


def _known(context: Context) -> dict[str, FeatureFlag]:
    now = context.clock.now()
    with _LOCK:
        kept = _READ.get(context.database)
    if kept is not None and 0 <= now - kept[0] < FRESH:
        return kept[1]
    with context.database.reading() as session:
        found = {flag.name: flag for flag in flags.list_flags(session, TENANT)}
    with _LOCK:
        _READ[context.database] = (now, found)
    return found


def _forget(context: Context) -> None:
    with _LOCK:
        _READ.pop(context.database, None)
