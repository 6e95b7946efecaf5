"""Proofs that a leaf is in a tree, and that a tree continues an earlier one, and their checks.

RFC 9162, sections 2.1.3 and 2.1.4. A proof is built from the hashes of full subtrees only, all
asked for at once, so that whoever keeps them answers with one read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.domain.merkle import fold, full_subtrees, node_hash

Node = tuple[int, int]
"""A full subtree: its level (0 is a leaf) and its index within that level."""
ReadNodes = Callable[[Sequence[Node]], Sequence[bytes]]
_Range = tuple[int, int]


def prove_inclusion(index: int, size: int, read: ReadNodes) -> list[bytes]:
    """Return the hashes that lead from the leaf at `index` to the root of the first `size` leaves.

    Raises ValueError unless 0 <= index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _hashes_of(_path(index, size), read)


def prove_consistency(old: int, new: int, read: ReadNodes) -> list[bytes]:
    """Return the hashes that show that the first `old` of `new` leaves are what they were.

    Empty when the two are equal. Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} leaves does not continue one of {old}")
    return _hashes_of(_steps(old, new), read)


def root_of(size: int, read: ReadNodes) -> bytes:
    """Return the root of the first `size` leaves."""
    return fold(read(list(full_subtrees(0, size))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step up the tree: a hash and the one that stands beside it make the next."""

    beside: bytes
    is_left: bool
    """Whether the one beside stands on the left."""
    made: bytes


def climb(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> list[Step]:
    """Return the steps from a leaf hash to the root that `proof` leads to: RFC 9162, 2.1.3.2.

    Up to where the paths of this leaf and of the last one meet, the index says on which side the
    neighbour stands; above, it is always on the left. Raises ValueError when the proof is not as
    long as one of that leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    meeting = (index ^ (size - 1)).bit_length()
    if len(proof) != meeting + (index >> meeting).bit_count():
        raise ValueError(f"no proof of leaf {index} in a tree of {size} has {len(proof)} hashes")
    steps: list[Step] = []
    made = leaf
    for level, beside in enumerate(proof):
        is_left = level >= meeting or bool(index >> level & 1)
        made = node_hash(beside, made) if is_left else node_hash(made, beside)
        steps.append(Step(beside=beside, is_left=is_left, made=made))
    return steps


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `proof` shows the leaf hash at `index` under `root`."""
    try:
        steps = climb(leaf, index, size, proof)
    except ValueError:
        return False
    return (steps[-1].made if steps else leaf) == root


def continues(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether `proof` shows that the new tree begins with the old one: RFC 9162, 2.1.4.2.

    Every tree continues the empty one, which needs no proof.
    """
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not proof and (old == 0 or old_root == new_root)
    if not proof:
        return False
    # The old tree's own root begins the path when it is a full subtree of the new tree.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            before, after = node_hash(each, before), node_hash(each, after)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, each)
        position, last = position >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _path(index: int, size: int) -> list[_Range]:
    """Return the ranges of leaves whose hashes are the inclusion proof, the lowest first."""
    begin, end = 0, size
    beside: list[_Range] = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((begin, middle))
            begin = middle
    return beside[::-1]


def _steps(old: int, new: int) -> list[_Range]:
    """Return the ranges of leaves whose hashes are the consistency proof, in its order."""
    begin, end = 0, new
    beside: list[_Range] = []
    while end > old:
        middle = begin + _split(end - begin)
        if old <= middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((begin, middle))
            begin = middle
    # What is left ends where the old tree ends; its hash is known when that is all of it.
    first = [(begin, end)] if begin else []
    return [*first, *beside[::-1]]


def _split(leaves: int) -> int:
    """Return the largest power of two below a number of leaves."""
    return 1 << (leaves - 1).bit_length() - 1


def _hashes_of(ranges: Sequence[_Range], read: ReadNodes) -> list[bytes]:
    nodes = [list(full_subtrees(begin, end)) for begin, end in ranges]
    found = iter(read([node for some in nodes for node in some]))
    return [fold([next(found) for _ in some]) for some in nodes]
