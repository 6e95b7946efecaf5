"""Compares the transparency log with the ledger: part of `4site server check`."""

from __future__ import annotations

from collections.abc import Iterator

from backend.actions.context import Context
from backend.domain.checking import Difference
from backend.domain.checkpoints import open_checkpoint
from backend.domain.merkle import Frontier, leaf_hash
from backend.domain.signed_notes import Verifier
from backend.errors import Invalid
from backend.gateways.log_key import open_signer
from backend.store import ledger, transparency
from backend.store.database import Session
from backend.store.tables.base import TENANT
from backend.store.transparency import Kept

_CHECKPOINTS_AT_ONCE = 500


def compare_log(context: Context) -> Iterator[Difference]:
    """Compute the tree anew from the ledger's leaves, and compare every checkpoint with it.

    One moment of the database is looked at, and memory stays small.
    """
    verifier = open_signer(context.settings, context.ids).verifier
    with context.database.reading() as session:
        kept, booked = transparency.find_sizes(session, TENANT)
        if kept > booked:
            yield _different("log_head.size", "the log", kept, f"at most {booked}")
        checkpoints = _Checkpoints(session)
        latest = transparency.find_latest(session, TENANT)
        if latest and latest.size != kept:
            yield _different("log_checkpoint.size", "the newest checkpoint", latest.size, kept)
        if latest:
            yield from _compare_signature(latest, verifier)
        frontier = Frontier()
        yield from checkpoints.compare(frontier)
        for seq, leaf, kept_hash in ledger.walk_leaves(session, TENANT):
            computed = leaf_hash(leaf.encode())
            where = f"entry {seq}"
            if seq != frontier.size:
                yield _different("ledger_txn.seq", where, seq, frontier.size)
                return
            if kept_hash != computed.hex():
                yield _different("ledger_txn.leaf_hash", where, kept_hash, computed.hex())
            frontier.append(computed)
            yield from checkpoints.compare(frontier)
        if frontier.size != booked:
            yield _different("ledger_head.size", "the ledger", booked, frontier.size)
        yield from checkpoints.rest(frontier.size)


class _Checkpoints:
    """The checkpoints in order of size, as a growing tree passes them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._page: list[Kept] = []
        self._after = -1
        self._turn()

    def compare(self, frontier: Frontier) -> Iterator[Difference]:
        """Compare the checkpoint of the tree's size, if there is one."""
        if self._page and self._page[0].size == frontier.size:
            kept = self._page.pop(0)
            computed = frontier.root().hex()
            if kept.root.hex() != computed:
                where = f"the log of {kept.size}"
                yield _different("log_checkpoint.root", where, kept.root.hex(), computed)
            self._turn()

    def rest(self, size: int) -> Iterator[Difference]:
        """Give those that the tree never reached."""
        while self._page:
            where = f"the log of {self._page.pop(0).size}"
            yield _different("log_checkpoint.size", where, "kept", f"a ledger of {size}")
            self._turn()

    def _turn(self) -> None:
        if not self._page:
            self._page = transparency.read_checkpoints(
                self._session, TENANT, after=self._after, limit=_CHECKPOINTS_AT_ONCE
            )
            self._after = self._page[-1].size if self._page else self._after


def _compare_signature(latest: Kept, verifier: Verifier) -> Iterator[Difference]:
    where = f"the log of {latest.size}"
    try:
        signed = open_checkpoint(latest.note, verifier)
    except Invalid as error:
        yield _different("log_checkpoint.note", where, error.message, "signed with the log's key")
        return
    if (signed.size, signed.root) != (latest.size, latest.root):
        claim = f"{signed.size} {signed.root.hex()}"
        yield _different("log_checkpoint.note", where, claim, f"{latest.size} {latest.root.hex()}")


def _different(what: str, where: str, stored: object, computed: object) -> Difference:
    return Difference(what=what, where=where, stored=str(stored), computed=str(computed))
