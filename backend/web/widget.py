"""The widget for other people's pages: a lasting address, and one for each release that never
changes, with what `integrity` needs.

The core looks for its panel as `panel.HASH.js` beside `HASH.js`, or as `panel.js` beside
`widget.js`, and the panel for words as `words.LANG.js` beside itself.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.errors import NotFound
from backend.web.assets import SHORT_SECONDS, FileTable
from generator.theme_files import read_widget

CORE = "widget.js"
PANEL = "panel.js"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The widget as it is built now. `core_url` names its version, `integrity` its bytes."""

    version: str
    core_url: str
    integrity: str
    files: Mapping[str, bytes]


def find_release(files: Mapping[str, bytes]) -> Release | None:
    """Return the release that the built files make, None when the widget is not built."""
    if CORE not in files or PANEL not in files:
        return None
    served = {
        name: content
        for name, content in sorted(files.items())
        if name in {CORE, PANEL} or name.startswith("words.")
    }
    together = hashlib.sha256()
    for name, content in served.items():
        together.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    version = together.hexdigest()[:16]
    digest = base64.b64encode(hashlib.sha384(files[CORE]).digest()).decode()
    return Release(
        version=version,
        core_url=f"/widget/{version}.js",
        integrity=f"sha384-{digest}",
        files=served,
    )


def routes(context: Context) -> list[BaseRoute]:
    """Return the widget's routes; prepares its files."""
    table = FileTable(context.settings.data_dir / "widget", is_open=True)
    table.publish_earlier()
    release = find_release(read_widget())
    if release is not None:
        _publish(release, table)

    def integrity(_request: Request) -> Response:
        if release is None:
            raise NotFound("The widget is not built.", hint="Run the build in the widget folder.")
        return JSONResponse(
            {"url": release.core_url, "integrity": release.integrity},
            headers={
                "Access-Control-Allow-Origin": "*",
                "Cache-Control": f"public, max-age={SHORT_SECONDS}",
            },
        )

    return [
        Route("/widget/integrity.json", integrity),
        Route("/widget/{name}", table.respond),
        Route("/widget.js", table.respond),
        Route("/panel.js", table.respond),
        Route("/words.{language}.js", table.respond),
    ]


def _publish(release: Release, table: FileTable) -> None:
    for name, content in release.files.items():
        # words.de.js → words.de.HASH.js; widget.js itself → HASH.js
        stem = name.removesuffix(".js")
        hashed = f"/widget/{stem}.{release.version}.js" if name != CORE else release.core_url
        table.publish(hashed, content)
        table.alias(f"/{name}", hashed)
        if name not in {CORE, PANEL}:
            table.alias(f"/widget/{name}", hashed)
