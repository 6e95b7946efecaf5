"""Where the shipped data folders are; no other file knows.

In a checkout they stand at the top level; the wheel carries them in `generator/_data/`.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "_data"
_BASE = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent

TEMPLATES = _BASE / "templates"
THEMES = _BASE / "themes"
WIDGET = _BASE / "widget"
