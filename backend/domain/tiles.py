"""A tree as tiles: files of up to 256 hashes that never change once they are full.

Source: c2sp.org/tlog-tiles. The tile `index` of level L holds hashes of the tree's level 8 × L; the
last one of a level may be partial. Beside them, entry bundles hold the leaves themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.domain.merkle import HASH_BYTES, pair_up
from backend.domain.proofs import Node

HEIGHT = 8
WIDTH = 1 << HEIGHT
LEVELS = 6
"""More than any log will have: 256^6 leaves."""
LONGEST_LEAF = (1 << 16) - 1
"""A bundle has two bytes for a leaf's length."""

Place = tuple[int, int]
"""A tile's level and index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Up to 256 neighbouring hashes, followed in `nodes` by the full nodes over them, level by
    level, so that a proof reads them instead of hashing anew.
    """

    level: int
    index: int
    width: int
    nodes: bytes

    @classmethod
    def over(cls, level: int, index: int, hashes: bytes) -> Tile:
        """Return the tile over up to 256 joined hashes."""
        rows = [hashes]
        while len(rows) < HEIGHT and len(rows[-1]) > HASH_BYTES:
            rows.append(pair_up(rows[-1]))
        width = len(hashes) // HASH_BYTES
        return cls(level=level, index=index, width=width, nodes=b"".join(rows))

    @property
    def hashes(self) -> bytes:
        """The joined hashes themselves, which are what is published."""
        return self.nodes[: self.width * HASH_BYTES]

    @property
    def top(self) -> bytes:
        """The node over a full tile, which is a hash of the level above."""
        return pair_up(self.nodes[-2 * HASH_BYTES :])

    def node(self, height: int, position: int) -> bytes:
        """Return a full node of the tile, `height` above its hashes."""
        before = sum(self.width >> below for below in range(height))
        start = (before + position) * HASH_BYTES
        if position >= self.width >> height:
            raise LookupError(f"tile {self.level}/{self.index} has no node {height}/{position}")
        return self.nodes[start : start + HASH_BYTES]


def tile_of(node: Node) -> Place:
    """Return the tile that holds a node of the tree."""
    level, index = node
    return level // HEIGHT, index >> HEIGHT - level % HEIGHT


def node_in(tile: Tile, node: Node) -> bytes:
    """Return a node of the tree from the tile that holds it."""
    level, index = node
    height = level % HEIGHT
    return tile.node(height, index & (WIDTH >> height) - 1)


def edge(size: int) -> list[Place]:
    """Return the partial tiles of a tree, one for each level that has one."""
    return [
        (level, size >> HEIGHT * (level + 1))
        for level in range(LEVELS)
        if width_of(level, size >> HEIGHT * (level + 1), size) % WIDTH
    ]


def grow(partial: Mapping[Place, Tile], size: int, leaves: Sequence[bytes]) -> Iterator[Tile]:
    """Give the tiles that `leaves` make or change at the end of a tree of `size` leaves.

    `partial` are the tiles of the tree's `edge`.
    """
    level, fresh = 0, b"".join(leaves)
    while fresh:
        index = size >> HEIGHT * (level + 1)
        begun = partial.get((level, index))
        row = (begun.hashes if begun else b"") + fresh
        tops = []
        for start in range(0, len(row), WIDTH * HASH_BYTES):
            tile = Tile.over(level, index, row[start : start + WIDTH * HASH_BYTES])
            yield tile
            if tile.width == WIDTH:
                tops.append(tile.top)
            index += 1
        level, fresh = level + 1, b"".join(tops)


def width_of(level: int, index: int, size: int) -> int:
    """Return how many hashes a tile has in a tree of `size` leaves, 0 when it is not there yet."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))


def places(size: int) -> Iterator[tuple[int, int, int]]:
    """Give level, index and width of each tile of a tree of `size` leaves."""
    for level in range(LEVELS):
        count = -(-(size >> HEIGHT * level) // WIDTH)
        for index in range(count):
            yield level, index, width_of(level, index, size)


def path_of(level: int | None, index: int, width: int) -> str:
    """Return a tile's path below the log, or that of the entry bundle when `level` is None."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    part = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{number}{part}"


def parse_path(path: str) -> tuple[int | None, int, int] | None:
    """Return level, index and width of a path below the log, None when it is no tile's."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    kind, number, width = match.groups()
    found = (
        None if kind == "entries" else int(kind),
        int(number.replace("/", "").replace("x", "")),
        int(width or WIDTH),
    )
    # One spelling each: no superfluous x000, no partial tile of 256.
    return found if path_of(*found) == path else None


def bundle(leaves: Sequence[bytes]) -> bytes:
    """Return an entry bundle: each leaf behind its length in two bytes, the high one first."""
    return b"".join([len(leaf).to_bytes(2, "big") + leaf for leaf in leaves])


def unbundle(data: bytes) -> list[bytes]:
    """Return the leaves of an entry bundle. Raises ValueError when it ends within one."""
    leaves, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise ValueError("the entry bundle ends within a leaf")
        leaves.append(data[at + 2 : end])
        at = end
    return leaves


_PATH = re.compile(r"tile/(entries|[0-5])/((?:x[0-9]{3}/){0,4}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
