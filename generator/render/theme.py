"""Themes on disk: a folder with `theme.toml`, perhaps a parent, style sheets and templates."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from generator.errors import ThemeError
from generator.places import TEMPLATES, THEMES


class CardColours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The colours of a social card, `#rrggbb`."""

    background: str = "#ffffff"
    text: str = "#16181d"
    muted: str = "#5b6270"
    line: str = "#e2e5ea"
    accent: str = "#2f5fd0"


class ThemeFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `theme.toml` may say. `is_abstract` themes are only parents."""

    name: str
    title: str
    description: str
    parent: str | None = None
    is_abstract: bool = False
    chrome_light: str = "#ffffff"
    chrome_dark: str = "#111111"
    card: CardColours = CardColours()


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme with its ancestors. `folders` run from the oldest ancestor to the theme itself."""

    file: ThemeFile
    folders: tuple[Path, ...] = field(default=())

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """Where templates are looked up, strongest first."""
        return (*(folder / "templates" for folder in reversed(self.folders)), TEMPLATES)


def find_theme(name: str) -> Theme:
    """Return the theme called `name`. Raises ThemeError when it is not there or broken."""
    known = {theme.name for theme in list_themes()}
    if name not in known:
        nearest = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {nearest[0]}?" if nearest else f"Known: {', '.join(sorted(known))}."
        raise ThemeError(f"No theme called {name!r}.", hint=hint)
    return load_theme(name)


def load_theme(name: str) -> Theme:
    """Return a theme that is known to be there, abstract ones too."""
    folders: list[Path] = []
    current: str | None = name
    while current is not None and THEMES / current not in folders:
        folders.append(THEMES / current)
        current = _read(THEMES / current).parent
    return Theme(file=_read(THEMES / name), folders=tuple(reversed(folders)))


def list_themes() -> tuple[ThemeFile, ...]:
    """Return the themes a site can choose, by name."""
    found = (_read(path.parent) for path in sorted(THEMES.glob("*/theme.toml")))
    return tuple(theme for theme in found if not theme.is_abstract)


def _read(folder: Path) -> ThemeFile:
    path = folder / "theme.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(values, ThemeFile)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ThemeError(f"{path}: {error}", hint="Correct the theme's file.") from error
