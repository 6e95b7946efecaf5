"""The files of a repository: a fixed list of paths, read only inside their root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

# GitHub stops rendering Markdown near 512 KB; READMEs of 2 MB exist and must still work here.
TEXT_LIMIT_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class FileTree:
    """What a source found: POSIX paths relative to `root`, with sizes in bytes.

    A source lists only regular files whose real path lies inside `root`; nothing here follows
    a path that is not in `sizes`, so a caller may pass any text from a document to `has`.
    """

    root: Path
    sizes: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, at any depth; the root is the empty text."""
        return frozenset(
            "" if str(parent) == "." else str(parent)
            for path in self.sizes
            for parent in PurePosixPath(path).parents
        )

    @cached_property
    def _by_folded_path(self) -> dict[str, str]:
        return {path.casefold(): path for path in sorted(self.sizes, reverse=True)}

    def has(self, path: str) -> bool:
        return path in self.sizes

    def find(self, path: str) -> str | None:
        """Return the path as the repository spells it, whatever the letter case asked for."""
        return path if path in self.sizes else self._by_folded_path.get(path.casefold())

    def under(self, folder: str) -> Iterator[str]:
        """Yield the files below `folder`, in path order; the empty text means all."""
        prefix = f"{folder}/" if folder else ""
        return (path for path in sorted(self.sizes) if path.startswith(prefix))

    def path_of(self, path: str) -> Path:
        """Return where a listed file lies on disk. Raises KeyError for a path not listed."""
        if path not in self.sizes:
            raise KeyError(path)
        return self.root / path

    def read_bytes(self, path: str) -> bytes:
        return self.path_of(path).read_bytes()

    def read_text(self, path: str) -> str:
        """Return the file as text: UTF-8, or UTF-16 by its mark, or Latin-1 as the last resort.

        Line ends become `\\n`. Reads at most `TEXT_LIMIT_BYTES`.
        """
        with self.path_of(path).open("rb") as file:
            return decode_text(file.read(TEXT_LIMIT_BYTES))


def decode_text(raw: bytes) -> str:
    """Decode bytes of unknown encoding; never raises, and every byte yields something readable."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", errors="replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # A cut inside the last character is still UTF-8; anything else is Windows text.
            is_cut = error.reason == "unexpected end of data"
            text = raw.decode("utf-8-sig" if is_cut else "cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
