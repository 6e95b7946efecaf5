"""Checkpoints: a log's name, how many leaves it has, and the root over them.

Source: c2sp.org/tlog-checkpoint.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.domain.merkle import HASH_BYTES
from backend.domain.signed_notes import Signer, Verifier, open_note
from backend.errors import Invalid

_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log claims at one moment: its first `size` leaves have this root."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def origin_of(base_url: str) -> str:
    """Return the name of the log of the service at `base_url`: its host and `/log`."""
    parts = urlsplit(base_url)
    return f"{parts.netloc.rpartition('@')[2].lower()}{parts.path.rstrip('/')}/log"


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """Return the checkpoint as a signed note."""
    return signer.sign(str(checkpoint))


def open_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint that a note holds, once its signature and its name are checked.

    Raises Invalid when the note is not signed with the key, or holds no checkpoint of that log.
    """
    lines = open_note(note, verifier).split("\n")
    root = _root_of(lines[2]) if len(lines) > _LINES else b""
    if len(root) != HASH_BYTES or not _SIZE.fullmatch(lines[1]):
        raise Invalid("The signed note holds no checkpoint.", field="checkpoint")
    if lines[0] != verifier.name:
        raise Invalid(
            f"The checkpoint is one of {lines[0][:100]!r}, not of {verifier.name}.",
            field="checkpoint",
        )
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root)


def _root_of(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
