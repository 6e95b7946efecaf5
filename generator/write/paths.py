"""Which paths may be written: relative, inside the folder, and legal on every file system."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from generator.errors import OutputRefused

_LONGEST_NAME_BYTES = 255
# Characters that Windows refuses, and control characters anywhere.
_FORBIDDEN = re.compile(r'[<>:"\\|?*\x00-\x1f\x7f]')


def checked(path: str) -> str:
    """Return `path` if it may be written below the output folder; raise OutputRefused if not."""
    parts = PurePosixPath(path).parts
    is_plain = bool(parts) and not path.startswith("/") and "/".join(parts) == path
    if not is_plain or any(not _is_safe(part) for part in parts):
        raise OutputRefused(
            f"Refused to write {path!r}: it is not a plain path inside the output folder.",
            hint="Rename the file it comes from.",
        )
    return path


def _is_safe(part: str) -> bool:
    if part in {".", ".."} or _FORBIDDEN.search(part) or part.endswith((" ", ".")):
        return False
    return len(part.encode("utf-8", errors="surrogatepass")) <= _LONGEST_NAME_BYTES
