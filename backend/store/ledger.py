"""The ledger's rows: transactions, postings, balances, salts.

All writes of a tenant go one after the other: `lock` holds its head until the transaction ends, so
places have no gaps, and nobody can wait for anybody in a circle. Leans on the primary keys, on
`uq_ledger_txn_key` and on `ix_ledger_posting_account`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from backend.domain.instants import Instant
from backend.domain.ledger import Balance, Entry, EntryKind, Posting, Sign, sign_of
from backend.errors import Conflict
from backend.store.bulk import Bulk, insert_many, is_among
from backend.store.tables.ledger import (
    BalanceRow,
    LedgerHeadRow,
    PostingRow,
    SaltRow,
    TransactionRow,
)

ENTRIES_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry with its place and what it makes public."""

    seq: int
    entry: Entry
    input_hash: str
    leaf: str
    leaf_hash: str


def lock(session: Session, tenant: str) -> int:
    """Hold the tenant's ledger until the transaction ends; return how many entries it has."""
    connection = session.connection()
    found = connection.execute(_HEAD, {"tenant": tenant}).scalar_one_or_none()
    if found is None:
        head: Any = LedgerHeadRow.__table__  # type: ignore[attr-defined]  # SQLModel makes it
        dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(
            dialect.insert(head).on_conflict_do_nothing(), {"tenant": tenant, "size": 0}
        )
        found = connection.execute(_HEAD, {"tenant": tenant}).scalar_one()
    return int(found)


