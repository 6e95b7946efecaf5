"""An owner's lines of the ledger with proofs: a file that shows by itself what the log holds.

Each line brings the public leaf and the hashes that lead from it to the root of one signed
checkpoint. The salt in the file opens the owner's commitments, and nobody else's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.domain.ledger import commitment
from backend.domain.merkle import HASH_BYTES, leaf_hash
from backend.domain.proofs import includes
from backend.errors import Invalid, LogBroken

FORMAT = "4site-ledger-1"
LINES = 1_000_000
"""As many lines as a file may have."""
_LONGEST_PROOF = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPosting:
    """What one posting of an entry did to an account of the owner; debit is positive."""

    n: int
    account: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenLine:
    """An entry that concerns the owner: its leaf as it is public, its proof, and what is theirs."""

    seq: int
    leaf: str
    proof: tuple[bytes, ...]
    postings: tuple[OwnPosting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFile:
    """All lines of one owner, proved under one signed checkpoint. `key` is the log's, in a line."""

    key: str
    checkpoint: str
    owner: str
    salt: bytes
    lines: tuple[ProvenLine, ...]


def write_proofs(file: ProofFile) -> str:
    """Return the file's text, JSON with a line of text for each entry."""
    head = {
        "format": FORMAT,
        "key": file.key,
        "checkpoint": file.checkpoint,
        "owner": file.owner,
        "salt": file.salt.hex(),
    }
    lines = ",\n".join(_dump(_describe(line)) for line in file.lines)
    return f'{_dump(head)[:-1]},"lines":[\n{lines}\n]}}\n'


def read_proofs(text: str) -> ProofFile:
    """Return what a file says, unchecked. Raises Invalid when it is none of ours."""
    try:
        return _read_file(json.loads(text))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Invalid(
            "The file holds no lines of a ledger with proofs.",
            field="statement",
            hint="It is the file ledger.json of an export.",
        ) from error


def check_line(file: ProofFile, line: ProvenLine, *, size: int, root: bytes) -> None:
    """Check that a line is in the tree and that what it says of its owner is what was booked.

    Raises LogBroken, saying what is not so.
    """
    if not includes(leaf_hash(line.leaf.encode()), line.seq, size, line.proof, root):
        raise LogBroken(
            f"Entry {line.seq} is not in the log as the file shows it.",
            hint="Either the file was changed, or the log does not hold what it should.",
        )
    postings = _postings_of(line)
    opened = {
        n: account
        for n, posting in enumerate(postings)
        if (account := _open(file, line.seq, posting)) is not None
    }
    claimed = {own.n: own for own in line.postings}
    if opened.keys() != claimed.keys():
        raise LogBroken(f"The file does not show what is yours of entry {line.seq}, all of it.")
    for n, own in claimed.items():
        booked = postings[n]
        if (own.account, own.currency, own.amount) != (
            opened[n],
            booked.get("currency"),
            booked.get("amount"),
        ):
            raise LogBroken(
                f"Entry {line.seq} has {booked.get('amount')} {booked.get('currency')} of yours on"
                f" {opened[n]}, and the file says {own.amount} {own.currency} on {own.account}."
            )


def is_of_owner(file: ProofFile, seq: int, leaf: bytes) -> bool:
    """Tell whether a leaf of the log has something of the file's owner."""
    postings = _postings_of(
        ProvenLine(seq=seq, leaf=leaf.decode("utf-8", "replace"), proof=(), postings=())
    )
    return any(_open(file, seq, posting) is not None for posting in postings)


def _open(file: ProofFile, seq: int, posting: Mapping[str, Any]) -> str | None:
    """Return the account that a posting's commitment names when it is the owner's."""
    shown, kind = posting.get("owner"), posting.get("account")
    own = f"{kind}:{file.owner}"
    return own if shown is not None and shown == commitment(file.salt, seq, own) else None


def _postings_of(line: ProvenLine) -> Sequence[Mapping[str, Any]]:
    try:
        leaf = json.loads(line.leaf)
        postings = leaf["postings"]
        is_right = leaf["seq"] == line.seq and all(isinstance(each, dict) for each in postings)
    except (KeyError, TypeError, ValueError, RecursionError):
        is_right = False
    if not is_right:
        raise LogBroken(f"The leaf at {line.seq} is none of the ledger's entry {line.seq}.")
    found: Sequence[Mapping[str, Any]] = postings
    return found


def _describe(line: ProvenLine) -> dict[str, object]:
    return {
        "seq": line.seq,
        "leaf": line.leaf,
        "proof": [each.hex() for each in line.proof],
        "postings": [
            {"n": own.n, "account": own.account, "currency": own.currency, "amount": own.amount}
            for own in line.postings
        ],
    }


def _read_file(value: Mapping[str, Any]) -> ProofFile:
    if value["format"] != FORMAT or len(value["lines"]) > LINES:
        raise ValueError(FORMAT)
    return ProofFile(
        key=str(value["key"]),
        checkpoint=str(value["checkpoint"]),
        owner=str(value["owner"]),
        salt=bytes.fromhex(value["salt"]),
        lines=tuple(_read_line(line) for line in value["lines"]),
    )


def _read_line(value: Mapping[str, Any]) -> ProvenLine:
    proof = tuple(bytes.fromhex(each) for each in value["proof"][: _LONGEST_PROOF + 1])
    if type(value["seq"]) is not int or any(len(each) != HASH_BYTES for each in proof):
        raise ValueError("no proof")
    return ProvenLine(
        seq=value["seq"],
        leaf=str(value["leaf"]),
        proof=proof,
        postings=tuple(
            OwnPosting(
                n=int(own["n"]),
                account=str(own["account"]),
                currency=str(own["currency"]),
                amount=int(own["amount"]),
            )
            for own in value["postings"]
        ),
    )


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
