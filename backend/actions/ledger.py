"""Books entries: the only way anything gets into the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from backend.actions.context import Context
from backend.domain.ledger import (
    Booked,
    Entry,
    check_entry,
    check_repeat,
    input_hash,
    make_leaf,
    owner_of_account,
)
from backend.store import accounts, ledger
from backend.store.database import Session
from backend.store.ledger import Placed
from backend.store.tables.base import TENANT

SALT_BYTES = 32


def post(session: Session, context: Context, entries: Sequence[Entry]) -> list[Booked]:
    """Book entries in order, within the caller's transaction; return where each one is.

    An entry whose key was booked before, now or earlier in the same call, changes nothing. Raises
    Conflict when that one had other content, or when an owner's balance would get to the wrong
    side of zero, and Invalid for an entry that does not add up: nothing is booked then.
    """
    for entry in entries:
        check_entry(entry)
    size = ledger.lock(session, TENANT)
    known = ledger.find_keys(session, TENANT, [entry.key for entry in entries])
    fresh: list[tuple[int, Entry]] = []
    booked: list[Booked] = []
    for entry in entries:
        is_new = entry.key not in known
        if is_new:
            known[entry.key] = (size + len(fresh), input_hash(entry))
            fresh.append((size + len(fresh), entry))
        else:
            check_repeat(entry, known[entry.key][1])
        booked.append(Booked(seq=known[entry.key][0], key=entry.key, is_new=is_new))
    if fresh:
        _append(session, context, fresh, {seq: known[entry.key][1] for seq, entry in fresh})
    return booked


def _append(
    session: Session, context: Context, fresh: Sequence[tuple[int, Entry]], hashes: dict[int, str]
) -> None:
    owners = {
        owner
        for _seq, entry in fresh
        for posting in entry.postings
        if (owner := owner_of_account(posting.account))
    }
    salts = _salts_of(session, context, sorted(owners))
    placed = []
    for seq, entry in fresh:
        leaf, digest = make_leaf(entry, seq, salts)
        placed.append(
            Placed(seq=seq, entry=entry, input_hash=hashes[seq], leaf=leaf, leaf_hash=digest)
        )
    ledger.append(session, TENANT, placed, context.clock.now())


def _salts_of(session: Session, context: Context, owners: Sequence[str]) -> dict[str, bytes]:
    """Return a salt of each owner; an erased one gets another each time, which nobody keeps."""
    salts = ledger.find_salts(session, TENANT, owners)
    missing = {
        owner: context.ids.random_bytes(SALT_BYTES) for owner in owners if owner not in salts
    }
    if missing:
        gone = accounts.find_erased(session, TENANT, list(missing))
        kept = {owner: salt for owner, salt in missing.items() if owner not in gone}
        ledger.insert_salts(session, TENANT, kept)
    return salts | missing
