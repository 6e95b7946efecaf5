"""The share widget as a site's own files: the core on every page, the rest where it is opened."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.model.output import OutputFile, digest_of, hashed_name
from generator.places import WIDGET

_BUILT = WIDGET / "dist"


def make_widget(languages: Iterable[str]) -> tuple[dict[str, str], list[OutputFile]]:
    """Return names and files of the widget: `widget.js`, `panel.js`, and the words of `languages`.

    The panel finds its words beside itself under their plain names, so that all of them lie in
    one folder with the hash of their contents. Languages the widget does not speak are left out.
    """
    if not (_BUILT / "widget.js").is_file():
        return {}, []
    core = (_BUILT / "widget.js").read_bytes()
    panel = {"panel.js": (_BUILT / "panel.js").read_bytes()}
    for language in languages:
        name = _words_file(language)
        if name is not None:
            panel[name] = (_BUILT / name).read_bytes()
    digest = digest_of(b"".join(panel.values()))
    folder = f"assets/panel.{digest[:8]}"
    names = {
        "widget.js": hashed_name("assets/widget.js", core),
        "panel.js": f"{folder}/panel.js",
    }
    files = [OutputFile(path=f"{folder}/{name}", content=panel[name]) for name in sorted(panel)]
    return names, [OutputFile(path=names["widget.js"], content=core), *files]


def read_built() -> dict[str, bytes]:
    """Return every built file of the widget by its name."""
    return {path.name: path.read_bytes() for path in sorted(_BUILT.glob("*.js"))}


def _words_file(language: str) -> str | None:
    """Return the words of a tag (`pt-BR`), else of its language (`pt`); None when built in."""
    if not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", language):
        return None
    names = (f"words.{tag}.js" for tag in (language, language.partition("-")[0]))
    return next((name for name in names if (_BUILT / name).is_file()), None)
