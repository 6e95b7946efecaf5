"""The ledger compared with itself: entries with what makes them one, balances with their postings.

Source: the domain's invariants of the ledger. Each comparison yields a `Difference` for each value
that is not what it should be.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.domain.checking import Difference, unless_equal
from backend.domain.ledger import Balance, Entry, Sign, input_hash, make_leaf, sign_of
from backend.domain.ledger import owner_of_account as owner_of
from backend.domain.merkle import leaf_hash
from backend.errors import Invalid

SIGNS = {Sign.ANY: 0, Sign.DEBIT: 1, Sign.CREDIT: -1}
"""How a balance row writes on which side it may stand."""
_NOBODY = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """An entry as it is kept. `salts` has those of its owners who are not `erased`: only their
    commitments can be made again.
    """

    seq: int
    entry: Entry
    input_hash: str
    leaf: str
    leaf_hash: str
    salts: Mapping[str, bytes]
    erased: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRecord:
    """A balance as it is kept (None without a row), and what its postings add up to.

    `positions` is what commissions and the like say that stands there; None where nothing does.
    """

    account: str
    currency: str
    stored: Balance | None
    sign: int | None
    debits: int
    credits: int
    positions: int | None


def compare_entry(record: EntryRecord, place: int) -> Iterator[Difference]:
    """Compare an entry, which should be at `place`, with its own postings and its leaf."""
    entry, where = record.entry, f"entry {record.seq}"
    yield from unless_equal("ledger_txn.seq", where, record.seq, place)
    yield from _compare_sums(entry, where)
    digest = input_hash(entry)
    yield from unless_equal("ledger_txn.input_hash", where, record.input_hash, digest)
    if entry.reverses is not None and not 0 <= entry.reverses < record.seq:
        yield Difference(
            what="ledger_txn.reverses",
            where=where,
            stored=str(entry.reverses),
            computed="an earlier entry",
        )
    yield from _compare_leaf(record, where)
    computed = leaf_hash(record.leaf.encode()).hex()
    yield from unless_equal("ledger_txn.leaf_hash", where, record.leaf_hash, computed)


def compare_size(size: int, entries: int) -> Iterator[Difference]:
    """Compare how many entries there should be with how many there are."""
    yield from unless_equal("ledger_head.size", "the ledger", size, entries)


def compare_balance(record: BalanceRecord) -> Iterator[Difference]:
    """Compare a balance with its postings, with its side of zero, and with what stands there."""
    where = f"{record.account} in {record.currency}"
    amount = record.debits - record.credits
    if record.stored is None:
        yield Difference(what="ledger_balance", where=where, stored="none", computed=str(amount))
        return
    stored = record.stored
    yield from unless_equal("ledger_balance.debits", where, stored.debits, record.debits)
    yield from unless_equal("ledger_balance.credits", where, stored.credits, record.credits)
    try:
        sign = SIGNS[sign_of(record.account)]
    except Invalid:
        yield Difference(
            what="ledger_balance.account", where=where, stored=record.account, computed="unknown"
        )
        return
    yield from unless_equal("ledger_balance.sign", where, record.sign, sign)
    if sign * amount < 0:
        side = "not below zero" if sign > 0 else "not above zero"
        yield Difference(what="ledger_balance", where=where, stored=str(amount), computed=side)
    if record.positions is not None:
        yield from unless_equal("commission positions", where, record.positions, amount)


def compare_totals(totals: Mapping[str, int]) -> Iterator[Difference]:
    """Compare what all postings of each currency add up to with nothing."""
    for currency, amount in sorted(totals.items()):
        yield from unless_equal("ledger_posting.amount", f"all accounts in {currency}", amount, 0)


def _compare_sums(entry: Entry, where: str) -> Iterator[Difference]:
    sums: defaultdict[str, int] = defaultdict(int)
    for posting in entry.postings:
        sums[posting.currency] += posting.amount
    for currency, amount in sorted(sums.items()):
        yield from unless_equal("ledger_posting.amount", f"{where} in {currency}", amount, 0)
    if len(entry.postings) < 2:
        yield Difference(
            what="ledger_posting",
            where=where,
            stored=str(len(entry.postings)),
            computed="two or more",
        )


def _compare_leaf(record: EntryRecord, where: str) -> Iterator[Difference]:
    owners = [owner_of(posting.account) for posting in record.entry.postings]
    for owner in sorted({*owners} - {"", *record.salts} - record.erased):
        yield Difference(
            what="ledger_salt", where=f"account {owner}", stored="none", computed="one"
        )
    salts = defaultdict(lambda: _NOBODY, record.salts)
    expected, _hash = make_leaf(record.entry, record.seq, salts)
    stored = record.leaf
    unknown = [number for number, owner in enumerate(owners) if owner not in {"", *record.salts}]
    if unknown:
        stored, expected = _without_owners(stored, unknown), _without_owners(expected, unknown)
    yield from unless_equal("ledger_txn.leaf", where, stored, expected)


def _without_owners(leaf: str, numbers: list[int]) -> str:
    """Return a leaf without the commitments of some postings: their salts are destroyed."""
    try:
        body: dict[str, Any] = json.loads(leaf)
        for number in numbers:
            body["postings"][number].pop("owner")
    except (ValueError, LookupError, TypeError, AttributeError):
        return leaf
    return json.dumps(body, sort_keys=True)
