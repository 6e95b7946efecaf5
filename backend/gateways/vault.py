"""Seals what must not be readable in a copy of the database: where money goes, and tax numbers.

AES-256-GCM under keys that come from the service's secret by HKDF (RFC 5869). A sealed text names
its key, so that the secret can be replaced: the old one still opens what it sealed. What a seal is
bound to (the purpose, the tenant, the account) is authenticated with it: a seal that is copied into
somebody else's row does not open there.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.errors import Unavailable
from backend.ids import Ids

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ID_BYTES = 4


class Vault:
    """Seals with the current secret; opens what that or an earlier one sealed."""

    def __init__(self, secret: bytes, earlier: Sequence[bytes] = ()) -> None:
        self._keys = {_key_id(one): _derive(one, b"seal") for one in (*reversed(earlier), secret)}
        self._current = _key_id(secret)
        self._digest_key = _derive(secret, b"digest")

    def seal(self, ids: Ids, content: bytes, *bound_to: str) -> bytes:
        """Return the sealed content: the key's id, a nonce, the cipher text with its tag."""
        nonce = ids.random_bytes(NONCE_BYTES)
        sealed = AESGCM(self._keys[self._current]).encrypt(nonce, content, _bind(bound_to))
        return self._current + nonce + sealed

    def open(self, sealed: bytes, *bound_to: str) -> bytes:
        """Return the content. Raises Unavailable when no key opens it, or it was tampered with."""
        key = self._keys.get(sealed[:KEY_ID_BYTES])
        nonce, rest = sealed[KEY_ID_BYTES:][:NONCE_BYTES], sealed[KEY_ID_BYTES + NONCE_BYTES :]
        if key is None:
            raise Unavailable(
                "A sealed value was sealed with another secret.",
                hint="Name the earlier secret in FOURSITE_OLD_SECRETS.",
            )
        try:
            return AESGCM(key).decrypt(nonce, rest, _bind(bound_to))
        except (InvalidTag, ValueError) as error:
            raise Unavailable(
                "A sealed value does not open: it was changed, or belongs to another row.",
                hint="Restore the row from a backup.",
            ) from error

    def seal_text(self, ids: Ids, text: str, *bound_to: str) -> str:
        """Return `seal` of a text as a text."""
        return base64.b64encode(self.seal(ids, text.encode(), *bound_to)).decode()

    def open_text(self, sealed: str, *bound_to: str) -> str:
        """Return what `seal_text` sealed. Raises Unavailable as `open` does."""
        try:
            raw = base64.b64decode(sealed, validate=True)
        except binascii.Error as error:
            raise Unavailable("A sealed value is damaged.", hint="Restore the row.") from error
        return self.open(raw, *bound_to).decode()

    def is_current(self, sealed: str) -> bool:
        """Tell whether a sealed text was sealed with the current secret."""
        return base64.b64decode(sealed)[:KEY_ID_BYTES] == self._current

    def digest(self, text: str) -> str:
        """Return a keyed digest, 64 hex digits: equal texts are found without opening any."""
        return hmac.digest(self._digest_key, text.encode(), "sha256").hex()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"4site vault 1 " + purpose).derive(secret)


def _key_id(secret: bytes) -> bytes:
    return _derive(secret, b"key id")[:KEY_ID_BYTES]


def _bind(parts: Sequence[str]) -> bytes:
    """Return parts as one text that no other parts make: each with its length before it."""
    return "".join(f"{len(part)}:{part}" for part in parts).encode()
