"""Fonts for pictures: which are there, what they can write, and how to open them.

Three families come with 4site; the extra `cards` brings the world's other scripts; what the
system has is the last resort. A character that no font holds is never drawn as a box.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont


class Family(StrEnum):
    """A family by its part on the page."""

    SANS = "sans"
    SERIF = "serif"
    SERIF_ITALIC = "serif-italic"
    MONO = "mono"


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One font file, or one font of a collection."""

    path: Path
    index: int = 0

    def covers(self, character: str) -> bool:
        return ord(character) in _coverage(self)


_PACKAGED = {
    Family.SANS: ("fontpkg_inter", "files/Inter[[]opsz,wght].ttf"),
    Family.SERIF: ("fontpkg_newsreader", "files/Newsreader[[]opsz,wght].ttf"),
    Family.SERIF_ITALIC: ("fontpkg_newsreader", "files/Newsreader-Italic[[]opsz,wght].ttf"),
    Family.MONO: ("fontpkg_jetbrains_mono", "files/JetBrainsMono[[]wght].ttf"),
}
# Places of the languages in Noto's collection of Chinese, Japanese and Korean.
_JAPANESE, _KOREAN, _SIMPLIFIED, _TRADITIONAL = 0, 1, 2, 3

# Starts of file names, best first, of fonts that systems bring for many scripts.
_SYSTEM_NAMES = (
    "notosanscjk", "notosans", "sourcehansans", "wqy-", "droidsansfallback", "pingfang",
    "hiragino", "applesdgothicneo", "geezapro", "kohinoor", "thonburi", "arial unicode",
    "msyh", "yugoth", "malgun", "nirmala", "leelawui", "segoeui", "dejavusans", "freesans",
)  # fmt: skip
_SYSTEM_FILES_LIMIT = 20_000
_SYSTEM_FACES_LIMIT = 300
# A table of characters larger than this is no font for people.
_CMAP_LIMIT = 8 * 1024 * 1024


def faces_for(text: str, family: Family) -> tuple[Face, ...]:
    """Return fonts that together can write `text`, the family's own first.

    The system is searched only for letters that the packaged fonts leave open: its hundreds of
    fonts are not opened for an emoji.
    """
    chosen: list[Face] = []
    missing = {character for character in text if character.isprintable()} - {" "}
    _choose(_packaged_for(text, family), chosen, missing)
    letters = {character for character in missing if character.isalnum()}
    if letters:
        _choose(_system(), chosen, letters)
    return tuple(chosen)


def _choose(candidates: Iterable[Face], chosen: list[Face], missing: set[str]) -> None:
    """Move to `chosen` what helps; take what it writes out of `missing`."""
    for face in candidates:
        held = {character for character in missing if face.covers(character)}
        if held or not chosen:
            chosen.append(face)
            missing -= held
        if not missing:
            return


@lru_cache(maxsize=64)
def open_font(face: Face, size_px: int, weight: int) -> FreeTypeFont:
    """Open a font at a size; a variable one at `weight`, drawn for that size where it can be."""
    from PIL import ImageFont  # noqa: PLC0415  slow to import, and most builds draw nothing

    font = ImageFont.truetype(str(face.path), size_px, index=face.index)
    try:
        axes = font.get_variation_axes()
    except OSError:
        return font
    values = [_axis_value(axis, size_px, weight) for axis in axes]
    font.set_variation_by_axes(values)
    return font


@lru_cache(maxsize=1)
def can_shape() -> bool:
    """Tell whether scripts that join or reorder letters come out right (Pillow with Raqm)."""
    from PIL import features  # noqa: PLC0415  slow to import, and most builds draw nothing

    return bool(features.check("raqm"))


def _axis_value(axis: object, size_px: int, weight: int) -> float:
    assert isinstance(axis, dict)  # noqa: S101  what Pillow documents
    name = axis["name"].decode() if isinstance(axis["name"], bytes) else str(axis["name"])
    wanted = {"weight": weight, "optical size": size_px}.get(name.lower(), axis["default"])
    return float(min(max(wanted, axis["minimum"]), axis["maximum"]))


def _packaged_for(text: str, family: Family) -> Iterator[Face]:
    yield from _packaged(family)
    if family is not Family.SANS:
        yield from _packaged(Family.SANS)
    yield from _extra(_cjk_index(text))


def _packaged(family: Family) -> Iterator[Face]:
    package, pattern = _PACKAGED[family]
    yield from (Face(path=path) for path in _files_of(package, pattern))


def _extra(cjk_index: int) -> Iterator[Face]:
    yield from (Face(path=path) for path in _files_of("manimgx_fonts", "NotoSans[!-]*wght].ttf"))
    for path in _files_of("manimgx_fonts_cjk", "*.ttc"):
        yield Face(path=path, index=cjk_index)


