"""The key that signs the transparency log's checkpoints: made once, kept in a file of its own.

Whoever checks the log knows its public half, so it is not renewed like other secrets.
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from backend.domain.checkpoints import origin_of
from backend.domain.signed_notes import SEED_BYTES, Signer
from backend.errors import Unavailable
from backend.gateways.secret_file import create_private, make_private
from backend.ids import Ids
from backend.settings import Settings

FILE_NAME = "log.key"


def open_signer(settings: Settings, ids: Ids) -> Signer:
    """Return the log's signer: the settings' key, else the data folder's, made when there is none.

    Raises Unavailable when the file cannot be read or written, or holds no key.
    """
    if settings.log_key is not None:
        return Signer.of(origin_of(settings.base_url), settings.log_key)
    path = settings.data_dir / FILE_NAME
    try:
        make_private(settings.data_dir)
        if not path.exists():
            create_private(path, base64.b64encode(ids.random_bytes(SEED_BYTES)).decode())
        seed = _read(path)
    except OSError as error:
        raise Unavailable(
            f"The log's key cannot be kept in {path}: {error.strerror}.",
            hint="Give FOURSITE_DATA_DIR a folder that is yours.",
        ) from error
    if len(seed) != SEED_BYTES:
        raise Unavailable(
            f"{path} does not hold the log's key.",
            hint="Restore it from a backup: whoever checks the log knows this key and no other.",
        )
    return Signer.of(origin_of(settings.base_url), seed)


def _read(path: Path) -> bytes:
    try:
        return base64.b64decode(path.read_bytes().strip(), validate=True)
    except binascii.Error:
        return b""
