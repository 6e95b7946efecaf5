"""The theme's style sheet and the site's scripts, under hashed names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from generator.model.output import OutputFile, digest_of, hashed_name
from generator.places import TEMPLATES

# In the order of the cascade's layers; a theme's files follow its parent's.
_SHEETS = (
    "fonts.css",
    "tokens.css",
    "base.css",
    "components.css",
    "math.css",
    "pages.css",
    "account.css",
    "theme.css",
)
_FONT_URL = re.compile(r'url\("?([\w.-]+\.woff2)"?\)')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SCRIPTS = ("site.js", "search.js")


def make_styles(
    folders: Sequence[Path], *, accent: str | None = None, extra: str = ""
) -> tuple[dict[str, str], list[OutputFile]]:
    """Return names and files of the style sheet and its fonts.

    `folders` run from the oldest parent theme to the chosen one; `accent` (`#rrggbb`) is the
    project's own colour, `extra` the repository's own sheet, which comes last.
    """
    fonts: list[OutputFile] = []
    pieces: list[str] = []
    for sheet in _SHEETS:
        for folder in folders:
            path = folder / sheet
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                pieces.append(_with_fonts(text, folder / "assets", fonts))
    if accent:
        pieces.append(f"@layer site {{ :root {{ --brand: {accent}; }} }}")
    if extra:
        pieces.append(extra)
    css = _tidy("\n".join(pieces)).encode()
    name = hashed_name("assets/site.css", css)
    return {"site.css": name}, [OutputFile(path=name, content=css), *_once(fonts)]


def make_sheet(folders: Sequence[Path], sheet: str) -> tuple[dict[str, str], list[OutputFile]]:
    """Return name and file of a sheet that only some pages load, beside the style sheet."""
    found = [folder / sheet for folder in folders if (folder / sheet).is_file()]
    css = _tidy("\n".join(path.read_text(encoding="utf-8") for path in found)).encode()
    name = hashed_name(f"assets/{sheet}", css)
    return {sheet: name}, [OutputFile(path=name, content=css)]


def make_scripts(wanted: Iterable[str] = _SCRIPTS) -> tuple[dict[str, str], list[OutputFile]]:
    """Return names and files of the site's own scripts."""
    names: dict[str, str] = {}
    files: list[OutputFile] = []
    for script in wanted:
        path = TEMPLATES / "assets" / script
        if path.is_file():
            content = path.read_bytes()
            names[script] = hashed_name(f"assets/{script}", content)
            files.append(OutputFile(path=names[script], content=content))
    return names, files


def make_pictures(folders: Sequence[Path]) -> tuple[dict[str, str], list[OutputFile]]:
    """Return names and files of the pictures that themes bring along."""
    names: dict[str, str] = {}
    files: list[OutputFile] = []
    found = (path for folder in folders for path in folder.glob("assets/*"))
    for path in sorted(path for path in found if path.suffix in {".svg", ".webp"}):
        content = path.read_bytes()
        names[path.name] = hashed_name(f"assets/{path.name}", content)
        files.append(OutputFile(path=names[path.name], content=content))
    return names, files


def _with_fonts(css: str, folder: Path, fonts: list[OutputFile]) -> str:
    """Return the sheet with its fonts' hashed names, which lie beside it in `assets/`."""

    def place(match: re.Match[str]) -> str:
        content = (folder / match[1]).read_bytes()
        name = f"{Path(match[1]).stem}.{digest_of(content)[:8]}.woff2"
        fonts.append(OutputFile(path=f"assets/{name}", content=content))
        return f'url("{name}")'

    return _FONT_URL.sub(place, css)


def _once(files: Iterable[OutputFile]) -> list[OutputFile]:
    return list({file.path: file for file in files}.values())


def _tidy(css: str) -> str:
    """Drop comments, indentation and empty lines; what is left is still readable."""
    lines = (line.strip() for line in _COMMENT.sub("", css).splitlines())
    return "\n".join(line for line in lines if line) + "\n"
