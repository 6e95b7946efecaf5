"""The transparency log: takes what the ledger booked into the tree, and proves that it is there.

The ledger writes each leaf and its hash with the transaction itself; the tree follows at once, off
the way of whoever books. A crash in between loses nothing: the next call goes on where the tree
ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.actions.context import Context
from backend.domain.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from backend.domain.merkle import EMPTY_ROOT
from backend.domain.proofs import prove_consistency as hashes_between
from backend.domain.proofs import prove_inclusion, root_of
from backend.domain.signed_notes import Signer, Verifier
from backend.domain.tiles import WIDTH, bundle, edge, grow, width_of
from backend.errors import Invalid, NotFound
from backend.gateways.log_key import open_signer
from backend.store import transparency
from backend.store.database import Session
from backend.store.tables.base import TENANT
from backend.store.transparency import Kept

LEAVES_AT_ONCE = 4_096
"""As many leaves as one transaction takes into the tree: some tens of milliseconds of SQLite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafProof:
    """A leaf, and the hashes that lead from it to the root of a signed checkpoint."""

    seq: int
    leaf: str
    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyProof:
    """The hashes that show that the first `old` of `new` leaves are what they were."""

    old: int
    new: int
    hashes: tuple[bytes, ...]


def integrate(context: Context) -> int:
    """Take all that was booked into the tree, sign what it is now, and return its size.

    May be called at any time, from any number of processes, and repeated: tiles and checkpoint of
    a step are written in one transaction, and steps wait for each other.
    """
    signer = open_signer(context.settings, context.ids)
    while True:
        with context.database.transaction() as session:
            size = transparency.lock(session, TENANT)
            leaves = transparency.read_leaf_hashes(
                session, TENANT, since=size, limit=LEAVES_AT_ONCE
            )
            if leaves:
                partial = transparency.read_tiles(session, TENANT, edge(size))
                tiles = list(grow(partial, size, leaves))
                size += len(leaves)
                transparency.extend(session, TENANT, tiles, size)
            _sign(session, context, signer, size)
        if len(leaves) < LEAVES_AT_ONCE:
            return size


def is_behind(context: Context) -> bool:
    """Tell whether something is booked that is not in the tree yet."""
    with context.database.reading() as session:
        kept, booked = transparency.find_sizes(session, TENANT)
    return kept < booked


def verifier_of(context: Context) -> Verifier:
    """Return the key that checkpoints are signed with, as whoever checks them needs it."""
    return open_signer(context.settings, context.ids).verifier


def find_checkpoint(context: Context) -> Kept:
    """Return the newest checkpoint. Raises NotFound before there is one."""
    with context.database.reading() as session:
        return _get_latest(session)


def prove_leaf(context: Context, seq: int) -> LeafProof:
    """Prove that a transaction is in the log. Raises NotFound when it is not, or not yet."""
    with context.database.reading() as session:
        latest = _get_latest(session)
        if not 0 <= seq < latest.size:
            raise NotFound(
                f"The log has no entry {seq}: it has {latest.size}.",
                hint="What was booked just now is in the log within some seconds.",
            )
        read = transparency.reader_of(session, TENANT)
        hashes = prove_inclusion(seq, latest.size, read)
        (leaf,) = transparency.read_leaves(session, TENANT, since=seq, limit=1)
    return LeafProof(
        seq=seq,
        leaf=leaf.decode(),
        size=latest.size,
        root=latest.root,
        hashes=tuple(hashes),
        checkpoint=latest.note,
    )


def prove_consistency(context: Context, old: int, new: int | None) -> ConsistencyProof:
    """Prove that the log of `new` leaves, or of all, begins with the one of `old`.

    Raises Invalid unless old <= new and the log has as many.
    """
    with context.database.reading() as session:
        size = _get_latest(session).size
        end = size if new is None else new
        if not 0 <= old <= end <= size:
            raise Invalid(
                f"The log has {size} entries; {old} and {end} are no two sizes of it.",
                field="from",
                hint="Ask with from <= to, both at most the size of the newest checkpoint.",
            )
        # Everything continues an empty log.
        read = transparency.reader_of(session, TENANT)
        hashes = hashes_between(old, end, read) if old else []
    return ConsistencyProof(old=old, new=end, hashes=tuple(hashes))


def read_tile(context: Context, level: int | None, index: int, width: int) -> bytes:
    """Return a tile's hashes, or an entry bundle when `level` is None; as many as `width`.

    Raises NotFound when the log has not as many.
    """
    with context.database.reading() as session:
        kept, _ = transparency.find_sizes(session, TENANT)
        if width_of(level or 0, index, kept) < width:
            raise NotFound("The log has no such tile.")
        if level is None:
            return bundle(
                transparency.read_leaves(session, TENANT, since=index * WIDTH, limit=width)
            )
        tile = transparency.read_tiles(session, TENANT, [(level, index)])[level, index]
        return tile.hashes[: width * len(EMPTY_ROOT)]


def _sign(session: Session, context: Context, signer: Signer, size: int) -> None:
    """Keep a checkpoint of the tree as it is, unless the newest one says so already."""
    latest = transparency.find_latest(session, TENANT)
    if latest and latest.size == size and _is_signed(latest, signer.verifier):
        return
    root = root_of(size, transparency.reader_of(session, TENANT))
    checkpoint = Checkpoint(origin=signer.name, size=size, root=root)
    kept = Kept(
        size=size,
        root=root,
        at=context.clock.now(),
        note=sign_checkpoint(checkpoint, signer),
    )
    transparency.save_checkpoint(session, TENANT, kept)


def _is_signed(kept: Kept, verifier: Verifier) -> bool:
    """Tell whether the service still has the name and key that it signed with."""
    try:
        open_checkpoint(kept.note, verifier)
    except Invalid:
        return False
    return True


def _get_latest(session: Session) -> Kept:
    latest = transparency.find_latest(session, TENANT)
    if latest is None:
        raise NotFound(
            "The log has no checkpoint yet.", hint="The service signs the first one at its start."
        )
    return latest
