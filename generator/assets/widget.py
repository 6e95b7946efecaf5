"""The share widget as a site's own files: the core on every page, the rest where it is opened."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.model.output import OutputFile, digest_of, hashed_name
from generator.places import WIDGET

_BUILT = WIDGET / "dist"


def make_widget(languages: Iterable[str]) -> tuple[dict[str, str], list[OutputFile]]:
    """Return names and files of the widget: `widget.js`, `panel.js`, and the words of `languages`.

    The panel finds its words beside itself under their plain names (`words.de.js`), so all of them
    lie in one folder that has the hash of their contents in its name. A language that the widget
    does not speak has no words.
    """
    core = (_BUILT / "widget.js").read_bytes()
    panel = {"panel.js": (_BUILT / "panel.js").read_bytes()}
    for name in sorted({f"words.{_main_part(language)}.js" for language in languages}):
        if (_BUILT / name).is_file():
            panel[name] = (_BUILT / name).read_bytes()
    digest = digest_of(b"".join(panel.values()))
    folder = f"assets/panel.{digest[:8]}"
    names = {
        "widget.js": hashed_name("assets/widget.js", core),
        "panel.js": f"{folder}/panel.js",
    }
    files = [OutputFile(path=f"{folder}/{name}", content=panel[name]) for name in panel]
    return names, [OutputFile(path=names["widget.js"], content=core), *files]


def read_built() -> dict[str, bytes]:
    """Return every built file of the widget by its name."""
    return {path.name: path.read_bytes() for path in sorted(_BUILT.glob("*.js"))}


def _main_part(language: str) -> str:
    """Return the part of a tag that the panel goes by: `pt` of `pt-BR`. Any text can be a tag."""
    found = re.match("[a-z]+", language.lower())
    return found[0] if found else ""
