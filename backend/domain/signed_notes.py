"""Signed notes: a text with Ed25519 signatures below it, readable by eye and by many tools.

Source: c2sp.org/signed-note. A verifier key in one line is `NAME+HASH+KEY`: the eight digits of the
key's id, and the base64 of a byte 1 and the 32 bytes of the public key.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from backend.errors import Invalid

SEED_BYTES = 32
LARGEST = 64 << 10
"""The longest note that is read, in characters."""
_SIGNATURES = 64
_ED25519 = b"\x01"
_KEY_BYTES = 32
_ID_BYTES = 4
_NAME = re.compile(r"[^\s+]{1,255}")
_LINE = re.compile(r"— (\S{1,255}) ([A-Za-z0-9+/=]{1,4096})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Who signs a note: a name, which is part of the key's id, and 32 bytes of public key."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public) != _KEY_BYTES:
            raise Invalid("That is no name and key of a signer.", field="key")

    @property
    def id(self) -> bytes:
        """The four bytes that begin each signature."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        key = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs notes under a name. `seed` is the private key, 32 random bytes."""

    name: str
    private: Ed25519PrivateKey

    @classmethod
    def of(cls, name: str, seed: bytes) -> Signer:
        return cls(name=name, private=Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def verifier(self) -> Verifier:
        return Verifier(name=self.name, public=self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Return the note of a text that ends with a line break."""
        if not text.endswith("\n"):
            raise ValueError("the text of a note ends with a line break")
        signature = self.verifier.id + self.private.sign(text.encode())
        return f"{text}\n— {self.name} {base64.b64encode(signature).decode()}\n"


def parse_verifier(text: str) -> Verifier:
    """Return the key of one line `NAME+HASH+KEY`. Raises Invalid when it is none of Ed25519."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    key = _decode(encoded)
    if key[:1] == _ED25519 and len(key) == 1 + _KEY_BYTES and _NAME.fullmatch(name):
        verifier = Verifier(name=name, public=key[1:])
        if verifier.id.hex() == key_id:
            return verifier
    raise Invalid(
        f"{text[:120]!r} is no key of a log.",
        field="key",
        hint="It is one line of NAME+HASH+KEY, as the log's owner published it.",
    )


def open_note(note: str, verifier: Verifier) -> str:
    """Return the text of a note that `verifier` signed; others may have signed it, too.

    Raises Invalid when it did not, or when the note cannot be read.
    """
    text, separator, signatures = note[: LARGEST + 1].rpartition("\n\n")
    lines = signatures.split("\n")[:-1]
    if (
        not separator
        or len(note) > LARGEST
        or not signatures.endswith("\n")
        or len(lines) > _SIGNATURES
    ):
        raise Invalid("That is no signed note.", field="note")
    text += "\n"
    found = [match.groups() for line in lines if (match := _LINE.fullmatch(line))]
    if len(found) < len(lines):
        raise Invalid("A line below the note is no signature.", field="note")
    own = [
        signature[_ID_BYTES:]
        for name, encoded in found
        if name == verifier.name and (signature := _decode(encoded))[:_ID_BYTES] == verifier.id
    ]
    if not own:
        signers = ", ".join(sorted({name for name, _ in found})) or "nobody"
        raise Invalid(
            f"The note is signed by {signers}, not with the key of {verifier.name} that is known.",
            field="note",
        )
    if not all(_is_valid(verifier, signature, text) for signature in own):
        raise Invalid(f"The signature of {verifier.name} does not fit the note.", field="note")
    return text


def _is_valid(verifier: Verifier, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
