"""The Merkle tree of RFC 6962 and RFC 9162: its two hashes, its root, and a tree that grows.

SHA-256; a leaf is hashed behind a byte 0, a node behind a byte 1, so that neither can pass for the
other. A tree of n leaves splits at the largest power of two below n; no leaf is ever repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that holds `data`, 32 bytes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over two hashes."""
    return sha256(b"\x01" + left + right).digest()


def fold(peaks: Sequence[bytes]) -> bytes:
    """Return the hash over neighbouring full subtrees, each smaller than the one before it."""
    if not peaks:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root of the tree over leaf hashes; memory stays small however many they are."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def pair_up(hashes: bytes) -> bytes:
    """Return the nodes over neighbours in a row of joined hashes; an odd last one waits."""
    pair = 2 * HASH_BYTES
    ends = range(pair, len(hashes) + 1, pair)
    return b"".join([sha256(b"\x01" + hashes[end - pair : end]).digest() for end in ends])


class Frontier:
    """What a tree must remember to grow: the roots of its full subtrees, largest first."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size.bit_count() != len(peaks):
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full subtrees")
        self.size = size
        self._peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """Add a leaf's hash at the end."""
        self._peaks.append(leaf)
        for _ in range(_trailing_ones(self.size)):
            right = self._peaks.pop()
            self._peaks[-1] = node_hash(self._peaks[-1], right)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        return fold(self._peaks)


def full_subtrees(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the full subtrees that make up the leaves `begin` up to `end`, largest first.

    Each is a level and an index within it: leaves index × 2^level up to (index + 1) × 2^level.
    `begin` must be where a subtree of at least that many leaves begins, as in every proof.
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin % (1 << level):
            raise ValueError(f"no subtree of {1 << level} leaves begins at leaf {begin}")
        yield level, begin >> level
        begin += 1 << level


def _trailing_ones(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1
