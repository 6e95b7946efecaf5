"""The service's secret, which signs cookies and links: made once, kept in a file of its own."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

from backend.errors import Unavailable
from backend.ids import Ids, new_secret
from backend.settings import SECRET_CHARACTERS, Settings

FILE_NAME = "secret"


def open_secret(settings: Settings, ids: Ids) -> bytes:
    """Return the secret of the settings, else that of the data folder, made when there is none.

    Raises Unavailable when the file cannot be read or written, or holds too little.
    """
    if settings.secret is not None:
        return settings.secret.encode()
    path = settings.data_dir / FILE_NAME
    try:
        make_private(settings.data_dir)
        if not path.exists():
            create_private(path, new_secret(ids))
        path.chmod(0o600)
        secret = path.read_bytes().strip()
    except OSError as error:
        raise Unavailable(
            f"The secret cannot be kept in {path}: {error.strerror}.",
            hint="Give FOURSITE_DATA_DIR a folder that is yours.",
        ) from error
    if len(secret) < SECRET_CHARACTERS:
        raise Unavailable(
            f"{path} does not hold a secret.",
            hint="Restore it from a backup, or delete it: then everybody has to sign in again.",
        )
    return secret


def make_private(folder: Path) -> None:
    """Make the data folder, which nobody else may look into. One that exists stays as it is."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def create_private(path: Path, secret: str) -> None:
    """Write a file that nobody else may read, unless it is there: whole or not at all.

    Two processes or threads may want it at the same moment.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
