"""Watching a log from outside: what it says now must fit what it said before.

Everything is computed from the tiles that the log publishes, and nothing is believed but what the
signed root covers. A log that shows two people different things cannot satisfy both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from backend.domain.checkpoints import Checkpoint
from backend.domain.merkle import HASH_BYTES, Frontier, leaf_hash
from backend.domain.proof_files import ProofFile, check_line, is_of_owner
from backend.domain.proofs import Node, ReadNodes, continues, prove_consistency
from backend.domain.tiles import Place, Tile, node_in, tile_of, width_of
from backend.errors import LogBroken

FetchTile = Callable[[int, int, int], bytes]
"""Returns the joined hashes of the tile of that level, index and width."""


def nodes_from(fetch: FetchTile, size: int) -> ReadNodes:
    """Return what reads nodes of a tree of `size` leaves from its published tiles, each once.

    Raises LogBroken for a tile of another length than it says.
    """
    known: dict[Place, Tile] = {}

    def tile_at(place: Place) -> Tile:
        if place not in known:
            level, index = place
            width = width_of(level, index, size)
            hashes = fetch(level, index, width)
            if len(hashes) != width * HASH_BYTES:
                raise LogBroken(f"The tile {level}/{index} does not hold {width} hashes.")
            known[place] = Tile.over(level, index, hashes)
        return known[place]

    def read(nodes: Sequence[Node]) -> list[bytes]:
        return [node_in(tile_at(tile_of(node)), node) for node in nodes]

    return read


def check_continues(earlier: Checkpoint, now: Checkpoint, fetch: FetchTile) -> None:
    """Check that the log now begins with what it was. Raises LogBroken, saying what is not so."""
    if now.size < earlier.size:
        raise LogBroken(
            f"The log has {now.size} entries and had {earlier.size}: it was rolled back.",
            hint="A cache may show an old checkpoint; try again in some minutes.",
        )
    if now.size == earlier.size:
        if now.root != earlier.root:
            raise _split(earlier, now)
        return
    if earlier.size == 0:
        return
    proof = prove_consistency(earlier.size, now.size, nodes_from(fetch, now.size))
    if not continues(earlier.size, earlier.root, now.size, now.root, proof):
        raise _split(earlier, now)


def check_proofs(file: ProofFile, proved: Checkpoint) -> int:
    """Check each line of an owner's file; return how many there are. Raises LogBroken."""
    for line in file.lines:
        check_line(file, line, size=proved.size, root=proved.root)
    places = [line.seq for line in file.lines]
    if places != sorted(set(places)):
        raise LogBroken("The file does not have each entry once, in order.")
    return len(places)


def check_entries(
    bundles: Iterable[Sequence[bytes]], now: Checkpoint, file: ProofFile | None, until: int
) -> None:
    """Check that the published leaves are those under the root, and that a file lacks none.

    `until` is the size of the tree that the file was proved in. Raises LogBroken.
    """
    listed = {line.seq for line in file.lines} if file else set()
    frontier = Frontier()
    for leaves in bundles:
        for leaf in leaves:
            seq = frontier.size
            if file and seq < until and seq not in listed and is_of_owner(file, seq, leaf):
                raise LogBroken(f"Entry {seq} is yours, too, and the file leaves it out.")
            frontier.append(leaf_hash(leaf))
    if (frontier.size, frontier.root()) != (now.size, now.root):
        raise LogBroken("The published entries are not those that the checkpoint covers.")


def _split(earlier: Checkpoint, now: Checkpoint) -> LogBroken:
    return LogBroken(
        f"The log of {now.size} entries does not continue the one of {earlier.size}"
        f" that was seen before: its history was changed.",
        hint="Both checkpoints are signed: keep them, they prove it.",
    )