@lru_cache(maxsize=32)
def _files_of(package: str, pattern: str) -> tuple[Path, ...]:
    """Return a data package's files without importing it."""
    spec = find_spec(package)
    folders = (spec.submodule_search_locations or []) if spec else []
    return tuple(path for folder in folders for path in sorted(Path(folder).glob(pattern)))


def _cjk_index(text: str) -> int:
    if any("\u3040" <= character <= "\u30ff" for character in text):
        return _JAPANESE
    if any("\uac00" <= character <= "\ud7a3" for character in text):
        return _KOREAN
    # Characters that only one of the two written forms uses, among the commonest hundred.
    traditional = sum(
        character in "這個們來時說國為後會學對發麼過還進經現東見長話開關" for character in text
    )
    simplified = sum(
        character in "这个们来时说国为后会学对发么过还进经现东见长话开关" for character in text
    )
    return _TRADITIONAL if traditional > simplified else _SIMPLIFIED


@lru_cache(maxsize=1)
def _system() -> tuple[Face, ...]:
    """Return the system's fonts for many scripts, best first; few, and found within a bound."""
    found: list[tuple[int, str, Path]] = []
    seen = 0
    for folder in _system_folders():
        for path in sorted(folder.rglob("*.[to]t[cf]")):
            seen += 1
            if seen > _SYSTEM_FILES_LIMIT:
                break
            rank = _system_rank(path.name.lower())
            if rank is not None:
                found.append((rank, path.name, path))
    return tuple(Face(path=path) for _, _, path in sorted(found)[:_SYSTEM_FACES_LIMIT])


def _system_rank(name: str) -> int | None:
    if any(style in name for style in ("bold", "italic", "oblique", "condensed", "light", "mono")):
        return None
    ranks = (rank for rank, start in enumerate(_SYSTEM_NAMES) if name.startswith(start))
    return next(ranks, None)


def _system_folders() -> tuple[Path, ...]:
    home = Path.home()
    if sys.platform == "darwin":
        folders = (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts")
    elif sys.platform == "win32":
        folders = (Path("C:/Windows/Fonts"), home / "AppData/Local/Microsoft/Windows/Fonts")
    else:
        shared = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
        folders = (*shared, home / ".local/share/fonts")
    return tuple(folder for folder in folders if folder.is_dir())


@lru_cache(maxsize=512)
def _coverage(face: Face) -> frozenset[int]:
    """Return the characters a font holds; none when the file is not one we understand."""
    try:
        with face.path.open("rb") as file:
            raw = file.read()
        return frozenset(_read_cmap(raw, face.index))
    except (OSError, struct.error, IndexError):
        return frozenset()


def _read_cmap(raw: bytes, index: int) -> set[int]:
    """Read the table of characters. Source: OpenType specification, `cmap`."""
    start = 0
    if raw[:4] == b"ttcf":
        (start,) = struct.unpack_from(">I", raw, 12 + 4 * index)
    (count,) = struct.unpack_from(">H", raw, start + 4)
    for number in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", raw, start + 12 + 16 * number)
        if tag == b"cmap" and length <= _CMAP_LIMIT:
            return _read_best_table(raw[offset : offset + length])
    return set()


def _read_best_table(cmap: bytes) -> set[int]:
    (count,) = struct.unpack_from(">H", cmap, 2)
    tables = [struct.unpack_from(">HHI", cmap, 4 + 8 * number) for number in range(count)]
    unicode_tables = [offset for platform, _, offset in tables if platform in {0, 3}]
    by_format = {struct.unpack_from(">H", cmap, offset)[0]: offset for offset in unicode_tables}
    if 12 in by_format:
        return _read_groups(cmap, by_format[12])
    return _read_segments(cmap, by_format[4]) if 4 in by_format else set()


def _read_groups(cmap: bytes, offset: int) -> set[int]:
    (count,) = struct.unpack_from(">I", cmap, offset + 12)
    found: set[int] = set()
    for number in range(min(count, len(cmap) // 12)):
        first, last, _ = struct.unpack_from(">III", cmap, offset + 16 + 12 * number)
        found.update(range(first, min(last, 0x10FFFF) + 1))
    return found


def _read_segments(cmap: bytes, offset: int) -> set[int]:
    (double,) = struct.unpack_from(">H", cmap, offset + 6)
    count = double // 2
    lasts = struct.unpack_from(f">{count}H", cmap, offset + 14)
    firsts = struct.unpack_from(f">{count}H", cmap, offset + 16 + double)
    found: set[int] = set()
    for first, last in zip(firsts, lasts, strict=True):
        if last != 0xFFFF:
            found.update(range(first, last + 1))
    return found
