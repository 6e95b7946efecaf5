"""Files of a theme, and the built widget, for pages that others make with our templates.

Apart from the build, so that the service is started without loading what reads repositories.
"""

from __future__ import annotations

from generator.assets.styles import make_pictures, make_scripts, make_sheet, make_styles
from generator.assets.widget import read_built
from generator.model.output import OutputFile
from generator.render.theme import load_theme


def make_theme_files(name: str) -> tuple[dict[str, str], list[OutputFile]]:
    """Return names and files of a theme's style sheet, fonts, pictures and scripts.

    `name` may be an abstract theme.
    """
    folders = load_theme(name).folders
    style_names, styles = make_styles(folders)
    sheet_names, sheets = make_sheet(folders, "dashboard.css")
    script_names, scripts = make_scripts(
        ("first.js", "site.js", "build_log.js", "counter.js", "dashboard.js")
    )
    picture_names, pictures = make_pictures(folders)
    names = style_names | sheet_names | script_names | picture_names
    return names, [*styles, *sheets, *scripts, *pictures]


def read_widget() -> dict[str, bytes]:
    """Return the built widget: `widget.js`, `panel.js`, `words.LANG.js`; empty when not built."""
    return read_built()
