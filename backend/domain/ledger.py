"""The ledger: double entry, append only. Source: the rules, "The ledger".

A movement of money is one entry of postings that add up to zero in each currency; debit is
positive. An account is a text, `KIND` for one of the service's own and `KIND:OWNER` for one of an
owner. What an entry makes public stands in its leaf, which names nobody.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from backend.domain.instants import Instant, to_text
from backend.domain.merkle import leaf_hash
from backend.domain.money import CURRENCIES, LARGEST
from backend.errors import Conflict, Invalid


class Sign(StrEnum):
    """On which side an account's balance may stand."""

    ANY = "any"
    DEBIT = "debit"
    """Never below zero: something is owed to the service."""
    CREDIT = "credit"
    """Never above zero: the service owes it."""


ACCOUNTS: dict[str, Sign] = {
    "cash.stripe": Sign.ANY,
    "cash.manual": Sign.ANY,
    "cash.bank": Sign.ANY,
    "sales": Sign.ANY,
    "tax": Sign.ANY,
    "commission": Sign.ANY,
    "rewards": Sign.ANY,
    "fees": Sign.ANY,
    "withheld": Sign.ANY,
    "fx": Sign.ANY,
    "rounding": Sign.ANY,
}
"""The service's own accounts. Cash may be below zero: a provider pays out what it collected."""

OWNER_ACCOUNTS: dict[str, Sign] = {
    "partner.pending": Sign.CREDIT,
    "partner.available": Sign.CREDIT,
    "partner.held": Sign.CREDIT,
    "partner.receivable": Sign.DEBIT,
    "payout": Sign.CREDIT,
    "credit": Sign.CREDIT,
}
"""The accounts of owners: what they earned, by how far it is; what they owe back; what is on its
way to them; and credits for their next invoices.
"""


POSTINGS = 300
"""As many lines as an entry may have: its leaf has to stay below 64 KiB (c2sp.org/tlog-tiles)."""


class EntryKind(StrEnum):
    SALE = "sale"
    REFUND = "refund"
    CREDIT_NOTE = "credit_note"
    CHARGEBACK = "chargeback"
    RESTORED = "restored"
    """A refund that failed, or a chargeback that was undone."""
    RETARGET = "retarget"
    """Commissions follow what became known later of a referral's first payment."""
    HOLD = "hold"
    RELEASE = "release"
    MATURITY = "maturity"
    EXCHANGE = "exchange"
    CLAIM = "claim"
    SETTLEMENT = "settlement"
    PAYOUT_FAILURE = "payout_failure"
    REWARD = "reward"
    CREDIT_USE = "credit_use"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """An amount in minor units on an account; `level` and `line` say which commission it is."""

    account: str
    currency: str
    amount: int
    level: int = 0
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A movement to book. `key` names what caused it and is used once for ever; `at` is when that
    happened; `ref` is what it is about, `facts` texts that explain it; `reverses` the entry it
    corrects.
    """

    kind: EntryKind
    key: str
    at: Instant
    postings: Sequence[Posting]
    ref: str = ""
    reverses: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An entry in the ledger at its place `seq`; not `is_new` when it had been booked before."""

    seq: int
    key: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account has been debited and credited in all, both without a sign."""

    account: str
    currency: str
    debits: int
    credits: int

    @property
    def amount(self) -> int:
        """Debits less credits."""
        return self.debits - self.credits


def own(kind: str, owner: str) -> str:
    """Return the account of that kind that belongs to an owner."""
    return f"{kind}:{owner}"


def owner_of_account(account: str) -> str:
    """Return whose account it is, '' for one of the service's own."""
    return account.partition(":")[2]


@lru_cache(maxsize=65_536)
def sign_of(account: str) -> Sign:
    """Return on which side the account may stand. Raises Invalid for an unknown kind."""
    kind, _, owner = account.partition(":")
    known = OWNER_ACCOUNTS if owner else ACCOUNTS
    if kind not in known:
        raise Invalid(f"The ledger has no account {kind!r}.", field="account")
    return known[kind]


