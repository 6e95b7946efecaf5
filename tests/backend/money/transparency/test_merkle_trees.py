"""The tree and its proofs, against the RFC's numbers and a naive reading of its definitions."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.merkle import EMPTY_ROOT, Frontier, full_subtrees, leaf_hash, pair_up, root
from backend.domain.proofs import (
    Node,
    continues,
    includes,
    prove_consistency,
    prove_inclusion,
    root_of,
)

LARGEST = 130
LEAVES = [leaf_hash(str(number).encode()) for number in range(LARGEST)]
# The leaves of the reference set of Certificate Transparency, and the roots of its first n.
REFERENCE = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
             "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, over hashes of leaves."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256().digest()
    k = naive_split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: Sequence[bytes], is_whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1."""
    if m == len(leaves):
        return [] if is_whole else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], is_whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def naive_split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def read(nodes: Sequence[Node]) -> list[bytes]:
    return [naive_root(LEAVES[index << level : (index + 1) << level]) for level, index in nodes]


def test_roots_are_those_of_the_reference_set() -> None:
    hashes = [leaf_hash(bytes.fromhex(text)) for text in REFERENCE]
    roots = [root(hashes[:size]).hex() for size in range(len(hashes) + 1)]
    assert roots == REFERENCE_ROOTS
    assert REFERENCE_ROOTS[0] == EMPTY_ROOT.hex()


def test_a_growing_tree_has_the_root_of_the_definition_at_each_size() -> None:
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES):
        assert frontier.root() == naive_root(LEAVES[:size]) == root_of(size, read)
        frontier.append(leaf)


def test_every_inclusion_proof_is_the_definitions_and_shows_its_leaf_alone() -> None:
    for size in range(1, LARGEST + 1):
        top = naive_root(LEAVES[:size])
        for index in range(size):
            proof = prove_inclusion(index, size, read)
            if size < 20 or index % 13 == 0:
                assert proof == naive_path(index, LEAVES[:size])
            assert includes(LEAVES[index], index, size, proof, top)
            assert not includes(LEAVES[index - 1], index, size, proof, top) or size == 1
            assert len(proof) <= (size - 1).bit_length()


def test_every_consistency_proof_is_the_definitions_and_shows_its_two_trees_alone() -> None:
    roots = [naive_root(LEAVES[:size]) for size in range(LARGEST + 1)]
    for new in range(1, LARGEST + 1):
        for old in range(1, new + 1):
            proof = prove_consistency(old, new, read)
            if new < 20 or old % 13 == 0:
                assert proof == naive_subproof(old, LEAVES[:new], True)
            assert continues(old, roots[old], new, roots[new], proof)
            assert not continues(old, roots[old - 1], new, roots[new], proof)
            assert not continues(old, roots[old], new, roots[new - 1], proof)


def test_everything_continues_the_empty_tree_without_a_proof() -> None:
    assert continues(0, EMPTY_ROOT, 5, naive_root(LEAVES[:5]), [])
    assert not continues(0, EMPTY_ROOT, 5, naive_root(LEAVES[:5]), [EMPTY_ROOT])
    assert not continues(6, naive_root(LEAVES[:6]), 5, naive_root(LEAVES[:5]), [])
    assert not continues(5, EMPTY_ROOT, 5, naive_root(LEAVES[:5]), [])


@given(
    size=st.integers(1, LARGEST),
    index=st.integers(0, 200),
    change=st.integers(0, 10),
    data=st.data(),
)
def test_a_proof_that_was_changed_shows_nothing(
    size: int, index: int, change: int, data: st.DataObject
) -> None:
    index %= size
    top = naive_root(LEAVES[:size])
    proof = prove_inclusion(index, size, read)
    wrong = list(proof)
    if change % 3 == 0 or not wrong:
        wrong.append(EMPTY_ROOT)
    elif change % 3 == 1:
        wrong.pop(data.draw(st.integers(0, len(wrong) - 1)))
    else:
        at = data.draw(st.integers(0, len(wrong) - 1))
        wrong[at] = bytes([wrong[at][0] ^ 1]) + wrong[at][1:]
    assert not includes(LEAVES[index], index, size, wrong, top)
    other = data.draw(st.integers(-2, LARGEST + 2).filter(lambda other: other != index))
    assert not includes(LEAVES[index], other, size, proof, top)


def test_what_cannot_be_proved_is_refused() -> None:
    with pytest.raises(ValueError, match="no leaf 5 in a tree of 5"):
        prove_inclusion(5, 5, read)
    with pytest.raises(ValueError, match="does not continue"):
        prove_consistency(6, 5, read)
    with pytest.raises(ValueError, match="does not continue"):
        prove_consistency(0, 5, read)
    with pytest.raises(ValueError, match="full subtrees"):
        Frontier(3, [EMPTY_ROOT])
    with pytest.raises(ValueError, match="no subtree"):
        list(full_subtrees(1, 4))


def test_pairs_of_joined_hashes_leave_an_odd_one_waiting() -> None:
    assert pair_up(b"".join(LEAVES[:5])) == naive_root(LEAVES[:2]) + naive_root(LEAVES[2:4])
    assert pair_up(LEAVES[0]) == b""
