"""Erasure leaves every proof valid, and the check finds whatever no longer fits the log."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from backend.actions.context import Context
from backend.actions.erasure import erase_account
from backend.actions.log_checking import compare_log
from backend.actions.transparency import find_checkpoint, integrate, prove_leaf
from backend.domain.actors import owner_of
from backend.domain.ledger import commitment, own
from backend.domain.merkle import leaf_hash
from backend.domain.proofs import includes
from backend.store.tables.base import TENANT
from backend.store.tables.ledger import SaltRow
from tests.support.service import add_account
from tests.support.transparency import book_sales


def salts_of(context: Context) -> dict[str, bytes]:
    with context.database.reading() as session:
        rows = session.execute(select(col(SaltRow.owner), col(SaltRow.salt)))
        return {row.owner: bytes.fromhex(row.salt) for row in rows}


def test_erasing_a_person_destroys_the_salt_and_keeps_every_proof(any_context: Context) -> None:
    ann, bob = add_account(any_context), add_account(any_context)
    book_sales(any_context, 5, owner=ann)
    book_sales(any_context, 5, owner=bob, first=5)
    integrate(any_context)
    before = find_checkpoint(any_context)
    salt = salts_of(any_context)[ann]
    shown = json.loads(prove_leaf(any_context, 3).leaf)["postings"][3]["owner"]
    assert shown == commitment(salt, 3, own("partner.pending", ann))

    erase_account(any_context, owner_of(TENANT, ann))

    assert salts_of(any_context).keys() == {bob}
    integrate(any_context)
    assert find_checkpoint(any_context) == before
    for seq in range(10):
        proof = prove_leaf(any_context, seq)
        leaf = leaf_hash(proof.leaf.encode())
        assert includes(leaf, seq, 10, proof.hashes, before.root)
        assert ann not in proof.leaf
    assert list(compare_log(any_context)) == []


def test_an_honest_log_has_no_differences(any_context: Context) -> None:
    assert list(compare_log(any_context)) == []
    for size in (1, 300, 301):
        book_sales(any_context, size - integrate(any_context), owner="a" * 32, first=size * 1000)
        integrate(any_context)
        assert list(compare_log(any_context)) == []
    # What is booked and not in the tree yet is no difference.
    book_sales(any_context, 3, owner="a" * 32)
    assert list(compare_log(any_context)) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE ledger_txn SET leaf = replace(leaf, '580', '590') WHERE seq = 3",
            ["ledger_txn.leaf_hash of entry 3", "log_checkpoint.root of the log of 5"],
        ),
        (
            "UPDATE log_checkpoint SET root = '00' || substr(root, 3)",
            ["log_checkpoint.note of the log of 5", "log_checkpoint.root of the log of 5"],
        ),
        (
            "UPDATE log_checkpoint SET note = replace(note, '5', '6')",
            ["log_checkpoint.note of the log of 5"],
        ),
        (
            "UPDATE log_head SET size = 7",
            ["log_head.size of the log", "log_checkpoint.size of the newest checkpoint"],
        ),
        ("DELETE FROM ledger_txn WHERE seq = 2", ["ledger_txn.seq of entry 3"]),
        (
            "DELETE FROM ledger_txn WHERE seq = 4",
            ["ledger_head.size of the ledger", "log_checkpoint.size of the log of 5"],
        ),
    ],
)
def test_the_check_names_what_no_longer_fits(
    context: Context, statement: str, expected: list[str]
) -> None:
    book_sales(context, 5, owner="a" * 32)
    integrate(context)
    with context.database.engine.connect() as connection:
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for (name,) in names.all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))
        connection.execute(text("PRAGMA foreign_keys = ON"))
    assert [f"{each.what} of {each.where}" for each in compare_log(context)] == expected


def test_what_is_booked_for_the_erased_leaves_no_salt(any_context: Context) -> None:
    ann = add_account(any_context)
    book_sales(any_context, 2, owner=ann)
    erase_account(any_context, owner_of(TENANT, ann))
    book_sales(any_context, 1, owner=ann, first=2)
    assert ann not in salts_of(any_context)