def check_entry(entry: Entry) -> None:
    """Raise Invalid unless the entry can be booked: two postings or more, zero in each currency."""
    sums: defaultdict[str, int] = defaultdict(int)
    for posting in entry.postings:
        sign_of(posting.account)  # has to be known
        if posting.currency not in CURRENCIES:
            raise Invalid(f"The ledger knows no currency {posting.currency!r}.", field="currency")
        if not posting.amount or abs(posting.amount) > LARGEST:
            raise Invalid(f"{posting.amount} cannot be posted.", field="amount")
        if not (posting.line.isalpha() and posting.line.isascii()) and posting.line:
            raise Invalid(f"{posting.line[:20]!r} is no line.", field="line")
        sums[posting.currency] += posting.amount
    if len(entry.postings) > POSTINGS:
        raise Invalid(f"The entry {entry.key} has more than {POSTINGS} lines.", field="postings")
    if len(entry.postings) < 2 or any(sums.values()):
        raise Invalid(f"The entry {entry.key} does not add up: {dict(sums)}.", field="postings")


def input_hash(entry: Entry) -> str:
    """Return a digest of what the entry moves: the same key must always come with the same."""
    lines = [[p.account, p.currency, p.amount, p.level, p.line] for p in entry.postings]
    parts = [entry.kind, entry.at, entry.ref, entry.reverses, lines]
    return sha256(_write(parts).encode()).hexdigest()


_write = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def check_repeat(entry: Entry, stored_hash: str) -> None:
    """Raise Conflict when an entry's key was booked with other content."""
    if stored_hash != input_hash(entry):
        raise Conflict(
            f"{entry.key} is in the ledger already, with other content.",
            hint="What was booked is never changed; book a correction.",
        )


def commitment(salt: bytes, seq: int, account: str) -> str:
    """Return what stands for an owner's account in the leaf of entry `seq`.

    HMAC-SHA256 under the owner's own salt: nobody can tell whose it is or that two are the same
    owner's, and whoever has the salt can show that it is theirs.
    """
    # `hmac.digest` looks the hash up by its name each time, which takes twice as long.
    key = salt.ljust(_BLOCK, b"\0")
    inner = sha256(key.translate(_INNER) + f"{seq}:{account}".encode()).digest()
    return sha256(key.translate(_OUTER) + inner).hexdigest()


_BLOCK = 64
"""Bytes in a block of SHA-256; a key of at most as many is padded, not hashed (RFC 2104)."""
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


def make_leaf(entry: Entry, seq: int, salts: Mapping[str, bytes]) -> tuple[str, str]:
    """Return the public text of an entry (RFC 8785) and its hash in the tree (RFC 6962).

    Written out by hand, because it is most of what booking costs: keys in their order, and no text
    in a checked entry has a character that JSON would escape.
    """
    postings = ",".join([_public(posting, seq, salts) for posting in entry.postings])
    leaf = (
        f'{{"at":"{to_text(entry.at)}","kind":"{entry.kind.value}",'
        f'"postings":[{postings}],"seq":{seq},"v":1}}'
    )
    return leaf, leaf_hash(leaf.encode()).hex()


def _public(posting: Posting, seq: int, salts: Mapping[str, bytes]) -> str:
    kind, _, owner = posting.account.partition(":")
    level = f',"level":{posting.level}' if posting.level else ""
    line = f',"line":"{posting.line}"' if posting.line else ""
    whose = f',"owner":"{commitment(salts[owner], seq, posting.account)}"' if owner else ""
    return (
        f'{{"account":"{kind}","amount":{posting.amount},"currency":"{posting.currency}"'
        f"{level}{line}{whose}}}"
    )


def fold(entries: Iterable[Entry]) -> dict[tuple[str, str], Balance]:
    """Return the balances that entries add up to, by account and currency."""
    debits: defaultdict[tuple[str, str], int] = defaultdict(int)
    credits: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            side = debits if posting.amount > 0 else credits
            side[posting.account, posting.currency] += abs(posting.amount)
    return {
        (account, currency): Balance(
            account=account,
            currency=currency,
            debits=debits[account, currency],
            credits=credits[account, currency],
        )
        for account, currency in sorted(debits.keys() | credits.keys())
    }
