"""Makes an owner's file of ledger lines with their proofs: `ledger.json` of an export."""

from __future__ import annotations

from backend.actions.context import Context
from backend.domain.actors import Actor
from backend.domain.ledger import OWNER_ACCOUNTS, own
from backend.domain.proof_files import ProofFile, ProvenLine, write_proofs
from backend.domain.proofs import prove_inclusion
from backend.gateways.log_key import open_signer
from backend.store import ledger, transparency
from backend.store.database import Session

_TILES_KEPT = 256
"""Some megabytes: neighbouring lines share their tiles."""


def make_proof_file(context: Context, session: Session, actor: Actor) -> str | None:
    """Return the file's text, None for an owner of whom the log knows nothing.

    It covers what the newest checkpoint covers; what was booked since is missing.
    """
    latest = transparency.find_latest(session, actor.tenant)
    salt = ledger.find_salts(session, actor.tenant, [actor.account]).get(actor.account)
    if latest is None or salt is None:
        return None
    accounts = [own(kind, actor.account) for kind in OWNER_ACCOUNTS]
    postings = transparency.read_own_postings(session, actor.tenant, accounts, until=latest.size)
    read = transparency.reader_of(session, actor.tenant, tiles_kept=_TILES_KEPT)
    lines = []
    for seq, some in postings.items():
        (leaf,) = transparency.read_leaves(session, actor.tenant, since=seq)
        lines.append(
            ProvenLine(
                seq=seq,
                leaf=leaf.decode(),
                proof=tuple(prove_inclusion(seq, latest.size, read)),
                postings=tuple(some),
            )
        )
    return write_proofs(
        ProofFile(
            key=str(open_signer(context.settings, context.ids).verifier),
            checkpoint=latest.note,
            owner=actor.account,
            salt=salt,
            lines=tuple(lines),
        )
    )
