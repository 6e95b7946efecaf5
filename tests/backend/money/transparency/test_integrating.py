"""The tree follows the ledger: at every size, after every crash, from several processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from backend.actions.context import Context
from backend.actions.transparency import (
    LEAVES_AT_ONCE,
    find_checkpoint,
    integrate,
    is_behind,
    prove_consistency,
    prove_leaf,
    read_tile,
    verifier_of,
)
from backend.domain.canonical_json import encode
from backend.domain.checkpoints import open_checkpoint
from backend.domain.ledger import (
    POSTINGS,
    Entry,
    EntryKind,
    Posting,
    check_entry,
    make_leaf,
    own,
)
from backend.domain.merkle import EMPTY_ROOT, leaf_hash, root
from backend.domain.proofs import continues, includes
from backend.domain.tiles import LONGEST_LEAF, places, unbundle
from backend.errors import Invalid, NotFound
from backend.store.tables.ledger import TransactionRow
from backend.store.tables.transparency import CheckpointRow, TileRow
from tests.support.service import NOON, add_account
from tests.support.transparency import book_sales

OWNER = "0" * 32


def leaves_of(context: Context) -> list[bytes]:
    with context.database.reading() as session:
        found = session.execute(select(col(TransactionRow.leaf)).order_by(col(TransactionRow.seq)))
        return [leaf.encode() for leaf in found.scalars()]


def roots_of(context: Context) -> dict[int, bytes]:
    with context.database.reading() as session:
        rows = session.execute(select(CheckpointRow)).scalars()
        return {row.size: bytes.fromhex(row.root) for row in rows}


def test_an_empty_ledger_has_a_signed_log_of_nothing(any_context: Context) -> None:
    with pytest.raises(NotFound, match="no checkpoint yet"):
        find_checkpoint(any_context)
    assert integrate(any_context) == 0
    checkpoint = open_checkpoint(find_checkpoint(any_context).note, verifier_of(any_context))
    assert (checkpoint.size, checkpoint.root) == (0, EMPTY_ROOT)
    assert checkpoint.origin == "127.0.0.1:8000/log"
    with pytest.raises(NotFound, match="no entry 0: it has 0"):
        prove_leaf(any_context, 0)


def test_the_log_grown_in_steps_is_the_tree_over_the_ledgers_leaves(any_context: Context) -> None:
    sizes = [1, 2, 3, 255, 256, 257, 700]
    before = 0
    for size in sizes:
        book_sales(any_context, size - before, owner=OWNER, first=before)
        assert is_behind(any_context)
        assert integrate(any_context) == size
        assert not is_behind(any_context)
        before = size
    hashes = [leaf_hash(leaf) for leaf in leaves_of(any_context)]
    roots = roots_of(any_context)
    assert roots == {size: root(hashes[:size]) for size in sizes}
    for index in [0, 1, 254, 255, 256, 511, 512, 699]:
        proof = prove_leaf(any_context, index)
        leaf = leaf_hash(proof.leaf.encode())
        assert leaf == hashes[index]
        assert includes(leaf, index, 700, proof.hashes, roots[700])
    for old in sizes:
        shown = prove_consistency(any_context, old, None)
        assert continues(old, roots[old], 700, roots[700], shown.hashes)


def test_every_tile_holds_the_hashes_and_leaves_of_its_place(context: Context) -> None:
    book_sales(context, 600, owner=OWNER)
    integrate(context)
    leaves = leaves_of(context)
    hashes = [leaf_hash(leaf) for leaf in leaves]
    over = [root(hashes[:256]), root(hashes[256:512])]
    assert [tile[1:] for tile in places(600) if tile[0] == 0] == [(0, 256), (1, 256), (2, 88)]
    assert b"".join(read_tile(context, 0, index, 256) for index in (0, 1)) == b"".join(hashes[:512])
    assert read_tile(context, 0, 2, 88) == b"".join(hashes[512:])
    assert read_tile(context, 1, 0, 2) == b"".join(over)
    assert unbundle(read_tile(context, None, 1, 256)) == leaves[256:512]
    assert unbundle(read_tile(context, None, 2, 5)) == leaves[512:517]
    # A full tile answers for the partial ones that it was.
    assert read_tile(context, 0, 0, 7) == b"".join(hashes[:7])
    for level, index, width in [(0, 2, 89), (0, 3, 1), (1, 0, 3), (2, 0, 1), (None, 2, 89)]:
        with pytest.raises(NotFound):
            read_tile(context, level, index, width)


def test_every_leaf_is_canonical_and_the_longest_fits_into_a_bundle() -> None:
    owner = own("partner.receivable", OWNER)
    sides = [-(2**53 - 1), 2**53 - 1] * (POSTINGS // 2)
    entry = Entry(
        kind=EntryKind.PAYOUT_FAILURE,
        key="longest",
        at=NOON,
        postings=[
            Posting(account=owner, currency="USD", amount=side, level=7, line="abcdefgh")
            for side in sides
        ],
    )
    check_entry(entry)
    leaf, _ = make_leaf(entry, 10**12, {OWNER: bytes(32)})
    assert encode(json.loads(leaf)) == leaf.encode()
    assert len(leaf.encode()) <= LONGEST_LEAF
    with pytest.raises(Invalid, match="more than 300 lines"):
        check_entry(replace(entry, postings=[*entry.postings, entry.postings[0]]))


def test_more_than_a_step_takes_is_taken_in_steps(context: Context) -> None:
    count = LEAVES_AT_ONCE + 10
    book_sales(context, count, owner=OWNER)
    assert integrate(context) == count
    roots = roots_of(context)
    assert set(roots) == {LEAVES_AT_ONCE, count}
    assert roots[count] == root(leaf_hash(leaf) for leaf in leaves_of(context))


class Crash(Exception):
    """The process dies here."""


@contextmanager
def crashing_at(context: Context, number: int) -> Iterator[list[str]]:
    """Die before the statement of that number; the list tells what was said before."""
    said: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)
        if len(said) > number:
            raise Crash

    event.listen(context.database.engine, "before_cursor_execute", listen)
    try:
        yield said
    finally:
        event.remove(context.database.engine, "before_cursor_execute", listen)


def test_a_crash_between_any_two_statements_loses_and_doubles_nothing(
    any_context: Context,
) -> None:
    context = any_context
    book_sales(context, 250, owner=OWNER)
    integrate(context)
    seen = roots_of(context)
    crashes = 0
    for number in range(40):
        book_sales(context, 1, owner=OWNER, first=1000 + number)
        before = find_checkpoint(context)
        try:
            with crashing_at(context, number):
                integrate(context)
        except Crash:
            crashes += 1
            assert find_checkpoint(context) == before
            assert is_behind(context)
            integrate(context)
        size = find_checkpoint(context).size
        hashes = [leaf_hash(leaf) for leaf in leaves_of(context)]
        assert size == len(hashes)
        assert find_checkpoint(context).root == root(hashes)
        if number > crashes:
            break
    assert 6 <= crashes < 40
    assert roots_of(context).items() >= seen.items()


def test_several_processes_at_once_build_one_tree(any_context: Context) -> None:
    """Some book and some integrate, all at the same time."""

    def book(number: int) -> None:
        for step in range(10):
            book_sales(any_context, 3, owner=OWNER, first=number * 100 + step * 3)

    def keep(_number: int) -> None:
        for _ in range(10):
            integrate(any_context)

    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(book, number) for number in range(3)]
        done += [pool.submit(keep, number) for number in range(3)]
        for each in done:
            each.result()
    assert integrate(any_context) == 90
    hashes = [leaf_hash(leaf) for leaf in leaves_of(any_context)]
    for size, top in roots_of(any_context).items():
        assert top == root(hashes[:size])


def test_a_full_tile_is_never_written_again(context: Context) -> None:
    book_sales(context, 300, owner=OWNER)
    integrate(context)
    before = tiles_of(context)
    book_sales(context, 1, owner=OWNER, first=300)
    with crashing_at(context, 1_000) as said:
        integrate(context)
    after = tiles_of(context)
    assert {place for place in after if after[place] != before[place]} == {(0, 1)}
    assert after.keys() == {(0, 0), (0, 1), (1, 0)}
    assert len([each for each in said if "INSERT INTO log_tile" in each]) == 1


def tiles_of(context: Context) -> dict[tuple[int, int], bytes]:
    with context.database.reading() as session:
        rows = session.execute(select(TileRow)).scalars()
        return {(row.level, row.number): row.nodes for row in rows}


def test_a_new_name_or_key_signs_the_same_root_anew(context: Context) -> None:
    book_sales(context, 5, owner=OWNER)
    integrate(context)
    before = find_checkpoint(context)
    (context.settings.data_dir / "log.key").unlink()
    integrate(context)
    after = find_checkpoint(context)
    assert (after.size, after.root) == (before.size, before.root)
    assert open_checkpoint(after.note, verifier_of(context)).root == before.root
    with pytest.raises(Invalid, match="not with the key"):
        open_checkpoint(before.note, verifier_of(context))


def test_the_key_is_kept_in_a_private_file(context: Context) -> None:
    first = verifier_of(context)
    path = context.settings.data_dir / "log.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert verifier_of(context) == first


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2), (0, 6), (6, None), (2, 99)])
def test_sizes_that_the_log_never_had_are_refused(
    context: Context, old: int, new: int | None
) -> None:
    book_sales(context, 5, owner=add_account(context))
    integrate(context)
    with pytest.raises(Invalid, match="no two sizes"):
        prove_consistency(context, old, new)
    assert prove_consistency(context, 0, 5).hashes == ()