def find_keys(session: Session, tenant: str, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Return the place and input hash of each key that is booked already."""
    found = session.connection().execute(_KEYS, {"tenant": tenant, "keys": list(keys)})
    return {row.key: (row.seq, row.input_hash) for row in found}


def find_salts(session: Session, tenant: str, owners: Sequence[str]) -> dict[str, bytes]:
    """Return the salts that these owners have."""
    if not owners:
        return {}
    found = session.connection().execute(_SALTS, {"tenant": tenant, "owners": list(owners)})
    return {row.owner: bytes.fromhex(row.salt) for row in found}


def insert_salts(session: Session, tenant: str, salts: Mapping[str, bytes]) -> None:
    """Give owners their salts. The ledger is locked, so that nobody else does."""
    rows = [{"tenant": tenant, "owner": owner, "salt": salt.hex()} for owner, salt in salts.items()]
    if rows:
        session.connection().execute(insert(SaltRow), rows)


def destroy_salt(session: Session, tenant: str, owner: str) -> None:
    """Forget an owner's salt: from then on nobody can tell which commitments were theirs."""
    session.connection().execute(
        delete(SaltRow).where(col(SaltRow.tenant) == tenant, col(SaltRow.owner) == owner)
    )


def append(session: Session, tenant: str, placed: Sequence[Placed], now: Instant) -> None:
    """Write entries at the end and their effect on balances; the ledger is locked.

    Raises Conflict when a balance would get to the wrong side of zero; the transaction is over
    then.
    """
    connection = session.connection()
    _INSERT_TRANSACTIONS.run(
        connection,
        [
            (tenant, one.seq, one.entry.kind.value, one.entry.key, one.input_hash, one.entry.at,
             now, one.entry.ref, one.entry.reverses, _facts(one.entry), one.leaf, one.leaf_hash)
            for one in placed
        ],
    )  # fmt: skip
    _INSERT_POSTINGS.run(
        connection,
        [
            (tenant, one.seq, n, posting.account, posting.currency, posting.amount,
             posting.level, posting.line)
            for one in placed
            for n, posting in enumerate(one.entry.postings)
        ],
    )  # fmt: skip
    _move_balances(session, tenant, [posting for one in placed for posting in one.entry.postings])
    connection.execute(_GROW, {"of": tenant, "more": len(placed)})


def read_balances(
    session: Session, tenant: str, *, owner: str | None = None
) -> dict[tuple[str, str], Balance]:
    """Return balances by account and currency: all of them, or those of one owner."""
    statement = select(BalanceRow).where(col(BalanceRow.tenant) == tenant)
    if owner is not None:
        statement = statement.where(col(BalanceRow.account).endswith(f":{owner}", autoescape=True))
    rows = session.execute(statement.order_by(col(BalanceRow.account), col(BalanceRow.currency)))
    return {(row.account, row.currency): _to_balance(row) for row in rows.scalars()}


def find_balance(session: Session, tenant: str, account: str, currency: str) -> int:
    """Return an account's debits less its credits, 0 when it was never used."""
    row = session.execute(
        select(col(BalanceRow.debits), col(BalanceRow.credits)).where(
            col(BalanceRow.tenant) == tenant,
            col(BalanceRow.account) == account,
            col(BalanceRow.currency) == currency,
        )
    ).one_or_none()
    return 0 if row is None else int(row.debits - row.credits)


def read_entries(
    session: Session, tenant: str, *, since: int = 0, limit: int = ENTRIES_AT_ONCE
) -> list[Placed]:
    """Return entries with their postings from the place `since` on."""
    rows = session.execute(
        select(TransactionRow)
        .where(col(TransactionRow.tenant) == tenant, col(TransactionRow.seq) >= since)
        .order_by(col(TransactionRow.seq))
        .limit(limit)
    ).scalars()
    found = list(rows)
    if not found:
        return []
    postings = session.execute(
        select(PostingRow)
        .where(
            col(PostingRow.tenant) == tenant,
            col(PostingRow.seq).between(found[0].seq, found[-1].seq),
        )
        .order_by(col(PostingRow.seq), col(PostingRow.n))
    ).scalars()
    by_seq: dict[int, list[Posting]] = {}
    for row in postings:
        by_seq.setdefault(row.seq, []).append(_to_posting(row))
    return [_to_placed(row, by_seq.get(row.seq, [])) for row in found]


def walk(session: Session, tenant: str) -> Iterator[Placed]:
    """Give every entry in order, some hundred rows at a time."""
    since = 0
    while page := read_entries(session, tenant, since=since):
        yield from page
        since = page[-1].seq + 1


def walk_leaves(session: Session, tenant: str) -> Iterator[tuple[int, str, str]]:
    """Give the place of every entry in order, what it makes public, and the hash that is kept."""
    place, leaf, kept = (
        col(TransactionRow.seq),
        col(TransactionRow.leaf),
        col(TransactionRow.leaf_hash),
    )
    statement = select(place, leaf, kept).where(col(TransactionRow.tenant) == tenant)
    since = -1
    while page := session.execute(
        statement.where(place > since).order_by(place).limit(ENTRIES_AT_ONCE)
    ).all():
        yield from (tuple(row) for row in page)
        since = page[-1][0]


def _table(row: Any) -> Any:
    return row.__table__


# Over tables, not over mapped classes: a session's own way costs as much as the statement.
_HEADS, _TRANSACTIONS, _SALTED = (_table(row) for row in (LedgerHeadRow, TransactionRow, SaltRow))
_HEAD = select(_HEADS.c.size).where(_HEADS.c.tenant == bindparam("tenant")).with_for_update()
_GROW = (
    update(_HEADS)
    .where(_HEADS.c.tenant == bindparam("of"))
    .values(size=_HEADS.c.size + bindparam("more"))
)
_KEYS = select(_TRANSACTIONS.c.key, _TRANSACTIONS.c.seq, _TRANSACTIONS.c.input_hash).where(
    _TRANSACTIONS.c.tenant == bindparam("tenant"), is_among(_TRANSACTIONS.c.key, "keys")
)
_SALTS = select(_SALTED.c.owner, _SALTED.c.salt).where(
    _SALTED.c.tenant == bindparam("tenant"), is_among(_SALTED.c.owner, "owners")
)
_write_facts = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_SIGNS = {Sign.ANY: 0, Sign.DEBIT: 1, Sign.CREDIT: -1}


_INSERT_TRANSACTIONS = insert_many(
    _table(TransactionRow),
    ("tenant", "seq", "kind", "key", "input_hash", "at", "booked_at", "ref", "reverses", "facts",
     "leaf", "leaf_hash"),
)  # fmt: skip
_INSERT_POSTINGS = insert_many(
    _table(PostingRow),
    ("tenant", "seq", "n", "account", "currency", "amount", "level", "line"),
)
_INSERT_BALANCES = insert_many(
    _table(BalanceRow), ("tenant", "account", "currency", "debits", "credits", "sign")
)
_ADD = Bulk(
    _table(BalanceRow),
    ("debits", "credits", "tenant", "account", "currency"),
    """
    UPDATE ledger_balance
    SET debits = ledger_balance.debits + new.debits,
        credits = ledger_balance.credits + new.credits
    FROM {new}
    WHERE ledger_balance.tenant = new.tenant
      AND ledger_balance.account = new.account
      AND ledger_balance.currency = new.currency
    RETURNING ledger_balance.account, ledger_balance.currency
    """,
)


def _move_balances(session: Session, tenant: str, postings: Iterable[Posting]) -> None:
    moves: dict[tuple[str, str], list[int]] = {}
    for posting in postings:
        move = moves.setdefault((posting.account, posting.currency), [0, 0])
        move[posting.amount < 0] += abs(posting.amount)
    rows = [(debits, credits, tenant, *key) for key, (debits, credits) in sorted(moves.items())]
    try:
        there = {(row[0], row[1]) for row in _ADD.fetch(session.connection(), rows)}
        _INSERT_BALANCES.run(
            session.connection(),
            [
                (tenant, *key, debits, credits, _SIGNS[sign_of(key[0])])
                for key, (debits, credits) in moves.items()
                if key not in there
            ],
        )
    except IntegrityError as error:
        raise Conflict(
            "The ledger refuses: somebody's balance would be on the wrong side of zero.",
            hint="Nothing was booked.",
        ) from error


def _facts(entry: Entry) -> str:
    return _write_facts(dict(entry.facts))


def _to_balance(row: BalanceRow) -> Balance:
    return Balance(
        account=row.account, currency=row.currency, debits=row.debits, credits=row.credits
    )


def _to_posting(row: PostingRow) -> Posting:
    return Posting(
        account=row.account,
        currency=row.currency,
        amount=row.amount,
        level=row.level,
        line=row.line,
    )


def _to_placed(row: TransactionRow, postings: list[Posting]) -> Placed:
    return Placed(
        seq=row.seq,
        entry=Entry(
            kind=EntryKind(row.kind),
            key=row.key,
            at=Instant(row.at),
            postings=tuple(postings),
            ref=row.ref,
            reverses=row.reverses,
            facts=json.loads(row.facts),
        ),
        input_hash=row.input_hash,
        leaf=row.leaf,
        leaf_hash=row.leaf_hash,
    )
